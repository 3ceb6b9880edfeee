"""One key for the many ways in which a law's name is written."""

from __future__ import annotations

import re
import unicodedata

from kiosk.law.article import PREFIX

COURT = "最高人民法院关于"
_MARKS = re.compile("[\\s《》〈〉<>「」“”\"'‘’·\u200b\ufeff]+")

_VERSION = re.compile(r"（[0-9]{4}年?[^）]{0,4}(?:修正|修订)[^）]{0,6}）$")
_NUMBERED = re.compile(r"（([一二三四五六七八九十]+)）")


def key(name: str) -> str:
    """What is left of a name without brackets, blanks and 中华人民共和国; brackets round a number go too, others become full-width.
    A year of revision behind the name （2020修正） is dropped: the day asked for decides.

    适用《中华人民共和国民法典》婚姻家庭编的解释(一) and 适用民法典婚姻家庭编的解释一 have one key.
    """
    plain = unicodedata.normalize("NFKC", name).replace("(", "（").replace(")", "）")
    plain = _NUMBERED.sub(r"\1", _VERSION.sub("", _MARKS.sub("", plain)))
    short = plain.replace(PREFIX, "")
    return short or plain
