"""A station served on a port of its own, and a Chromium to look at it with."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI

from kiosk.ledger.clock import SetClock
from kiosk.settings import Settings
from kiosk.station.app import create_station

from . import standins

UPRIGHT, FLAT = {"width": 1080, "height": 1920}, {"width": 1280, "height": 800}
SIZES = {"upright": UPRIGHT, "flat": FLAT}


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 30
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    assert server.started
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


@dataclass
class Station:
    url: str
    app: FastAPI
    office: standins.OfficeInMemory
    settings: Settings


@contextmanager
def station_of(folder: Path, office: Any, port: int = 0, **settings: Any) -> Iterator[Station]:
    port = port or free_port()
    made = replace(Settings(data=folder), port=port, **settings)
    app = create_station(
        standins.answer,
        office,
        made,
        clock=SetClock(standins.NOW),
        matters=standins.MATTERS,
        guides_of=standins.guides_of,
    )
    with served(app, port) as url:
        yield Station(url, app, office, made)


@pytest.fixture(scope="session")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with station_of(tmp_path_factory.mktemp("station"), standins.OfficeInMemory()) as one:
        yield one


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.fail("no Chromium on this machine: apt-get install chromium")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(params=list(SIZES))
def size(request: pytest.FixtureRequest) -> dict[str, int]:
    return SIZES[request.param]
