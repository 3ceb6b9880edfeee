from __future__ import annotations

import pytest

from kiosk.casework.office import Office
from kiosk.desk import demonstration
from kiosk.law.book import LawBook
from kiosk.ledger.clock import SetClock

from .browser import Browser

ANSWERS = {
    "village": "王家村", "township": "山前镇", "county": "山县", "remote": "yes",
    "advisor": "赵律师", "firm": "山县律师事务所", "licence": "133", "phone": "0574-8888 0000",
    "sign_in": "zhao", "password": "十个字符以上的密码呀", "again": "十个字符以上的密码呀",
}  # fmt: skip


def test_an_empty_station_asks_for_village_and_advisor(browser: Browser, office: Office) -> None:
    for path in ("/", "/sign-in", "/cases", "/diary"):
        browser.open(path)
        assert browser.path == "/first-start"
    page = browser.send("/first-start", **ANSWERS)
    assert "设置好了" in page.text
    village = office.village()
    assert village is not None
    assert (village.name, village.township, village.remote) == ("王家村", "山前镇", True)
    browser.sign_in("zhao", ANSWERS["password"])
    page = browser.open("/card")
    for words in ("赵律师", "山县律师事务所", "133", "0574-8888 0000", "王家村"):
        assert words in page.text
    assert "演示" not in page.text
    browser.open("/first-start")
    assert browser.path == "/cases"


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("village", ""), ("phone", "没有"), ("phone", "12"), ("licence", " "), ("password", "短"), ("again", "另一个"),
        ("advisor", "长" * 41), ("sign_in", ""),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_the_rest_is_kept(browser: Browser, office: Office, name: str, typed: str) -> None:
    browser.open("/first-start")
    page = browser.send("/first-start", **(ANSWERS | {name: typed}))
    assert browser.answer.status_code == 422
    assert 'class="fault"' in browser.answer.text
    fields = page.form("/first-start").fields
    for kept in ANSWERS.keys() - {"password", "again", name}:
        assert fields[kept] == ANSWERS[kept]
    assert ANSWERS["password"] not in browser.answer.text
    assert not office.is_set_up()


def test_a_second_first_start_changes_nothing(wang: Browser, village: Office) -> None:
    token = wang.client.cookies["desk_form"]
    for action in ("/first-start", "/first-start/demonstration"):
        answer = wang.client.post(action, data=ANSWERS | {"csrf": token}, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert {advisor.name for advisor in village.advisors()} == {"王律师", "李律师"}
    assert not village.demonstration()


def test_the_demonstration_is_marked_on_every_page_and_shows_how_to_sign_in(browser: Browser, office: Office) -> None:
    browser.open("/first-start")
    page = browser.send("/first-start/demonstration")
    assert demonstration.PASSWORD in page.text
    assert office.demonstration()
    browser.sign_in(demonstration.SIGN_IN, demonstration.PASSWORD)
    for path in ("/cases", "/diary", "/card", "/cases/26-0001", "/no-such-page"):
        assert "编出来的" in browser.open(path).text, path
    assert browser.open("/cases").text.count("待答复") >= 2
    assert "%E6%BC%94%E7%A4%BA" in browser.client.get("/diary/export").headers["content-disposition"]
    statuses = [entry.status for entry in office.diary("demo-advisor")]
    assert "confirmed" in statuses
    assert "draft" in statuses


def test_a_changed_password_is_the_only_one_that_opens(wang: Browser) -> None:
    new = "换了一句新的话在这里"
    wang.open("/password")
    assert "不一样" in wang.send("/password", old="一句只有我知道的话", new=new, again=new + "x").text
    assert "至少要 10 个字符" in wang.send("/password", old="一句只有我知道的话", new="短", again="短").text
    assert "原来的密码不对" in wang.send("/password", old="猜的", new=new, again=new).text
    assert "密码已经换好" in wang.send("/password", old="一句只有我知道的话", new=new, again=new).text
    assert "不对" in wang.sign_in("wang", "一句只有我知道的话").text
    wang.sign_in("wang", new)
    assert wang.path == "/cases"


def test_the_law_of_the_demonstration_is_in_force(law_book: LawBook, clock: SetClock) -> None:
    for scene in demonstration.SCENES:
        for law, number in scene.citations:
            assert law_book.article(law, number, clock.now().date()).status == "in_force"
