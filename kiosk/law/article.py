"""One article of law with its days of validity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PREFIX = "中华人民共和国"


def short_name(law: str) -> str:
    """The name by which people call a law: 中华人民共和国民法典 is 民法典. Other names stay as they are."""
    short = law.removeprefix(PREFIX)
    return short if len(short) > 1 else law


@dataclass(frozen=True, slots=True)
class Article:
    """One text of one article. The same (law, number) may have several, never two in force on one day.

    law          full title as the source gives it (中华人民共和国民法典)
    number       canonical form: 第六百七十五条, 第二百七十六条之一
    text         the article's words without its number, paragraphs (款) separated by a newline
    chapter      headings above it, outermost first, separated by a space; empty where there are none
    valid_from   first day in force; `start_proved` is False when only an earlier bound is known
    valid_to     first day no longer in force; None: no end is known
    source       where the text is from, for people
    kind         法律, 行政法规, 司法解释, 部门规章 …
    """

    law: str
    number: str
    text: str
    chapter: str
    valid_from: date
    valid_to: date | None
    start_proved: bool
    source: str
    kind: str = "法律"

    @property
    def short_law(self) -> str:
        return short_name(self.law)

    @property
    def key(self) -> tuple[str, str]:
        return (self.law, self.number)

    def in_force_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
