"""Accounts and sessions of the desk, in data/identity.sqlite beside the ledger."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Literal, Self, cast

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import BigInteger, Column, Connection, Engine, String, Table, delete, insert, select, update

from kiosk.database import create_tables, open_engine, reading, writing
from kiosk.errors import IdentityError, SignInRefused
from kiosk.identity.slowdown import WHAT, Limit, SlowDown, tables
from kiosk.settings import Settings

Role = Literal["advisor", "bureau"]
PASSWORD_LEAST, PASSWORD_MOST = 8, 200
SET_BACK = timedelta(minutes=5)

_account = Table(
    "account",
    tables,
    Column("name", String(64), primary_key=True),
    Column("person_id", String(128), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("password", String(200), nullable=False),  # argon2id
)
_session = Table(
    "session",
    tables,
    Column("digest", String(64), primary_key=True),  # of the token, which is kept nowhere
    Column("name", String(64), nullable=False),
    Column("person_id", String(128), nullable=False, index=True),
    Column("role", String(16), nullable=False),
    Column("made", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in. `csrf` belongs to the token and to nothing else; `expires_at` is UTC."""

    token: str = field(repr=False)
    csrf: str = field(repr=False)
    person_id: str
    name: str
    role: Role
    expires_at: datetime


class Accounts:
    """Sign-in names are compared without case and width. Times come from `now`, which may be wrong."""

    def __init__(self, engine: Engine, now: Callable[[], datetime], *, hours: int = 8, hasher: PasswordHasher | None = None) -> None:
        self._engine, self._now, self._lasts = engine, now, timedelta(hours=hours)
        self._hasher = hasher or PasswordHasher()
        self.slow_down = SlowDown(engine, now)
        create_tables(engine, tables, WHAT, IdentityError)

    @classmethod
    def open(cls, settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Self:
        return cls.at(settings.data / "identity.sqlite", now, hours=settings.session_hours)

    @classmethod
    def at(cls, path: Path, now: Callable[[], datetime], *, hours: int = 8, hasher: PasswordHasher | None = None) -> Self:
        return cls(open_engine(f"sqlite:///{path}"), now, hours=hours, hasher=hasher)

    def close(self) -> None:
        self._engine.dispose()

    def create(self, sign_in: str, password: str, person_id: str, role: Role) -> None:
        """Raises IdentityError when the name is taken or empty, or the password too short or too long."""
        self._put(sign_in, password, person_id, role, replacing=False)

    def replace(self, sign_in: str, password: str, person_id: str, role: Role) -> None:
        """As create, but an account of that name is replaced and its sessions end. Raises IdentityError when it is another person's."""
        self._put(sign_in, password, person_id, role, replacing=True)

    def remove(self, sign_in: str) -> None:
        """The account and its sessions. Removing what is not there changes nothing."""
        with writing(self._engine, WHAT, IdentityError) as connection:
            connection.execute(delete(_account).where(_account.c.name == _name(sign_in)))
            connection.execute(delete(_session).where(_session.c.name == _name(sign_in)))

    def _put(self, sign_in: str, password: str, person_id: str, role: Role, *, replacing: bool) -> None:
        name = _name(sign_in)
        if not name or len(name) > 64:
            raise IdentityError("登录名要有 1 到 64 个字。")
        hashed = self._hash(password)
        with writing(self._engine, WHAT, IdentityError) as connection:
            taken = connection.execute(select(_account.c.person_id).where(_account.c.name == name)).first()
            if taken is not None and not (replacing and taken.person_id == person_id):
                raise IdentityError(f"登录名“{name}”已经有人用了，请换一个。")
            connection.execute(delete(_account).where(_account.c.name == name))
            connection.execute(delete(_session).where(_session.c.name == name))
            connection.execute(insert(_account).values(name=name, person_id=person_id, role=role, password=hashed))

    def sign_in(self, name: str, password: str, source: str) -> Session:
        """`source` is where it comes from (an address). Raises SignInRefused; an unknown name costs what a wrong password costs."""
        name, by_name, by_source = _name(name), f"name:{_name(name)[:64]}", f"source:{source[:64]}"
        wait = self.slow_down.attempt({by_name: Limit(), by_source: Limit(free=20)})
        if wait:
            raise SignInRefused(f"试错太多次了，请 {wait} 秒后再试。")
        with reading(self._engine, WHAT, IdentityError) as connection:
            row = connection.execute(select(_account).where(_account.c.name == name)).first()
        nobody = self._nobody
        if not self._holds(row.password if row else nobody, password) or row is None:
            raise SignInRefused("登录名或密码不对。")
        self.slow_down.succeeded(by_name, uncounted=by_source)
        if self._hasher.check_needs_rehash(row.password):
            with writing(self._engine, WHAT, IdentityError) as connection:
                connection.execute(update(_account).where(_account.c.name == name).values(password=self._hasher.hash(password)))
        return self._begin(name, row.person_id, row.role)

    def session(self, token: str) -> Session | None:
        """The session of a token; None when there is none, it has ended, or the clock was set back before it began."""
        now = self._now()
        with reading(self._engine, WHAT, IdentityError) as connection:
            row = connection.execute(select(_session).where(_session.c.digest == _digest(token))).first()
        if row is None or now.timestamp() >= row.expires or now + SET_BACK < datetime.fromtimestamp(row.made, UTC):
            return None
        expires = datetime.fromtimestamp(row.expires, UTC)
        return Session(token, _csrf(token), row.person_id, row.name, cast(Role, row.role), expires)

    def sign_out(self, token: str) -> None:
        with writing(self._engine, WHAT, IdentityError) as connection:
            connection.execute(delete(_session).where(_session.c.digest == _digest(token)))

    def change_password(self, person_id: str, old: str, new: str) -> None:
        """Ends every session of the person. Raises SignInRefused when `old` is wrong."""
        by_person = f"change:{person_id[:64]}"
        wait = self.slow_down.attempt({by_person: Limit()})
        if wait:
            raise SignInRefused(f"试错太多次了，请 {wait} 秒后再试。")
        with reading(self._engine, WHAT, IdentityError) as connection:
            row = connection.execute(select(_account).where(_account.c.person_id == person_id)).first()
        if row is None or not self._holds(row.password, old):
            raise SignInRefused("原来的密码不对，没有改。")
        hashed = self._hash(new)
        with writing(self._engine, WHAT, IdentityError) as connection:
            connection.execute(update(_account).where(_account.c.name == row.name).values(password=hashed))
            _end_all(connection, person_id)
        self.slow_down.succeeded(by_person)

    def _begin(self, name: str, person_id: str, role: str) -> Session:
        token, now = secrets.token_urlsafe(32), self._now()
        expires = (now + self._lasts).replace(microsecond=0)
        with writing(self._engine, WHAT, IdentityError) as connection:
            connection.execute(delete(_session).where(_session.c.expires <= int(now.timestamp())))
            connection.execute(
                insert(_session).values(
                    digest=_digest(token),
                    name=name,
                    person_id=person_id,
                    role=role,
                    made=int(now.timestamp()),
                    expires=int(expires.timestamp()),
                )
            )
        return Session(token, _csrf(token), person_id, name, cast(Role, role), expires)

    @cached_property
    def _nobody(self) -> str:
        """A hash that no password has, so that an unknown name is checked too."""
        return self._hasher.hash(secrets.token_urlsafe(32))

    def _hash(self, password: str) -> str:
        if not PASSWORD_LEAST <= len(password) <= PASSWORD_MOST:
            raise IdentityError(f"密码要有 {PASSWORD_LEAST} 到 {PASSWORD_MOST} 个字。")
        return self._hasher.hash(unicodedata.normalize("NFKC", password).encode("utf-8", "replace"))

    def _holds(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, unicodedata.normalize("NFKC", password[: PASSWORD_MOST + 1]).encode("utf-8", "replace"))
        except (VerificationError, InvalidHashError):
            return False


def _end_all(connection: Connection, person_id: str) -> None:
    connection.execute(delete(_session).where(_session.c.person_id == person_id))


def _name(sign_in: str) -> str:
    return "".join(unicodedata.normalize("NFKC", sign_in).casefold().split())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _csrf(token: str) -> str:
    return hmac.digest(token.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hex()
