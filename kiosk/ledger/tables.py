"""The ledger's tables, the same on SQLite and PostgreSQL. `content` is the event; the other columns only find it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint

metadata = MetaData()
_big = BigInteger().with_variant(Integer, "sqlite")

event = Table(
    "event",
    metadata,
    Column("position", _big, primary_key=True, autoincrement=True),  # order of arrival here; no part of the event
    Column("node", String(40), nullable=False),
    Column("seq", _big, nullable=False),
    Column("id", String(36), nullable=False),
    Column("lamport", _big, nullable=False),
    Column("kind", String(65), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", Text, nullable=False),
    UniqueConstraint("node", "seq"),
    UniqueConstraint("node", "id"),
    Index("event_order", "lamport", "node", "seq"),
    Index("event_subject", "subject"),
    Index("event_digest", "digest"),
    sqlite_autoincrement=True,
)

# what has still to be sent to the hub; written with the event, deleted when the hub has acknowledged it
outbox = Table("outbox", metadata, Column("position", _big, ForeignKey("event.position"), primary_key=True, autoincrement=False))

# what was never taken: somebody has to look at it
quarantine = Table(
    "quarantine",
    metadata,
    Column("number", _big, primary_key=True, autoincrement=True),
    Column("at", String(24), nullable=False),
    Column("why", Text, nullable=False),
    Column("digest", String(64), nullable=False, unique=True),  # of the text: the same one is kept once
    Column("content", Text, nullable=False),
)

# folded states, kept to start fast; thrown away without loss
projection = Table(
    "projection",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("position", _big, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", Text, nullable=False),
)
