"""The values that go into and come out of answering."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["danger", "guide", "articles", "clarify", "abstain"]


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked, in the person's own words. `event_on`: the day of what it is about, where that is not today."""

    text: str
    asked_on: date
    event_on: date | None = None
    matter: str | None = None

    @property
    def on(self) -> date:
        return self.event_on or self.asked_on


@dataclass(frozen=True, slots=True)
class Citation:
    """An article shown under an answer, looked up by law, number and day.

    `held` False: the rule stands in a source that this station does not hold; then `text` is empty.
    `why_not` says so in a plain sentence, empty otherwise.
    """

    law: str
    number: str
    text: str
    chapter: str
    valid_from: date | None
    valid_to: date | None
    start_proved: bool
    source: str
    held: bool = True
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """A number to call, and what it is."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A guide offered as "maybe this"."""

    guide: str
    title: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the station shows. Empty tuples are sections that are not shown.

    headline     one plain sentence
    steps, bring, where, deadline, cost, see_advisor
                 lines of the guide's sections, with their citations in 〔〕 inline
    confidence   calibrated probability (0 to 1) that the answer fits the question
    as_of        the day whose law is quoted
    reviewed_by  the lawyer who signed the guide; empty: no lawyer has reviewed it
    choices      for clarify: questions to choose among (each can be asked as it stands)
    maybe        nearest guides, offered and not claimed
    calls        numbers to call, most urgent first
    note         what the person should know about the answer itself ("not in my law", "law of that day not held")
    """

    kind: Kind
    headline: str
    as_of: date
    confidence: float
    title: str = ""
    guide: str = ""
    matter: str = ""
    steps: tuple[str, ...] = ()
    bring: tuple[str, ...] = ()
    where: tuple[str, ...] = ()
    deadline: tuple[str, ...] = ()
    cost: tuple[str, ...] = ()
    see_advisor: tuple[str, ...] = ()
    citations: tuple[Citation, ...] = ()
    reviewed_by: str = ""
    reviewed_on: date | None = None
    choices: tuple[Suggestion, ...] = ()
    maybe: tuple[Suggestion, ...] = ()
    calls: tuple[Call, ...] = ()
    note: str = ""
