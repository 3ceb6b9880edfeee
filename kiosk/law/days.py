"""The days of every edition: when it began, what ended it, and what of that is proved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kiosk.errors import KnowledgeError
from kiosk.law.article import short_name
from kiosk.law.commencement import find_commencement, start_of
from kiosk.law.corrections import Corrections, edition_of
from kiosk.law.draft import UNSHOWN, Draft, Mended
from kiosk.law.names import key

_REPEAL = re.compile(r"(《[^。；\n]*》)[^。；《》\n]{0,6}同时废止")
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")


@dataclass(frozen=True, slots=True)
class Repeal:
    """`title` stands no more from `on`, because article `number` of `by` says so."""

    title: str
    on: date
    by: str
    number: str

    @property
    def reason(self) -> str:
        return f"{short_name(self.by)}{self.number}规定同时废止"


def date_drafts(statutes: list[Draft], imported: list[Draft], corrections: Corrections) -> list[Mended]:
    """Give every edition its days, in this order: its own words, corrections, the next edition, repeals, corrections of ends.

    Corrections mend the statutes' data alone, whatever newer text of the same law was imported; `superseded` speaks of imports.
    """
    drafts = [*statutes, *imported]
    first, mended = corrections.laws("first"), []
    for draft in drafts:
        if draft.valid_from is None:
            said = find_commencement((a.number, a.text) for a in draft.articles)
            start = start_of(draft.published, draft.claimed, said, draft.title in first or draft.kind in UNSHOWN)
            draft.valid_from, draft.start_proved, draft.start_reason = start.day, start.proved, start.reason
            draft.start_in_text = start.proved
    for entry in corrections.of("start"):
        draft = edition_of(statutes, entry)
        draft.valid_from, draft.start_proved = entry.values["from"], entry.values.get("proved", True)
        draft.start_reason = f"{entry.reason}（{entry.source}）"
        mended.append(Mended(draft.title, "", f"施行日更正为{draft.valid_from}", entry.reason, entry.source))
    _chain(drafts)
    mended += _repeal(drafts, corrections)
    for entry in corrections.of("end"):
        draft = edition_of(statutes, entry)
        draft.valid_to = entry.values["on"]
        draft.end_reason = ("新文本：" if entry.values.get("replaced") else "") + entry.values["by"]
        mended.append(Mended(draft.title, "", f"失效日更正为{draft.valid_to}", entry.reason, entry.source))
    for entry in corrections.of("superseded"):
        for draft in drafts:
            if key(draft.title) == key(entry.law) and _start(draft) < entry.values["on"] and draft.valid_to is None:
                draft.valid_to = entry.values["on"]
                draft.end_reason = ("新文本：" if entry.values.get("replaced") else "") + entry.values["by"]
                mended.append(Mended(draft.title, "", f"自{draft.valid_to}起不再有效", entry.reason, entry.source))
    standing = corrections.laws("standing")
    for draft in drafts:
        if draft.marked_ended and draft.valid_to is None and draft.title not in standing:
            raise KnowledgeError(
                f"《{draft.title}》在数据里标为已废止，但没有查到废止的日子：请在 corrections.toml 里用 [[end]] 或 [[standing]] 说明。"
            )
    for entry in corrections.of("standing"):
        mended.append(Mended(entry.law, "", "数据标为已废止，实际现行有效", entry.reason, entry.source))
    return mended


def _start(draft: Draft) -> date:
    return draft.valid_from or draft.published


def _chain(drafts: Iterable[Draft]) -> None:
    """A newer edition closes the earlier one of the same title."""
    by_title: dict[str, list[Draft]] = {}
    for draft in drafts:
        by_title.setdefault(key(draft.title), []).append(draft)
    for editions in by_title.values():
        editions.sort(key=_start)
        for earlier, later in pairwise(editions):
            if earlier.valid_to is None or earlier.valid_to > _start(later):
                earlier.valid_to, earlier.end_reason = _start(later), f"新文本自{_start(later).isoformat()}起施行"


def find_repeals(drafts: Iterable[Draft]) -> list[Repeal]:
    """Which titles the closing articles repeal (…同时废止), once for each, by the earliest that says so."""
    found: dict[str, Repeal] = {}
    for draft in drafts:
        if draft.kind in UNSHOWN or not draft.start_in_text:
            continue
        for article in draft.articles[-3:]:
            for sentence in _REPEAL.finditer(article.text):
                for title in _TITLE.findall(sentence[1]):
                    repeal = Repeal(title, _start(draft), draft.title, article.number)
                    if key(title) != key(draft.title) and (key(title) not in found or repeal.on < found[key(title)].on):
                        found[key(title)] = repeal
    return list(found.values())


def _repeal(drafts: list[Draft], corrections: Corrections) -> list[Mended]:
    mended = []
    repeals = {key(r.title): r for r in find_repeals(drafts)}
    for draft in drafts:
        repeal = repeals.get(key(draft.title))
        if repeal is not None and _start(draft) < repeal.on and (draft.valid_to is None or draft.valid_to > repeal.on):
            draft.valid_to, draft.end_reason = repeal.on, repeal.reason
            mended.append(Mended(draft.title, "", f"自{repeal.on.isoformat()}起废止", repeal.reason, f"{repeal.by}{repeal.number}"))
    return mended
