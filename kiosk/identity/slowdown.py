"""Slowing down who guesses. Kept in the database: a restart forgives nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, delete, insert, select, update

from kiosk.database import writing
from kiosk.errors import IdentityError

WHAT = "账号库"
FORGET_SECONDS = 24 * 3600

tables = MetaData()
_tried = Table(
    "tried",
    tables,
    Column("what", String(200), primary_key=True),
    Column("times", Integer, nullable=False),
    Column("last", BigInteger, nullable=False),  # seconds since 1970, UTC
)


class Limit(NamedTuple):
    """`free` tries cost nothing; then each waits twice as long as the one before, up to `most` seconds."""

    free: int = 5
    most: int = 900


class SlowDown:
    """A try is counted before it is judged, so that many at once gain nothing. Tries are forgotten a day after the last.

    A clock that was set back makes nobody wait longer than twice the most.
    """

    def __init__(self, engine: Engine, now: Callable[[], datetime]) -> None:
        self._engine, self._now = engine, now

    def attempt(self, limits: Mapping[str, Limit]) -> int:
        """Count a try of each. 0: go on; else the seconds to wait, and nothing was counted."""
        now = int(self._now().timestamp())
        with writing(self._engine, WHAT, IdentityError) as connection:
            ahead = now + max(limit.most for limit in limits.values())
            connection.execute(delete(_tried).where((_tried.c.last < now - FORGET_SECONDS) | (_tried.c.last > ahead)))
            rows = {row.what: row for row in connection.execute(select(_tried).where(_tried.c.what.in_(list(limits))))}
            wait = max((_wait(limits[what], row.times, now - row.last) for what, row in rows.items()), default=0)
            if wait > 0:
                return wait
            for what in limits:
                if what in rows:
                    connection.execute(update(_tried).where(_tried.c.what == what).values(times=_tried.c.times + 1, last=now))
                else:
                    connection.execute(insert(_tried).values(what=what, times=1, last=now))
        return 0

    def succeeded(self, forgiven: str, uncounted: str = "") -> None:
        """Forget the tries of `forgiven`; of `uncounted` only this one: to know one's own secret forgives no guesses at others'."""
        with writing(self._engine, WHAT, IdentityError) as connection:
            connection.execute(delete(_tried).where(_tried.c.what == forgiven))
            connection.execute(update(_tried).where(_tried.c.what == uncounted, _tried.c.times > 0).values(times=_tried.c.times - 1))


def _wait(limit: Limit, times: int, since: int) -> int:
    if times < limit.free:
        return 0
    return int(min(2 ** min(times - limit.free + 1, 20), limit.most)) - max(since, 0)
