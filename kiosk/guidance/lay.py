"""How people say it and how the law says it: lay and dialect words, and the mending of what was written or heard."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError

LONGEST_QUESTION = 500
_GREETING = (
    r"喂|哎|唉|嗯|呃|那个|这个|你好啊?|您好|请问(?:一下|下)?|问(?:一下|下)|想问(?:一下|下|问)?"
    r"|我想(?:咨询|问|请教)(?:一下|下|问)?"
    r"|咨询(?:一下|下)?|麻烦(?:问)?(?:一下|下)|帮(?:我|忙)(?:看|查)(?:一下|下|看)|律师(?:你好|您好)?|老师|同志|师傅|领导"
)
_IN_FRONT = re.compile(rf"^(?:(?:{_GREETING})[，,。！!？?、\s]*)+")
_THANKS = r"谢谢(?:你|您|了|啦)?|多谢(?:了)?|麻烦(?:你|您)?了|拜托了?|求解答|求助|在线等"
_BEHIND = re.compile(rf"(?:[，,。！!？?、\s]*(?:{_THANKS}))+[。！!~～\s]*$")
# Half a surrogate pair is no character: nothing that encodes text takes it. A small face or a control character says nothing of law.
_BLANK = re.compile(r"[\s\x00-\x1f\ud800-\udfff\u200b-\u200d\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]+")


@cache
def _converter() -> Any:
    """None where OpenCC is not installed: then traditional characters stay as they are."""
    if find_spec("opencc") is None:
        return None
    from opencc import OpenCC

    return OpenCC("t2s")


@cache
def _traditional() -> frozenset[str]:
    """Characters that conversion changes, so that ordinary text never waits for the converter."""
    converter = _converter()
    if converter is None:
        return frozenset()
    return frozenset(c for c in map(chr, range(0x4E00, 0xA000)) if converter.convert(c) != c)


def normalise(text: str) -> str:
    """Half-width letters and digits, simplified characters, no greeting or thanks, at most 500 characters.

    A text that is nothing but a greeting stays as it is.
    """
    text = _BLANK.sub(" ", unicodedata.normalize("NFKC", text)).strip()[:LONGEST_QUESTION]
    if not _traditional().isdisjoint(text):
        text = _converter().convert(text)
    return _BEHIND.sub("", _IN_FRONT.sub("", text)).strip() or text


class LayWords:
    """`table`: lay word → the law's words for it. `slips`: what a recogniser writes by mistake → what was said."""

    def __init__(self, table: Mapping[str, tuple[str, ...]], slips: Mapping[str, str] | None = None) -> None:
        self.table, self.slips = dict(table), dict(slips or {})
        self._words, self._slips = _any_of(self.table), _any_of(self.slips)

    @classmethod
    def load(cls, path: Path) -> LayWords:
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            table = {word: tuple(map(str, into)) for word, into in data["words"].items() if isinstance(into, list)}
            if len(table) != len(data["words"]):
                raise TypeError("右边应当是一串词")
            return cls(table, {slip: str(right) for slip, right in data.get("slips", {}).items()})
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as cause:
            raise KnowledgeError(f"{path.name}：俗语表读不懂：{cause}。") from cause

    def mend(self, text: str) -> str:
        """The text with the recogniser's slips put right."""
        return self._slips.sub(lambda match: self.slips[match[0]], text) if self._slips else text

    def normalise(self, text: str) -> str:
        """As the function of this name, then `mend`."""
        return self.mend(normalise(text))

    def expand(self, text: str) -> str:
        """The law's words for the lay words in a text, separated by blanks; empty where there are none."""
        if self._words is None:
            return ""
        found = dict.fromkeys(into for word in self._words.findall(self.mend(text)) for into in self.table[word])
        return " ".join(found)


def _any_of(words: Mapping[str, object]) -> re.Pattern[str] | None:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, longest_first))) if words else None
