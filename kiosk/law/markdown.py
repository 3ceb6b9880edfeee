"""Sources of law as Markdown: `# title`, days, `<!-- INFO END -->`, then the text with `##` headings."""

from __future__ import annotations

import re
from pathlib import Path

from kiosk.errors import SourceRefused
from kiosk.law.draft import Draft
from kiosk.law.source_text import LARGEST, Line, read_source

_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_END_OF_HEADER = re.compile(r"<!--\s*INFO END\s*-->")
_RULE = re.compile(r"\|?[\s:|-]+\|?$")
_MARKS = re.compile(r"\*\*|__|`|<br\s*/?>")
_ARTICLE = re.compile(r"第[零一二三四五六七八九十百千]+条")


def read_markdown(path: Path) -> Draft:
    """SourceRefused for a file that is too large, not UTF-8, without title, or that read_source refuses."""
    data = path.read_bytes()
    if len(data) > LARGEST:
        raise SourceRefused(path, 0, f"文件太大（最多 {LARGEST // 1024 // 1024} MB）")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as cause:
        raise SourceRefused(path, data[: cause.start].count(b"\n") + 1, "不是 UTF-8 文字") from cause
    if "\x00" in text:
        raise SourceRefused(path, text[: text.index("\x00")].count("\n") + 1, "夹有不是文字的内容")
    end = _END_OF_HEADER.search(text)
    header_lines = text[: end.start()].count("\n") + 1 if end else 0
    text = _COMMENT.sub(lambda m: "\n" * m[0].count("\n"), text)
    opened = text.find("<!--")
    if opened >= 0:
        raise SourceRefused(path, text[:opened].count("\n") + 1, "注释 <!-- 没有结束")
    lines = [_line(number, raw) for number, raw in enumerate(text.splitlines(), 1)]
    lines = [line for line in lines if line.text]
    if not lines or lines[0].heading != 1 or not lines[0].text:
        raise SourceRefused(path, lines[0].number if lines else 1, "第一行不是标题（# 名称）")
    title, rest = re.sub(r"\s+", "", lines[0].text), lines[1:]
    if end:
        header = [line for line in rest if line.number <= header_lines]
    else:
        first = next((i for i, line in enumerate(rest) if line.heading or _ARTICLE.match(line.text)), len(rest))
        header = rest[:first]
    return read_source(path, title, header, rest[len(header) :])


def _line(number: int, raw: str) -> Line:
    heading = _HEADING.match(raw.strip())
    if heading:
        return Line(number, _MARKS.sub("", heading[2]).strip(), len(heading[1]))
    text = raw.strip()
    if text.startswith("|"):
        text = "" if _RULE.fullmatch(text) else " | ".join(cell.strip() for cell in text.strip("|").split("|"))
    return Line(number, _MARKS.sub("", text).strip())
