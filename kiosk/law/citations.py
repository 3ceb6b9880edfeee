"""Finds every citation of an article in a text that anyone may have written.

The order of the search, which is also the order of the code:

1. An *anchor* is an article number: 第六百七十五条, 第675条, 675条 right behind a law's name, 38、46条, 第276条之一, 第十条至第十二条.
2. Its law stands before it: 《…》, or the longest run of characters that `resolve` knows, or a run that ends as laws do (…法, …条例,
   …办法); 同法, 该法, 本法 mean the law named before; a bare number behind a citation of the same paragraph means that one's law.
3. Its quotation stands behind it (规定：“…”, “…”, 规定：…。) or before it (“…”〔民法典第675条〕), or is the article printed below its
   name and number, as in an appendix.

Offsets count characters of the text as given: all normalising keeps the length.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.law.naming import NOT_A_LAW, Named, name_before, named_apart
from kiosk.law.numerals import canonical, to_chinese, to_int
from kiosk.law.quotations import quote_after, quote_before

MOST_IN_RANGE = 60
MOST_FROM_RANGES = 1000

_N = r"(?:[0-9]{1,5}+|[零〇○一二两三四五六七八九十百千](?:\s{0,2}+[零〇○一二两三四五六七八九十百千]){0,11}+)"
_AFTER = r"(?:\s*之\s*(?:[一二三四五六七八九十]{1,2}+|[0-9]{1,2}+)(?![般定些致样切起旦律半带间]))"
_ONE = rf"{_N}(?:\s?-\s?[0-9]{{1,4}}+)?{_AFTER}?"
_SEP = r"\s{0,3}+(?:、|,|;|和|及|与|或者?|以及|至|到|~|—{1,2}|–|−)\s{0,3}+"
_PART = rf"\s{{0,2}}+第?\s?[(（]?\s?{_N}\s?[)）]?(?:\s?[、和,]\s?第?\s?[(（]?{_N}[)）]?){{0,9}}+\s?"
_ANCHOR = re.compile(
    rf"(?<![0-9零〇○一二三四五六七八九十百千.])(?P<di>第\s{{0,2}}+)?(?P<list>{_ONE}(?:{_SEP}(?:第\s?)?{_ONE}){{0,30}}+)"
    rf"\s{{0,2}}+条(?!件|例(?!外)|约(?!定)|目)(?P<after>{_AFTER})?(?P<para>{_PART}款)?(?P<item>{_PART}项)?"
)
_PIECE = re.compile(rf"(?P<sep>{_SEP})?(?:第\s?)?(?P<one>{_ONE})")
_RANGE = re.compile(r"至|到|~|—|–|−")
_JOINED = re.compile(r"\s{0,3}+(?:(?:、|,|;|和|及|与|或者?|以及|并|以及其|至|到|~|—{1,2}|–)\s{0,3}+)+(?:同|的)?\s?\Z")
_PARAGRAPH = re.compile(r"[ \t*]+(?P<words>[^\s《][^\n]{10,2000}[。;:])[ \t*]*(?=\n|\Z)")
_SENTENCE_END = re.compile(r"[。!?\n]")
_LEADS_TO_NUMBER = "、,;:(（。“\"〔[和及与或并以据照按用反合循到见是由在至"


@dataclass(frozen=True, slots=True)
class CitationFound:
    """start, end  of the name with the number, or of the number alone where the name stands elsewhere
    law            full title where `resolve` gave one, else the name as written
    written        the name as written, without brackets and blanks
    paragraph      款, item 项: of several, the first; None: none named
    year           of the text cited, from 《…》（2018修正）; None: none given
    quote          the words quoted; None: none
    group          citations listed together (第38条、第46条规定：“…”) share it, and their quotation
    """

    start: int
    end: int
    law: str
    number: str
    paragraph: int | None
    item: int | None
    quote: str | None
    written: str = ""
    year: int | None = None
    group: int = 0


@dataclass(frozen=True, slots=True)
class _Anchor:
    start: int
    end: int
    numbers: tuple[str, ...]
    paragraph: int | None
    item: int | None
    marked: bool


def find(text: str, resolve: Callable[[str], str | None]) -> list[CitationFound]:
    """Every citation in the order of the text. Never raises, whatever the text. `resolve` gives a law's full title or None."""
    plain = _plain(text)
    anchors = _anchors(plain)
    placed = _with_laws(text, plain, anchors, resolve)
    return _with_quotes(text, plain, placed)


def _plain(text: str) -> str:
    """Half-width, one character for one; the two words that number an article, where they are in traditional characters."""
    same = {"“", "”", "‘", "’", "…"}
    table = {ord("條"): "条", ord("項"): "项"}
    for c in set(text):
        n = unicodedata.normalize("NFKC", c)
        if len(n) == 1 and n != c and c not in same:
            table[ord(c)] = n
    return text.translate(table)


def _anchors(plain: str) -> list[_Anchor]:
    found = []
    left = MOST_FROM_RANGES
    for match in _ANCHOR.finditer(plain):
        numbers = _numbers(match["list"], match["after"], left)
        if numbers:
            left -= max(len(numbers) - 2, 0)
            found.append(_Anchor(match.start(), match.end(), numbers, _first(match["para"]), _first(match["item"]), bool(match["di"])))
    return found


def _first(part: str | None) -> int | None:
    digits = re.search(_N, part) if part else None
    try:
        return to_int(re.sub(r"\s", "", digits[0])) if digits else None
    except ValueError:
        return None


def _canonical(one: str) -> str | None:
    try:
        return canonical(one)
    except ValueError:
        return None


def _numbers(listed: str, after: str | None, left: int) -> tuple[str, ...]:
    """第十条至第十二条 is three numbers, 38、46 two. Empty when one of them is no number (第十百条)."""
    numbers: list[str] = []
    last = 0
    for piece in _PIECE.finditer(listed):
        one = re.sub(r"\s", "", piece["one"])
        dash = re.fullmatch(r"([0-9]+)-([0-9]+)", one)
        if dash and int(dash[2]) > int(dash[1]) > 0:
            numbers += _between(int(dash[1]), int(dash[2]), left)
            last = int(dash[2])
            continue
        number = _canonical(one)
        if number is None:
            return ()
        value = _value(number)
        if piece["sep"] and _RANGE.search(piece["sep"]) and numbers and value > last > 0:
            numbers += _between(last, value, left)[1:-1]
        numbers.append(number)
        last = value
    if after and numbers:
        last_one = _canonical(numbers[-1] + re.sub(r"\s", "", after))
        numbers[-1] = last_one or numbers[-1]
    return tuple(dict.fromkeys(numbers))


def _value(number: str) -> int:
    return to_int(number[1 : number.index("条")])


def _between(first: int, last: int, left: int) -> list[str]:
    """All from first to last; the ends alone when there are too many."""
    if last - first >= MOST_IN_RANGE or left <= 0 or last > 9999:
        return [n for v in (first, last) if v <= 9999 for n in [f"第{to_chinese(v)}条"]]
    return [f"第{to_chinese(value)}条" for value in range(first, last + 1)]


def _with_laws(text: str, plain: str, anchors: list[_Anchor], resolve: Callable[[str], str | None]) -> list[CitationFound]:
    titles: dict[str, str | None] = {}

    def title(name: str) -> str | None:
        if name not in titles:
            titles[name] = resolve(name)
        return titles[name]

    ends = [m.start() for m in _SENTENCE_END.finditer(plain)]
    found: list[CitationFound] = []
    named_so_far: list[Named] = []
    last: Named | None = None
    last_end = floor = group = 0
    listing = False
    for anchor in anchors:
        joined = bool(found) and last_end == floor and _JOINED.match(plain, last_end, anchor.start) is not None
        named = name_before(plain, floor, anchor.start, title, named_so_far[-20:], marked=anchor.marked)
        listed = listing and anchor.marked and _begins_line(plain, anchor.start)
        if named is None and last is not None and (joined or listed):
            named = replace(last, start=anchor.start)
        elif named is None and anchor.marked and _leads(plain, floor, anchor.start):
            apart = named_apart(plain, floor, anchor.start, title)
            if apart is not None:
                named_so_far.append(apart)
                named = replace(apart, start=anchor.start)
            elif last is not None and _same_paragraph(plain, ends, last_end, anchor.start):
                named = replace(last, start=anchor.start)
        floor = anchor.end
        if named is None or named is NOT_A_LAW:
            last = None if named is NOT_A_LAW else last
            listing = False
            continue
        named = _as_written(named, text[named.start : anchor.start])
        group += 0 if joined else 1
        numbers = anchor.numbers
        if joined and _RANGE.search(plain[last_end : anchor.start]) and named.law == found[-1].law:
            left = MOST_FROM_RANGES if len(found) < MOST_FROM_RANGES else 0
            numbers = (*_between(_value(found[-1].number), _value(numbers[0]), left)[1:-1], *numbers)
        printed = _printed(text, plain, named.start, anchor, listing)
        listing = printed is not None
        found += [
            CitationFound(named.start, anchor.end, named.law, n, anchor.paragraph, anchor.item, printed, named.written, named.year, group)
            for n in numbers
        ]
        last, last_end = named, anchor.end
        named_so_far.append(named)
    return found


def _begins_line(plain: str, at: int) -> bool:
    """Whether nothing stands before it on its line but the marks of a list."""
    before = plain[max(0, at - 12) : at].rpartition("\n")
    return (bool(before[1]) or at <= 12) and not before[2].strip(" \t#>*-.、0123456789")


def _printed(text: str, plain: str, start: int, anchor: _Anchor, listing: bool) -> str | None:
    """The first paragraph of an article printed as laws are: its number at the head of a line, a wide blank, its words.

    That is a quotation without marks (an appendix of articles). Below the first of them the next numbers need no name.
    """
    if not anchor.marked or len(anchor.numbers) != 1 or not _begins_line(plain, start):
        return None
    words = _PARAGRAPH.match(plain, anchor.end)
    if words is None:
        return None
    blank = text[anchor.end : words.start("words")]
    headed = "\n" in plain[start : anchor.start] or "\u3000" in blank or len(blank) > 1
    return text[words.start("words") : words.end("words")] if headed or listing else None


def _as_written(named: Named, before: str) -> Named:
    """With the brackets of the text: names are told apart in half-width ones."""
    if "（" not in before or "(" not in named.written:
        return named
    wide = named.written.replace("(", "（").replace(")", "）")
    return replace(named, written=wide, law=wide if named.law == named.written else named.law)


def _leads(plain: str, floor: int, start: int) -> bool:
    """What stands before a bare 第…条 leads to it: a stop, 和, 根据. 合同第五条 and 二楼第三条 are no citations."""
    before = plain[max(floor, start - 4) : start].rstrip()
    return not before or before[-1] in _LEADS_TO_NUMBER or before.endswith(("规定的", "中的"))


def _same_paragraph(plain: str, ends: list[int], last_end: int, start: int) -> bool:
    return all(plain[at] != "\n" for at in ends[bisect_right(ends, last_end - 1) : bisect_right(ends, start)])


def _with_quotes(text: str, plain: str, placed: list[CitationFound]) -> list[CitationFound]:
    """A group's quotation: the one behind its last citation, else the one before its first that no other group has taken.

    A quotation that begins with its article's own number (“第六百七十五条　借款人…”) does not cite that article again.
    """
    groups: dict[int, list[int]] = {}
    for place, citation in enumerate(placed):
        groups.setdefault(citation.group, []).append(place)
    taken = 0
    heads: list[tuple[int, str, str]] = []
    order = list(groups.values())
    for turn, places in enumerate(order):
        first, last = placed[places[0]], placed[places[-1]]
        if first.quote is not None:
            taken = max(taken, last.end + len(first.quote))
            continue
        following = (placed[other[0]].start for other in order[turn + 1 : turn + 6])
        limit = next((start for start in following if plain[start] != "本"), len(text))  # 本法第… stands inside of the quotation
        span = quote_after(plain, last.end, limit)
        if span is None:
            span = quote_before(plain, taken, first.start)
        if span is None:
            continue
        taken = max(taken, span[1])
        heads += [(span[0], placed[place].law, placed[place].number) for place in places]
        for place in places:
            placed[place] = replace(placed[place], quote=text[span[0] : span[1]])
    inside = {(law, number, at) for start, law, number in heads for at in range(start, start + 3)}
    return [one for one in placed if one.quote is not None or (one.law, one.number, one.start) not in inside]
