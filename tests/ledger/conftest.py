from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kiosk.identity.keys import NodeKey
from kiosk.ledger.clock import SetClock


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--kills", type=int, default=30, help="how often test_killed kills the process (default 30)")
    parser.addoption("--kill-seed", type=int, default=None, help="repeat the moments of an earlier run of test_killed")


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 11, 23, 1, 0, tzinfo=UTC))


@pytest.fixture
def key() -> NodeKey:
    return NodeKey.generate()
