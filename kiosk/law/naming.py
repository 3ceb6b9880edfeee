"""Whose article it is: the law's name that stands before an article number."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Title = Callable[[str], str | None]

_LONGEST = 72
_REACH = 240
_LAWLIKE = re.compile(
    r"(?:法|法典|条例|规定|解释|办法|规则|细则|决定|决议|批复|意见|通知|规程|纲要|修正案|纪要|若干问题的解答|答复)"
    r"(?:\([一二三四五六七八九十试行修正订0-9年]{1,8}\)|[一二三四五六七八九十])?\Z"
)
_BARE_LAWLIKE = re.compile(r"(?:法|法典|条例|规定|解释|办法|规则|细则)(?:\([一二三四五六七八九十]{1,2}\))?\Z")
_LAST_OF_NAME = frozenset("法典例定释则案议复见知令规一二三四五六七八九十)")
_PAREN = re.compile(r"\(([^()]{1,40})\)\s*\Z")
_YEAR = re.compile(r"((?:19|20)[0-9]{2})\s*年?\s*(?:[0-9]{1,2}月)?[^0-9()]{0,8}\Z")
_ORDINAL = re.compile(r"[一二三四五六七八九十]{1,2}\Z")
_DIVISION = re.compile(
    r"(?:第[零一二三四五六七八九十百0-9]{1,4}(?:编|分编|章|节)"
    r"|(?:总则|分则|物权|合同|人格权|婚姻家庭|继承|侵权责任|通则)编|总则|分则)\Z"
)
_FILLERS = ("规定的", "里面的", "当中的", "中的", "里的", "里头", "的", "中", "里", "之")
_SKIPPED = " \t\r\n\u00a0\u200b*_`#[~"
_ANAPHORA = re.compile(
    r"(?:(?:上述|前述|这部|那部|这个|该部|该|(?<!合)同|本|此)(?P<kind>法律|法典|条例|司法解释|解释|规定|办法|规则|细则|法))\Z"
)
_CONTRACT = re.compile(r"(?:合同|协议|章程|公约|规约|民约|契约|承诺书|约定|判决书?|裁定书?|决定书|通知书|补充协议|附件|制度)\Z")
_FOREIGN = re.compile(r"(?:日本|德国|法国|瑞士|美国|英国|俄罗斯|意大利|奥地利|韩国|越南|台湾地?区?|香港|澳门|荷兰|巴西)国?\Z")
_HARD_STOP = re.compile(r"[。!?;:〔【“\"「『,]")
_RUN = re.compile(r"[\u3400-\u9fff《》()、·]{2,64}\Z")
_LEAD = re.compile(
    r"根据|依据|依照|按照|遵照|参照|对照|违反了?|触犯了?|违背|适用|援引|引用|符合|参见|详见|结合|属于|构成|以及|或者|还有|既然|因为|所以|但是|如果|认为|主张|请求|告诉|知道"
    r"|现行|我国|国家|(?<!数)(?<!证)据|按(?!揭)|依(?!法)|[了是见看说查问学读或我你您他她它]|原(?!子|油)|由(?=[^来])"
)
_AND = re.compile(r"(?<=[法典例定释条款项》])(?:和|与|及|、)")
_GENERIC = re.compile(
    r"(?:(?:本|该|这|那|此|有关|相关|上述|前述|以上|以下|下列|法律|法律法规|国家|政府|具体|其他|一般|特别|明确|明文|另有|同样|什么|哪个|合同|协议|双方|公司)*"
    r"(?:的)?(?:规定|办法|解释|规则|细则|条例|法|法律))\Z"
    r"|.*(?:方|做|说|想|看|司|执|立|违|合|非|语|无|没|设|书|疗|用|守|依|普|国|王|手|枉|犯|懂|变|刑讯|新|旧|老|家|村|土|这部|那部)法\Z"
)
_UNMISTAKABLE = frozenset({"民法典", "刑法", "民法", "宪法", "劳动法", "劳动合同法"})
_NOUN_BEFORE = re.compile(r"[^新且不有具应须需可会能要就才并而但因为被把将对向从让给在于之其这那哪谁什么怎么用到过着]{1,4}")
_COURTS = re.compile(
    r"(?:最高人民法院|最高人民检察院|最高法院?|最高检|国务院|公安部|司法部|民政部|人力资源和?社会保障部|农业农村部|全国人大常委会|全国人民代表大会常务委员会)"
    r"(?:、(?:最高人民检察院|公安部|司法部))?\s*\Z"
)
_QUOTATION = re.compile(r"(?:“[^“”]{1,500}”|「[^「」]{1,500}」)\s*\(\s*\Z")
_NAMED_APART = re.compile(r"(?:法典|法|典|条例|解释|规定|办法)(?=规定|明确|中|里|关于|对|,|:|的)")


@dataclass(frozen=True, slots=True)
class Named:
    """`start` of the name in the text; `law` the full title, or as written; `year` of the text meant, where it is given."""

    start: int
    law: str
    written: str
    year: int | None = None

    @property
    def kind(self) -> str:
        bare = re.sub(r"\([^()]*\)\Z", "", self.law)
        return next((k for k in ("条例", "解释", "规定", "办法", "规则", "细则") if bare.endswith(k)), "法")


NOT_A_LAW = Named(-1, "", "")


def name_before(plain: str, floor: int, at: int, title: Title, before: Sequence[Named], *, marked: bool) -> Named | None:
    """The law named right before `at`, not before `floor`; NOT_A_LAW for 《租赁合同》; None when no name stands there.

    `before` are the laws named so far, latest last, for 同法 and its like. `marked`: the number has its 第; without it
    only a name that touches it counts.
    """
    base = max(floor, at - _REACH)
    window = plain[base:at]
    for _ in range(5):
        bare = window.rstrip(_SKIPPED + "(" if marked else _SKIPPED)
        if not bare:
            return None
        named = _ending(bare, base, title, before, same_line="\n" not in plain[base + len(bare) : at])
        window = bare
        if named is not None:
            return named
        if not marked:
            return None
        shorter = _without_filler(window)
        if shorter == window:
            break
        window = shorter
    return None


def named_apart(plain: str, floor: int, at: int, title: Title) -> Named | None:
    """A law named earlier in the same sentence: 《劳动合同法》规定，第三十八条 … Only one that `resolve` knows.

    A quotation between the two is none of the sentence: 民法典规定：“……。”（第675条）.
    """
    quotation = _QUOTATION.search(plain, max(floor, at - 2 * _REACH), at)
    at = quotation.start() if quotation else at
    window = plain[max(floor, at - _REACH) : at]
    base = at - len(window)
    sentence = max(window.rfind(stop) for stop in "。!?\n") + 1
    window, base = window[sentence:], base + sentence
    close = window.rfind("》")
    if close >= 0:
        named = _bracketed(window[: close + 1], base, title)
        return named if named is not None and named is not NOT_A_LAW and title(named.written) else None
    for match in list(_NAMED_APART.finditer(window))[-3:][::-1]:
        named = _resolved(window[: match.end()], base, title)
        if named is not None:
            return named
    return None


def _without_filler(window: str) -> str:
    division = _DIVISION.search(window[-8:])
    if division:
        return window[: len(window) - len(division[0])]
    for filler in _FILLERS:
        if window.endswith(filler):
            return window[: -len(filler)]
    return window


def _ending(window: str, base: int, title: Title, before: Sequence[Named], *, same_line: bool) -> Named | None:
    last = window[-1]
    if last in "》〉>":
        return _bracketed(window, base, title)
    if last in "”\"」』’'":
        return _quoted(window, base, title)
    if last == ")":
        return _with_paren(window, base, title, before, same_line=same_line)
    resolved = _resolved(window, base, title)
    if resolved is not None:
        return resolved
    if _CONTRACT.search(window[-6:]):
        return NOT_A_LAW
    anaphora = _ANAPHORA.search(window[-8:])
    if anaphora:
        return _meant(anaphora["kind"], len(window) - len(anaphora[0]) + base, before)
    return _unknown(window, base) if same_line else None  # 第四章　特别规定, a line break, 第三十条: a heading


def _meant(kind: str, start: int, before: Sequence[Named]) -> Named | None:
    kind = {"法律": "法", "法典": "法", "司法解释": "解释"}.get(kind, kind)
    for named in reversed(before):
        if named.kind == kind or (kind == "解释" and named.kind == "规定"):
            return Named(start, named.law, named.written, named.year)
    return NOT_A_LAW


def _bracketed(window: str, base: int, title: Title, ordinal: str = "", year: int | None = None) -> Named | None:
    opening = {"》": "《", "〉": "〈", ">": "<"}[window[-1]]
    depth, start = 0, len(window)
    for start in range(len(window) - 1, -1, -1):
        if window[start] == window[-1]:
            depth += 1
        elif window[start] == opening:
            depth -= 1
            if depth == 0:
                break
    if depth > 0:
        return None
    inner = re.sub(r"\s+", "", window[start:]).strip("《》〈〉<>") if opening == "<" else re.sub(r"\s+", "", window[start + 1 : -1])
    paren = _PAREN.search(inner)
    stamped = _YEAR.match(paren[1]) if paren else None
    if paren and stamped and title(inner) is None:
        inner, year = inner[: paren.start()], int(stamped[1])
    inner += ordinal
    court = _COURTS.search(window[:start]) if inner.startswith("关于") else None
    if court:
        inner, start = re.sub(r"\s", "", court[0]) + inner, court.start()
    held = title(inner)
    if held is None and (not _LAWLIKE.search(inner) or _CONTRACT.search(inner)):
        return NOT_A_LAW
    return Named(base + start, held or inner, inner, year)


def _quoted(window: str, base: int, title: Title) -> Named | None:
    start = max(window.rfind(mark, 0, len(window) - 1) for mark in "“\"「『‘'")
    inner = re.sub(r"\s+", "", window[start + 1 : -1]) if start >= 0 else ""
    if not inner or len(inner) > 60:
        return None
    held = title(inner)
    return Named(base + start, held or inner, inner) if held or re.search(r"[^司违执立方](?:法|条例)\Z", inner) else None


def _with_paren(window: str, base: int, title: Title, before: Sequence[Named], *, same_line: bool) -> Named | None:
    paren = _PAREN.search(window)
    if paren is None:
        return None
    rest = window[: paren.start()].rstrip(_SKIPPED)
    if not rest:
        return None
    ordinal = f"({paren[1]})" if _ORDINAL.match(paren[1]) else ""
    stamped = _YEAR.match(paren[1])
    year = int(stamped[1]) if stamped else None
    if rest[-1] in "》〉>":
        return _bracketed(rest, base, title, ordinal, year)
    if ordinal:
        return _resolved(window, base, title) or (_unknown(window, base) if same_line else None)
    named = _ending(rest, base, title, before, same_line=same_line)
    return Named(named.start, named.law, named.written, year) if named and named is not NOT_A_LAW else named


def _resolved(window: str, base: int, title: Title) -> Named | None:
    """The longest run before the number that `title` knows. A known name at the end of a longer unknown one (日本民法典) is not it."""
    if window[-1] not in _LAST_OF_NAME:
        return None
    first = max(0, len(window) - _LONGEST)
    for stop in _HARD_STOP.finditer(window, first):
        first = stop.end()
    for start in range(first, len(window) - 1):
        if window[start].isspace() or window[start] in ")》、(":
            continue
        name = window[start:]
        held = title(name)
        if held is None:
            continue
        name = re.sub(r"\s+", "", name)
        foreign = _FOREIGN.search(window[first:start])
        if foreign:
            return Named(base + first + foreign.start(), foreign[0] + name, foreign[0] + name)
        if len(name) <= 3 and name not in _UNMISTAKABLE and start > 0:
            longer = _unknown(window, base)
            if longer is not None and longer.written.endswith(name) and _NOUN_BEFORE.fullmatch(longer.written[: -len(name)]):
                return longer
        return Named(base + start, held, name)
    return None


def _unknown(window: str, base: int) -> Named | None:
    """A name that nobody knows but that ends as a law's does, without the words that lead to it."""
    run = _RUN.search(window)
    if run is None or not _BARE_LAWLIKE.search(run[0]):
        return None
    name = run[0]
    about = name.rfind("关于")
    court = _COURTS.search(name[:about]) if about > 0 else None
    if about >= 0:
        name = name[court.start() if court else about :]
    else:
        cuts = [m.end() for m in _LEAD.finditer(name)] + [m.end() for m in _AND.finditer(name)]
        cuts += [name.rfind("的") + 1, name.rfind("、") + 1, name.rfind("在") + 1, len(name) - len(name.lstrip("和与及或并以"))]
        name = name[max(c for c in [*cuts, 0] if c < len(name)) :]
    if name.count("《") != name.count("》") or len(name) < 3 or _GENERIC.match(name):
        return None
    if re.search(r"(?:规定|办法|解释|规则|细则)\Z", name) and len(name) < 5:
        return None
    return Named(base + len(window) - len(name), name, name)
