"""The server as it runs: real law, real model, both ports, one process, no network."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest

from kiosk.serving import Discreet

from .conftest import Run, environment, free_port

WATCH = Path(__file__).parent / "watch"
START_SECONDS = 60
STOP_SECONDS = 15
MOST_MB = 600


@dataclass
class Serving:
    process: subprocess.Popen[str]
    data: Path
    port: int
    desk_port: int
    seen: Path

    @property
    def ports(self) -> dict[str, str]:
        return {"KIOSK_PORT": str(self.port), "KIOSK_DESK_PORT": str(self.desk_port)}


def get(port: int, path: str = "/") -> tuple[int, str, str]:
    """Status, location, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.getheader("location", ""), reply.read().decode()
    finally:
        connection.close()


def start(data: Path, seen: Path, *args: str) -> Serving:
    port, desk_port = free_port(), free_port()
    env = environment(data, KIOSK_PORT=str(port), KIOSK_DESK_PORT=str(desk_port), NETWORK_SEEN=str(seen))
    env["PYTHONPATH"] = os.pathsep.join((str(WATCH), env["PYTHONPATH"]))
    command = [sys.executable, "-m", "kiosk", "serve", *args]
    process = subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    serving = Serving(process, data, port, desk_port, seen)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            pytest.fail(f"the server ended with {process.returncode}: {process.communicate()[0]}")
        with socket.socket() as probe:
            probe.settimeout(1)
            # The socket listens before the rooms are open: a request then waits for its answer.
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return serving
        time.sleep(0.1)
    process.kill()
    pytest.fail("the server did not start")


def stop(serving: Serving, sign: signal.Signals = signal.SIGTERM) -> str:
    """What it had printed. Fails when it does not stop cleanly."""
    serving.process.send_signal(sign)
    try:
        printed = serving.process.communicate(timeout=STOP_SECONDS)[0]
    except subprocess.TimeoutExpired:
        serving.process.kill()
        pytest.fail(f"the server did not stop on {sign.name}: {serving.process.communicate()[0]}")
    assert serving.process.returncode == 0, printed
    return printed


@pytest.fixture(scope="module")
def serving(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    data = tmp_path_factory.mktemp("station") / "data"
    shutil.copytree(prepared, data, symlinks=True)
    one = start(data, tmp_path_factory.mktemp("network") / "seen")
    yield one
    if one.process.poll() is None:
        one.process.kill()
        one.process.communicate()


def test_the_first_page_comes_on_both_ports(serving: Serving) -> None:
    status, _, body = get(serving.port)
    assert status == 200
    assert "自助机" in body


def test_before_village_and_advisor_are_set_the_desk_asks_for_them(serving: Serving) -> None:
    status, location, _ = get(serving.desk_port)
    assert (status, location) == (303, "/first-start")
    status, _, body = get(serving.desk_port, "/first-start")
    assert status == 200
    assert "演示" in body


def deed(port: int, **message: object) -> dict[str, str]:
    """What the page sends when a button is pressed, and what it gets."""
    page = get(port)[2]
    component = re.search(r'"id":\s*(\d+),\s*"type":\s*"html"', page)
    assert component is not None, "the page names no component that takes deeds"
    sent = {"data": message, "component_id": int(component[1]), "fn_name": "tell", "session_hash": "test"}
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        origin = {"Origin": f"http://127.0.0.1:{port}", "Content-Type": "application/json"}
        connection.request("POST", "/gradio_api/component_server/", json.dumps(sent), origin)
        reply = connection.getresponse()
        assert reply.status == 200, reply.read()
        return dict(json.loads(reply.read()))
    finally:
        connection.close()


def test_before_that_the_station_says_where_to_set_it_up(serving: Serving) -> None:
    shown = deed(serving.port, do="enter")
    assert shown["screen"] == "unset"
    assert f"http://127.0.0.1:{serving.desk_port}/" in shown["html"]


def seed_demonstration(desk_port: int) -> int:
    """Presses 看演示 on the desk's first page; the status of what comes."""
    connection = http.client.HTTPConnection("127.0.0.1", desk_port, timeout=30)
    try:
        connection.request("GET", "/first-start")
        reply = connection.getresponse()
        cookie, form = reply.getheader("set-cookie", "").partition(";")[0], reply.read().decode()
        token = re.search(r'name="csrf" value="([^"]+)"', form)
        assert token is not None, form
        headers = {"Origin": f"http://127.0.0.1:{desk_port}", "Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
        connection.request("POST", "/first-start/demonstration", urlencode({"csrf": token[1]}), headers)
        reply = connection.getresponse()
        reply.read()
        return reply.status
    finally:
        connection.close()


def test_after_the_first_start_a_question_is_answered(serving: Serving) -> None:
    assert seed_demonstration(serving.desk_port) == 200
    assert deed(serving.port, do="enter")["screen"] == "home"
    shown = deed(serving.port, do="ask", text="借给亲戚的钱，有借条，他不还怎么办")
    assert shown["screen"] == "answer"
    assert len(shown["html"]) > 200


def test_the_serving_process_holds_no_torch_and_little_memory(serving: Serving) -> None:
    get(serving.port)
    process = Path("/proc") / str(serving.process.pid)
    assert "torch" not in (process / "maps").read_text(encoding="utf-8", errors="replace")
    resident = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmRSS"))
    assert int(resident.split()[1]) / 1024 <= MOST_MB


def test_a_port_in_use_is_one_plain_sentence(serving: Serving, kiosk: Run) -> None:
    second = kiosk(serving.data, "serve", **serving.ports)
    assert second.returncode == 2
    assert f"终端的端口 {serving.port} 已经被占用" in second.stderr
    assert "Traceback" not in second.stderr
    second = kiosk(serving.data, "serve", KIOSK_DESK_PORT=str(serving.desk_port))
    assert second.returncode == 2
    assert f"工作台的端口 {serving.desk_port} 已经被占用" in second.stderr


def test_the_doctor_knows_that_the_ports_are_ours(serving: Serving, kiosk: Run) -> None:
    get(serving.port)
    done = kiosk(serving.data, "doctor", "--json", **serving.ports)
    found = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 0, done.stdout
    assert "正在服务" in found["终端端口"]["found"]
    assert "正在服务" in found["工作台端口"]["found"]


def test_it_stops_on_sigterm_having_reached_for_nothing_beyond_this_machine(serving: Serving) -> None:
    get(serving.port)
    printed = stop(serving)
    assert f"http://127.0.0.1:{serving.port}/" in printed
    assert f"http://127.0.0.1:{serving.desk_port}/" in printed
    assert "先在工作台填写" in printed
    assert not serving.seen.exists(), serving.seen.read_text(encoding="utf-8")


def test_the_watch_on_the_network_sees_and_refuses(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    env = environment(tmp_path, NETWORK_SEEN=str(seen), PYTHONPATH=str(WATCH))
    reach = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/')"
    done = subprocess.run([sys.executable, "-c", reach], env=env, capture_output=True, text=True, check=False)
    assert "no network" in done.stderr
    assert "192.0.2.1" in seen.read_text()


def test_without_a_desk_only_the_station_is_opened_and_ctrl_c_ends_it(data: Path, tmp_path: Path) -> None:
    alone = start(data, tmp_path / "seen", "--no-desk")
    assert get(alone.port)[0] == 200
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", alone.desk_port)) != 0
    assert "工作台" not in stop(alone, signal.SIGINT)


def test_a_fault_is_logged_without_what_a_person_wrote() -> None:
    def asked(words: str) -> None:
        try:
            int(words)
        except ValueError as cause:
            raise RuntimeError(f"no answer to {words}") from cause

    try:
        asked("张三欠我钱")
    except RuntimeError:
        record = logging.LogRecord("uvicorn.error", logging.ERROR, __file__, 1, "Exception in ASGI application", None, sys.exc_info())
    text = Discreet().format(record)
    assert "张三" not in text
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "test_serving.py" in text
