"""Repairs of the text that need no knowledge of the law: headings glued to an article's end, remains of pictures, blanks, broken lines."""

from __future__ import annotations

import re

from kiosk.law.draft import Draft, Mended

_CJK = r"\u4e00-\u9fff\u3400-\u4dbf，。、；：？！（）《》“”〔〕—…"
_BLANKS_INSIDE = re.compile(rf"(?<=[{_CJK}])[ 　]+(?=[{_CJK}])")
_ALL_BLANKS = re.compile(r"[ 　]+")
_THIN = re.compile("[\u2000-\u200b\ufeff\u00a0]")
_PART = re.compile(r"第[一二三四五六七八九十百]+编[\s　]+\S.{0,30}")
_SUBPART = re.compile(r"第[一二三四五六七八九十百]+分编[\s　]+\S.{0,30}")
_ANNEX = re.compile(r"附[\s　]*则")
_PICTURE = re.compile(r'^!.*\{|(?:width|height)="[^"]*"\}?$')
_SENTENCE_END = re.compile(r"[。；：:！？…—”\"』）)|-]$")
_ITEM_START = re.compile(r"^(?:（[一二三四五六七八九十]+）|[0-9]+[.．、])")


def join_heading(*headings: str | None) -> str:
    """第一编 总 则 and 第一章 基本规定 become 第一编 总则 第一章 基本规定."""
    return " ".join(tidy_heading(h) for h in headings if h)


def tidy_heading(heading: str) -> str:
    """第三编 审 判 is 第三编 审判."""
    match = re.match(r"(第[零一二三四五六七八九十百]+(?:分编|编|章|节))[\s　]*(.*)", heading.strip())
    if match is None:
        return _ALL_BLANKS.sub("", heading.strip())
    return f"{match[1]} {_ALL_BLANKS.sub('', match[2])}".strip()


def cut_headings(text: str) -> tuple[str, list[str]]:
    """The text without the headings of a part (编, 分编, 附则) at its end, and these headings from the outermost in."""
    lines = text.split("\n")
    found: list[str] = []
    while len(lines) > 1 and any(p.fullmatch(lines[-1].strip()) for p in (_PART, _SUBPART, _ANNEX)):
        found.insert(0, tidy_heading(lines.pop()))
    return "\n".join(lines), found


def tidy(text: str) -> str:
    """Without remains of pictures, invisible characters and stray blanks inside sentences; tables stay as they are."""
    lines = []
    for raw in _THIN.sub("", text).split("\n"):
        line = raw.strip()
        if not line or _PICTURE.search(line):
            continue
        if line[-1] in "。；：，" and "|" not in line:
            line = _BLANKS_INSIDE.sub("", line)
        lines.append(line)
    return "\n".join(lines)


def reflow(text: str) -> str:
    """For a text broken by its print columns: no blanks at all, and a line that ends inside a sentence is joined to the next."""
    lines: list[str] = []
    for raw in text.split("\n"):
        line = _ALL_BLANKS.sub("", raw)
        if lines and not _SENTENCE_END.search(lines[-1]) and not _ITEM_START.match(line):
            lines[-1] += line
        elif line:
            lines.append(line)
    return "\n".join(lines)


def mend(draft: Draft, first_part: str = "") -> list[Mended]:
    """Repair every article in place. `first_part`: the heading before the first article, where the data has lost it."""
    mended: list[Mended] = []
    part, subpart, annex = first_part, "", False
    for article in draft.articles:
        text, headings = cut_headings(article.text)
        tidied = tidy(text)
        if headings:
            what = f"条文末尾粘着下文的标题“{'、'.join(headings)}”，已移给后面的条文"
            mended.append(Mended(draft.title, article.number, what, "标题不是这一条的内容", "条文本身"))
        elif tidied != article.text:
            mended.append(Mended(draft.title, article.number, "去掉了多余的空格或图片残余", "不是这一条的内容", "条文本身"))
        article.text = tidied
        article.chapter = "附则" if annex else join_heading(part, subpart, None) + (" " if part else "") + article.chapter
        for heading in headings:
            if heading == "附则":
                annex = True
            elif "分编" in heading.split(" ")[0]:
                subpart = heading
            else:
                part, subpart = heading, ""
    return mended
