"""The unit that systemd starts the station by."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import ROOT

UNIT = (ROOT / "kiosk.service").read_text(encoding="utf-8")


def test_it_runs_as_its_own_user_and_is_always_started_again() -> None:
    for line in ("User=kiosk", "Restart=always", "NoNewPrivileges=yes", "ProtectSystem=strict", "PrivateTmp=yes", "IPAddressDeny=any"):
        assert f"\n{line}\n" in UNIT
    assert "KIOSK_DATA=/var/lib/kiosk" in UNIT
    assert "StateDirectory=kiosk" in UNIT


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze on this machine")
def test_systemd_finds_nothing_wrong_in_it(tmp_path: Path) -> None:
    unit = tmp_path / "kiosk.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT, flags=re.MULTILINE), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(unit)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (0, "")
