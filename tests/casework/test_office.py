from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event as sqlalchemy_event

from kiosk.casework.office import Office
from kiosk.casework.values import Person, Village
from kiosk.errors import CaseNotFound, CaseworkError, EventRefused, IdentityError, KioskError, LedgerError, NotAllowed, RosterRefused
from kiosk.ledger.clock import SetClock
from kiosk.settings import Settings

from .conftest import LI, PASSWORD, SHANGAO, WANG, HandOver, Opener

DAY = date(2026, 11, 23)


def kinds(office: Office) -> list[str]:
    return [event.kind for _, event in office.record.ledger.events()]


def everything_stored(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_the_first_start(open_office: Opener) -> None:
    office = open_office()
    assert not office.is_set_up()
    assert office.village() is None
    with pytest.raises(CaseworkError, match="还没有设好"):
        office.hand_over("问", matter="", answer_kind="", guide="", citations=(), confidence_percent=0, consent=True)
    with pytest.raises(IdentityError):
        office.set_up(SHANGAO, LI, sign_in="li", password="short")
    assert not office.is_set_up()
    office.set_up(SHANGAO, LI, sign_in="li", password=PASSWORD, demonstration=True)
    assert office.is_set_up()
    assert office.demonstration()
    assert office.village() == SHANGAO
    assert office.advisor_on("v1", DAY) == LI
    assert office.advisor_on("v1", DAY - timedelta(days=1)) is None
    assert office.accounts.sign_in("li", PASSWORD, "here").person_id == "a1"
    with pytest.raises(CaseworkError, match="已经设好"):
        office.set_up(SHANGAO, LI, sign_in="li2", password=PASSWORD)


def test_a_first_start_that_was_cut_off_can_be_done_again(open_office: Opener) -> None:
    office = open_office()
    office.accounts.create("li", "an older password", "somebody", "advisor")  # the power went before the ledger was written
    office.set_up(SHANGAO, LI, sign_in="li", password=PASSWORD)
    assert office.accounts.sign_in("li", PASSWORD, "here").person_id == "a1"


def test_from_question_to_reply_to_diary(office: Office, hand_over: HandOver, clock: SetClock) -> None:
    receipt = hand_over()
    assert (receipt.number, receipt.advisor, receipt.answer_by) == ("26-0001", LI, date(2026, 11, 26))
    assert len(receipt.code) == 6
    assert receipt.code.isdigit()

    (row,) = office.cases("a1")
    assert (row.number, row.status, row.matter, row.village) == ("26-0001", "open", "邻里与相邻权", "v1")
    (draft,) = office.diary("a1")
    assert (draft.status, draft.case, draft.fields.mode, draft.fields.tenths) == ("draft", "26-0001", "自助机转办", 0)
    assert draft.fields.asked == "邻居砌墙占了我家的路，怎么办"
    assert draft.fields.person == Person("张三", "13800000000")
    assert (draft.fields.day, draft.fields.start, draft.fields.place) == (DAY, "09:00", "上岙村")

    view = office.open_case("a1", "26-0001")
    assert view.person == Person("张三", "13800000000")
    assert view.citations == (("中华人民共和国民法典", "第二百九十一条"),)

    clock.move(timedelta(hours=2))
    office.reply("a1", "26-0001", "先请村里调解。\n带上宅基地证。")
    drafts = office.diary("a1")
    assert [(one.fields.advised, one.fields.asked[:2]) for one in drafts] == [("先请村里调解。\n带上宅基地证。", "邻居"), ("", "邻居")]

    seen = office.look_up(receipt.number, receipt.code)
    assert seen.row.status == "replied"
    assert [(message.author, message.text[:3]) for message in seen.messages] == [("villager", "邻居砌"), ("advisor", "先请村")]

    fields = replace(drafts[0].fields, tenths=5, mode="电话")
    office.confirm("a1", drafts[0].id, fields)
    confirmed = office.diary("a1")[0]
    assert (confirmed.status, confirmed.confirmed_by, confirmed.fields) == ("confirmed", "a1", fields)
    assert confirmed.confirmed_at == clock.now()
    office.resolve("a1", "26-0001", "转人民调解")
    assert office.cases("a1")[0].status == "resolved"
    office.record.verify()


def test_the_villagers_follow_up_opens_the_case_again(office: Office, hand_over: HandOver) -> None:
    receipt = hand_over()
    office.resolve("a1", receipt.number, "当场答复")
    office.say_more(receipt.number, receipt.code, "墙又砌高了")
    assert office.cases("a1")[0].status == "open"
    office.reply("a1", receipt.number, "知道了")
    assert office.diary("a1")[0].fields.asked == "墙又砌高了"


def test_without_consent_nothing_is_handed_over(hand_over: HandOver, office: Office) -> None:
    before = kinds(office)
    with pytest.raises(CaseworkError, match="同意"):
        hand_over(consent=False)
    with pytest.raises(CaseworkError, match="空"):
        hand_over(" \n")
    assert kinds(office) == before


def test_a_case_can_be_anonymous(hand_over: HandOver, office: Office) -> None:
    receipt = hand_over(person=Person())
    assert office.open_case("a1", receipt.number).person == Person()


def test_a_conversation_resolved_at_the_station_leaves_no_words(office: Office) -> None:
    office.resolved_at_station(matter="民间借贷", guide="jietiao", confidence_percent=88)
    *_, (_, event) = office.record.ledger.events()
    assert (event.kind, event.subject) == ("conversation.resolved", "v1")
    assert event.body == {"matter": "民间借贷", "guide": "jietiao", "confidence_percent": 88}
    assert office.diary("a1") == ()


def test_the_slip_is_read_as_people_type_it(office: Office, hand_over: HandOver) -> None:
    receipt = hand_over()
    wide = str.maketrans("0123456789-", "０１２３４５６７８９－")
    for number in ("260001", " 26 0001", "26-0001".translate(wide)):
        assert office.look_up(number, receipt.code.translate(wide)).row.number == "26-0001"


def test_a_wrong_code_and_a_wrong_number_say_the_same_and_are_slowed(office: Office, hand_over: HandOver, clock: SetClock) -> None:
    receipt = hand_over()
    wrong = f"{(int(receipt.code) + 1) % 10**6:06d}"
    said = set()
    for number, code in ((receipt.number, wrong), ("26-9999", receipt.code), ("", ""), ("\x00", "☃")):
        with pytest.raises(CaseNotFound) as refused:
            office.look_up(number, code)
        said.add(str(refused.value))
    assert len(said) == 1
    for _ in range(4):
        with pytest.raises(CaseNotFound, match="不对"):
            office.look_up(receipt.number, wrong)
    with pytest.raises(CaseNotFound, match="2 秒"):
        office.look_up(receipt.number, receipt.code)
    clock.move(timedelta(seconds=2))
    assert office.look_up(receipt.number, receipt.code).readable


def test_guessing_over_many_numbers_is_slowed_too(office: Office) -> None:
    for number in range(40):
        with pytest.raises(CaseNotFound, match="不对"):
            office.look_up(f"26-{number:04d}", "123456")
    with pytest.raises(CaseNotFound, match="秒后再试"):
        office.look_up("26-0099", "123456")


def test_an_advisor_sees_his_own_cases_alone(office: Office, hand_over: HandOver) -> None:
    office.add_advisor(WANG)
    receipt = hand_over()
    (entry,) = office.diary("a1")
    assert office.cases("a2") == ()
    assert office.diary("a2") == ()
    for deed in (
        lambda: office.open_case("a2", receipt.number),
        lambda: office.reply("a2", receipt.number, "x"),
        lambda: office.resolve("a2", receipt.number, "当场答复"),
        lambda: office.confirm("a2", entry.id, entry.fields),
        lambda: office.correct("a2", entry.id, entry.fields, "x"),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(CaseNotFound):
        office.open_case("a1", "26-0002")


def test_every_opening_is_on_record_before_a_word_is_shown(office: Office, hand_over: HandOver) -> None:
    receipt = hand_over()
    office.open_case("a1", receipt.number)
    office.open_case("a1", receipt.number)
    assert kinds(office).count("case.opened_by") == 2
    hand_over()
    office.diary("a1")  # shows the words of the second, which he has not opened
    office.diary("a1")
    assert kinds(office).count("diary.opened_by") == 1


def test_a_substitute_takes_a_case_over(office: Office, hand_over: HandOver) -> None:
    office.add_advisor(WANG)
    receipt = hand_over()
    office.give(receipt.number, "a2", "陈科长")
    assert office.open_case("a2", receipt.number).person.name == "张三"
    office.reply("a2", receipt.number, "我来答")
    with pytest.raises(NotAllowed):
        office.open_case("a1", receipt.number)
    with pytest.raises(RosterRefused):
        office.give(receipt.number, "a3", "陈科长")
    assert office.look_up(receipt.number, receipt.code).row.advisor == "a2"


def test_nothing_personal_lies_in_any_file_in_clear(office: Office, hand_over: HandOver, tmp_path: Path) -> None:
    receipt = hand_over("我叫张三，村支书占了我的宅基地")
    office.reply("a1", receipt.number, "张三您好，可以申请行政复议")
    entry = office.diary("a1")[0]
    office.confirm("a1", entry.id, replace(entry.fields, place="张三家堂屋"))
    office.correct("a1", entry.id, entry.fields, "张三的电话写错了")
    office.record.rebuild()
    stored = everything_stored(tmp_path)
    for secret in ("张三", "村支书", "13800000000", "行政复议", "堂屋", f'"{receipt.code}"'):
        assert secret.encode() not in stored, secret


def test_an_erased_case_leaves_the_chain_whole_and_nothing_to_read(office: Office, hand_over: HandOver, open_office: Opener) -> None:
    receipt = hand_over()
    office.reply("a1", receipt.number, "先调解")
    entry = office.diary("a1")[0]
    office.confirm("a1", entry.id, replace(entry.fields, tenths=5))
    office.erase(receipt.number, "陈科长")
    for one in (office, open_office()):
        view = one.open_case("a1", receipt.number)
        assert not view.readable
        assert view.person == Person()
        assert [message.text for message in view.messages] == ["", ""]
        left = next(found for found in one.diary("a1") if found.id == entry.id)
        assert not left.readable
        assert (left.fields.asked, left.fields.advised, left.fields.person, left.fields.place) == ("", "", Person(), "")
        assert (left.fields.tenths, left.fields.matter, left.status) == (5, "邻里与相邻权", "confirmed")  # the hours still count
        one.record.verify()
    with pytest.raises(CaseNotFound, match="不对"):
        office.look_up(receipt.number, receipt.code)
    for deed in (lambda: office.reply("a1", receipt.number, "x"), lambda: office.correct("a1", entry.id, entry.fields, "x")):
        with pytest.raises(CaseworkError, match="清除"):
            deed()
    assert office.unreadable() == 0


def test_power_cut_between_the_event_of_erasing_and_the_deed(
    office: Office, hand_over: HandOver, open_office: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = hand_over()

    def power_cut(subject: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(office.keystore, "erase", power_cut)
    with pytest.raises(KeyboardInterrupt):
        office.erase(receipt.number, "陈科长")
    assert not open_office().open_case("a1", receipt.number).readable


def test_a_correction_is_a_new_entry(office: Office, hand_over: HandOver) -> None:
    hand_over()
    (draft,) = office.diary("a1")
    with pytest.raises(CaseworkError, match="确认过"):
        office.correct("a1", draft.id, draft.fields, "x")
    office.confirm("a1", draft.id, replace(draft.fields, tenths=5))
    with pytest.raises(CaseworkError, match="更正"):
        office.confirm("a1", draft.id, draft.fields)
    with pytest.raises(CaseworkError, match="原因"):
        office.correct("a1", draft.id, draft.fields, " ")
    office.correct("a1", draft.id, replace(draft.fields, tenths=8), "少记了")
    new, old = office.diary("a1")
    assert (new.status, new.fields.tenths, new.corrects, new.why) == ("confirmed", 8, draft.id, "少记了")
    assert (old.status, old.fields.tenths, old.corrected_by) == ("superseded", 5, new.id)
    with pytest.raises(CaseworkError):
        office.correct("a1", old.id, old.fields, "x")


@pytest.mark.parametrize(
    "wrong",
    [
        {"mode": "托梦"},
        {"result": "好"},
        {"tenths": 241},
        {"tenths": -1},
        {"people": 0},
        {"start": "9:00"},
        {"start": "10:00", "end": "09:00"},
        {"place": "x" * 101},
    ],
)
def test_a_diary_entry_that_cannot_be_is_refused(office: Office, hand_over: HandOver, wrong: dict[str, object]) -> None:
    hand_over()
    (draft,) = office.diary("a1")
    with pytest.raises(KioskError):
        office.confirm("a1", draft.id, replace(draft.fields, **wrong))  # type: ignore[arg-type]
    assert office.diary("a1")[0].status == "draft"


def test_a_service_without_a_case_has_a_key_of_its_own(office: Office, hand_over: HandOver) -> None:
    receipt = hand_over()
    fields = replace(office.diary("a1")[0].fields, mode="上门走访", day=date(2026, 10, 1), asked="问低保")
    entry_id = office.draft_entry("a1", "v1", fields)
    office.erase(receipt.number, "陈科长")
    office.confirm("a1", entry_id, fields)
    (october,) = office.diary("a1", date(2026, 10, 1), date(2026, 10, 31))
    assert (october.fields.asked, october.case, october.status) == ("问低保", "", "confirmed")
    assert [entry.id for entry in office.diary("a1", until=date(2026, 10, 1))] == [entry_id]


def test_a_clock_that_falls_back_to_1970_stops_nothing(office: Office, hand_over: HandOver, clock: SetClock) -> None:
    first = hand_over()
    clock.at = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)
    second = hand_over()
    assert second.number == "70-0001"
    office.reply("a1", second.number, "答")
    assert [row.number for row in office.cases("a1")] == [second.number, first.number]
    assert office.look_up(second.number, second.code).row.status == "replied"
    office.record.verify()


def test_a_station_whose_clock_was_never_set(open_office: Opener, clock: SetClock) -> None:
    clock.at = datetime(1970, 1, 1, 0, 3, tzinfo=UTC)
    office = open_office()
    office.set_up(SHANGAO, LI, sign_in="li", password=PASSWORD)
    session = office.accounts.sign_in("li", PASSWORD, "here")
    assert office.accounts.session(session.token) is not None
    receipt = office.hand_over("问", matter="", answer_kind="", guide="", citations=(), confidence_percent=0, consent=True)
    clock.at = datetime(2026, 11, 23, tzinfo=UTC)
    assert office.look_up(receipt.number, receipt.code).row.status == "open"


def test_without_an_advisor_that_day_it_says_where_else_to_go(office: Office, hand_over: HandOver, clock: SetClock) -> None:
    office.end_assignment("v1", DAY + timedelta(days=1))
    hand_over()
    clock.move(timedelta(days=1))
    with pytest.raises(CaseworkError, match="12348"):
        hand_over()


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a\x00b\x1b[2J", "\u202e倒着写", "=HYPERLINK(1)", "\ud800"])
def test_hostile_text_is_kept_as_text(office: Office, hand_over: HandOver, text: str) -> None:
    receipt = hand_over(f"问 {text}", person=Person(text, "1"), matter="x", guide=text[:50])
    asked = office.look_up(receipt.number, receipt.code).messages[0].text
    assert asked == f"问 {text}".replace("\x00", "").replace("\x1b", "").replace("\ud800", "").strip()
    office.record.verify()


def test_a_megabyte_is_refused_and_nothing_is_left(office: Office, hand_over: HandOver) -> None:
    receipt = hand_over()
    before = kinds(office)
    long = "长" * 350_000
    for deed in (
        lambda: hand_over(long),
        lambda: hand_over(person=Person(long)),
        lambda: office.reply("a1", receipt.number, long),
        lambda: office.say_more(receipt.number, receipt.code, long),
        lambda: office.resolved_at_station(matter=long, guide="", confidence_percent=0),
    ):
        with pytest.raises(EventRefused, match="太长"):
            deed()
    assert kinds(office) == before


def test_the_longest_text_that_is_taken_fits_into_an_event(office: Office, hand_over: HandOver) -> None:
    receipt = hand_over("龘" * 4_000)
    office.reply("a1", receipt.number, "𠮷" * 4_000)
    assert len(office.diary("a1")[0].fields.advised) == 4_000


@pytest.mark.parametrize("which", ["ledger", "keystore"])
def test_a_full_disk_is_a_plain_sentence_and_no_half_case(office: Office, hand_over: HandOver, which: str) -> None:
    hand_over()
    engine = office.record.ledger.engine if which == "ledger" else office.keystore.engine
    pages = {"most": sqlite3.connect(engine.url.database or "").execute("PRAGMA page_count").fetchone()[0] + 2}

    @sqlalchemy_event.listens_for(engine, "connect")
    def small(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages['most']}")

    engine.dispose()
    done = 0

    def until_full() -> None:
        nonlocal done
        for _ in range(60):
            hand_over()
            done += 1

    with pytest.raises(LedgerError, match="磁盘满了"):
        until_full()
    assert len(office.cases("a1")) == done + 1
    office.record.verify()
    pages["most"] = 100_000
    engine.dispose()
    receipt = hand_over()
    assert len(office.cases("a1")) == len(office.diary("a1")) == done + 2
    assert office.look_up(receipt.number, receipt.code).readable


def test_two_processes_at_once_never_give_a_number_twice(office: Office, hand_over: HandOver, open_office: Opener) -> None:
    offices = [office, open_office()]
    numbers: list[str] = []

    def stream(one: Office) -> None:
        for _ in range(4):
            receipt = one.hand_over("问", matter="", answer_kind="", guide="", citations=(), confidence_percent=0, consent=True)
            numbers.append(receipt.number)

    threads = [threading.Thread(target=stream, args=(one,)) for one in offices for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(numbers) == len(set(numbers)) == 16
    assert offices[0].record.verify()[1] == offices[1].record.verify()[1]


def test_a_sixth_village(office: Office) -> None:
    for number in range(2, 8):
        office.add_village(Village(f"v{number}", f"村{number}", "大雷镇", "鄞江县"))
    for number in range(2, 6):
        office.assign(f"v{number}", "a1", DAY)
    with pytest.raises(RosterRefused, match=r"最多 5 个村.*2026-11-23.*6 个"):
        office.assign("v6", "a1", DAY)
    office.assign("v6", "a1", DAY, override_by="陈科长")
    assert [one.override_by for one in office.assignments() if one.village == "v6"] == ["陈科长"]
    with pytest.raises(RosterRefused, match="没有这个村"):
        office.assign("v9", "a1", DAY)


def test_a_lost_key_folder_is_noticed_before_a_new_one_is_made(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path / "data")
    Office.open(settings).close()
    Office.open(settings).close()
    (tmp_path / "data" / "keys").rename(tmp_path / "lost")
    with pytest.raises(LedgerError, match="密钥不在"):
        Office.open(settings)
    assert not (tmp_path / "data" / "keys").exists()


def test_a_lost_key_store_is_counted(office: Office, hand_over: HandOver) -> None:
    hand_over()
    receipt = hand_over()
    with office.record.looking() as state:
        case = state.case(receipt.number, office.record.ledger.node)
    assert case is not None
    office.keystore.erase(case.id)
    assert office.unreadable() == 1


def test_a_kept_state_starts_the_next_process(
    office: Office, hand_over: HandOver, open_office: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt = hand_over()
    office.resolved_at_station(matter="合同", guide="g", confidence_percent=80)
    digest = office.record.rebuild()
    again = open_office()
    asked: list[int] = []
    events: Callable[..., object] = again.record.ledger.events
    monkeypatch.setattr(again.record.ledger, "events", lambda after=0, until=None: asked.append(after) or events(after, until))
    monkeypatch.setattr(again.record.ledger, "in_order", lambda until: asked.append(0) or ())
    assert again.look_up(receipt.number, receipt.code).readable
    assert 0 not in asked  # nothing was folded twice
    monkeypatch.undo()
    assert again.record.verify()[1] == digest
    again.reply("a1", receipt.number, "答")
    assert office.cases("a1")[0].status == "replied"
    assert office.record.verify()[1] == again.record.verify()[1]
