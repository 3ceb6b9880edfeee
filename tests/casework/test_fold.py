"""The fold on its own: events made by two nodes, in every order of arrival."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.casework.fold import RULES, fold
from kiosk.casework.state import State
from kiosk.identity.keys import NodeKey
from kiosk.ledger.clock import written
from kiosk.ledger.event import Event, fingerprint, make, new_id

ONE, TWO = NodeKey.generate(), NodeKey.generate()
AT = written(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))
PLACE = {"name": "上岙村", "township": "大雷镇", "county": "鄞江县", "remote": False, "underdeveloped": "none"}
PERSON = {"name": "李律师", "firm": "所", "licence": "1", "phone": "2"}
FIELDS = {
    "day": "2026-11-23",
    "start": "",
    "end": "",
    "mode": "电话",
    "served": "村民",
    "people": 1,
    "matter": "合同",
    "citations": [],
    "result": "当场答复",
    "tenths": 5,
}
WORDS = {"sealed": {"words": "1.x"}, "mark": ""}


def event(
    key: NodeKey, lamport: int, kind: str, subject: str, body: Mapping[str, Any] | None = None, actor: str = "bureau", version: int = 1
) -> Event:
    parts = {"node": fingerprint(key.public), "seq": lamport + 1, "lamport": lamport, "after": (), "prev": "ab" * 32}
    return make(key, id=new_id(), at=AT, actor=actor, kind=kind, subject=subject, version=version, body=body or {}, **parts)


def opening(key: NodeKey, lamport: int, case: str, number: str = "26-0001", **other: object) -> Event:
    body: dict[str, Any] = {
        "number": number,
        "village": "v1",
        "advisor": "a1",
        "matter": "合同",
        "answer_by": "2026-11-26",
        "answer_kind": "guide",
        "guide": "g",
        "citations": [["民法典", "第一条"]],
        "confidence_percent": 50,
        "consent": True,
        "sealed": {"text": "1.a", "person": "1.b"},
    }
    return event(key, lamport, "case.opened", case, {**body, **other}, "station")


def roster() -> list[Event]:
    return [
        event(ONE, 1, "village.entered", "v1", PLACE),
        event(ONE, 2, "advisor.entered", "a1", PERSON),
        event(ONE, 3, "advisor.entered", "a2", {**PERSON, "name": "王法务"}),
        event(ONE, 4, "assignment.made", "v1", {"advisor": "a1", "since": "2026-11-01", "until": None, "override_by": ""}),
        event(ONE, 5, "station.placed", "v1", {"demonstration": False}),
    ]


def story() -> list[Event]:
    """Two nodes that did not see each other from lamport 10 on."""
    drafted = {"village": "v1", "advisor": "a1", "case": "c1", "fields": FIELDS, **WORDS}
    return [
        *roster(),
        opening(ONE, 6, "c1"),
        event(ONE, 7, "diary.drafted", "d1", drafted, "station"),
        event(ONE, 8, "case.opened_by", "c1", actor="advisor:a1"),
        event(ONE, 9, "diary.confirmed", "d1", {"fields": FIELDS, **WORDS}, "advisor:a1"),
        event(ONE, 10, "case.replied", "c1", {"sealed": {"text": "1.one"}}, "advisor:a1"),
        event(TWO, 10, "case.said", "c1", {"sealed": {"text": "1.two"}}, "station"),
        event(ONE, 11, "diary.corrected", "d2", {"corrects": "d1", "fields": FIELDS, **WORDS}, "advisor:a1"),
        event(TWO, 11, "diary.corrected", "d3", {"corrects": "d1", "fields": FIELDS, **WORDS}, "advisor:a1"),
        event(TWO, 12, "assignment.made", "v1", {"advisor": "a2", "since": "2026-12-01", "until": None, "override_by": ""}),
        event(TWO, 13, "conversation.resolved", "v1", {"matter": "合同", "guide": "g", "confidence_percent": 90}, "station"),
        opening(TWO, 14, "c2"),
        event(ONE, 15, "case.erased", "c1", {"by": "陈科长"}),
        event(ONE, 16, "weather.told", "v1"),
        event(ONE, 17, "case.replied", "c1", {"sealed": {"text": "1.three"}}, "advisor:a1", version=2),
    ]


STORY = story()


def one_by_one(events: list[Event]) -> State:
    """As a projection does it: what comes late makes the fold begin anew."""
    state, held = State(), []
    for arrived in events:
        held.append(arrived)
        state = fold([arrived], state) if arrived.order > state.order else fold(held)
    return state


@settings(max_examples=40, deadline=None)
@given(st.permutations(STORY))
def test_the_order_of_arrival_changes_nothing(events: list[Event]) -> None:
    assert one_by_one(events).text() == fold(STORY).text()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, len(STORY)))
def test_a_kept_state_folds_on_as_if_it_had_never_been_put_down(cut: int) -> None:
    events = sorted(STORY, key=lambda one: one.order)
    kept = State.from_plain(json.loads(fold(events[:cut]).text()))
    assert kept.text() == fold(events[:cut]).text()
    assert fold(events[cut:], kept).text() == fold(events).text()


def test_turns_of_a_case_stand_in_order_and_erasing_is_final() -> None:
    case = fold(STORY).cases["c1"]
    expected = [sealed for _, sealed in sorted([(fingerprint(ONE.public), "1.one"), (fingerprint(TWO.public), "1.two")])]
    assert [part.sealed for part in case.parts] == ["1.a", *expected]
    assert case.erased
    assert case.openings == 1


def test_an_hour_is_never_counted_twice() -> None:
    state = fold(STORY)
    assert [entry.status for entry in state.diary.values()].count("confirmed") == 1
    assert any("更正了两次" in sentence for sentence in state.conflicts)


def test_two_advisors_for_one_village_on_one_day_are_a_conflict_that_people_see() -> None:
    state = fold(STORY)
    assert [one.advisor for one in state.assignments] == ["a1"]
    assert any("同一天派了两位" in sentence for sentence in state.conflicts)


def test_a_sixth_village_that_two_offices_made_together_stands_and_is_seen() -> None:
    events = roster()
    for number in range(2, 7):
        key = ONE if number % 2 else TWO
        events.append(event(key, 8 + number, "village.entered", f"v{number}", {**PLACE, "name": f"村{number}"}))
        body = {"advisor": "a1", "since": "2026-11-01", "until": None, "override_by": ""}
        events.append(event(key, 20 + number, "assignment.made", f"v{number}", body))
    state = fold(events)
    assert len(state.assignments) == 6
    assert [sentence for sentence in state.conflicts if "超过了 5 个村" in sentence]


def test_two_nodes_may_have_the_same_number() -> None:
    state = fold(STORY)
    assert {state.case("26-0001", fingerprint(key.public)).id for key in (ONE, TWO)} == {"c1", "c2"}  # type: ignore[union-attr]
    assert state.case("26-0001", "a third node") is None
    assert state.next_number(fingerprint(ONE.public), 2026) == "26-0002"
    assert state.next_number(fingerprint(ONE.public), 2027) == "27-0001"


def test_a_serial_goes_on_past_four_digits() -> None:
    state = fold([*roster(), opening(ONE, 6, "c1", "26-9999")])
    assert state.next_number(fingerprint(ONE.public), 2026) == "26-10000"


def test_what_cannot_be_read_goes_aside_and_blocks_nothing() -> None:
    state = fold(STORY)
    assert {(one.kind, one.version) for one in state.aside} == {("weather.told", 1), ("case.replied", 2), ("assignment.made", 1)}
    assert state.events == len(STORY)
    assert "c2" in state.cases


@pytest.mark.parametrize(
    "kind", sorted(kind for kind, _ in RULES if kind not in ("node.joined", "case.said", "case.opened_by", "case.replied"))
)
@pytest.mark.parametrize(
    "body", [{}, {"fields": 3, "sealed": [], "citations": 7, "number": "x", "advisor": {}, "since": None, "cases": ["c9"], "by": 1}]
)
def test_a_body_that_does_not_fit_goes_aside_whole(kind: str, body: dict[str, Any]) -> None:
    base = [*roster(), opening(ONE, 6, "c1")]
    for subject in ("c1", "v1", "x"):
        before, after = fold(base), fold([*base, event(TWO, 40, kind, subject, body, "advisor:a1")])
        assert len(after.aside) == 1
        after.aside, after.order, after.events = before.aside, before.order, before.events
        assert after.text() == before.text()


@pytest.mark.parametrize("kind", ["case.replied", "case.said"])
@pytest.mark.parametrize("body", [{}, {"sealed": {}}, {"sealed": {"text": 1}}, {"sealed": "text"}])
def test_a_turn_without_its_sealed_text_goes_aside(kind: str, body: dict[str, Any]) -> None:
    state = fold([*roster(), opening(ONE, 6, "c1"), event(TWO, 40, kind, "c1", body, "advisor:a1")])
    assert len(state.aside) == 1
    assert len(state.cases["c1"].parts) == 1


def test_another_advisors_deeds_on_a_case_go_aside() -> None:
    deeds = [
        event(TWO, 20, "case.replied", "c1", {"sealed": {"text": "1.x"}}, "advisor:a2"),
        event(TWO, 21, "case.resolved", "c1", {"result": "当场答复"}, "station"),
        event(TWO, 22, "case.opened_by", "c1", actor="advisor:a2"),
    ]
    state = fold([*roster(), opening(ONE, 6, "c1"), *deeds])
    assert len(state.aside) == 3
    assert state.cases["c1"].status == "open"
