"""What the events add up to: villages, advisors, assignments, cases, diary. Nothing personal is in it in clear.

Times and days are ISO text as the events have them, so that a State has one canonical form, on every machine the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, is_dataclass
from datetime import date
from typing import Any, Literal, Self

from kiosk.casework import roster
from kiosk.casework.values import Advisor, Assignment, CaseStatus, DiaryStatus, Village
from kiosk.ledger.event import canonical

FORM = 1  # of the State and the rules that make it; raise it when either changes, and kept states are folded anew


@dataclass(frozen=True, slots=True)
class Station:
    """Where a node stands, since when. `demonstration`: its data are made up."""

    village: str
    at: str
    demonstration: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One turn of a case; `sealed` under the case's key, bound to `context`."""

    at: str
    author: Literal["villager", "advisor"]
    context: str
    sealed: str


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """A case. `number` is unique on its node alone, `id` everywhere. `seen_by`: advisors who have had its words on the screen."""

    id: str
    node: str
    lamport: int
    number: str
    village: str
    advisor: str
    matter: str
    status: CaseStatus
    opened_at: str
    answer_by: str
    answer_kind: str
    guide: str
    citations: tuple[tuple[str, str], ...]
    confidence_percent: int
    person: str
    parts: tuple[Part, ...]
    result: str = ""
    openings: int = 0
    seen_by: tuple[str, ...] = ()
    erased: bool = False


@dataclass(frozen=True, slots=True)
class DiaryRecord:
    """An entry. `fields`: what is open; `sealed`: what is personal, under the key of `key` (the case, else the entry itself)."""

    id: str
    village: str
    advisor: str
    status: DiaryStatus
    lamport: int
    fields: dict[str, Any]
    context: str
    sealed: str
    key: str
    mark: str = ""
    case: str = ""
    corrects: str = ""
    corrected_by: str = ""
    confirmed_by: str = ""
    confirmed_at: str = ""


@dataclass(frozen=True, slots=True)
class Aside:
    """An event that the fold could not use: it blocks nothing, and is used when its turn comes or a newer program reads it."""

    event: str
    kind: str
    version: int
    why: str


@dataclass(slots=True)
class State:
    """A fold's result. `order` is that of the last event folded, `events` how many. Only the fold writes in it."""

    villages: dict[str, Village] = field(default_factory=dict)
    advisors: dict[str, Advisor] = field(default_factory=dict)
    assignments: tuple[Assignment, ...] = ()
    stations: dict[str, Station] = field(default_factory=dict)
    cases: dict[str, CaseRecord] = field(default_factory=dict)
    diary: dict[str, DiaryRecord] = field(default_factory=dict)
    conversations: dict[str, int] = field(default_factory=dict)  # "village|day|matter|guide" → how many were resolved at the station
    conflicts: tuple[str, ...] = ()  # what two writers did without knowing of each other: sentences for the people concerned
    aside: tuple[Aside, ...] = ()
    order: tuple[int, str, int] = (0, "", 0)
    events: int = 0
    serials: dict[str, int] = field(default_factory=dict)  # "node|year" → last serial of a case number

    def case(self, number: str, node: str) -> CaseRecord | None:
        """By number: this node's own first, else the only one there is."""
        found = [record for record in self.cases.values() if record.number == number]
        own = [record for record in found if record.node == node]
        return own[0] if own else found[0] if len(found) == 1 else None

    def assignments_on(self, day: date) -> Iterator[Assignment]:
        return (one for one in self.assignments if roster.runs(one, day))

    def advisor_on(self, village: str, day: date) -> Advisor | None:
        found = next((one for one in self.assignments_on(day) if one.village == village), None)
        return self.advisors.get(found.advisor) if found else None

    def next_number(self, node: str, year: int) -> str:
        """Of a new case: two digits of the year, and a serial of its own for each node."""
        short = f"{year % 100:02d}"
        return f"{short}-{self.serials.get(f'{node}|{short}', 0) + 1:04d}"

    def text(self) -> str:
        """Canonical: two States of the same content have the same text."""
        return canonical(_plain(self)).decode()

    def digest(self) -> str:
        return hashlib.sha256(self.text().encode()).hexdigest()

    @classmethod
    def from_plain(cls, data: dict[str, Any]) -> Self:
        """What `text` wrote, parsed. Raises KeyError, TypeError or ValueError on anything else."""
        return cls(
            villages={key: Village(**one) for key, one in data["villages"].items()},
            advisors={key: Advisor(**one) for key, one in data["advisors"].items()},
            assignments=tuple(_assignment(one) for one in data["assignments"]),
            stations={key: Station(**one) for key, one in data["stations"].items()},
            cases={key: _case(one) for key, one in data["cases"].items()},
            diary={key: DiaryRecord(**one) for key, one in data["diary"].items()},
            conversations=data["conversations"],
            conflicts=tuple(data["conflicts"]),
            aside=tuple(Aside(**one) for one in data["aside"]),
            order=tuple(data["order"]),
            events=data["events"],
            serials=data["serials"],
        )


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def _assignment(data: dict[str, Any]) -> Assignment:
    until = data["until"]
    return Assignment(**{**data, "since": date.fromisoformat(data["since"]), "until": date.fromisoformat(until) if until else None})


def _case(data: dict[str, Any]) -> CaseRecord:
    return CaseRecord(
        **{
            **data,
            "citations": tuple((law, number) for law, number in data["citations"]),
            "parts": tuple(Part(**part) for part in data["parts"]),
            "seen_by": tuple(data["seen_by"]),
        }
    )
