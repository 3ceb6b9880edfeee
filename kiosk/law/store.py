"""The law store on disk: one SQLite file, written whole and put in place at once, then only read.

laws       a title, whether a search may show it, whether it stood before its first held text
editions   the texts of a law as they followed one another, with their days and where these are from
texts      articles, each with days of its own (an amendment may change one article alone)
names      keys of names (kiosk.law.names) → title, where the law is held
known      titles that are not held, and what is known of them
holes      articles that an edition has and the store has not, with the reason
mended     what was corrected, with reason and source, for people
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

VERSION = 1

SCHEMA = f"""
PRAGMA user_version = {VERSION};
CREATE TABLE laws (title TEXT PRIMARY KEY, kind TEXT NOT NULL, shown INTEGER NOT NULL, new INTEGER NOT NULL);
CREATE TABLE editions (
    id INTEGER PRIMARY KEY, law TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT, start_proved INTEGER NOT NULL,
    published TEXT, source TEXT NOT NULL, start_reason TEXT NOT NULL, end_reason TEXT NOT NULL);
CREATE TABLE texts (
    id INTEGER PRIMARY KEY, edition INTEGER NOT NULL REFERENCES editions(id), law TEXT NOT NULL, number TEXT NOT NULL, text TEXT NOT NULL,
    chapter TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT, start_proved INTEGER NOT NULL, source TEXT NOT NULL);
CREATE TABLE names (key TEXT PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE known (key TEXT PRIMARY KEY, title TEXT NOT NULL, ended TEXT, note TEXT NOT NULL);
CREATE TABLE holes (law TEXT NOT NULL, number TEXT NOT NULL, edition INTEGER NOT NULL, note TEXT NOT NULL);
CREATE TABLE mended (law TEXT NOT NULL, number TEXT NOT NULL, what TEXT NOT NULL, reason TEXT NOT NULL, source TEXT NOT NULL);
"""

INDEXES = """
CREATE INDEX texts_by_article ON texts (law, number, valid_from);
CREATE INDEX holes_by_article ON holes (law, number);
CREATE INDEX editions_by_law ON editions (law, valid_from);
"""


@contextmanager
def writing(out: Path) -> Iterator[sqlite3.Connection]:
    """A new, empty store; it replaces `out` when the block ends well and leaves no trace when it does not."""
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{out.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(draft)) as store:
            store.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + SCHEMA)
            yield store
            store.executescript(INDEXES)
            store.execute("ANALYZE")
            store.commit()
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)
