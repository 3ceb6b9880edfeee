"""A guide: what a lawyer wrote for villagers about one situation. docs/guides.md says how a file is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError
from kiosk.guidance.draft import ADVISOR, BRING, COST, DEADLINE, HEADLINE, SECTIONS, STEPS, WHERE, Draft, read_draft, refused
from kiosk.law.numerals import canonical


@dataclass(frozen=True, slots=True)
class Cite:
    """`law` by the short name that the guide uses; `number` canonical."""

    law: str
    number: str


@dataclass(frozen=True, slots=True)
class Guide:
    """A whole guide. Lines keep their 〔citations〕, 【本地：…】, 【问法律顾问】 and **stress**, without list marks.

    asks         how villagers would put it
    words        lay words of the situation, for search
    cites        most important first
    local        what the county has to fill in
    unheld       those of the cited laws that the statutes lack (regulations, judicial interpretations)
    danger       when it is rather a danger; empty: never
    written      the day whose law it was written on
    reviewed_by  the lawyer who signed it; empty and None: nobody yet
    """

    id: str
    title: str
    matter: str
    asks: tuple[str, ...]
    words: tuple[str, ...]
    cites: tuple[Cite, ...]
    local: tuple[str, ...]
    unheld: tuple[str, ...]
    danger: str
    see_advisor: tuple[str, ...]
    written: date
    reviewed_by: str
    reviewed_on: date | None
    headline: str
    steps: tuple[str, ...]
    bring: tuple[str, ...]
    where: tuple[str, ...]
    deadline: tuple[str, ...]
    cost: tuple[str, ...]
    advisor: tuple[str, ...]


def cites_of(draft: Draft) -> tuple[Cite, ...]:
    """The front matter's citations in order, each once. KnowledgeError for an entry that is not `法名 第…条 …`."""
    found: dict[Cite, None] = {}
    for entry in _texts(draft, "cites"):
        parts = entry.split()
        first = next((i for i, part in enumerate(parts) if i and part.startswith("第")), None)
        if first is None:
            raise refused(draft.path, draft.line_of("cites", entry), f"“{entry}”应当写成“法名 第…条 第…条”")
        law = "".join(parts[:first])
        for part in parts[first:]:
            try:
                found[Cite(law, canonical(part))] = None
            except ValueError as cause:
                raise refused(draft.path, draft.line_of("cites", entry), f"“{part}”不是条文的号") from cause
    return tuple(found)


def to_guide(draft: Draft) -> Guide:
    """KnowledgeError, with the line, for a field or section that is missing or of the wrong kind."""
    missing = [name for name in SECTIONS if not draft.sections.get(name)]
    if missing:
        raise refused(draft.path, draft.headings.get(missing[0], 1), f"缺“## {missing[0]}”，或者它是空的")
    reviewed = draft.fields.get("reviewed") or {}
    if not isinstance(reviewed, dict):
        raise refused(draft.path, draft.line_of("reviewed"), "reviewed 应当写成 {by: 姓名, on: 日期}")

    def lines(section: str) -> tuple[str, ...]:
        return tuple(line.text for line in draft.sections[section])

    return Guide(
        id=_text(draft, "id"),
        title=_text(draft, "title"),
        matter=_text(draft, "matter"),
        asks=_texts(draft, "asks"),
        words=_texts(draft, "words"),
        cites=cites_of(draft),
        local=_texts(draft, "local"),
        unheld=_texts(draft, "unheld"),
        danger=str(draft.fields.get("danger") or ""),
        see_advisor=_texts(draft, "see_advisor"),
        written=_day(draft, "written", draft.fields.get("written")),
        reviewed_by=str(reviewed.get("by") or ""),
        reviewed_on=_day(draft, "reviewed", reviewed["on"]) if reviewed.get("on") else None,
        headline="".join(lines(HEADLINE)),
        steps=lines(STEPS),
        bring=lines(BRING),
        where=lines(WHERE),
        deadline=lines(DEADLINE),
        cost=lines(COST),
        advisor=lines(ADVISOR),
    )


def load_guides(folder: Path) -> tuple[Guide, ...]:
    """All guides of a folder by file name; none for a folder that is not there. KnowledgeError for the first that is not whole."""
    guides = tuple(to_guide(read_draft(path)) for path in sorted(folder.glob("*.md")))
    ids: dict[str, Guide] = {}
    for guide in guides:
        if guide.id in ids:
            raise KnowledgeError(f"两篇指引用了同一个 id：{guide.id}。")
        ids[guide.id] = guide
    return guides


def _text(draft: Draft, field: str) -> str:
    value = draft.fields.get(field)
    if value is None or not str(value).strip():
        raise refused(draft.path, draft.line_of(field), f"缺 {field}")
    return str(value).strip()


def _texts(draft: Draft, field: str) -> tuple[str, ...]:
    value: Any = draft.fields.get(field)
    if value is None:
        raise refused(draft.path, draft.line_of(field), f"缺 {field}（没有就写 []）")
    if not isinstance(value, list) or any(isinstance(item, dict | list) or item is None for item in value):
        raise refused(draft.path, draft.line_of(field), f"{field} 应当是一串短句，每行一个“- ”，句中不用英文冒号")
    return tuple(str(item).strip() for item in value)


def _day(draft: Draft, field: str, value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as cause:
        raise refused(draft.path, draft.line_of(field), f"{field} 应当是 2026-11-23 这样的日期") from cause
