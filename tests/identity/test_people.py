from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from kiosk.errors import IdentityError, SignInRefused
from kiosk.identity.people import Accounts

QUICK = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
PASSWORD = "杨梅熟了2026"


class Hasher(PasswordHasher):
    """Argon2 with the lowest cost, and a count of how often it was asked."""

    def __init__(self) -> None:
        super().__init__(**QUICK)
        self.asked = 0

    def verify(self, hash: str | bytes, password: str | bytes) -> bool:
        self.asked += 1
        return bool(super().verify(hash, password))


class Time:
    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def now() -> Time:
    return Time()


@pytest.fixture
def hasher() -> Hasher:
    return Hasher()


@pytest.fixture
def accounts(tmp_path: Path, now: Time, hasher: Hasher) -> Iterator[Accounts]:
    accounts = Accounts.at(tmp_path / "identity.sqlite", now, hasher=hasher)
    accounts.create("Li.Wei", PASSWORD, "a1", "advisor")
    yield accounts
    accounts.close()


def wrong(accounts: Accounts, name: str = "li.wei", source: str = "10.0.0.1") -> str:
    with pytest.raises(SignInRefused) as refused:
        accounts.sign_in(name, "不是这个密码", source)
    return str(refused.value)


def test_signing_in_and_out(accounts: Accounts) -> None:
    session = accounts.sign_in(" li．WEI ", PASSWORD, "10.0.0.1")
    assert (session.person_id, session.role, session.name) == ("a1", "advisor", "li.wei")
    assert accounts.session(session.token) == session
    assert session.csrf not in session.token
    accounts.sign_out(session.token)
    assert accounts.session(session.token) is None
    assert accounts.session("") is None
    assert accounts.session("\ud800") is None


def test_neither_token_nor_password_is_in_the_files(accounts: Accounts, tmp_path: Path) -> None:
    session = accounts.sign_in("li.wei", PASSWORD, "10.0.0.1")
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for secret in (session.token, session.csrf, PASSWORD):
        assert secret.encode() not in kept


def test_a_session_ends_by_itself_and_when_the_clock_was_set_back(accounts: Accounts, now: Time) -> None:
    session = accounts.sign_in("li.wei", PASSWORD, "10.0.0.1")
    now.pass_by(hours=7, minutes=59)
    assert accounts.session(session.token) is not None
    now.pass_by(hours=-9)
    assert accounts.session(session.token) is None
    now.pass_by(hours=9, minutes=1)
    assert accounts.session(session.token) is None


def test_an_unknown_name_costs_and_says_what_a_wrong_password_does(accounts: Accounts, hasher: Hasher) -> None:
    assert wrong(accounts) == wrong(accounts, "nobody") == wrong(accounts, "")
    assert hasher.asked == 3


def test_guessing_is_slowed_and_a_restart_forgives_nothing(accounts: Accounts, now: Time, tmp_path: Path, hasher: Hasher) -> None:
    for number in range(5):
        assert "密码不对" in wrong(accounts, source=f"10.0.0.{number}")
    asked = hasher.asked
    assert "2 秒" in wrong(accounts, source="10.0.0.9")
    assert hasher.asked == asked  # not even looked at
    again = Accounts.at(tmp_path / "identity.sqlite", now, hasher=hasher)
    with pytest.raises(SignInRefused, match="2 秒"):
        again.sign_in("li.wei", PASSWORD, "10.0.0.9")
    now.pass_by(seconds=2)
    assert "密码不对" in wrong(again)
    assert "4 秒" in wrong(again)
    now.pass_by(seconds=4)
    assert again.sign_in("li.wei", PASSWORD, "10.0.0.9").person_id == "a1"
    assert "密码不对" in wrong(again)
    again.close()


def test_waiting_has_an_end_whatever_the_clock_does(accounts: Accounts, now: Time) -> None:
    for _ in range(40):
        wrong(accounts)
        now.pass_by(minutes=15)
    now.pass_by(days=-20_000)
    accounts.sign_in("li.wei", PASSWORD, "10.0.0.1")


def test_guessing_many_names_from_one_place_is_slowed_too(accounts: Accounts) -> None:
    for number in range(20):
        wrong(accounts, f"name{number}")
    assert "秒后再试" in wrong(accounts, "another")
    assert "密码不对" in wrong(accounts, "another", source="10.0.0.2")


def test_a_success_of_ones_own_does_not_forgive_guesses_at_others(accounts: Accounts) -> None:
    for number in range(19):
        wrong(accounts, f"name{number}")
        accounts.sign_in("li.wei", PASSWORD, "10.0.0.1")
    wrong(accounts, "name19")
    assert "秒后再试" in wrong(accounts, "name20")


def test_a_new_password_ends_every_session(accounts: Accounts) -> None:
    session = accounts.sign_in("li.wei", PASSWORD, "10.0.0.1")
    with pytest.raises(SignInRefused, match="原来的密码"):
        accounts.change_password("a1", "wrong", "another password")
    with pytest.raises(IdentityError, match="8"):
        accounts.change_password("a1", PASSWORD, "short")
    accounts.change_password("a1", PASSWORD, "another password")
    assert accounts.session(session.token) is None
    wrong_now = pytest.raises(SignInRefused)
    with wrong_now:
        accounts.sign_in("li.wei", PASSWORD, "10.0.0.1")
    accounts.sign_in("li.wei", "another password", "10.0.0.1")


@pytest.mark.parametrize(
    ("name", "password"), [("LI.wei", PASSWORD), (" ", PASSWORD), ("x" * 65, PASSWORD), ("b", "1234567"), ("b", "x" * 201)]
)
def test_what_is_no_account_is_refused(accounts: Accounts, name: str, password: str) -> None:
    with pytest.raises(IdentityError):
        accounts.create(name, password, "a2", "advisor")


def test_an_account_is_replaced_for_the_same_person_alone(accounts: Accounts) -> None:
    session = accounts.sign_in("li.wei", PASSWORD, "10.0.0.1")
    accounts.replace("li.wei", "another password", "a1", "advisor")
    assert accounts.session(session.token) is None
    accounts.sign_in("li.wei", "another password", "10.0.0.1")
    with pytest.raises(IdentityError, match="有人用了"):
        accounts.replace("li.wei", "another password", "a2", "advisor")
    accounts.remove("li.wei")
    with pytest.raises(SignInRefused):
        accounts.sign_in("li.wei", "another password", "10.0.0.1")


@pytest.mark.parametrize("password", ["x" * 100_000, "\x00", "\ud800", ""])
def test_hostile_passwords_are_only_wrong(accounts: Accounts, password: str) -> None:
    with pytest.raises(SignInRefused):
        accounts.sign_in("li.wei", password, "x" * 10_000)
