"""The words of a file that someone hands in to be read: .txt, .md, .docx. Nothing of it is run, fetched or kept."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from kiosk.errors import LawError

LARGEST = 20 * 1024 * 1024
_UNPACKED = 64 * 1024 * 1024
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PARTS = ("word/document.xml", "word/footnotes.xml", "word/endnotes.xml")


def read_words(path: Path) -> str:
    """LawError, in a sentence, for a file that is not there, too large, of another kind or damaged."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise LawError(f"{path.name} 太大，最多 {LARGEST // 1024 // 1024} MB。")
        return _docx(path) if path.suffix.lower() == ".docx" else decode(path.read_bytes(), path.name)
    except OSError as cause:
        raise LawError(f"{path.name} 打不开：没有这个文件，或者没有权限。") from cause


def decode(data: bytes, name: str) -> str:
    """UTF-8, else the GB 18030 that older Chinese programs write. LawError for what is no text at all."""
    if b"\x00" in data[:4096]:
        raise LawError(f"{name} 不是文字文件；能读的是 .txt、.md、.docx。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LawError(f"{name} 的文字编码认不出来，请另存为 UTF-8。")


def _docx(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = [part for part in _PARTS if part in package.namelist()]
            if _PARTS[0] not in names or sum(package.getinfo(part).file_size for part in names) > _UNPACKED:
                raise LawError(f"{path.name} 不是完整的 docx 文件，或者解开后太大。")
            return "\n".join(_words(fromstring(package.read(part), forbid_dtd=True)) for part in names)
    except (zipfile.BadZipFile, KeyError, zlib.error, EOFError, ParseError, DefusedXmlException, RuntimeError) as cause:
        raise LawError(f"{path.name} 不是完整的 docx 文件。") from cause


def _words(root: Element) -> str:
    """A line for each paragraph, in the order of the page. What was deleted under revision marks is not read."""
    words: list[str] = []
    stack: list[Element | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            words.append(node)
            continue
        if node.tag == f"{_W}t":
            words.append(node.text or "")
        elif node.tag == f"{_W}tab":
            words.append(" ")
        elif node.tag in (f"{_W}br", f"{_W}cr"):
            words.append("\n")
        if node.tag == f"{_W}p":
            stack.append("\n")
        if node.tag not in (_FALLBACK, f"{_W}del"):
            stack.extend(reversed(list(node)))
    return "".join(words)
