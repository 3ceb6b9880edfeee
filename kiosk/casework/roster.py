"""Who advises which village, from when to when.

Rules (Ningbo's opinion of 2018 on legal service in villages; the bureau may allow a sixth village by name):
    1. An advisor has at most five villages on any day.
    2. A village has one advisor on any day.
    3. An assignment runs from `since` to the day before `until`, and is at least a day long.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from kiosk.casework.values import Assignment
from kiosk.errors import RosterRefused

MOST_VILLAGES = 5


def runs(one: Assignment, day: date) -> bool:
    return one.since <= day and (one.until is None or day < one.until)


def overlap(one: Assignment, other: Assignment) -> bool:
    """Is there a day on which both run?"""
    return (one.until is None or other.since < one.until) and (other.until is None or one.since < other.until)


def most_villages(assignments: Iterable[Assignment], new: Assignment) -> tuple[int, date]:
    """The most villages that the advisor of `new` would have on one day, with it, and the first such day."""
    same = [one for one in assignments if one.advisor == new.advisor and overlap(one, new)]
    days = sorted({new.since, *(max(one.since, new.since) for one in same)})
    counts = [(len({new.village, *(one.village for one in same if runs(one, day))}), day) for day in days]
    return max(counts, key=lambda found: found[0])


def check(assignments: Iterable[Assignment], new: Assignment) -> None:
    """Raises RosterRefused with the reason. `new.override_by` names who allowed more than five villages."""
    assignments = tuple(assignments)
    if new.until is not None and new.until <= new.since:
        raise RosterRefused("结束日期要在开始日期之后。")
    taken = next((one for one in assignments if one.village == new.village and overlap(one, new)), None)
    if taken is not None:
        until = f"到 {taken.until} 前" if taken.until else "，没有结束日期"
        raise RosterRefused(f"这个村从 {taken.since} 起{until}已经有法律顾问。请先定下前一位的结束日期。")
    count, day = most_villages(assignments, new)
    if count > MOST_VILLAGES and not new.override_by.strip():
        raise RosterRefused(f"每位法律顾问最多 {MOST_VILLAGES} 个村，这样到 {day} 就有 {count} 个。确有需要的，由司法局的人署名准许。")
