"""A law while the store is being built: read from somewhere, mended, dated, then written. Only building uses these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

UNSHOWN = frozenset({"修正案", "修改决定"})


@dataclass(slots=True)
class DraftArticle:
    """`valid_from` and `valid_to` None: the days of the edition; an amendment of this article alone sets them."""

    number: str
    text: str
    chapter: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""


@dataclass(slots=True)
class Draft:
    """One edition of one law.

    published  day on which this text was published
    claimed    day of effect that the source claims for the law (often that of its first text: believed only where nothing else speaks)
    start_in_text  the closing article of this very text proves the start (so what it repeals ends on that day, too)
    marked_ended  the source marks the law as repealed
    """

    title: str
    kind: str
    published: date
    claimed: date | None
    source: str
    articles: list[DraftArticle]
    marked_ended: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    start_proved: bool = False
    start_in_text: bool = False
    start_reason: str = ""
    end_reason: str = ""
    holes: dict[str, str] = field(default_factory=dict)

    @property
    def shown(self) -> bool:
        return self.kind not in UNSHOWN

    def find(self, number: str) -> DraftArticle | None:
        return next((a for a in self.articles if a.number == number), None)


@dataclass(frozen=True, slots=True)
class Mended:
    """One correction that was made, for the report and for people. `number` empty: the whole law."""

    law: str
    number: str
    what: str
    reason: str
    source: str


def titled(drafts: Iterable[Draft], title: str) -> list[Draft]:
    """The editions of one law, earliest published first."""
    return sorted((d for d in drafts if d.title == title), key=lambda d: d.published)
