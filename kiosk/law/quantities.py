"""Numbers with a unit in the words of the law: terms, amounts, ages, shares."""

from __future__ import annotations

import re

_NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千半]+)(?:[万亿]+)?"
_UNIT = r"(?:个?工作日|个月|小时|周岁|平方米|公里|公斤|毫克|日|天|年|月|元|倍|成|岁|亩|人|名|户|次|%|％|‰)"
_QUANTITY = re.compile(rf"百分之{_NUMBER}|{_NUMBER}分之{_NUMBER}|{_NUMBER}(?:以上)?{_UNIT}")


def quantities(text: str) -> tuple[str, ...]:
    """As written, in order, each once: 三十日, 2倍, 百分之二十, 三分之二. White space in between does not count."""
    return tuple(dict.fromkeys(_QUANTITY.findall(re.sub(r"\s", "", text))))
