"""Article numbers: 675, 第675条, 第六百七十五条 and 第二百七十六条之一 are told apart and brought to one form."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

DIGITS = "零一二三四五六七八九"
_VALUE = {c: i for i, c in enumerate(DIGITS)} | {"〇": 0, "○": 0, "两": 2}
_UNIT = {"十": 10, "百": 100, "千": 1000}
_NUMBER = r"[0-9]{1,5}|[零〇○一二两三四五六七八九十百千]+"
_ARTICLE = re.compile(rf"第?({_NUMBER})(?:条)?(?:之({_NUMBER})|-([0-9]{{1,2}}))?")


def to_int(text: str) -> int:
    """The value of a number below ten thousand, in Chinese, Arabic or full-width digits. ValueError when it is none."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain.isascii() and plain.isdigit():
        return int(plain)
    if not plain or any(c not in _VALUE and c not in _UNIT for c in plain):
        raise ValueError(f"not a number: {text!r}")
    if not any(c in _UNIT for c in plain):
        return int("".join(str(_VALUE[c]) for c in plain))
    total, digit, last_unit = 0, -1, 10_000
    for c in plain:
        if c in _UNIT:
            unit = _UNIT[c]
            if unit >= last_unit or (digit == 0):
                raise ValueError(f"not a number: {text!r}")
            if digit < 0:
                if unit != 10:
                    raise ValueError(f"not a number: {text!r}")
                digit = 1
            total, digit, last_unit = total + digit * unit, -1, unit
        elif digit > 0 or (digit == 0 and _VALUE[c] == 0):
            raise ValueError(f"not a number: {text!r}")
        else:
            digit = _VALUE[c]
    if digit == 0:
        raise ValueError(f"not a number: {text!r}")
    return total + max(digit, 0)


def to_chinese(number: int) -> str:
    """675 is 六百七十五, 10 is 十, 1001 is 一千零一. ValueError outside 0 to 9999."""
    if not 0 <= number <= 9999:
        raise ValueError(f"out of range: {number}")
    if number < 10:
        return DIGITS[number]
    words, rest, skipped = "", number, False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, rest = divmod(rest, unit)
        if digit:
            words += ("零" if skipped and words else "") + DIGITS[digit] + name
            skipped = False
        else:
            skipped = True
    return words.removeprefix("一") if words.startswith("一十") else words


def canonical(number: str) -> str:
    """第六百七十五条 or 第二百七十六条之一 from whatever way of writing it. ValueError when it is no article number."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", number))
    match = _ARTICLE.fullmatch(plain)
    if match is None or to_int(match[1]) == 0:
        raise ValueError(f"not an article number: {number!r}")
    after = match[2] or match[3]
    return f"第{to_chinese(to_int(match[1]))}条" + (f"之{to_chinese(to_int(after))}" if after else "")


def order(number: str) -> tuple[int, int]:
    """Where a canonical article number stands in its law: (675, 0), (276, 1). ValueError when it is none."""
    match = _ARTICLE.fullmatch(canonical(number))
    assert match is not None
    return to_int(match[1]), to_int(match[2]) if match[2] else 0


def chinese_day(day: date) -> str:
    """2026年11月23日."""
    return f"{day.year}年{day.month}月{day.day}日"
