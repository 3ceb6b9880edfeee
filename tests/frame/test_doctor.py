"""What the doctor says, and whether its exit code can be relied on."""

from __future__ import annotations

import json
import shutil
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from kiosk.health import Check, can_serve, port_check

from .conftest import Run, free_port


def checks(stdout: str) -> dict[str, Any]:
    return {check["name"]: check for check in json.loads(stdout)["checks"]}


def test_a_station_ready_to_serve(prepared: Path, kiosk: Run) -> None:
    done = kiosk(prepared, "doctor", "--json")
    assert done.returncode == 0, done.stdout
    found = checks(done.stdout)
    assert found["法律库"]["state"] == found["语义模型"]["state"] == found["索引"]["state"] == found["回答"]["state"] == "works"
    assert found["村和法律顾问"]["state"] == "wanting"


def test_everything_missing_names_the_command_that_gets_it(tmp_path: Path, kiosk: Run) -> None:
    done = kiosk(tmp_path / "nowhere", "doctor")
    assert done.returncode == 1
    assert "终端不能服务" in done.stdout
    assert "kiosk setup" in done.stdout
    assert not (tmp_path / "nowhere").exists()  # looking makes nothing


@pytest.mark.parametrize("spoil", ["law is rubbish", "law is of another kind", "model changed", "ledger without its keys"])
def test_what_keeps_a_station_from_serving_fails(spoil: str, data: Path, kiosk: Run) -> None:
    if spoil == "law is rubbish":
        (data / "law.sqlite").write_bytes(b"rubbish" * 1000)
        name = "法律库"
    elif spoil == "law is of another kind":
        (data / "law.sqlite").unlink()
        sqlite3.connect(data / "law.sqlite").execute("CREATE TABLE other (x)").connection.close()
        name = "法律库"
    elif spoil == "model changed":
        real = (data / "models").resolve()
        (data / "models").unlink()
        for folder in real.iterdir():
            if (folder / "digest").is_file():
                shutil.copytree(folder, data / "models" / folder.name, copy_function=lambda a, b: Path(b).symlink_to(a))
                (data / "models" / folder.name / "digest").unlink()
                (data / "models" / folder.name / "digest").write_text("0000000000000000\n")
        name = "语义模型"
    else:
        (data / "law.sqlite").unlink()  # two things at once, and both are told
        sqlite3.connect(data / "ledger.sqlite").execute("CREATE TABLE event (position INTEGER)").connection.close()
        name = "账本"
    done = kiosk(data, "doctor", "--json")
    assert done.returncode == 1
    found = checks(done.stdout)
    assert found[name]["state"] == "missing"
    assert found[name]["remedy"]
    assert found["Python"]["state"] == "works"  # the rest is still told
    assert found["中文字体"]["name"]


def test_a_port_that_another_program_holds_fails(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        held = port_check("终端端口", "127.0.0.1", port, "port", "/", f"127.0.0.1:{port}", patience=0.2)
    assert held.state == "missing"
    assert "设置 port" in held.remedy
    assert port_check("终端端口", "127.0.0.1", free_port(), "port", "/", "127.0.0.1").state == "works"


def test_what_is_only_wanting_does_not_fail() -> None:
    assert can_serve((Check("a", "works", ""), Check("b", "wanting", "", "")))
    assert not can_serve((Check("a", "works", ""), Check("b", "missing", "", "")))
