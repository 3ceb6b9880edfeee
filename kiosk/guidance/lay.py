"""How people say it and how the law says it: lay and dialect words, and the mending of what was written or heard."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError

LONGEST_QUESTION = 500
_FILLERS = re.compile(
    r"^(?:(?:喂|哎|唉|那个|这个|你好啊?|您好|请问(?:一下)?|问一下|想问(?:一下|问)?|我想(?:咨询|问)(?:一下)?|咨询(?:一下)?|律师(?:你好|您好)?|老师|同志|师傅)[，,。！!？? 、]*)+"
)
_BLANK = re.compile(r"\s+")


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """Characters that conversion changes, so that ordinary text never waits for the converter."""
    convert = _converter().convert
    return frozenset(c for c in map(chr, range(0x4E00, 0xA000)) if convert(c) != c)


def normalise(text: str) -> str:
    """Half-width letters and digits, simplified characters, no greeting in front, at most 500 characters. Only a greeting stays as it is."""
    text = _BLANK.sub(" ", unicodedata.normalize("NFKC", text)).strip()[:LONGEST_QUESTION]
    if not _traditional().isdisjoint(text):
        text = _converter().convert(text)
    return _FILLERS.sub("", text).strip() or text


class LayWords:
    """`table`: lay word → the law's words for it."""

    def __init__(self, table: dict[str, tuple[str, ...]]) -> None:
        self.table = table
        longest_first = sorted(table, key=lambda word: (-len(word), word))
        self._pattern = re.compile("|".join(map(re.escape, longest_first))) if table else None

    @classmethod
    def load(cls, path: Path) -> LayWords:
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls({word: tuple(into) for word, into in data["words"].items()})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as cause:
            raise KnowledgeError(f"{path.name}：俗语表读不懂：{cause}") from cause

    def expand(self, text: str) -> str:
        """The law's words for the lay words in a text, separated by blanks; empty where there are none."""
        if self._pattern is None:
            return ""
        found = dict.fromkeys(into for word in self._pattern.findall(text) for into in self.table[word])
        return " ".join(found)
