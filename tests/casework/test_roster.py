from __future__ import annotations

from datetime import date

import pytest

from kiosk.casework import roster
from kiosk.casework.values import Assignment
from kiosk.errors import RosterRefused

JAN, JUN, DEC = date(2026, 1, 1), date(2026, 6, 1), date(2026, 12, 1)


def test_five_villages_on_any_day_not_in_all_time() -> None:
    held = [Assignment(f"v{number}", "a1", JAN, JUN) for number in range(5)]
    roster.check(held, Assignment("v9", "a1", JUN, None))
    with pytest.raises(RosterRefused, match="2026-05-31"):
        roster.check(held, Assignment("v9", "a1", date(2026, 5, 31), None))


def test_the_day_on_which_there_would_be_six_may_lie_ahead() -> None:
    held = [Assignment(f"v{number}", "a1", JAN, None) for number in range(4)] + [Assignment("v5", "a1", JUN, None)]
    roster.check(held, Assignment("v9", "a1", JAN, JUN))
    with pytest.raises(RosterRefused, match="2026-06-01"):
        roster.check(held, Assignment("v9", "a1", JAN, None))


def test_the_bureau_allows_a_sixth_by_name_alone() -> None:
    held = [Assignment(f"v{number}", "a1", JAN, None) for number in range(5)]
    roster.check(held, Assignment("v9", "a1", JUN, None, "陈科长"))
    with pytest.raises(RosterRefused):
        roster.check(held, Assignment("v9", "a1", JUN, None, "  "))
    roster.check(held, Assignment("v9", "a2", JUN, None))


@pytest.mark.parametrize(
    ("since", "until", "meets"),
    [
        (JAN, JUN, False),
        (JAN, date(2026, 6, 2), True),
        (JUN, None, True),
        (DEC, None, False),
        (date(2026, 11, 30), None, True),
        (JAN, None, True),
    ],
)
def test_a_village_has_one_advisor_on_any_day(since: date, until: date | None, meets: bool) -> None:
    held = [Assignment("v1", "a1", JUN, DEC)]
    new = Assignment("v1", "a2", since, until, "陈科长")
    if not meets:
        roster.check(held, new)
        return
    with pytest.raises(RosterRefused, match="已经有法律顾问"):
        roster.check(held, new)


@pytest.mark.parametrize("until", [JAN, date(2025, 1, 1)])
def test_an_assignment_is_at_least_a_day_long(until: date) -> None:
    with pytest.raises(RosterRefused, match="结束日期"):
        roster.check([], Assignment("v1", "a1", JAN, until))
