"""The key store: for each sealed subject the wraps of its key, apart from the ledger, so that erasing is possible.

Holders of a wrap:
    advisor:<id>   boxed to the desk's X25519 key under the advisor's name; the desk opens it for him when he is signed in
    pick-up        under the code on the villager's slip together with the station's secret: neither opens alone
    recovery       boxed to an offline key of the bureau, when data/keys/recovery.pub is there

Destroying the wraps destroys what they sealed. The ledger's chain stays whole.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from sqlalchemy import Column, Engine, LargeBinary, MetaData, String, Table, delete, insert, select

from kiosk.database import create_tables, open_engine, reading, writing
from kiosk.errors import LedgerError, Sealed
from kiosk.ledger import seal

PICK_UP, RECOVERY = "pick-up", "recovery"
_WHAT = "密钥库"
_SALT = 16
_MANY = 500  # names in one query
_tables = MetaData()
_wrap = Table(
    "wrap",
    _tables,
    Column("subject", String(128), primary_key=True),
    Column("holder", String(160), primary_key=True),
    Column("wrapped", LargeBinary, nullable=False),
)


def advisor(advisor_id: str) -> str:
    return f"advisor:{advisor_id}"


class KeyStore:
    """`desk` opens for advisors, `secret` is the station's half of every pick-up; `recovery` may be absent."""

    def __init__(self, engine: Engine, desk: X25519PrivateKey, secret: bytes, recovery: X25519PublicKey | None = None) -> None:
        self.engine, self._desk, self._secret, self._recovery = engine, desk, secret, recovery
        self._lock = threading.Lock()
        create_tables(engine, _tables, _WHAT, LedgerError)

    @classmethod
    def open(cls, path: Path, desk: X25519PrivateKey, secret: bytes, recovery: X25519PublicKey | None = None) -> Self:
        # a rollback journal, not WAL: deleted wraps shall not live on in a log
        return cls(open_engine(f"sqlite:///{path}", journal="DELETE", secure_delete=True), desk, secret, recovery)

    def close(self) -> None:
        self.engine.dispose()

    def create(self, subject: str, advisors: Iterable[str], code: str = "") -> bytes:
        """A new key, and its wraps on the disk. An empty code makes no wrap for pick-up."""
        key = seal.new_key()
        wraps = {advisor(one): self._boxed(subject, advisor(one), key) for one in advisors}
        if code:
            salt = os.urandom(_SALT)
            wraps[PICK_UP] = salt + seal.encrypt(self._pick_up(subject, code, salt), key, f"{subject}/{PICK_UP}")
        if self._recovery is not None:
            wraps[RECOVERY] = seal.box(self._recovery, key, f"{subject}/{RECOVERY}")
        self._put(subject, wraps)
        return key

    def grant(self, subject: str, key: bytes, advisor_id: str) -> None:
        """One more advisor (a substitute) may open. Granted twice is granted once."""
        self._put(subject, {advisor(advisor_id): self._boxed(subject, advisor(advisor_id), key)})

    def open_for(self, subject: str, advisor_id: str) -> bytes:
        """The key, for an advisor who holds a wrap. Raises Sealed when he holds none or it was destroyed."""
        holder = advisor(advisor_id)
        wrapped = self._get(subject, holder)
        if wrapped is None:
            raise Sealed("这份内容已经清除，或者没有交给这位法律顾问。")
        return seal.unbox(self._desk, wrapped, f"{subject}/{holder}")

    def open_all_for(self, subjects: Iterable[str], advisor_id: str) -> dict[str, bytes]:
        """The keys of those subjects that this advisor can open; the others are left out."""
        holder, wanted = advisor(advisor_id), sorted(set(subjects))
        keys: dict[str, bytes] = {}
        for first in range(0, len(wanted), _MANY):
            page = wanted[first : first + _MANY]
            with reading(self.engine, _WHAT, LedgerError) as connection:
                rows = connection.execute(
                    select(_wrap.c.subject, _wrap.c.wrapped).where(_wrap.c.holder == holder, _wrap.c.subject.in_(page))
                )
                keys |= {row.subject: seal.unbox(self._desk, row.wrapped, f"{row.subject}/{holder}") for row in rows}
        return keys

    def open_with_code(self, subject: str, code: str) -> bytes:
        """The key, by the pick-up code. A wrong code and an absent wrap cost the same and raise the same Sealed."""
        wrapped = self._get(subject, PICK_UP)
        salt = wrapped[:_SALT] if wrapped else bytes(_SALT)
        return seal.decrypt(self._pick_up(subject, code, salt), wrapped[_SALT:] if wrapped else b"", f"{subject}/{PICK_UP}")

    def recover(self, subject: str, private: X25519PrivateKey) -> bytes:
        """The key, by the bureau's recovery key, on a machine that is not the station. Raises Sealed."""
        wrapped = self._get(subject, RECOVERY)
        if wrapped is None:
            raise Sealed("这份内容已经清除，或者没有留恢复钥匙。")
        return seal.unbox(private, wrapped, f"{subject}/{RECOVERY}")

    def holders(self, subject: str) -> tuple[str, ...]:
        with reading(self.engine, _WHAT, LedgerError) as connection:
            rows = connection.execute(select(_wrap.c.holder).where(_wrap.c.subject == subject).order_by(_wrap.c.holder))
            return tuple(row.holder for row in rows)

    def erase(self, subject: str) -> None:
        """Destroy every wrap. Erasing what is not there changes nothing."""
        with self._lock, writing(self.engine, _WHAT, LedgerError) as connection:
            connection.execute(delete(_wrap).where(_wrap.c.subject == subject))

    def mark(self, purpose: str, text: str) -> str:
        """See seal.mark; keyed by the station's secret."""
        return seal.mark(self._secret, purpose, text)

    def _boxed(self, subject: str, holder: str, key: bytes) -> bytes:
        return seal.box(self._desk.public_key(), key, f"{subject}/{holder}")

    def _pick_up(self, subject: str, code: str, salt: bytes) -> bytes:
        """Slow on purpose: there are only a million codes."""
        secret = code.encode("utf-8", "replace")
        slow = hash_secret_raw(secret, salt, time_cost=2, memory_cost=19_456, parallelism=1, hash_len=32, type=Type.ID)
        return seal.derive(slow + self._secret, salt, f"{PICK_UP} {subject}")

    def _get(self, subject: str, holder: str) -> bytes | None:
        with reading(self.engine, _WHAT, LedgerError) as connection:
            row = connection.execute(select(_wrap.c.wrapped).where(_wrap.c.subject == subject, _wrap.c.holder == holder)).first()
            return None if row is None else bytes(row.wrapped)

    def _put(self, subject: str, wraps: dict[str, bytes]) -> None:
        rows = [{"subject": subject, "holder": holder, "wrapped": wrapped} for holder, wrapped in wraps.items()]
        if not rows:
            return
        with self._lock, writing(self.engine, _WHAT, LedgerError) as connection:
            connection.execute(delete(_wrap).where(_wrap.c.subject == subject, _wrap.c.holder.in_(list(wraps))))
            connection.execute(insert(_wrap), rows)
