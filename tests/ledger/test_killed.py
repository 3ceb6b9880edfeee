"""Kill the process at any instant: nothing acknowledged is lost, and the next start needs no hand."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from kiosk.casework.office import Office
from kiosk.settings import Settings

STREAM = Path(__file__).with_name("stream.py")
ROOT = Path(__file__).parents[2]
FOLDER_LASTS = 12  # kills; then a fresh one, so that first starts are killed too


def killed(folder: Path, wait_ready: bool, seconds: float) -> list[dict[str, Any]]:
    """Run the stream, kill it, and return what it had acknowledged. A line that was cut off was not acknowledged."""
    child = subprocess.Popen(
        [sys.executable, str(STREAM), str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    lines: list[bytes] = []
    ready, out = threading.Event(), child.stdout
    assert out is not None

    def listen() -> None:
        for line in out:
            lines.append(line)
            ready.set()
        ready.set()

    reader = threading.Thread(target=listen)
    reader.start()
    if wait_ready:
        assert ready.wait(60)
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.send_signal(signal.SIGKILL)
    reader.join()
    _, errors = child.communicate()
    assert child.returncode == -signal.SIGKILL, errors.decode()
    return [json.loads(line) for line in lines if line.endswith(b"\n")][1:]


def check(folder: Path, acknowledged: list[dict[str, Any]]) -> None:
    """Everything that this folder's runs have acknowledged is there."""
    office = Office.open(Settings(data=folder))
    try:
        found, _ = office.record.verify()
        assert found.unsent == found.events  # an event and its outbox row, or neither
        assert office.unreadable() == 0  # no case whose key was not on the disk first
        digests = {event.digest for _, event in office.record.ledger.events()}
        assert [done for done in acknowledged if done["head"] not in digests] == []
        erased = {done["number"] for done in acknowledged if done["did"] == "erase"}
        with office.record.looking() as state:
            cases = {case.number: case for case in state.cases.values()}
            assert state.aside == ()
            assert len(state.conversations) <= 2  # one a day
            assert sum(state.conversations.values()) >= sum(done["did"] == "conversation" for done in acknowledged)
        entries = {entry.id: entry for entry in office.diary("a1")}
        for done in acknowledged:
            if done["did"] == "confirm":
                assert entries[done["entry"]].status == "confirmed"
                continue
            if "number" not in done:
                continue
            case = cases[done["number"]]
            assert case.erased or done["number"] not in erased
            if not case.erased and "words" in done:
                view = office.open_case("a1", case.number)
                assert done["words"] in [message.text for message in view.messages]
                assert view.person.name == "张三"
        for done in [done for done in acknowledged if done["did"] == "case" and not cases[done["number"]].erased][-2:]:
            assert office.look_up(done["number"], done["code"]).messages[0].text == done["words"]
    finally:
        office.close()


def kill_often(tmp_path: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    print(f"--kill-seed {seed}")
    every = 0
    for number in range(kills):
        if number % FOLDER_LASTS == 0:
            folder, acknowledged, checked = tmp_path / f"data{number}", [], 0
        # one in three while it starts, the others while it works
        early = chance.random() < 0.34
        acknowledged += killed(folder, not early, chance.uniform(0.02, 0.7) if early else chance.uniform(0, 0.45))
        check(folder, acknowledged)
        every += len(acknowledged) - checked
        checked = len(acknowledged)
    print(f"{kills} kills, {every} acknowledged")
    assert every >= kills  # else nothing was proved


def test_nothing_acknowledged_is_lost_by_a_kill(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    seed = request.config.getoption("--kill-seed", None)
    kill_often(tmp_path, request.config.getoption("--kills", 30), random.randrange(10**6) if seed is None else seed)


@pytest.mark.proof
def test_nothing_acknowledged_is_lost_by_three_hundred_kills(tmp_path: Path) -> None:
    kill_often(tmp_path, 300, random.randrange(10**6))
