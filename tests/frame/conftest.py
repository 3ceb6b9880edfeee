"""A station as a technician would have it: a data folder with the real law and the real model, and the program run as a process."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk import preparation
from kiosk.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a command on this data folder and no other settings of this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")}
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    return {**kept, "PYTHONPATH": path, "KIOSK_DATA": str(data), **more}


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder ready to serve and without a ledger: nothing of this machine's own record is touched."""
    here = load_settings()
    if not preparation.model_is_ready(here):
        pytest.fail(f"no model in {here.models}: run `make setup` first")
    folder = tmp_path_factory.mktemp("prepared")
    for name in ("models", "downloads"):
        (folder / name).symlink_to(here.data / name)
    if here.index.is_dir():
        shutil.copytree(here.index, folder / "index")
    made = Settings(data=folder)
    preparation.prepare_law(made, lambda step: None)
    preparation.prepare_index(made, lambda done, of: None)
    return folder


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    """The prepared folder again, for a test that spoils it."""
    folder = tmp_path / "data"
    shutil.copytree(prepared, folder, symlinks=True)
    folder.chmod(0o700)
    return folder


@pytest.fixture
def kiosk(tmp_path: Path) -> Run:
    """Runs one command to its end: `kiosk(data, "doctor", "--json")`. Ports nobody else uses are set unless given."""

    def run(data: Path, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
        ports = {"KIOSK_PORT": str(free_port()), "KIOSK_DESK_PORT": str(free_port())}
        command = [sys.executable, "-m", "kiosk", *args]
        env = environment(data, **{**ports, **more})
        return subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    return run
