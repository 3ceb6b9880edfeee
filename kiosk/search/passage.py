"""What is embedded and indexed of an article: its law, the titles above it, its text."""

from __future__ import annotations

import hashlib
import re

from kiosk.law.article import Article

_ORDINAL = re.compile(r"第[零〇一二三四五六七八九十百千]+(?:编|分编|章|节)\s*")
_BLANK = re.compile(r"\s+")


def titles(chapter: str) -> str:
    """第十二章 借款合同 → 借款合同: ordinals say nothing about what an article is about."""
    return _BLANK.sub(" ", _ORDINAL.sub("", chapter)).strip()


def passage(article: Article) -> str:
    """One line of law and titles, then the text."""
    return f"{article.short_law} {titles(article.chapter)}".strip() + "\n" + article.text


def passage_digest(text: str) -> bytes:
    """Eight bytes that name a passage; with the model's digest they name its vector."""
    return hashlib.sha256(text.encode("utf-8")).digest()[:8]
