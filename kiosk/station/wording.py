"""How a line of a guide, a day, a citation's validity are put on the screen. Everything returned as Markup is escaped."""

from __future__ import annotations

import re
from datetime import date, timedelta

from markupsafe import Markup, escape

from kiosk.answering.answer import Citation
from kiosk.law.article import short_name

_PIECE = re.compile(
    r"\*\*(?P<bold>[^*]+)\*\*"
    r"|〔(?P<cite>[^〔〕]+)〕"
    r"|【本地[：:](?P<local>[^【】]+)】"
    r"|(?P<ask>【问法律顾问】)"
)
_COURT = re.compile(r"最高人民(?:法院|检察院)(?:[、 ]最高人民(?:法院|检察院))?关于([^；]+?)(?=第[一二三四五六七八九十百]+条)")
_FILLING = re.compile(
    r"[《》]|中华人民共和国|^(?:审理|办理|适用|确定)"
    r"|案件(?:具体)?(?:适用|应用)法律的?(?:若干)?的?问题|(?:若干|有关)问题|的(?:若干)?(?=解释|规定|意见)"
)
_BULLET = re.compile(r"^\s*(?:\d+[.、]|[-*•])\s+")


def _court_short(match: re.Match[str]) -> str:
    return _FILLING.sub("", match[1])


def _replace(match: re.Match[str]) -> Markup:
    if match["bold"]:
        return Markup("<strong>{}</strong>").format(rich(match["bold"]))
    if match["cite"]:
        return Markup('<span class="cite">〔{}〕</span>').format(_COURT.sub(_court_short, match["cite"]))
    if match["local"]:
        return Markup('<span class="chip">请问村里或法律顾问：{}</span>').format(match["local"])
    return Markup('<span class="chip">请问法律顾问</span>')


def rich(text: str) -> Markup:
    """A line of a guide: `**bold**`, 〔citation〕, 【本地：…】 and 【问法律顾问】 marked up, all else escaped.

    The name of a judicial interpretation is a line long: in a sentence it is cut to what tells it apart, and whole under 法律怎么说.
    """
    parts: list[Markup] = []
    end = 0
    for match in _PIECE.finditer(text):
        parts += [escape(text[end : match.start()]), _replace(match)]
        end = match.end()
    parts.append(escape(text[end:]))
    return Markup("").join(parts)


def unbulleted(text: str) -> str:
    """The line without the list mark of its Markdown: cards carry numbers of their own."""
    return _BULLET.sub("", text)


def day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def weekday(value: date) -> str:
    return "星期" + "一二三四五六日"[value.weekday()]


def validity(citation: Citation) -> str:
    """The days on which the article holds, in one line. `valid_to` is the first day no longer in force."""
    if citation.valid_from is None:
        start = "哪天起有效，没有查实"
    elif citation.start_proved:
        start = f"{day(citation.valid_from)}起有效"
    else:
        start = f"{day(citation.valid_from)}已经有效（哪天开始的，没有查实）"
    if citation.valid_to is None:
        return start
    return f"{start}，到{day(citation.valid_to - timedelta(days=1))}为止"


def title(law: str) -> str:
    """《民法典》: short, as people say it."""
    return f"《{short_name(law).strip('《》')}》"


def spoken_percent(confidence: float) -> int:
    return max(0, min(100, round(confidence * 100)))


def tenths(confidence: float) -> str:
    """How sure the machine is, as people say it: 七成."""
    tens = (spoken_percent(confidence) + 5) // 10
    return "十成" if tens == 10 else ("不到一成" if tens == 0 else "一二三四五六七八九"[tens - 1] + "成左右")


def spaced(code: str) -> str:
    """A code of six digits in two groups, so that it can be read out and copied: 483 920."""
    return f"{code[:3]} {code[3:]}" if len(code) == 6 and code.isdigit() else code
