"""Danger signs: what must come before any answer (knowledge/danger/*.toml)."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError

LONGEST = 2000
_APART = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class PhoneNumber:
    """A number to call, and what answers there."""

    number: str
    name: str


@dataclass(frozen=True, slots=True)
class Danger:
    """urgency     1 is the most urgent; of several dangers in one text the most urgent is shown
    calls          most urgent first
    signs, unless  a text carries the danger when one of `signs` is found in it and none of `unless`
    examples       texts that must be caught; near_misses: texts that must not
    """

    id: str
    title: str
    urgency: int
    headline: str
    calls: tuple[PhoneNumber, ...]
    first_steps: tuple[str, ...]
    signs: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    examples: tuple[str, ...]
    near_misses: tuple[str, ...]

    def seen_in(self, bare: str) -> bool:
        """`bare` is a text as `bare()` leaves it."""
        return any(sign.search(bare) for sign in self.signs) and not any(no.search(bare) for no in self.unless)


def bare(text: str) -> str:
    """What the signs are held against: half-width, lower case, no punctuation, no blanks, at most the first 2,000 characters."""
    return _APART.sub("", unicodedata.normalize("NFKC", text[:LONGEST])).lower()


class DangerSigns:
    """Immutable; safe to share between threads."""

    def __init__(self, dangers: Iterable[Danger]) -> None:
        self.dangers = tuple(sorted(dangers, key=lambda danger: (danger.urgency, danger.id)))

    @classmethod
    def load(cls, folder: Path) -> DangerSigns:
        """KnowledgeError names the file; a folder without any sign is an error too: a station without them must not start."""
        dangers = [_read(path) for path in sorted(folder.glob("*.toml"))]
        if not dangers:
            raise KnowledgeError(f"{folder} 里没有危险信号（*.toml）。")
        return cls(dangers)

    def match(self, text: str) -> Danger | None:
        plain = bare(text)
        return next((danger for danger in self.dangers if danger.seen_in(plain)), None)


def _read(path: Path) -> Danger:
    try:
        table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return Danger(
            id=str(table["id"]),
            title=str(table["title"]),
            urgency=int(table["urgency"]),
            headline=str(table["headline"]),
            calls=tuple(PhoneNumber(str(c["number"]), str(c["name"])) for c in table["calls"]),
            first_steps=tuple(map(str, table["first_steps"])),
            signs=tuple(re.compile(s) for s in table["signs"]),
            unless=tuple(re.compile(s) for s in table.get("unless", ())),
            examples=tuple(map(str, table["examples"])),
            near_misses=tuple(map(str, table.get("near_misses", ()))),
        )
    except KeyError as cause:
        raise KnowledgeError(f"危险信号 {path.name} 里缺 {cause.args[0]}。") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, ValueError, TypeError, re.error) as cause:
        raise KnowledgeError(f"危险信号 {path.name} 读不懂：{cause}。") from cause
