"""The append-only store of events on SQLite or PostgreSQL."""

from __future__ import annotations

import hashlib
import logging
import threading
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from sqlalchemy import Connection, Engine, delete, func, insert, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite

from kiosk.database import create_tables, open_engine, reading, writing
from kiosk.errors import ChainBroken, EventRefused, LedgerError
from kiosk.ledger import tables
from kiosk.ledger.clock import Clock, written
from kiosk.ledger.event import (
    EVENT_BYTES,
    HEADS,
    JOINED,
    Event,
    Signer,
    check,
    fingerprint,
    from_stored,
    from_text,
    make,
    new_id,
    public_of,
)

WHAT = "账本"
PAGE = 500
_event = tables.event
_log = logging.getLogger(__name__)


class Overtaken(LedgerError):
    """Somebody else has appended since the position on which the writer had decided. Look again and decide again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a writer wants to append. `sealed` goes into the body under that name: field → sealed text."""

    kind: str
    subject: str
    actor: str
    body: Mapping[str, Any] = field(default_factory=dict)
    sealed: Mapping[str, str] = field(default_factory=dict)
    version: int = 1


@dataclass(frozen=True, slots=True)
class MergeReport:
    """What became of merged events. `waiting` lack an event before them and may be offered again."""

    taken: int = 0
    known: int = 0
    waiting: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Alarm:
    """A quarantined event: why it was not taken."""

    at: str
    why: str
    content: str


class Ledger:
    """One node's view of the record. Safe for threads; other processes may append to the same database."""

    def __init__(self, engine: Engine, signer: Signer, clock: Clock) -> None:
        self.engine, self._signer, self.clock = engine, signer, clock
        self.node = fingerprint(signer.public)
        self._lock = threading.Lock()
        create_tables(engine, tables.metadata, WHAT, LedgerError)
        self._check_head()

    @classmethod
    def open(cls, url: str, signer: Signer, clock: Clock) -> Self:
        """Raises ChainBroken when this node's last event does not hold: nothing is chained to a damaged link."""
        return cls(open_engine(url), signer, clock)

    def close(self) -> None:
        self.engine.dispose()

    def append(
        self, kind: str, subject: str, body: Mapping[str, Any], actor: str, *, sealed: Mapping[str, str] | None = None, version: int = 1
    ) -> Event:
        """Append one event; it is on the disk when this returns."""
        return self.append_many([Entry(kind, subject, actor, body, sealed or {}, version)])[0]

    def append_many(self, entries: Sequence[Entry], *, expected: int | None = None) -> tuple[Event, ...]:
        """Append all or none. `expected`: the position that the writer had seen; raises Overtaken when it is no longer the last."""
        with self._lock, writing(self.engine, WHAT, LedgerError) as connection:
            if expected is not None and expected != self._position(connection):
                raise Overtaken("账本刚有新内容，请再做一次。")
            head = self._head(connection, self.node)
            if head is None and entries:
                entries = [Entry(JOINED, self.node, "node", {"public_key": b64encode(self._signer.public).decode()}), *entries]
            after = self._heads_since(connection, self.node)
            lamport = connection.execute(select(func.coalesce(func.max(_event.c.lamport), 0))).scalar_one()
            at = self.clock.now()
            made: list[Event] = []
            for entry in entries:
                head = make(
                    self._signer,
                    id=new_id(int(at.timestamp() * 1000)),
                    node=self.node,
                    seq=head.seq + 1 if head else 1,
                    lamport=(lamport := lamport + 1),
                    after=after if not made else (),
                    at=written(at),
                    actor=entry.actor,
                    kind=entry.kind,
                    subject=entry.subject,
                    version=entry.version,
                    body={**entry.body, "sealed": dict(entry.sealed)} if entry.sealed else dict(entry.body),
                    prev=head.digest if head else "",
                )
                self._insert(connection, head, outgoing=True)
                made.append(head)
        return tuple(event for event in made if event.kind != JOINED)

    def merge(self, texts: Iterable[str]) -> MergeReport:
        """Take in other ledgers' events, given as `Event.text` wrote them: a union, in any order, as often as wanted.

        What breaks a rule is put into quarantine with its reason, and the rest goes on: same (node, id) or (node, seq) with
        another digest, a digest, signature or link that does not hold, a text that is no event.
        """
        counts = {"taken": 0, "known": 0, "waiting": 0, "quarantined": 0}
        with self._lock, writing(self.engine, WHAT, LedgerError) as connection:
            events: list[Event] = []
            for text in texts:
                try:
                    events.append(from_text(text))
                except EventRefused as why:
                    self._quarantine(connection, text, str(why))
                    counts["quarantined"] += 1
            for event in sorted(events, key=lambda event: (event.node, event.seq)):
                try:
                    counts[self._merge_one(connection, event)] += 1
                except ChainBroken as why:
                    self._quarantine(connection, event.text(), str(why))
                    counts["quarantined"] += 1
        return MergeReport(**counts)

    def events(self, after: int = 0, until: int | None = None) -> Iterator[tuple[int, Event]]:
        """Events by arrival here, from behind position `after` up to `until`. Raises ChainBroken on one that cannot be read."""
        while True:
            query = select(_event.c.position, _event.c.content).where(_event.c.position > after).order_by(_event.c.position).limit(PAGE)
            if until is not None:
                query = query.where(_event.c.position <= until)
            with reading(self.engine, WHAT, LedgerError) as connection:
                rows = connection.execute(query).all()
            for row in rows:
                yield row.position, _stored(row.content, row.position)
            if len(rows) < PAGE:
                return
            after = rows[-1].position

    def in_order(self, until: int) -> Iterator[Event]:
        """Everything that had arrived up to position `until`, by (lamport, node, seq). Raises ChainBroken as `events` does."""
        order = (_event.c.lamport, _event.c.node, _event.c.seq)
        after: tuple[int, str, int] = (0, "", 0)
        while True:
            query = select(_event.c.position, _event.c.content).where(_event.c.position <= until, tuple_(*order) > after)
            with reading(self.engine, WHAT, LedgerError) as connection:
                rows = connection.execute(query.order_by(*order).limit(PAGE)).all()
            for row in rows:
                event = _stored(row.content, row.position)
                yield event
                after = event.order
            if len(rows) < PAGE:
                return

    def position(self) -> int:
        """The last arrival; 0 when there is none."""
        with reading(self.engine, WHAT, LedgerError) as connection:
            return self._position(connection)

    def heads(self) -> dict[str, tuple[int, str]]:
        """For each node its last seq and digest."""
        last = select(_event.c.node, func.max(_event.c.seq).label("seq")).group_by(_event.c.node).subquery()
        is_last = (_event.c.node == last.c.node) & (_event.c.seq == last.c.seq)
        query = select(_event.c.node, _event.c.seq, _event.c.digest).join(last, is_last)
        with reading(self.engine, WHAT, LedgerError) as connection:
            return {row.node: (row.seq, row.digest) for row in connection.execute(query)}

    def unsent(self, most: int = PAGE) -> tuple[tuple[int, Event], ...]:
        """What the hub has not acknowledged yet, oldest first."""
        query = select(_event.c.position, _event.c.content).join(tables.outbox, tables.outbox.c.position == _event.c.position)
        with reading(self.engine, WHAT, LedgerError) as connection:
            rows = connection.execute(query.order_by(_event.c.position).limit(most)).all()
        return tuple((row.position, _stored(row.content, row.position)) for row in rows)

    def acknowledge(self, positions: Iterable[int]) -> None:
        """The hub has committed these. The events stay; acknowledged twice is acknowledged once."""
        with self._lock, writing(self.engine, WHAT, LedgerError) as connection:
            connection.execute(delete(tables.outbox).where(tables.outbox.c.position.in_(list(positions))))

    def alarms(self) -> tuple[Alarm, ...]:
        with reading(self.engine, WHAT, LedgerError) as connection:
            rows = connection.execute(select(tables.quarantine).order_by(tables.quarantine.c.number)).all()
        return tuple(Alarm(row.at, row.why, row.content) for row in rows)

    def save_projection(self, name: str, position: int, content: str) -> None:
        """Keep a folded state. It replaces the one kept before."""
        row = {"name": name, "position": position, "digest": _sha256(content), "content": content}
        with self._lock, writing(self.engine, WHAT, LedgerError) as connection:
            connection.execute(delete(tables.projection).where(tables.projection.c.name == name))
            connection.execute(insert(tables.projection).values(row))

    def load_projection(self, name: str) -> tuple[int, str] | None:
        """Position and content of a kept state; None when there is none or it is damaged."""
        query = select(tables.projection).where(tables.projection.c.name == name)
        with reading(self.engine, WHAT, LedgerError) as connection:
            row = connection.execute(query).first()
            if row is None or row.digest != _sha256(row.content) or row.position > self._position(connection):
                return None
        return row.position, row.content

    def _merge_one(self, connection: Connection, event: Event) -> str:
        same = select(_event.c.digest).where(_event.c.node == event.node, (_event.c.id == event.id) | (_event.c.seq == event.seq))
        known = {row.digest for row in connection.execute(same)}
        if known == {event.digest} and event.computed_digest() == event.digest:
            return "known"
        if known:
            raise ChainBroken(f"节点 {event.node[:8]} 第 {event.seq} 条：账本里已有同号而内容不同的记录。")
        head = self._head(connection, event.node)
        if event.seq != (head.seq + 1 if head else 1):
            return "waiting"
        first = event if head is None else self._first(connection, event.node)
        check(event, public_of(first))
        if event.prev != (head.digest if head else "") or (head and event.lamport <= head.lamport):
            raise ChainBroken(f"节点 {event.node[:8]} 第 {event.seq} 条：和前一条接不上。")
        self._insert(connection, event, outgoing=False)
        return "taken"

    def _quarantine(self, connection: Connection, text: str, why: str) -> None:
        _log.error("quarantined: %s", why)
        kept = text[:EVENT_BYTES].encode("utf-8", "backslashreplace").decode().replace("\x00", "\\0")
        row = {"at": written(self.clock.now()), "why": why, "digest": _sha256(text), "content": kept}
        upsert = postgresql.insert if self.engine.dialect.name == "postgresql" else sqlite.insert
        connection.execute(upsert(tables.quarantine).values(row).on_conflict_do_nothing(index_elements=["digest"]))

    def _insert(self, connection: Connection, event: Event, *, outgoing: bool) -> None:
        row = {name: getattr(event, name) for name in ("node", "seq", "id", "lamport", "kind", "subject", "digest")}
        done = connection.execute(insert(_event).values(**row, content=event.text()))
        if outgoing:
            assert done.inserted_primary_key is not None
            connection.execute(insert(tables.outbox).values(position=done.inserted_primary_key[0]))

    def _position(self, connection: Connection) -> int:
        return int(connection.execute(select(func.coalesce(func.max(_event.c.position), 0))).scalar_one())

    def _head(self, connection: Connection, node: str) -> Event | None:
        query = select(_event.c.position, _event.c.content).where(_event.c.node == node)
        return self._one(connection, query.order_by(_event.c.seq.desc()).limit(1))

    def _first(self, connection: Connection, node: str) -> Event:
        event = self._one(connection, select(_event.c.position, _event.c.content).where(_event.c.node == node, _event.c.seq == 1))
        if event is None:
            raise ChainBroken(f"节点 {node[:8]}：缺第 1 条。")
        return event

    def _one(self, connection: Connection, query: Any) -> Event | None:
        row = connection.execute(query).first()
        return None if row is None else _stored(row.content, row.position)

    def _heads_since(self, connection: Connection, node: str) -> tuple[str, ...]:
        """Heads of other nodes that arrived since this node's last event, HEADS at most; older ones stand behind `prev`."""
        own = select(func.coalesce(func.max(_event.c.position), 0)).where(_event.c.node == node).scalar_subquery()
        last = (
            select(_event.c.node, func.max(_event.c.seq).label("seq"))
            .where(_event.c.node != node, _event.c.position > own)
            .group_by(_event.c.node)
            .subquery()
        )
        query = select(_event.c.digest).join(last, (_event.c.node == last.c.node) & (_event.c.seq == last.c.seq))
        return tuple(sorted(row.digest for row in connection.execute(query.order_by(_event.c.lamport.desc()).limit(HEADS))))

    def _check_head(self) -> None:
        with reading(self.engine, WHAT, LedgerError) as connection:
            head = self._head(connection, self.node)
        if head is not None:
            check(head, self._signer.public)


def _stored(content: str, position: int) -> Event:
    try:
        return from_stored(content)
    except EventRefused as cause:
        raise ChainBroken(f"账本第 {position} 行读不懂，被改过或坏了。请停止服务，用备份恢复。") from cause


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()
