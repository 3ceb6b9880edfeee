"""How this program opens a database: SQLite that has every commit on the disk before it returns, or PostgreSQL.

Every write is one transaction that begins by taking the write lock, so what it reads is what it changes.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, text
from sqlalchemy.exc import DBAPIError

from kiosk.errors import KioskError

BUSY_SECONDS = 20
WRITERS_LOCK = 7_203_811  # one number for all writers of one PostgreSQL database
SENTENCES = (
    (("disk is full", "No space left", "could not extend"), "磁盘满了，刚才这一步没有记下。请腾出空间后再做一次。"),
    (("readonly", "read-only", "unable to open"), "{what}的文件不能写，刚才这一步没有记下。请检查数据文件夹的权限。"),
    (("locked", "lock timeout"), "{what}正被别的程序占用，刚才这一步没有记下。请稍等再做一次。"),
    (("malformed", "not a database"), "{what}的文件坏了。请停止服务，用备份恢复。"),
    (("disk I/O",), "磁盘读写出错，刚才这一步没有记下。请检查磁盘。"),
    (("connection", "server closed"), "连不上{what}的数据库，刚才这一步没有记下。请检查数据库服务。"),
)


def open_engine(url: str, *, journal: Literal["WAL", "DELETE"] = "WAL", secure_delete: bool = False) -> Engine:
    """The engine of a SQLAlchemy URL. A SQLite file is created readable by its owner alone."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    path = Path(url.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # transactions are begun below, not by the driver
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("PRAGMA synchronous=FULL")
        if secure_delete:
            connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")

    return engine


def create_tables(engine: Engine, tables: MetaData, what: str, error: type[KioskError]) -> None:
    """Create what is not there yet, under the write lock: two processes may start at the same moment."""
    with writing(engine, what, error) as connection:
        tables.create_all(connection)


@contextmanager
def writing(engine: Engine, what: str, error: type[KioskError]) -> Iterator[Connection]:
    """One transaction, durable when the block has been left. A failure of the database becomes a plain sentence."""
    try:
        with engine.connect().execution_options(writes=True) as connection, connection.begin():
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": WRITERS_LOCK})
            yield connection
    except DBAPIError as cause:
        raise error(_sentence(cause, what)) from cause


@contextmanager
def reading(engine: Engine, what: str, error: type[KioskError]) -> Iterator[Connection]:
    """One transaction that sees one state of the database."""
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as cause:
        raise error(_sentence(cause, what)) from cause


def _sentence(cause: DBAPIError, what: str) -> str:
    why: Any = str(cause.orig)
    for signs, sentence in SENTENCES:
        if any(sign in why for sign in signs):
            return sentence.format(what=what)
    return f"{what}的数据库出错，刚才这一步没有记下（{why.splitlines()[0] if why else type(cause).__name__}）。"
