"""Whether what a text cites is law on a day, and whether it quotes it truly.

The verdict on one citation, the first of these rules that applies:

not_held           the station has not the law, or has no text of it for that day
repealed           law or article stood before and is no longer in force on that day
not_yet            law or article comes into force later
no_such_article    the law's text of that day has no such number
changed            the number exists on that day, but with other words than the citation means: the quotation is that of another version
                   held; or the citation names the year of an older text (《…》（2018修正）); or the text in force began after
                   the day on which the citing text was written, and was not the same words before
in_force           else

`quote_true`: whether the words quoted are words of the article as it reads on that day (of one that is not in force: as it read
in a version held). White space, punctuation and the script of numbers do not count; parts joined by … must follow one another; a
part cut off behind a negation (得… of 不得…) is not true. None: nothing is quoted, or there is no text to compare with. Where several
articles are cited together for one quotation, those that bear it are true and the others None; if none bears it, all are false.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Protocol

from kiosk.law.article import Article, short_name
from kiosk.law.book import Edition, Finding, Status
from kiosk.law.citations import CitationFound, find
from kiosk.law.numerals import chinese_day, to_chinese

_ELLIPSIS = re.compile(r"…+|\.{3,}|。{3,}|\*{3,}|[(（]\s*略\s*[)）]")
_OWN_NUMBER = re.compile(r"第[零一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?")
_NEGATIONS = frozenset("不未无非没勿莫")
_DISTINCT = 12


class Law(Protocol):
    """The part of a LawBook that verifying reads."""

    def resolve(self, name: str) -> str | None: ...

    def known_title(self, name: str) -> str | None: ...

    def article(self, law: str, number: str, on: date) -> Finding: ...

    def texts(self, law: str, number: str) -> tuple[Article, ...]: ...

    def editions(self, law: str) -> tuple[Edition, ...]: ...

    def in_force(self, on: date) -> Iterator[Article]: ...


@dataclass(frozen=True, slots=True)
class Verdict:
    """`law`: full title of a law held, else the name as written. `reason`: one plain Chinese sentence."""

    citation: CitationFound
    law: str
    number: str
    status: Status
    quote_true: bool | None
    reason: str

    @property
    def good(self) -> bool:
        return self.status == "in_force" and self.quote_true is not False


def verify(text: str, book: Law, on: date, written: date | None = None) -> list[Verdict]:
    """One verdict for each citation in the order of the text. `written`: the day the text was written, where it is known."""
    verdicts = [_judge(citation, book, on, written) for citation in find(text, book.known_title)]
    borne = {v.citation.group for v in verdicts if v.quote_true}
    verdicts = [
        replace(v, quote_true=None) if v.quote_true is False and v.citation.group in borne and v.status != "changed" else v
        for v in verdicts
    ]
    return _with_places(verdicts, book, on)


def _judge(citation: CitationFound, book: Law, on: date, written: date | None) -> Verdict:
    title = book.resolve(citation.law)
    finding = book.article(citation.law, citation.number, on)
    law = title or citation.written or citation.law
    if finding.article is None:
        versions = book.texts(citation.law, citation.number)
        quoted = _quoted(citation, versions)
        return Verdict(citation, law, citation.number, finding.status, quoted, finding.note)
    here = _quoted(citation, (finding.article,))
    changed = _changed(citation, book, finding.article, here, on, written)
    if changed:
        return Verdict(citation, law, citation.number, "changed", here, changed)
    return Verdict(citation, law, citation.number, "in_force", here, _in_words(citation, finding.article, here))


def _quoted(citation: CitationFound, versions: Iterable[Article]) -> bool | None:
    if citation.quote is None:
        return None
    bearing = [bears(version.text, citation.quote) for version in versions]
    return any(bearing) if bearing else None


def _changed(citation: CitationFound, book: Law, now: Article, here: bool | None, on: date, written: date | None) -> str | None:
    """Why the article is not the one that is meant; None when it is."""
    name = f"《{now.short_law}》{now.number}"
    if here is False and citation.quote is not None:
        for other in book.texts(now.law, now.number):
            if other.valid_from != now.valid_from and bears(other.text, citation.quote):
                if other.valid_from > on:
                    return f"引的是{chinese_day(other.valid_from)}起才施行的文字，这一天{name}不是这样写的。"
                until = f"（到{chinese_day(other.valid_to)}为止）" if other.valid_to else ""
                return f"引的是旧文本{until}，{name}现在不是这样写的。"
    if here:
        return None
    edition = next((e for e in book.editions(now.law) if e.in_force_on(on)), None)
    if citation.year and edition is not None:
        began = edition.published or (edition.valid_from if edition.start_proved else None)
        if began is not None and began.year > citation.year:
            return f"引的是 {citation.year} 年的文本，这一天有效的是{chinese_day(edition.valid_from)}起的新文本，条号和内容要重新核对。"
    if written is not None and written < on and now.start_proved and now.valid_from > written:
        then = book.article(now.law, now.number, written).article
        if then is None or _bare(then.text) != _bare(now.text):
            return f"{name}的文字自{chinese_day(now.valid_from)}起才是现在这样，在写这份材料以后。"
    return None


def _in_words(citation: CitationFound, article: Article, here: bool | None) -> str:
    since = f"现行有效，自{chinese_day(article.valid_from)}起" if article.start_proved else "现行有效，施行日没有核实"
    paragraphs = [p for p in article.text.split("\n") if not re.match(r"\s*[（(][一二三四五六七八九十]+[)）]", p)]
    wrong = ""
    if citation.paragraph and citation.paragraph > len(paragraphs):
        wrong = f"；这一条只有 {len(paragraphs)} 款，没有第{to_chinese(min(citation.paragraph, 9999))}款"
    if here is None:
        return f"{since}{wrong}。"
    if not here:
        return f"{since}，但引文与条文不符{wrong}。"
    place = next((i for i, p in enumerate(paragraphs, 1) if bears(p, citation.quote or "")), None)
    if citation.paragraph and not wrong and place and place != citation.paragraph:
        wrong = f"；这句话在第{to_chinese(place)}款"
    return f"{since}，引文属实{wrong}。"


def _with_places(verdicts: list[Verdict], book: Law, on: date) -> list[Verdict]:
    """Says of a false quotation where in the same law its words stand: the number is wrong, or the law was renumbered."""
    wanted = {v.law for v in verdicts if v.quote_true is False and len(_bare(v.citation.quote or "")) >= _DISTINCT}
    if not wanted:
        return verdicts
    articles = [article for article in book.in_force(on) if article.law in wanted]
    said = []
    for verdict in verdicts:
        if verdict.quote_true is False and verdict.law in wanted:
            quote = verdict.citation.quote or ""
            place = next((a for a in articles if a.law == verdict.law and len(_bare(quote)) >= _DISTINCT and bears(a.text, quote)), None)
            if place is not None:
                verdict = replace(verdict, reason=f"{verdict.reason[:-1]}；这句话在《{short_name(place.law)}》{place.number}。")
        said.append(verdict)
    return said


def bears(article: str, quote: str) -> bool:
    """Whether `quote` is words of `article`: the whole, a part, or parts in their order joined by an ellipsis."""
    text = _bare(article)
    parts = [_bare(part) for part in _ELLIPSIS.split(quote)]
    parts = [part for part in parts if part]
    if parts:
        parts[0] = _OWN_NUMBER.sub("", parts[0], count=1) if _OWN_NUMBER.match(parts[0]) else parts[0]
    if not any(parts):
        return False
    at = 0
    for part in parts:
        found = text.find(part, at)
        while found > 0 and text[found - 1] in _NEGATIONS:
            found = text.find(part, found + 1)
        if found < 0:
            return False
        at = found + len(part)
    return True


@lru_cache(maxsize=2048)
def _bare(text: str) -> str:
    plain = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text))
    return re.sub(r"[0-9]{1,4}(?![0-9])", lambda m: to_chinese(int(m[0])), plain).replace("〇", "零")
