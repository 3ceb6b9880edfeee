"""Articles as an advisor types them into the diary, and as they are shown: one law a line, its numbers after it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from kiosk.law.article import short_name
from kiosk.law.book import LawBook
from kiosk.law.numerals import canonical

_NUMERAL = r"[0-9零〇一二两三四五六七八九十百千]+"
_BELOW = rf"(?:第?{_NUMERAL}款)?(?:第?[(]?{_NUMERAL}[)]?项)?"
_ONE = rf"(?:第?\s*{_NUMERAL}\s*条(?:之[一二三四五六七八九十]+)?{_BELOW}|[0-9]+)"
_LINE = re.compile(rf"^(?P<law>[^、]*?[^、0-9第\s])\s*(?P<numbers>{_ONE}(?:\s*[、,和]\s*{_ONE})*)$")
_ARTICLE = re.compile(rf"^(?P<article>第?\s*{_NUMERAL}\s*条?(?:之[一二三四五六七八九十]+)?)(?P<below>{_BELOW})$")

Citations = tuple[tuple[str, str], ...]


class CitationRefused(ValueError):
    """`str` is one plain sentence that names the line."""


def read_citations(text: str, on: date, law: LawBook | None) -> Citations:
    """民法典第六百七十五条、第六百七十六条 (or 民法典675条), one law a line or after a semicolon.

    Names become full titles where the book holds the law; paragraph and item stay with the number as typed.
    CitationRefused for a line that cannot be read, and for an article that a law held in that day's text has not.
    """
    found: list[tuple[str, str]] = []
    for line in re.split(r"[\n;]", unicodedata.normalize("NFKC", text)):
        line = line.strip().rstrip("。.、,")
        if not line:
            continue
        match = _LINE.match(line)
        if match is None:
            raise CitationRefused(f"“{line[:40]}”看不懂。请写成“民法典第六百七十五条”这样，一行一部法。")
        for number in re.split(r"[、,和]", match["numbers"]):
            citation = _checked(_as_printed(match["law"].strip()), number.strip(), on, law)
            if citation not in found:
                found.append(citation)
    return tuple(found)


def _checked(name: str, typed: str, on: date, law: LawBook | None) -> tuple[str, str]:
    match = _ARTICLE.match(typed)
    if match is None:
        raise CitationRefused(f"“{typed}”不是条文序号。请写成“第六百七十五条”这样。")
    try:
        number = canonical(match["article"])
    except ValueError as cause:
        raise CitationRefused(f"“{typed}”不是条文序号。请写成“第六百七十五条”这样。") from cause
    if law is None:
        return name, number + _as_printed(match["below"])
    finding = law.article(name, number, on)
    if finding.status == "no_such_article":
        raise CitationRefused(f"{finding.note}请核对序号。")
    return law.resolve(name) or name, number + _as_printed(match["below"])


def _as_printed(words: str) -> str:
    """Law is printed with full-width brackets, which NFKC has made narrow; the 《》 around a whole title are not part of it."""
    whole = re.fullmatch(r"《([^《》]+)》", words)
    return (whole[1] if whole else words).replace("(", "（").replace(")", "）")


def written_citations(citations: Iterable[tuple[str, str]]) -> str:
    """The text that `read_citations` reads back: one law a line, in the order of its first article."""
    numbers: dict[str, list[str]] = {}
    for law, number in citations:
        numbers.setdefault(short_name(law), []).append(number)
    return "\n".join(f"{law}{'、'.join(of_law)}" for law, of_law in numbers.items())
