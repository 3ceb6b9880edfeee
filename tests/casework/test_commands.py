"""`kiosk ledger` and `kiosk roster`, as a technician types them."""

from __future__ import annotations

import argparse
import io
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.casework.office import Office
from kiosk.commands import ledger, roster
from kiosk.errors import ChainBroken, KioskError, LedgerError, RosterRefused
from kiosk.settings import Settings

from .conftest import LI, PASSWORD, SHANGAO

Run = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def office(settings: Settings) -> Office:
    office = Office.open(settings)
    office.set_up(SHANGAO, LI, sign_in="li", password=PASSWORD)
    return office


@pytest.fixture
def run(settings: Settings, capsys: pytest.CaptureFixture[str]) -> Run:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    ledger.add(commands)
    roster.add(commands)

    def run(*words: str) -> str:
        args = parser.parse_args(words)
        assert args.run(args, settings) == 0
        return capsys.readouterr().out

    return run


def test_verify_tells_what_it_found(office: Office, run: Run) -> None:
    assert "5 条记录，1 个节点" in run("ledger", "verify")
    assert "内容一致" in run("ledger", "verify")


def test_verify_fails_on_a_tampered_ledger(office: Office, run: Run, settings: Settings) -> None:
    office.resolved_at_station(matter="合同", guide="g", confidence_percent=90)
    with sqlite3.connect(settings.data / "ledger.sqlite") as connection:
        connection.execute("UPDATE event SET content = replace(content, '上岙村', '下岙村')")
    with pytest.raises(ChainBroken, match="第 2 条"):
        run("ledger", "verify")


def test_verify_fails_on_a_tampered_projection_and_rebuild_mends_it(office: Office, run: Run, settings: Settings) -> None:
    run("ledger", "rebuild")
    with office.record.looking() as state:
        state.conversations["v1|2026-11-23|合同|g"] = 1000
        forged = f'{{"form":1,"state":{state.text()}}}'
    office.record.ledger.save_projection("casework", office.record.ledger.position(), forged)
    with pytest.raises(ChainBroken, match="rebuild"):
        run("ledger", "verify")
    run("ledger", "rebuild")
    run("ledger", "verify")


def test_verify_needs_a_ledger_and_makes_none(run: Run, settings: Settings) -> None:
    with pytest.raises(LedgerError, match="还没有账本"):
        run("ledger", "verify")
    assert not settings.data.exists()


def test_alarms_are_told(office: Office, run: Run) -> None:
    office.record.ledger.merge(["no event"])
    assert "警报" in run("ledger", "verify")


def test_show_lists_events_and_opens_nothing(office: Office, run: Run) -> None:
    receipt = office.hand_over(
        "邻居占地", matter="邻里与相邻权", answer_kind="", guide="", citations=(), confidence_percent=1, consent=True
    )
    assert run("ledger", "show", "--last", "2").splitlines()[0].split()[4] == "case.opened"
    (line,) = run("ledger", "show", "--kind", "case.opened", "--json").splitlines()
    assert json.loads(line)["body"]["number"] == receipt.number
    assert "邻居占地" not in line
    assert len(run("ledger", "show", "--last", "0").splitlines()) == 7


def test_the_roster_from_the_command_line(office: Office, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("另一个密码2026\n"))
    who = ("--name", "王法务", "--firm", "大雷法律服务所", "--licence", "33", "--phone", "0574")
    run("roster", "advisor", "a2", *who, "--sign-in", "wang")
    assert office.accounts.sign_in("wang", "另一个密码2026", "here").person_id == "a2"
    for number in range(2, 8):
        run("roster", "village", f"v{number}", "--name", f"村{number}", "--township", "大雷镇", "--county", "鄞江县", "--remote")
    for number in range(2, 7):
        run("roster", "assign", f"v{number}", "a2", "--since", "2026-11-01")
    with pytest.raises(RosterRefused, match="最多 5 个村"):
        run("roster", "assign", "v7", "a2", "--since", "2026-12-01")
    run("roster", "assign", "v7", "a2", "--since", "2026-12-01", "--override-by", "陈科长")
    run("roster", "end", "v2", "--until", "2027-01-01")
    listed = run("roster", "list")
    assert "v7 → a2  2026-12-01 起（陈科长准许）" in listed
    assert "v2 → a2  2026-11-01 到 2027-01-01 前" in listed
    assert "偏远山区村" in listed


def test_a_case_is_given_from_the_command_line(office: Office, run: Run) -> None:
    receipt = office.hand_over("问", matter="", answer_kind="", guide="", citations=(), confidence_percent=1, consent=True)
    run("roster", "advisor", "a2", "--name", "王法务", "--firm", "所", "--licence", "33", "--phone", "0574")
    run("roster", "give", receipt.number, "a2", "--by", "陈科长")
    assert office.open_case("a2", receipt.number).messages[0].text == "问"
    with pytest.raises(KioskError):
        run("roster", "give", "26-9999", "a2", "--by", "陈科长")
