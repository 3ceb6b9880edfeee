"""One way through the house in a real Chromium: a villager asks and hands over, the advisor replies and keeps the diary, the
villager reads the reply. With KIOSK_SCREENSHOTS=1 a picture of each step goes to docs/images."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from kiosk.answering.answer import Question
from kiosk.assembly import Rooms, open_rooms
from kiosk.casework.office import Office
from kiosk.casework.values import Advisor, Village
from kiosk.law.article import short_name
from kiosk.ledger.clock import SystemClock, local_day
from kiosk.serving import desk_of, station_of
from kiosk.settings import Settings

from .conftest import FLAT, UPRIGHT, free_port, served

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
PASSWORD = "演示村里有棵老樟树"
QUESTION = "在工地干了三个月，包工头不给工钱怎么办"
REPLY = "能要。分包欠的工钱，总包应当先付。\n您先把记工本拍下来，星期三上午我在村里值班，带来我帮您写仲裁申请。"


@dataclass
class House:
    station: str
    desk: str
    rooms: Rooms


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Iterator[House]:
    """Everything real: the law, the model and the index of this machine, and a ledger of its own."""
    rooms = open_rooms(settings)
    own = replace(Settings(data=tmp_path), port=free_port(), desk_port=free_port())
    office = Office.open(own)
    office.set_up(
        Village("demo", "演示村", "演示镇", "演示县"),
        Advisor("demo-advisor", "演示律师", "演示律师事务所", "00000000（演示）", "000-0000-0000"),
        sign_in="yanshi",
        password=PASSWORD,
        demonstration=True,
    )
    with ExitStack() as stack:
        stack.callback(rooms.book.close)
        stack.callback(office.close)
        station = stack.enter_context(served(station_of(own, rooms, office), own.port))
        desk = stack.enter_context(served(desk_of(own, rooms, office), own.desk_port))
        yield House(station, desk, rooms)


def picture(page: Any, name: str) -> None:
    if os.environ.get("KIOSK_SCREENSHOTS"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.wait_for_timeout(150)
        page.screenshot(path=str(IMAGES / f"journey-{name}.png"))


def test_ask_hand_over_reply_read_and_keep_the_diary(chromium: Any, house: House, tmp_path: Path) -> None:
    requests: list[str] = []
    villager_side = chromium.new_context(viewport=UPRIGHT)
    villager_side.on("request", lambda request: requests.append(request.url))
    villager = villager_side.new_page()
    villager.set_default_timeout(15_000)

    villager.goto(house.station)
    villager.wait_for_selector(".ask-box textarea")
    assert "演示村" in villager.inner_text(".bar h1")
    assert "演示律师" in villager.inner_text(".advisor")
    picture(villager, "1-home")

    villager.fill(".ask-box textarea", QUESTION)
    villager.click(".ask-box .button.main")
    villager.wait_for_selector('.screen[data-screen="answer"] .headline:visible')
    answer = house.rooms.answerer.answer(Question(QUESTION, local_day(SystemClock().now())))
    assert answer.kind == "guide"
    assert answer.title in villager.inner_text(".headline")
    first = next(citation for citation in answer.citations if citation.held)
    shown = villager.locator(f".article:has(h4:text-is('《{short_name(first.law)}》{first.number}'))").inner_text()
    assert "".join(first.text.split()) in "".join(shown.split()), "the article stands there word for word"
    picture(villager, "2-answer")

    villager.click('[data-do="offer"]:visible')
    villager.wait_for_selector(".consent:visible")
    assert QUESTION in villager.inner_text(".sent")
    assert villager.is_disabled('[data-do="hand_over"]')
    villager.fill('[name="name"]', "演示村民")
    for key in "00000000001":
        villager.click(f'[data-screen="offer"] [data-key="{key}"]')
    villager.click(".consent")
    picture(villager, "3-hand-over")

    villager.click('[data-do="hand_over"]:visible')
    villager.wait_for_selector("[data-number]:visible")
    number, code = villager.inner_text("[data-number]"), villager.inner_text("[data-code]").replace(" ", "")
    picture(villager, "4-slip")
    villager.click('[data-do="done"]:visible')
    villager.wait_for_selector(".ask-box textarea:visible")
    assert code not in villager.content().replace(" ", "")

    advisor_side = chromium.new_context(viewport=FLAT, accept_downloads=True)
    advisor_side.on("request", lambda request: requests.append(request.url))
    advisor = advisor_side.new_page()
    advisor.set_default_timeout(15_000)
    advisor.goto(house.desk)
    advisor.fill("#name", "yanshi")
    advisor.fill("#password", PASSWORD)
    advisor.click("form[action='/sign-in'] button")
    advisor.wait_for_url("**/cases")
    picture(advisor, "5-cases")
    advisor.click(f"a[href='/cases/{number}']")
    assert QUESTION in advisor.inner_text(".talk")
    assert "演示村民" in advisor.inner_text("main")
    advisor.fill("#text", REPLY)
    picture(advisor, "6-case")
    advisor.click("form[action$='/reply'] button")
    advisor.wait_for_selector(".talk .advisor")

    villager.click('[data-go="find"]')
    villager.click('[data-field="number"]')
    for key in number.replace("-", ""):
        villager.click(f'[data-screen="find"] [data-key="{key}"]')
    villager.click('[data-field="code"]')
    for key in code:
        villager.click(f'[data-screen="find"] [data-key="{key}"]')
    picture(villager, "7-look-up")
    villager.click('[data-do="find"]')
    villager.wait_for_selector(".message.advisor:visible")
    assert "星期三上午我在村里值班" in villager.inner_text(".message.advisor")
    picture(villager, "8-reply")
    villager.fill('[name="more"]', "好的，我星期三带记工本来。")
    villager.click('[data-do="more"]')
    villager.wait_for_selector(".messages :text('我星期三带记工本来')")
    villager.click('[data-do="done"]:visible')
    villager.wait_for_selector(".ask-box textarea:visible")

    advisor.goto(f"{house.desk}/diary")
    drafts = advisor.locator("tr.draft td.main a").evaluate_all("all => all.map((one) => one.href)")
    assert len(drafts) == 2, "one draft for the hand-over, one for the reply"
    for draft in drafts:
        advisor.goto(draft)
        advisor.fill("[name='hours']", "0.1")
        advisor.fill("[name='place']", "演示村公共法律服务站")
        if not advisor.input_value("[name='advised']"):
            advisor.fill("[name='advised']", "已阅，另行答复。")
        for name in ("mode", "result"):
            if not advisor.input_value(f"[name='{name}']"):
                advisor.select_option(f"[name='{name}']", index=1)
        if draft == drafts[0]:
            picture(advisor, "9-diary-entry")
        advisor.click("form[action$='/confirm'] button[type='submit']")
        advisor.wait_for_load_state()
        assert "确认日志" not in advisor.inner_text("h1"), advisor.inner_text("main")
    advisor.goto(f"{house.desk}/diary")
    assert advisor.locator("tr.confirmed").count() == 2
    picture(advisor, "10-diary")
    with advisor.expect_download() as download:
        advisor.click("a[href^='/diary/export']")
    sheet = tmp_path / "diary.xlsx"
    download.value.save_as(sheet)
    cells = [str(cell) for row in load_workbook(sheet).active.values for cell in row if cell is not None]
    assert any("包工头不给工钱" in cell for cell in cells)

    assert [url for url in requests if not url.startswith((house.station, house.desk, "data:", "blob:"))] == []
    advisor_side.close()
    villager_side.close()
