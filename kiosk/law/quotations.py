"""The words that a text quotes beside a citation."""

from __future__ import annotations

import re

LONGEST = 4000
_DEEPEST = 5
_CLOSING = {"“": "”", "「": "」", "『": "』", '"': '"', "‘": "’"}
_OPENING = {close: opening for opening, close in _CLOSING.items()}
_SAYS = (
    r"(?:明确|明文|就|已经?|也|还|都|又|中|里|所|条文|原文|内容|作出|如下|之?规定|的?规定|规定了|载明|写明|写着|写的|写|指出|写道|称|说|讲|是|为|即|的|要求|,"
    r"|,?[^。!?;:,“”「」『』\"\n]{0,12}(?=规定))"
)
_LEAD = re.compile(rf"\s*[)\]】〕》*_`]*\s*(?:{_SAYS}){{0,6}}\s*[:,]?[\s>]*")
_UNQUOTED = re.compile(
    r"\s*(?:明确|明文|就|也)?(?:规定|载明|写明)(?:如下|了|的是|的内容是)?:\s*(?P<words>[^“”「」『』\"\n。!?]{6,400}[。!?;]?)"
)
_BACK = re.compile(
    r"[\s,。;.!?]*(?:[(\[〔【]\s*(?:见|参见|详见|出自|引自|依据|根据)?|[—–-]{1,3}|[,，]?\s*(?:这|此)?(?:就)?(?:是|见|出自|来自|引自|语出))\s*[*_`]*\Z"
)
_REACH = 24


def quote_after(plain: str, end: int, limit: int) -> tuple[int, int] | None:
    """The span of the words quoted behind a citation that ends at `end`; it must open before `limit`, the next citation."""
    lead = _LEAD.match(plain, end, min(end + 60, len(plain)))
    at = lead.end() if lead else end
    if at < min(limit, len(plain)) and plain[at] in _CLOSING:
        close = _closing(plain, at)
        if close is not None and _enough(plain[at + 1 : close]):
            return at + 1, close
    bare = _UNQUOTED.match(plain, end, min(end + 460, limit if limit > end else len(plain)))
    return bare.span("words") if bare else None


def quote_before(plain: str, floor: int, start: int) -> tuple[int, int] | None:
    """The span of the words quoted before a citation that starts at `start`, closed within a few characters of it."""
    window_from = max(floor, start - _REACH)
    window = plain[window_from:start]
    close = max((window.rfind(mark) for mark in _OPENING), default=-1)
    if close < 0 or not _BACK.match(window[close + 1 :]):
        return None
    close += window_from
    opening = _opening(plain, close, floor)
    if opening is None or not _enough(plain[opening + 1 : close]):
        return None
    return opening + 1, close


def _enough(words: str) -> bool:
    """A term or two (“借款人”) is no quotation of an article."""
    return len(re.sub(r"[\W_]+", "", words)) >= 6


def _closing(plain: str, at: int) -> int | None:
    opening, closing = plain[at], _CLOSING[plain[at]]
    if opening == closing:
        close = plain.find(closing, at + 1, at + LONGEST)
        return close if close >= 0 else None
    depth = 0
    for mark in re.compile(f"[{opening}{closing}]").finditer(plain, at, at + LONGEST):
        depth += 1 if mark[0] == opening else -1
        if depth == 0:
            return mark.start()
        if depth > _DEEPEST:
            return None
    return None


def _opening(plain: str, close: int, floor: int) -> int | None:
    closing, opening = plain[close], _OPENING[plain[close]]
    floor = max(floor, close - LONGEST)
    if opening == closing:
        at = plain.rfind(opening, floor, close)
        return at if at >= 0 else None
    depth, at = 1, close
    while 0 < depth <= _DEEPEST:
        before = max(plain.rfind(opening, floor, at), plain.rfind(closing, floor, at))
        if before < 0:
            return None
        depth, at = depth + (1 if plain[before] == closing else -1), before
    return at if depth == 0 else None
