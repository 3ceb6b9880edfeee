"""What a source of law looks like once its file format is gone: numbered lines, from which title, days and articles are read.

The form is that in which law is published: title, the days of its adoption and publication, perhaps a preface and a table of
contents, headings (编, 分编, 章, 节, or plain ones), articles (第一条 …) each with its paragraphs, perhaps an annex (附录, 附件).
A text that has no articles but numbered points (a reply of the court: 一、… 二、…) is kept whole as 全文.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiosk.errors import SourceRefused
from kiosk.law.commencement import Start, find_commencement, start_of
from kiosk.law.draft import Draft, DraftArticle
from kiosk.law.mending import tidy, tidy_heading
from kiosk.law.numerals import canonical, order, to_chinese

LARGEST = 8 * 1024 * 1024
KINDS = ("法律", "行政法规", "司法解释", "部门规章", "地方性法规", "监察法规")

_ARTICLE = re.compile(r"(第[零〇一二三四五六七八九十百千]+条(?:之[一二三四五六七八九十]+)?)(?:[\s　]+(.*)|)$")
_HEADING = re.compile(r"第[零一二三四五六七八九十百]+(分编|编|章|节)(?:[\s　]+\S.{0,40}|)$")
_PLAIN_HEADING = re.compile(r"[一二三四五六七八九十]+、[^。；：]{1,30}$")
_CONTENTS = re.compile(r"目[\s　]*录")
_PAGE = re.compile(r"[.．…·\s]*[0-9]+$")
_BY_LAWS = re.compile(r"附[\s　]*则")
_ANNEX = re.compile(r"附(?:[录件表图][\s　]*[一二三四五六七八九十0-9]*[：:]?|[：:])[^。；，]{0,40}$")
_POINT = re.compile(r"[一二三四五六七八九十]+、")
_DAY = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
_NAMED_DAY = re.compile(r"[（(](\d{4})-(\d{2})-(\d{2})[）)]")
_CHANGED = re.compile(r"修订|修正|修改")
_CLOSES = frozenset("。；：！？.;:）)】”’》")  # one paragraph at least of a whole file's last article ends so
_LEVEL = {"编": 0, "分编": 1, "章": 2, "节": 3}


@dataclass(frozen=True, slots=True)
class Line:
    """One line or paragraph. `heading`: its depth where the format marks it as a heading (the title is 1), else 0."""

    number: int
    text: str
    heading: int = 0


@dataclass(slots=True)
class _Reader:
    """The articles as they come, with the headings above them."""

    path: Path
    articles: list[DraftArticle]
    headings: dict[int, str]
    last: tuple[int, int] = (0, 0)

    def heading(self, level: int, text: str) -> None:
        for deeper in [deep for deep in self.headings if deep >= level]:
            del self.headings[deeper]
        self.headings[level] = tidy_heading(text)

    def article(self, line: Line, number: str, text: str) -> None:
        main, sub = order(number)
        expected = (main, sub) in ((self.last[0] + 1, 0), (self.last[0], self.last[1] + 1))
        if not expected:
            before = f"第{to_chinese(self.last[0])}条" if self.last[0] else "开头"
            raise SourceRefused(self.path, line.number, f"条号不对：{before}之后是{canonical(number)}（缺条、重复或者乱了次序）")
        self.last = (main, sub)
        self.articles.append(DraftArticle(canonical(number), text, " ".join(self.headings[k] for k in sorted(self.headings))))

    def paragraph(self, text: str) -> None:
        if self.articles:
            body = self.articles[-1]
            body.text = f"{body.text}\n{text}" if body.text else text


def read_source(path: Path, title: str, header: Sequence[Line], body: Sequence[Line]) -> Draft:
    """The law in these lines. SourceRefused names the line: no articles, a number out of order or twice, no day at all."""
    reader = _Reader(path, [], {})
    contents: set[str] | None = None
    for line in body:
        plain = line.text.strip()
        if not plain:
            continue
        if _CONTENTS.fullmatch(plain) and not reader.articles:
            contents = set()
            continue
        annexed = bool(reader.articles) and reader.articles[-1].number == "附录"
        article = None if annexed else _ARTICLE.match(plain)
        level = None if article else _level(line, plain)
        if contents is not None and article is None:
            seen = tidy_heading(_PAGE.sub("", plain))
            if seen not in contents:
                contents.add(seen)
                continue
            contents = None
        if article is not None:
            contents = None
            reader.article(line, article[1], (article[2] or "").strip())
        elif level is not None and not annexed:
            reader.heading(level, plain)
        elif reader.articles and not annexed and _ANNEX.fullmatch(plain):
            reader.articles.append(DraftArticle("附录", plain, ""))
        else:
            reader.paragraph(plain)
    articles = reader.articles or _points(body)
    if not articles:
        raise SourceRefused(path, 0, "没有找到条文（第一条……）")
    for one in articles:
        one.text = tidy(one.text)
        if not one.text:
            raise SourceRefused(path, _line_of(body, one.number), f"{one.number}没有内容")
    last = articles[-1]
    ends = {paragraph.rstrip()[-1:] for paragraph in last.text.split("\n")}
    if last.number not in ("附录", "全文") and ends.isdisjoint(_CLOSES) and " | " not in last.text:  # rows of a table need no stop
        raise SourceRefused(path, _line_of(body, last.number), f"{last.number}没有写完，文件可能只有一半")
    published, start = _days(path, header, articles)
    return Draft(
        title,
        _kind(path, title, header),
        published,
        None,
        f"导入的来源 {path.name}",
        articles,
        valid_from=start.day,
        start_proved=start.proved,
        start_in_text=start.proved,
        start_reason=start.reason,
    )


def _level(line: Line, plain: str) -> int | None:
    numbered = _HEADING.match(plain)
    if numbered:
        return _LEVEL[numbered[1]]
    if _BY_LAWS.fullmatch(plain):
        return 0 if not line.heading else line.heading
    if line.heading > 1:
        return line.heading
    return None


def _line_of(body: Sequence[Line], number: str) -> int:
    return next((line.number for line in body if line.text.strip().startswith(number)), 0)


def _points(body: Sequence[Line]) -> list[DraftArticle]:
    lines = [line.text.strip() for line in body if line.text.strip()]
    if not any(_POINT.match(line) for line in lines):
        return []
    return [DraftArticle("全文", "\n".join(lines))]


def _dates(text: str) -> list[date]:
    found = []
    for year, month, day in _DAY.findall(unicodedata.normalize("NFKC", re.sub(r"\s", "", text))):
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found


def _days(path: Path, header: Sequence[Line], articles: list[DraftArticle]) -> tuple[date, Start]:
    """Publication and start. A start named after every publication and change proves itself; one named before a change does not."""
    published: list[date] = []
    starts: list[date] = []
    changed = 0
    for line in header:
        for part in re.split(r"[　\s]{1,}(?=\S*\d{4}年)|(?=自\d{4}年)", line.text):
            (starts if "施行" in part or "实施" in part else published).extend(_dates(part))
        changed += bool(_CHANGED.search(line.text))
    named = _NAMED_DAY.search(path.stem)
    if named:
        published.append(date(int(named[1]), int(named[2]), int(named[3])))
    said = find_commencement((a.number, a.text) for a in articles if a.number != "附录")
    if not published and not starts and (said is None or said.day is None):
        raise SourceRefused(path, 0, "看不出公布日或者施行日")
    latest = max(published) if published else max([*starts, *([said.day] if said and said.day else [])])
    if starts and max(starts) >= latest:
        return latest, Start(max(starts), True, f"来源开头写明自{max(starts).isoformat()}起施行")
    passed = [d for line in header if re.search(r"公布|发布", line.text) for d in _dates(line.text)]
    return latest, start_of(latest, None, said, first_text=not changed and len(passed) == 1 and max(published) == passed[0])


def _kind(path: Path, title: str, header: Sequence[Line]) -> str:
    """From the folder, else from who made it, else from the name."""
    for folder in path.parts[:-1][::-1]:
        if folder in KINDS:
            return folder
    words = " ".join(line.text for line in header)
    if title.startswith(("最高人民法院", "最高人民检察院")):
        return "司法解释"
    if re.search(r"(?<!全国)人民代表大会", words):
        return "地方性法规"
    if "全国人民代表大会" in words:
        return "法律"
    if "国务院" in words or title.endswith("条例"):
        return "行政法规"
    return "部门规章"
