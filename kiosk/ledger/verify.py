"""Checking the whole record: every digest, signature, link and number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select, text

from kiosk.database import reading
from kiosk.errors import ChainBroken, EventRefused, LedgerError
from kiosk.ledger import tables
from kiosk.ledger.event import Event, check, from_text, public_of
from kiosk.ledger.store import PAGE, WHAT, Ledger

_event = tables.event


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found whole. `alarms` counts what lies in quarantine, which is no part of the record."""

    events: int
    nodes: int
    unsent: int
    alarms: int


def verify(ledger: Ledger) -> Verified:
    """Walk every node's chain. Raises ChainBroken at the first thing that does not hold.

    1. The columns that find an event say what the event says.
    2. A node's first event carries its key; every event has its own digest and that key's signature.
    3. seq counts from 1 without a gap, prev is the digest before, lamport grows.
    4. What `after` names and is held here has a smaller lamport.
    5. On SQLite: the last event that was ever written is still there, and the file is whole.
    """
    nodes: set[str] = set()
    count = 0
    with reading(ledger.engine, WHAT, LedgerError) as connection:
        lamports = {row.digest: row.lamport for row in connection.execute(select(_event.c.digest, _event.c.lamport))}
        query = select(_event).order_by(_event.c.node, _event.c.seq).execution_options(yield_per=PAGE)
        with connection.execute(query) as rows:
            public, before = b"", None
            for row in rows:
                event = _read(row)
                if before is None or before.node != event.node:
                    before, public = None, public_of(event)
                    nodes.add(event.node)
                check(event, public)
                _check_link(event, before, lamports)
                before, count = event, count + 1
        if ledger.engine.dialect.name == "sqlite":
            _check_file(connection)
        unsent = connection.execute(select(func.count()).select_from(tables.outbox)).scalar_one()
    return Verified(count, len(nodes), unsent, len(ledger.alarms()))


def _read(row: Row[Any]) -> Event:
    where = f"节点 {row.node[:8]} 第 {row.seq} 条"
    try:
        event = from_text(row.content)
    except EventRefused as cause:
        raise ChainBroken(f"{where}：读不懂，被改过或坏了。") from cause
    if any(getattr(event, name) != getattr(row, name) for name in ("node", "seq", "id", "lamport", "kind", "subject", "digest")):
        raise ChainBroken(f"{where}：索引和内容对不上，这条记录被改过或坏了。")
    return event


def _check_link(event: Event, before: Event | None, lamports: Mapping[str, int]) -> None:
    where = f"节点 {event.node[:8]} 第 {event.seq} 条"
    if event.seq != (before.seq + 1 if before else 1):
        raise ChainBroken(f"{where}：前面缺记录。")
    if event.prev != (before.digest if before else "") or (before and event.lamport <= before.lamport):
        raise ChainBroken(f"{where}：和前一条接不上。")
    if any(lamports.get(head, 0) >= event.lamport for head in event.after):
        raise ChainBroken(f"{where}：次序不对。")


def _check_file(connection: Connection) -> None:
    ever = connection.execute(text("SELECT seq FROM sqlite_sequence WHERE name = 'event'")).scalar() or 0
    if ever != (connection.execute(select(func.max(_event.c.position))).scalar() or 0):
        raise ChainBroken("账本末尾的记录不见了。")
    if connection.execute(text("PRAGMA quick_check")).scalar() != "ok":
        raise ChainBroken("账本文件坏了。请停止服务，用备份恢复。")
