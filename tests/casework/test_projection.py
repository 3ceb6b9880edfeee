from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.casework import projection
from kiosk.casework.office import Office
from kiosk.casework.projection import Projection
from kiosk.identity.keys import NodeKey
from kiosk.ledger.clock import SetClock
from kiosk.ledger.store import Ledger

from .conftest import HandOver


def test_what_arrives_late_is_folded_in_its_place(office: Office, hand_over: HandOver, tmp_path: Path, clock: SetClock) -> None:
    elsewhere = Ledger.open(f"sqlite:///{tmp_path / 'other.sqlite'}", NodeKey.generate(), clock)
    place = {"name": "下岙村", "township": "大雷镇", "county": "鄞江县", "remote": True, "underdeveloped": "none"}
    elsewhere.append("village.entered", "v1", place, "bureau")  # lamport 2, before this station's own third event
    for _ in range(3):
        hand_over()
    office.record.ledger.merge(event.text() for _, event in elsewhere.events())
    assert office.villages()[0].name in ("上岙村", "下岙村")
    office.record.verify()
    elsewhere.append("village.entered", "v2", {**place, "name": "外岙村"}, "bureau")
    office.record.ledger.merge(event.text() for _, event in elsewhere.events())
    assert {village.id for village in office.villages()} == {"v1", "v2"}
    office.record.verify()
    assert len(office.cases("a1")) == 3
    elsewhere.close()


def test_a_long_ledger_keeps_its_state_by_itself(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "KEEP_EVERY", 10)
    for _ in range(25):
        office.resolved_at_station(matter="合同", guide="g", confidence_percent=90)
        office.villages()
    kept = office.record.ledger.load_projection(projection.NAME)
    assert kept is not None
    assert kept[0] >= 20
    assert Projection(office.record.ledger).position == kept[0]


def test_a_state_of_an_older_form_is_folded_anew(office: Office, hand_over: HandOver, monkeypatch: pytest.MonkeyPatch) -> None:
    hand_over()
    digest = office.record.rebuild()
    monkeypatch.setattr(projection, "FORM", 2)
    again = Projection(office.record.ledger)
    assert again.position == 0
    assert again.refresh().digest() == digest
    office.record.ledger.save_projection(projection.NAME, 3, '{"form": 2, "state": "{}"}')
    assert Projection(office.record.ledger).refresh().digest() == digest
