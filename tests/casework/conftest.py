from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from kiosk.casework.office import Office
from kiosk.casework.values import Advisor, Person, Receipt, Village
from kiosk.identity.keys import Keys
from kiosk.identity.people import Accounts
from kiosk.ledger.clock import SetClock
from kiosk.ledger.keystore import KeyStore
from kiosk.ledger.store import Ledger

SHANGAO = Village("v1", "上岙村", "大雷镇", "鄞江县")
LI = Advisor("a1", "李律师", "山海律师事务所", "13302", "0574-1")
WANG = Advisor("a2", "王法务", "大雷法律服务所", "3302", "0574-2")
PASSWORD = "杨梅熟了2026"

Opener = Callable[[], Office]
HandOver = Callable[..., Receipt]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


@pytest.fixture
def open_office(tmp_path: Path, clock: SetClock) -> Iterator[Opener]:
    """Opens the same data folder, as often as wanted, as another process would."""
    opened: list[Office] = []

    def opener() -> Office:
        keys = Keys.load(tmp_path / "keys")
        hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        opened.append(
            Office(
                Ledger.open(f"sqlite:///{tmp_path / 'ledger.sqlite'}", keys.node, clock),
                KeyStore.open(tmp_path / "keystore.sqlite", keys.desk, keys.station, keys.recovery),
                Accounts.at(tmp_path / "identity.sqlite", clock.now, hasher=hasher),
                clock,
            )
        )
        return opened[-1]

    yield opener
    for office in opened:
        office.close()


@pytest.fixture
def office(open_office: Opener) -> Office:
    office = open_office()
    office.set_up(SHANGAO, LI, sign_in="li", password=PASSWORD)
    return office


@pytest.fixture
def hand_over(office: Office) -> HandOver:
    def hand(question: str = "邻居砌墙占了我家的路，怎么办", **other: object) -> Receipt:
        parts: dict[str, object] = {
            "matter": "邻里与相邻权",
            "answer_kind": "abstain",
            "guide": "",
            "citations": [("中华人民共和国民法典", "第二百九十一条")],
            "confidence_percent": 31,
            "consent": True,
            "person": Person("张三", "13800000000"),
        }
        return office.hand_over(question, **{**parts, **other})  # type: ignore[arg-type]

    return hand
