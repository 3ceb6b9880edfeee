"""What a stranger, another site or a broken client may try at the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI

from kiosk.casework.office import Office
from kiosk.casework.values import Receipt
from kiosk.desk.security import BODY_LIMIT
from kiosk.ledger.clock import SetClock

from .browser import SITE, Browser
from .conftest import OTHER_PASSWORD, PASSWORD

PAGES = ("/", "/cases", "/cases/26-0001", "/cases/26-0001/erase", "/diary", "/diary/export", "/diary/new", "/diary/x", "/card", "/password")
ACTIONS = (
    "/cases/26-0001/reply", "/cases/26-0001/resolve", "/cases/26-0001/erase", "/diary/new", "/diary/x/confirm", "/diary/x/correct",
    "/password", "/sign-out",
)  # fmt: skip
ELSEWHERE = (
    "https://evil.example", "//evil.example", "/\\evil.example", "/cases//evil.example", "/sign-out", "/casesevil", "/cases\n",
)  # fmt: skip


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:7871", "127.0.0.1.evil.example", ""])
def test_a_foreign_host_is_not_answered(browser: Browser, host: str) -> None:
    answer = browser.client.get("/sign-in", headers={"host": host})
    assert answer.status_code == 421
    assert "form" not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:7870", "LOCALHOST"])
def test_own_hosts_are_answered(village: Office, browser: Browser, host: str) -> None:
    assert browser.client.get("/sign-in", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:7860"])
def test_a_form_from_a_foreign_origin_is_refused(wang: Browser, receipt: Receipt, village: Office, origin: str) -> None:
    wang.open(f"/cases/{receipt.number}")
    fields = wang.page.form(f"/cases/{receipt.number}/reply").fields | {"text": "不是我写的"}
    answer = wang.client.post(f"/cases/{receipt.number}/reply", data=fields, headers={"origin": origin})
    assert answer.status_code == 403
    assert len(village.look_up(receipt.number, receipt.code).messages) == 1


@pytest.mark.parametrize("token", ["", "0" * 64, None])
def test_a_form_without_its_token_is_refused(wang: Browser, receipt: Receipt, village: Office, token: str | None) -> None:
    fields = {"text": "不是我写的"} | ({} if token is None else {"csrf": token})
    answer = wang.client.post(f"/cases/{receipt.number}/reply", data=fields)
    assert answer.status_code == 403
    assert "没有受理" in answer.text
    assert len(village.look_up(receipt.number, receipt.code).messages) == 1


def test_the_token_of_another_session_does_not_do(wang: Browser, desk: FastAPI, receipt: Receipt) -> None:
    li = Browser(desk)
    li.sign_in("li", OTHER_PASSWORD)
    token = li.page.form("/sign-out").fields["csrf"]
    assert wang.client.post(f"/cases/{receipt.number}/reply", data={"csrf": token, "text": "x"}).status_code == 403


def test_sign_in_without_its_cookie_is_refused(village: Office, browser: Browser) -> None:
    token = browser.open("/sign-in").form("/sign-in").fields["csrf"]
    browser.client.cookies.clear()
    answer = browser.client.post("/sign-in", data={"csrf": token, "name": "wang", "password": PASSWORD})
    assert answer.status_code == 403


def test_every_page_wants_a_sign_in_and_every_action_too(village: Office, browser: Browser) -> None:
    for path in PAGES:
        answer = browser.client.get(path, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"][:8]) == (303, "/sign-in"), path
    for path in ACTIONS:
        assert browser.client.post(path, data={"csrf": ""}).status_code == 401, path


def test_a_wrong_password_is_said_plainly_and_slowed_down(village: Office, browser: Browser) -> None:
    page = browser.sign_in("wang", "不是这个密码")
    assert browser.answer.status_code == 401
    assert "登录名或密码不对" in page.text
    assert page.form("/sign-in").fields["name"] == "wang"
    for _ in range(6):
        page = browser.sign_in("wang", "还不是这个密码")
    assert "秒后再试" in page.text
    page = browser.sign_in("wang", PASSWORD)
    assert "秒后再试" in page.text
    assert "desk" not in browser.client.cookies


def test_the_session_cookie_is_for_the_server_alone(village: Office, desk: FastAPI) -> None:
    for site, secure in ((SITE, False), (SITE.replace("http:", "https:"), True)):
        browser = Browser(desk, site)
        form = browser.page.form("/sign-in").fields | {"name": "wang", "password": PASSWORD}
        cookie = browser.client.post("/sign-in", data=form, follow_redirects=False).headers["set-cookie"].lower()
        assert cookie.startswith("desk=")
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert ("secure" in cookie) is secure


def test_after_signing_out_the_old_cookie_opens_nothing(wang: Browser) -> None:
    cookie = wang.client.cookies["desk"]
    page = wang.send("/sign-out")
    assert "已经退出登录" in page.text
    wang.client.cookies.set("desk", cookie)
    assert wang.client.get("/cases", follow_redirects=False).status_code == 303


def test_a_session_ends_and_what_was_typed_is_shown_once_more(wang: Browser, receipt: Receipt, village: Office, clock: SetClock) -> None:
    wang.open(f"/cases/{receipt.number}")
    clock.move(timedelta(hours=9))
    words = "这是一段写了很久的答复，丢了就太可惜了，所以要还给写它的人。"
    page = wang.send(f"/cases/{receipt.number}/reply", text=words)
    assert wang.answer.status_code == 401
    assert "登录已过期" in page.text
    assert words in page.text
    assert len(village.look_up(receipt.number, receipt.code).messages) == 1
    wang.open(f"/cases/{receipt.number}")
    wang.send("/sign-in", name="wang", password=PASSWORD)
    assert wang.path == f"/cases/{receipt.number}"


@pytest.mark.parametrize("page", ELSEWHERE)
def test_sign_in_leads_to_own_pages_only(village: Office, browser: Browser, page: str) -> None:
    browser.open("/sign-in")
    fields = browser.page.form("/sign-in").fields | {"name": "wang", "password": PASSWORD, "next": page}
    assert browser.client.post("/sign-in", data=fields, follow_redirects=False).headers["location"] == "/cases"


def test_a_form_too_large_is_refused_with_a_sentence(wang: Browser, receipt: Receipt) -> None:
    wang.open(f"/cases/{receipt.number}")
    page = wang.send(f"/cases/{receipt.number}/reply", text="长" * (BODY_LIMIT // 9 + 1))
    assert wang.answer.status_code == 413
    assert "太长" in page.text


def test_a_body_that_grows_without_announcing_its_length_is_cut_off(browser: Browser) -> None:
    answer = browser.client.post("/sign-in", content=(b"x" * 65536 for _ in range(100)))
    assert answer.status_code == 413


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
def test_only_plain_forms_are_read(wang: Browser, receipt: Receipt, kind: str) -> None:
    answer = wang.client.post(f"/cases/{receipt.number}/reply", content=b"text=x", headers={"content-type": kind})
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods_are_refused(browser: Browser, method: str) -> None:
    assert browser.client.request(method, "/cases").status_code == 405


def test_every_answer_carries_the_headers(wang: Browser) -> None:
    for path in ("/cases", "/static/desk.css", "/no-such-page", "/cases/26-9999"):
        headers = wang.client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'self'")
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == ("no-cache" if path.startswith("/static") else "no-store")


def test_no_documentation_and_no_way_out_of_static(browser: Browser) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"):
        assert browser.client.get(path).status_code == 404, path


def test_no_page_names_another_site_or_carries_a_script(wang: Browser, receipt: Receipt) -> None:
    for path in ("/cases", f"/cases/{receipt.number}", "/diary", "/diary/new", "/card", "/password"):
        html = wang.client.get(path).text
        assert "http://" not in html.replace("http://www.w3.org", "")
        assert "https://" not in html
        assert "<script" not in html
        assert "style=" not in html
        assert " on" not in {word[:3] for word in html.split('"')[::2] if word.lstrip().startswith("on")}


def test_an_account_that_is_no_advisor_has_no_pages(village: Office, browser: Browser) -> None:
    village.accounts.create("bureau", PASSWORD, "someone", "bureau")
    page = browser.sign_in("bureau", PASSWORD)
    assert browser.answer.status_code == 403
    assert "不是法律顾问的账号" in page.text
