"""The matters that villagers bring (knowledge/matters.toml), in the order of the tiles, and the phone lines that guides may name."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError


@dataclass(frozen=True, slots=True)
class Matter:
    """`group` is the tile under which it stands; `line` says it in one plain sentence; `words` are plain words for it."""

    id: str
    name: str
    group: str
    line: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Hotline:
    number: str
    name: str
    about: str


def load_matters(path: Path) -> tuple[Matter, ...]:
    rows = _rows(path, "matter")
    try:
        matters = tuple(Matter(str(r["id"]), str(r["name"]), str(r["group"]), str(r["line"]), tuple(map(str, r["words"]))) for r in rows)
    except (KeyError, TypeError) as cause:
        raise KnowledgeError(f"{path.name} 里有一项不全，缺 {cause}。") from cause
    if len({m.id for m in matters}) != len(matters) or len({m.name for m in matters}) != len(matters):
        raise KnowledgeError(f"{path.name} 里有重复的 id 或名称。")
    return matters


def load_hotlines(path: Path) -> tuple[Hotline, ...]:
    rows = _rows(path, "hotline")
    try:
        return tuple(Hotline(str(r["number"]), str(r["name"]), str(r["about"])) for r in rows)
    except (KeyError, TypeError) as cause:
        raise KnowledgeError(f"{path.name} 里有一项不全，缺 {cause}。") from cause


def _rows(path: Path, name: str) -> list[dict[str, Any]]:
    try:
        rows = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    except (OSError, KeyError, tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise KnowledgeError(f"{path.name} 读不懂：{cause}。") from cause
    if not isinstance(rows, list):
        raise KnowledgeError(f"{path.name} 里的 {name} 应当写成 [[{name}]]。")
    return rows
