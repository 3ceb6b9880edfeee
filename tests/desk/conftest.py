from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from kiosk.casework.office import Office
from kiosk.casework.values import Advisor, Person, Receipt, Village
from kiosk.desk.app import create_desk
from kiosk.ledger.clock import SetClock
from kiosk.settings import Settings

from .browser import Browser

PASSWORD = "一句只有我知道的话"
OTHER_PASSWORD = "另外一句别人的话呀"
WANG = Advisor("wang", "王律师", "江边律师事务所", "13302201010000000", "0574-11110000")
LI = Advisor("li", "李律师", "山上律师事务所", "13302201010000001", "0574-22220000")
RIVER, HILL, FAR = (Village(name, word, "江边镇", "江县") for name, word in (("river", "河边村"), ("hill", "山上村"), ("far", "远山村")))
QUESTION = "他借了我<b>两万块</b>钱，有借条，<script>alert(1)</script>不还怎么办？"


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 23, 2, 30, tzinfo=UTC))


@pytest.fixture
def desk_settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def office(desk_settings: Settings, clock: SetClock) -> Iterator[Office]:
    """Empty, as on the first start. Its passwords are hashed with little effort."""
    office = Office.open(desk_settings, clock)
    office.accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    yield office
    office.close()


@pytest.fixture
def desk(office: Office, desk_settings: Settings, clock: SetClock) -> FastAPI:
    return create_desk(office, office.accounts, desk_settings, clock=clock, guide_titles={"jieqian": "借钱不还怎么办"})


@pytest.fixture
def village(office: Office, clock: SetClock) -> Office:
    """河边村 with its advisor 王律师, who also has 山上村; 李律师 has 远山村."""
    today = clock.now().date()
    office.set_up(RIVER, WANG, sign_in="wang", password=PASSWORD)
    office.add_advisor(LI)
    office.accounts.create("li", OTHER_PASSWORD, "li", "advisor")
    for place, advisor in ((HILL, WANG), (FAR, LI)):
        office.add_village(place)
        office.assign(place.id, advisor.id, today)
    return office


@pytest.fixture
def receipt(village: Office) -> Receipt:
    """A case handed over at 河边村's station."""
    return hand_over(village)


def hand_over(office: Office) -> Receipt:
    return office.hand_over(
        QUESTION,
        matter="民间借贷",
        answer_kind="guide",
        guide="jieqian",
        citations=[("中华人民共和国民法典", "第六百七十五条")],
        confidence_percent=80,
        consent=True,
        person=Person("张三<i>", "139-0000-0000"),
    )


@pytest.fixture
def browser(desk: FastAPI) -> Iterator[Browser]:
    browser = Browser(desk)
    with browser.client:
        yield browser


@pytest.fixture
def wang(village: Office, browser: Browser) -> Browser:
    """王律师, signed in."""
    browser.sign_in("wang", PASSWORD)
    assert browser.path == "/cases"
    return browser
