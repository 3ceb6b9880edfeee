"""What time it is. A station's clock may be wrong by years, so nothing is ever ordered by it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Protocol

LOCAL = timezone(timedelta(hours=8), "Asia/Shanghai")


class Clock(Protocol):
    """Tells the time in UTC. Two calls may return the same time, or the later call an earlier one."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class SetClock:
    """A clock that shows what it was set to, until it is set again or moved."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, by: timedelta) -> None:
        self.at += by


def local_day(at: datetime) -> date:
    """The day in Asia/Shanghai, which has had no summer time since 1991."""
    return at.astimezone(LOCAL).date()


def written(at: datetime) -> str:
    """As events write it: UTC, milliseconds, Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read(at: str) -> datetime:
    """The time that `written` wrote. Raises ValueError."""
    return datetime.fromisoformat(at).astimezone(UTC)
