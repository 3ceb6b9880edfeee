from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI

from kiosk.casework.office import Office
from kiosk.casework.values import Receipt
from kiosk.desk import cases
from kiosk.ledger.clock import SetClock

from .browser import Browser
from .conftest import OTHER_PASSWORD, QUESTION, hand_over


def test_the_list_says_what_waits_and_since_when_it_is_late(wang: Browser, receipt: Receipt, clock: SetClock) -> None:
    page = wang.open("/cases")
    assert "民间借贷" in page.text
    assert "还有 3 天" in page.text
    assert "张三" not in page.text
    clock.move(timedelta(days=5))
    wang.sign_in("wang", "一句只有我知道的话")
    assert "已超期 2 天" in wang.open("/cases?status=overdue").text
    assert "没有符合条件的案件" in wang.open("/cases?status=resolved").text


def test_an_advisor_of_several_villages_filters_by_village(wang: Browser, receipt: Receipt) -> None:
    assert "河边村" in wang.open("/cases?village=river").text
    assert "26-0001" in wang.page.text
    page = wang.open("/cases?village=hill")
    assert "26-0001" not in page.text
    assert "山上村" in page.text
    assert "远山村" not in page.text


def test_a_case_shows_all_that_the_station_handed_over_and_markup_stays_text(wang: Browser, receipt: Receipt) -> None:
    page = wang.open(f"/cases/{receipt.number}")
    assert QUESTION in page.text
    assert "张三<i>" in page.text
    assert "139-0000-0000" in page.text
    assert "借钱不还怎么办" in page.text
    assert "民法典第六百七十五条" in page.text
    assert "<script>" not in wang.answer.text
    assert "<b>两万" not in wang.answer.text


def test_a_reply_reaches_the_villager_as_it_was_written(wang: Browser, receipt: Receipt, village: Office) -> None:
    wang.open(f"/cases/{receipt.number}")
    page = wang.send(f"/cases/{receipt.number}/reply", text=" 可以要。\r\n先发<b>短信</b>催他。 ")
    assert "答复已经存好" in page.text
    assert "已答复" in page.text
    message = village.look_up(receipt.number, receipt.code).messages[-1]
    assert (message.author, message.text) == ("advisor", "可以要。\n先发<b>短信</b>催他。")


@pytest.mark.parametrize("text", ["", "  \n ", "字" * 4001])
def test_an_empty_or_endless_reply_is_not_sent_and_not_lost(wang: Browser, receipt: Receipt, village: Office, text: str) -> None:
    wang.open(f"/cases/{receipt.number}")
    page = wang.send(f"/cases/{receipt.number}/reply", text=text)
    assert wang.answer.status_code == 422
    assert page.form(f"/cases/{receipt.number}/reply").fields["text"] == text.strip()
    assert len(village.look_up(receipt.number, receipt.code).messages) == 1


def test_a_case_is_resolved_with_a_listed_result_and_reopened_by_the_villager(wang: Browser, receipt: Receipt, village: Office) -> None:
    wang.open(f"/cases/{receipt.number}")
    wang.send(f"/cases/{receipt.number}/resolve", result="随便")
    assert wang.answer.status_code == 422
    wang.open(f"/cases/{receipt.number}")
    page = wang.send(f"/cases/{receipt.number}/resolve", result="转人民调解")
    assert "已办结" in page.text
    village.say_more(receipt.number, receipt.code, "他又说不还了")
    assert "待答复" in wang.open(f"/cases/{receipt.number}").text


def test_another_advisors_case_is_refused(desk: FastAPI, receipt: Receipt, village: Office) -> None:
    li = Browser(desk)
    li.sign_in("li", OTHER_PASSWORD)
    assert "还没有案件" in li.open("/cases").text
    page = li.open(f"/cases/{receipt.number}")
    assert li.answer.status_code == 403
    assert "两万块" not in page.text
    token = page.form("/sign-out").fields["csrf"]
    for action, field in (("reply", {"text": "x"}), ("resolve", {"result": "跟进中"}), ("erase", {"sure": "yes"})):
        answer = li.client.post(f"/cases/{receipt.number}/{action}", data={"csrf": token} | field)
        assert answer.status_code in (403, 404), action
    assert village.look_up(receipt.number, receipt.code).row.status == "open"


@pytest.mark.parametrize("number", ["26-9999", "%3Cscript%3E", "x" * 300])
def test_an_unknown_case_is_a_plain_page(wang: Browser, number: str) -> None:
    page = wang.open(f"/cases/{number}")
    assert wang.answer.status_code == 404
    assert "没有找到" in page.text


def test_a_case_is_erased_only_by_someone_who_said_that_he_is_sure(wang: Browser, receipt: Receipt, village: Office) -> None:
    wang.open(f"/cases/{receipt.number}/erase")
    wang.send(f"/cases/{receipt.number}/erase")
    assert wang.answer.status_code == 422
    assert village.look_up(receipt.number, receipt.code).readable
    page = wang.send(f"/cases/{receipt.number}/erase", sure="yes")
    assert "已经抹去" in page.text
    page = wang.open(f"/cases/{receipt.number}")
    assert "内容看不到了" in page.text
    assert "两万块" not in page.text
    assert "张三" not in page.text


def test_a_long_list_is_turned_page_by_page(wang: Browser, village: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "ON_A_PAGE", 2)
    for _ in range(3):
        hand_over(village)
    assert "26-0001" not in wang.open("/cases").text
    assert "第 1 页，共 2 页" in wang.page.text
    assert "26-0001" in wang.open("/cases?page=2").text
    assert "26-0001" in wang.open("/cases?page=99").text
    wang.open("/cases?page=x")
    assert wang.answer.status_code == 400
