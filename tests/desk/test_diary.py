from __future__ import annotations

from io import BytesIO
from urllib.parse import unquote

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from kiosk.casework.office import Office
from kiosk.casework.values import Receipt

from .browser import Browser
from .conftest import OTHER_PASSWORD

REPLY = "可以要。没有约定哪天还的，先催他，给他合理的期限。"


@pytest.fixture
def draft(wang: Browser, receipt: Receipt, village: Office) -> str:
    """Id of the entry drafted from a reply."""
    village.reply("wang", receipt.number, REPLY)
    (entry,) = (entry for entry in village.diary("wang") if entry.fields.advised)
    return entry.id


@pytest.fixture
def confirmed(wang: Browser, draft: str) -> str:
    wang.open(f"/diary/{draft}")
    wang.send(f"/diary/{draft}/confirm", hours="0.5")
    return draft


def sheet_of(browser: Browser, query: str = "") -> Worksheet:
    answer = browser.client.get(f"/diary/export?month=2026-11{query}")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    assert isinstance(sheet, Worksheet)
    return sheet


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_reply_draft_confirm_correct_export(wang: Browser, receipt: Receipt, village: Office) -> None:
    wang.open(f"/cases/{receipt.number}")
    wang.send(f"/cases/{receipt.number}/reply", text=REPLY)
    draft = next(entry for entry in village.diary("wang") if entry.fields.advised)
    fields = wang.open(f"/diary/{draft.id}").form(f"/diary/{draft.id}/confirm").fields
    assert (fields["advised"], fields["matter"], fields["name"], fields["day"]) == (REPLY, "民间借贷", "张三<i>", "2026-11-23")
    assert (fields["start"], fields["end"], fields["hours"]) == ("", "10:30", "")
    page = wang.send(f"/diary/{draft.id}/confirm", hours="０．５", place="村公共法律服务站", result="当场答复")
    assert wang.path == f"/diary/{draft.id}"
    assert "10:00 – 10:30" in page.text

    wang.open(f"/diary/{draft.id}/correct")
    page = wang.send(f"/diary/{draft.id}/correct", start="", hours="1.2", why="把路上的时间算漏了")
    old, new = (next(entry for entry in village.diary("wang") if entry.status == status) for status in ("superseded", "confirmed"))
    assert wang.path == f"/diary/{new.id}"
    assert (old.fields.tenths, new.fields.tenths, new.fields.start) == (5, 12, "09:18")
    for words in ("把路上的时间算漏了", "原来的一条", "更正后的一条", "0.5 小时", "1.2 小时"):
        assert words in page.text
    page = wang.open("/diary?month=2026-11")
    assert "共 1.2 小时" in page.text
    assert f'href="/diary/{old.id}"' in wang.answer.text
    assert f'href="/diary/{new.id}"' in wang.answer.text

    rows = {row["编号"]: row for row in rows_of(sheet_of(wang))}
    assert rows[new.id]["状态"] == "已确认"
    assert rows[new.id]["用时（小时）"] == 1.2
    assert rows[new.id]["姓名"] == "张三<i>"
    assert rows[new.id]["引用法条"] == "民法典第六百七十五条"
    assert rows[new.id]["更正说明"] == f"更正 {old.id}，原因：把路上的时间算漏了"
    assert rows[old.id]["状态"] == "已被更正"
    assert rows[old.id]["更正说明"] == f"已被 {new.id} 更正"


def test_the_file_has_a_chinese_name_and_the_village_asked_for(wang: Browser, confirmed: str) -> None:
    answer = wang.client.get("/diary/export?month=2026-11&village=hill")
    assert unquote(answer.headers["content-disposition"].split("''")[1]) == "工作日志_山上村_2026年11月.xlsx"
    assert rows_of(sheet_of(wang, "&village=hill")) == []
    assert len(rows_of(sheet_of(wang, "&village=river"))) == 2


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", " ="])
def test_nothing_that_was_typed_becomes_a_formula(wang: Browser, draft: str, sign: str) -> None:
    words = f'{sign}HYPERLINK("http://evil.example","点这里")'
    wang.open(f"/diary/{draft}")
    wang.send(f"/diary/{draft}/confirm", hours="0.5", asked=words, place=words, name=words)
    cells = [cell for row in sheet_of(wang).iter_rows() for cell in row if isinstance(cell.value, str) and "HYPERLINK" in cell.value]
    assert len(cells) == 3
    for cell in cells:
        assert cell.data_type == "s"
        assert cell.quotePrefix


def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(wang: Browser, draft: str, village: Office) -> None:
    wang.open(f"/diary/{draft}")
    typed = {
        "day": "明天", "hours": "很久", "people": "0", "mode": "飞鸽", "place": "", "citations": "胡乱写的", "start": "25:00",
        "advised": "写了很多<b>的话",
    }  # fmt: skip
    page = wang.send(f"/diary/{draft}/confirm", **typed)
    assert wang.answer.status_code == 422
    assert "还没有保存" in page.text
    for name in ("day", "hours", "people", "mode", "place", "citations", "start"):
        assert f'id="fault-{name}"' in wang.answer.text, name
    fields = page.form(f"/diary/{draft}/confirm").fields
    for name in typed.keys() - {"mode"}:
        assert fields[name] == typed[name]
    assert next(entry for entry in village.diary("wang") if entry.id == draft).status == "draft"


def test_a_correction_wants_a_reason_and_a_difference(wang: Browser, confirmed: str) -> None:
    wang.open(f"/diary/{confirmed}/correct")
    assert "请写为什么更正" in wang.send(f"/diary/{confirmed}/correct", hours="0.4").text
    assert wang.page.form(f"/diary/{confirmed}/correct").fields["hours"] == "0.4"
    assert "完全一样" in wang.send(f"/diary/{confirmed}/correct", hours="0.5", why="手误").text


def test_what_was_confirmed_is_not_confirmed_again(wang: Browser, draft: str, village: Office) -> None:
    wang.open(f"/diary/{draft}")
    wang.send(f"/diary/{draft}/confirm", hours="0.5")
    wang.open("/card")
    token = wang.page.form("/sign-out").fields["csrf"]
    assert wang.client.post(f"/diary/{draft}/confirm", data={"csrf": token, "hours": "9"}).status_code == 409
    assert next(entry for entry in village.diary("wang") if entry.id == draft).fields.tenths == 5


def test_a_service_that_came_from_no_case_is_written_by_hand(wang: Browser, village: Office) -> None:
    wang.open("/diary/new")
    entry = {"mode": "讲座", "place": "村文化礼堂", "people": "40", "matter": "赡养", "asked": "老人的权益", "advised": "讲了赡养"}
    page = wang.send("/diary/new", **entry, village="hill", start="9:00", end="11:00", hours="2", result="当场答复")
    assert "已经确认" in page.text
    (written,) = village.diary("wang")
    assert (written.village, written.status, written.fields.people, written.fields.tenths) == ("hill", "confirmed", 40, 20)


def test_a_service_is_not_written_for_a_village_of_another_advisor(wang: Browser, village: Office) -> None:
    wang.open("/diary/new")
    page = wang.send("/diary/new", village="far", hours="2")
    assert "请选村" in page.text
    assert village.diary("wang") == ()


def test_another_advisors_entry_is_refused(desk: FastAPI, draft: str, village: Office) -> None:
    li = Browser(desk)
    li.sign_in("li", OTHER_PASSWORD)
    for path in (f"/diary/{draft}", f"/diary/{draft}/correct"):
        li.open(path)
        assert li.answer.status_code == 404
        assert REPLY not in li.answer.text
    token = li.page.form("/sign-out").fields["csrf"]
    assert li.client.post(f"/diary/{draft}/confirm", data={"csrf": token}).status_code == 404
    assert rows_of(sheet_of(li)) == []


def test_an_erased_case_leaves_no_words_in_diary_and_file(wang: Browser, receipt: Receipt, confirmed: str, village: Office) -> None:
    village.erase(receipt.number, "wang")
    assert "已抹去" in wang.open(f"/diary/{confirmed}").text
    row = next(row for row in rows_of(sheet_of(wang)) if row["编号"] == confirmed)
    assert (row["姓名"], row["电话"], row["咨询内容"]) == (None, None, "（内容已抹去）")
    assert row["用时（小时）"] == 0.5


@pytest.mark.parametrize("month", ["", "2026-13", "x", "0000-01", "9999-12", "2026-11-01", "2026-1"])
def test_a_month_that_is_none_shows_this_month(wang: Browser, month: str) -> None:
    assert "2026年11月" in wang.open(f"/diary?month={month}").text
    assert wang.answer.status_code == 200
