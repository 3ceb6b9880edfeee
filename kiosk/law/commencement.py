"""The day from which a law says of itself that it applies (本法自…起施行), and what that proves."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

_SELF = r"本(?:法典|法|条例|规定|办法|解释|规则|决定|修正案|细则|批复|通知|意见)"
_SENTENCE = re.compile(
    rf"{_SELF}(?:（[^）]*）)?[^。；\n]{{0,25}}?自(?:(\d{{4}})年(\d{{1,2}})月(\d{{1,2}})日|((?:公布|发布|颁布|印发)之日))起(?:正式)?(?:施行|实施|生效|执行)"
)


@dataclass(frozen=True, slots=True)
class Commencement:
    """`day` None: "from the day of publication"."""

    number: str
    sentence: str
    day: date | None


def find_commencement(articles: Iterable[tuple[str, str]]) -> Commencement | None:
    """The last such sentence among (number, text); None when no article says it."""
    last = None
    for number, text in articles:
        plain = re.sub(r"[ 　]+", "", unicodedata.normalize("NFKC", text)).replace("(", "（").replace(")", "）")
        for match in _SENTENCE.finditer(plain):
            day = date(int(match[1]), int(match[2]), int(match[3])) if match[1] else None
            last = Commencement(number, match[0], day)
    return last


@dataclass(frozen=True, slots=True)
class Start:
    day: date
    proved: bool
    reason: str


def start_of(published: date, claimed: date | None, said: Commencement | None, first_text: bool) -> Start:
    """When a text published on that day took effect, as far as its own words prove it.

    A later day named in the text proves itself. A day before the publication is that of an older text: this one was changed
    since, and the amending decision is not held. "From the day of publication" proves nothing of an amended law (its first
    publication is meant) unless this is the law's `first_text`.
    """
    if said is not None and said.day is not None:
        if said.day >= published:
            return Start(said.day, True, f"{said.number}：“{said.sentence}”")
        return Start(
            published,
            False,
            f"{said.number}说的{said.day.isoformat()}是最初的施行日；这一文本公布于{published.isoformat()}，修改的施行日没有核实",
        )
    if said is not None and first_text:
        return Start(published, True, f"{said.number}：“{said.sentence}”，这是首次公布的文本")
    if said is not None:
        return Start(published, False, f"{said.number}说“{said.sentence}”，但说的可能是最初的公布日，修改的施行日没有核实")
    return Start(max(published, claimed or published), False, "条文里没有写施行日")
