"""What a person said stays until they leave, and no longer."""

from __future__ import annotations

from datetime import date

from kiosk.answering.answer import Question
from kiosk.station.visits import LIMIT, Visits

ASKED = Question("邻居占了我的地", date(2026, 11, 23))


class Ticks:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_visit_keeps_what_was_asked_until_it_is_wiped() -> None:
    visits = Visits(80)
    visit = visits.begin()
    assert visits.keep(visit.id, question=ASKED)
    assert visits.get(visit.id) is not None
    visits.wipe(visit.id)
    assert visits.get(visit.id) is None
    assert not visits.keep(visit.id, question=ASKED), "an answer that comes after the wipe must not be kept"
    assert len(visits) == 0


def test_whoever_walked_away_is_forgotten_and_a_touch_keeps_alive() -> None:
    ticks = Ticks()
    visits = Visits(80, ticks)
    here, gone = visits.begin(), visits.begin()
    ticks.now += 60
    assert visits.get(here.id) is not None
    ticks.now += 30
    visits.sweep()
    assert len(visits) == 1
    assert visits.get(here.id) is not None
    assert visits.get(gone.id) is None


def test_memory_cannot_be_filled_with_visits() -> None:
    visits = Visits(80)
    first = visits.begin()
    for _ in range(LIMIT + 5):
        visits.begin()
    assert len(visits) == LIMIT
    assert visits.get(first.id) is None


def test_ids_tell_nothing_and_do_not_repeat() -> None:
    visits = Visits(80)
    ids = {visits.begin().id for _ in range(50)}
    assert len(ids) == 50
    assert min(map(len, ids)) >= 32
