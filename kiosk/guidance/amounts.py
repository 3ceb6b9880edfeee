"""Terms, amounts and shares in plain words, brought to one form: 三十日 = 30 天, 五成 = 百分之五十, 双倍 = 二倍, 1万元 = 10,000 元.

What villagers say and what an article says is then compared as values, not as words.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction

from kiosk.law.numerals import to_int

_DIGITS = r"[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?"
_CHINESE = r"[零〇一二两三四五六七八九十百千]+"
_NUMBER = rf"(?:{_DIGITS}|{_CHINESE})"
_UNITS = {
    "日": "日", "天": "日", "工作日": "工作日", "个工作日": "工作日", "周": "周", "个星期": "周", "个月": "月",
    "年": "年", "周年": "年", "小时": "小时", "个小时": "小时", "周岁": "岁", "岁": "岁", "元": "元", "块": "元", "块钱": "元",
    "倍": "比", "成": "比", "%": "比", "‰": "比", "亩": "亩", "平方米": "平方米", "公里": "公里",
}  # fmt: skip
_UNIT = "|".join(sorted(_UNITS, key=len, reverse=True))
_PEOPLE = r"(?:人|名|户)(?=以上|以下|至)"
_AMOUNT = re.compile(
    rf"(?P<of>百|千|万|{_CHINESE}|[0-9]+)分之(?P<part>{_NUMBER})"
    rf"|(?P<before>第|几|数(?=[十百千万]))?(?P<first>{_NUMBER})(?P<big1>[万亿]?)(?P<unit1>{_UNIT})?(?:至|到|-|—|~)"
    rf"(?P<last>{_NUMBER})(?P<big2>[万亿]?)(?P<unit2>{_UNIT})"
    rf"|(?P<ordinal>第|几|数(?=[十百千万]))?(?P<number>{_NUMBER})(?P<many>[多来几余])?(?P<big>[万亿]?)(?:(?P<unit>{_UNIT}|{_PEOPLE})|(?P<half>个?半))?"
    r"|(?P<double>双倍|加倍)|(?P<halfyear>半年)|(?P<halfmonth>半个月)|(?P<majority>过半数|半数|过半)"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}\s*年(?:\s*[0-9]{1,2}\s*月(?:\s*[0-9]{1,2}\s*日)?)?"
    r"|(?<![0-9个])[0-9]{1,2}\s*月\s*[0-9]{1,2}\s*[日号]"
)
_LOOSE = re.compile(r"[一二两三四五六七八九][三四五六七八九](?:百|千|十)?")
_IDLE = re.compile(
    r"(?:一年到头|一天到晚|一成不变|[一三十]年[一三八十]年|百年|千年|万一|一天天|一年年|[三两]天两头|一块(?!钱)"
    r"|成年|成了|成的|成功|成员|成本|成果|成立)"
)


@dataclass(frozen=True, slots=True)
class Amount:
    """`value` in `unit`: 日 工作日 周 月 年 岁 小时 元 比 (a share or a multiple: 1 is the whole) 亩 平方米 公里 人."""

    value: Fraction
    unit: str
    words: str = ""

    @property
    def key(self) -> tuple[Fraction, str]:
        return self.value, self.unit


def amounts(text: str) -> list[Amount]:
    """Every amount with a unit, in order. Dates, ordinals (第三天) and round words (三五天, 几年, 十多天) are none."""
    plain = re.sub(r"(?<=[0-9一二两三四五六七八九十百千万亿])\s+(?=\S)|\s+(?=[0-9%])", "", unicodedata.normalize("NFKC", text))
    plain = _IDLE.sub("；", _DATE.sub("；", plain))
    found: list[Amount] = []
    for match in _AMOUNT.finditer(plain):
        found += _read(match, plain)
    return found


def keys(text: str) -> set[tuple[Fraction, str]]:
    """The values, for comparing. A month's half and a year's half stand for their whole terms: 半年 is 6 月."""
    return {amount.key for amount in amounts(text)}


def _read(match: re.Match[str], plain: str) -> list[Amount]:
    words = match[0]
    if match["of"]:
        whole = {"百": 100, "千": 1000, "万": 10000}.get(match["of"]) or _value(match["of"])
        part = _value(match["part"])
        return [Amount(part / whole, "比", words)] if whole and part is not None else []
    if match["double"]:
        return [Amount(Fraction(2), "比", words)]
    if match["halfyear"]:
        return [Amount(Fraction(6), "月", words)]
    if match["halfmonth"]:
        return [Amount(Fraction(15), "日", words)]
    if match["majority"]:
        return [Amount(Fraction(1, 2), "比", words)]
    if match["first"]:
        if match["before"] == "第":
            return []
        unit = match["unit2"]
        first, last = _scaled(match["first"], match["big1"], match["unit1"] or unit), _scaled(match["last"], match["big2"], unit)
        return [a for a in (_amount(first, match["unit1"] or unit, words), _amount(last, unit, words)) if a]
    unit = match["unit"]
    if not unit or match["ordinal"] or match["many"] or _LOOSE.fullmatch(match["number"]):
        return []
    if unit == "年" and re.fullmatch(r"(?:19|20)[0-9]{2}", match["number"]):
        return []
    amount = _amount(_scaled(match["number"], match["big"], unit), unit, words)
    return [amount] if amount else []


def _amount(value: Fraction | None, unit: str, words: str) -> Amount | None:
    return None if value is None else Amount(value, _UNITS.get(unit, "人"), words)


def _scaled(number: str, big: str, unit: str) -> Fraction | None:
    value = _value(number)
    if value is None:
        return None
    value *= {"": 1, "万": 10_000, "亿": 100_000_000}[big]
    return value / {"成": 10, "%": 100, "‰": 1000}.get(unit, 1)


def _value(number: str) -> Fraction | None:
    try:
        return Fraction(number.replace(",", "")) if number[0].isdigit() and number[0].isascii() else Fraction(to_int(number))
    except ValueError:
        return None
