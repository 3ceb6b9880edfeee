"""Sources of law as .docx, the form in which the national database of laws (国家法律法规数据库) gives them out.

Title, the days in brackets, 目录, headings and articles are paragraphs of their own. Only the words are read, by a parser that
takes no entities; "line" in a refusal counts paragraphs.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kiosk.errors import SourceRefused
from kiosk.law.draft import Draft
from kiosk.law.source_text import LARGEST, Line, read_source

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_PART = "word/document.xml"
_UNPACKED = 64 * 1024 * 1024
_DAYS = re.compile(r"[（(].*[0-9０-９]{4}\s*年")
_ISSUED = re.compile(r"(?:令|公告)$|^第[^条]{1,12}号$|〔\d{4}〕.*号$")
_START_OF_TEXT = re.compile(r"第[零一二三四五六七八九十百千]+(?:编|章|节|条)|目[\s　]*录")


def read_docx(path: Path) -> Draft:
    """SourceRefused for a file that is too large, torn, not a docx, without title, or that read_source refuses."""
    if path.stat().st_size > LARGEST:
        raise SourceRefused(path, 0, f"文件太大（最多 {LARGEST // 1024 // 1024} MB）")
    try:
        with zipfile.ZipFile(path) as package:
            if package.getinfo(_PART).file_size > _UNPACKED:
                raise SourceRefused(path, 0, "文件解开后太大")
            root = fromstring(package.read(_PART), forbid_dtd=True)
    except (zipfile.BadZipFile, KeyError, zlib.error, EOFError, ParseError, DefusedXmlException, RuntimeError) as cause:
        raise SourceRefused(path, 0, "不是完整的 docx 文件（可能没有下载完）") from cause
    body = root.find(f"{_W}body")
    if body is None:
        raise SourceRefused(path, 0, "不是完整的 docx 文件（没有正文）")
    lines = [Line(number, text) for number, text in enumerate(_paragraphs(body), 1) if text]
    start = next((i for i, line in enumerate(lines) if _START_OF_TEXT.match(line.text)), len(lines))
    days = next((i for i, line in enumerate(lines[:start]) if _DAYS.match(line.text)), None)
    names = lines[:1] if days is None else [line for line in lines[:days] if not _ISSUED.search(line.text)]
    title = re.sub(r"[\s　]+", "", "".join(line.text for line in names))
    if start == 0 or not title or len(title) > 120:
        raise SourceRefused(path, lines[0].number if lines else 0, "开头没有法律名称")
    closed = next((i for i in range(days, start) if lines[i].text.endswith(("）", ")"))), start - 1) if days is not None else start - 1
    return read_source(path, title, lines[len(names) if days is None else days : closed + 1], lines[closed + 1 :])


def _paragraphs(body: Any) -> Iterator[str]:
    for element in body:
        if element.tag == f"{_W}p":
            yield from _words(element).split("\n")
        elif element.tag == f"{_W}tbl":
            for row in element.iter(f"{_W}tr"):
                yield " | ".join(" ".join(_words(p) for p in cell.iter(f"{_W}p")).strip() for cell in row.iter(f"{_W}tc"))
        elif element.tag == f"{_W}sdt":
            for paragraph in element.iter(f"{_W}p"):
                yield _words(paragraph).strip()


def _words(paragraph: Any) -> str:
    """The words of a paragraph; a tab is a blank, a line break begins a new line."""
    words = []
    for node in paragraph.iter():
        if node.tag == f"{_W}t":
            words.append(node.text or "")
        elif node.tag == f"{_W}tab":
            words.append(" ")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            words.append("\n")
    return "".join(words).strip()
