"""Whether a text says the same law as the text it was made from: the check that stands behind every language model.

Citations (law, article, paragraph, item), numbers with their units and bounds, negations and modal words, offices, 【marks】 and Latin
words must be the same in the same order: a term that changed places with another is a change of law. Only the plain words between are
free, and of these nothing is known: so it is the operator, not this check alone, who lets a model write.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable

from kiosk.law import citations
from kiosk.law.numerals import to_int

Resolve = Callable[[str], str | None]
Fact = tuple[str, str]

_UNITS = {
    "天": "日",
    "块钱": "元",
    "块": "元",
    "个月": "月",
    "个小时": "小时",
    "个工作日": "工作日",
    "周岁": "岁",
    "以内": "内",
    "之内": "内",
}
_FACT = re.compile(
    r"(?P<mark>【[^】]*】)"
    r"|(?P<before>不超过|不少于|超过|不满|未满|至少|最多|最高|最低|每|前|后|满)?"
    r"(?P<number>[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰仟廿卅俩仨]+|半|几|数(?=[十百千万倍]))"
    r"\s*(?P<many>[多余来])?(?P<big>[万亿]*)\s*"
    r"(?P<unit>个?工作日|个?小时|个?月|周岁|块钱|分之|分钟|公里|平方米|日|天|号|年|周|元|块|角|倍|成|岁|亩|人|%|‰)?"
    r"(?P<behind>以内|之内|内|以上|以下|以外|以后|之后|以前|之前|后|前|起)?"
    r"|(?P<day>今天|明天|昨天|今年|明年|去年|当天|当日|次日|第二天|月底|年底|立即|马上|随时|永远|终身)"
    r"|(?P<modal>不得|不能|不可|不应|不许|不准|不会|不要|不用|不必|不|没有|没|未必|未|无须|无需|无权|无|非|禁止|严禁|别|勿|莫|甭|否|免|拒绝"
    r"|应当|应该|必须|须|可以|可能|可|能够|能|有权|只有|只|仅|才|除非|除外|除|双倍|加倍|过半|全部|部分|任何|一律|或者|或|并且|并|但|且)"
    r"|(?P<office>法院|检察院|公安局|公安机关|派出所|仲裁|司法所|村民委员会|村委会|乡镇|人民政府|政府|民政|法律援助|律师|劳动监察|调解委员会)"
    r"|(?P<latin>[A-Za-z]+|[<>{}`$])"
)
_KINDS = {
    "citation": "引用",
    "number": "数字",
    "day": "日子",
    "modal": "“可以、应当、不得”一类的词",
    "office": "部门",
    "mark": "标注",
    "latin": "字母或符号",
}


def faithful(original: str, rewritten: str, resolve: Resolve) -> list[str]:
    """What keeps `rewritten` from standing for `original`, in sentences; empty when it may."""
    if not rewritten.strip():
        return ["改写是空的。"]
    faults = []
    if len(rewritten) > 2 * len(original) + 20:
        faults.append("改写比原文长太多。")
    if rewritten.strip().count("\n") > original.strip().count("\n"):
        faults.append("改写多出了行。")
    for was, now in ((_cited(original, resolve), _cited(rewritten, resolve)), (_worded(original), _worded(rewritten))):
        lost, new = Counter(was) - Counter(now), Counter(now) - Counter(was)
        faults += [f"少了{_KINDS[kind]}：{value}。" for kind, value in lost.elements()]
        faults += [f"多了{_KINDS[kind]}：{value}。" for kind, value in new.elements()]
        if was != now and not lost and not new:
            faults.append("引用、数字或“可以、应当、不得”一类的词换了位置。")
    return faults


def _cited(text: str, resolve: Resolve) -> list[Fact]:
    return [("citation", f"{c.law}{c.number} {c.paragraph or ''} {c.item or ''}".strip()) for c in citations.find(text, resolve)]


def _worded(text: str) -> list[Fact]:
    facts: list[Fact] = []
    for match in _FACT.finditer(unicodedata.normalize("NFKC", text)):
        if match["number"] is None:
            facts.append((str(match.lastgroup), match[0]))
            continue
        unit, behind = match["unit"] or "", match["behind"] or ""
        parts = (match["before"] or "", _value(match["number"]), match["many"] or "", match["big"])
        facts.append(("number", "".join((*parts, _UNITS.get(unit, unit), _UNITS.get(behind, behind)))))
    return facts


def _value(number: str) -> str:
    """三十 and 30 are one; what is no number below ten thousand, or begins with nought (a telephone number), stays as it is written."""
    plain = number.replace(",", "")
    if plain[0] in "0零〇":
        return plain
    try:
        return str(to_int(plain))
    except ValueError:
        return plain
