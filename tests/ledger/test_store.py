from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event as sqlalchemy_event

from kiosk.errors import ChainBroken, LedgerError
from kiosk.identity.keys import NodeKey
from kiosk.ledger.clock import SetClock
from kiosk.ledger.store import Ledger
from kiosk.ledger.verify import verify

from .store_rules import Opener, StoreRules, said, tampering, texts


@pytest.fixture
def open_ledger(tmp_path: Path, clock: SetClock) -> Iterator[Opener]:
    opened: list[Ledger] = []

    def opener(key: NodeKey) -> Ledger:
        opened.append(Ledger.open(f"sqlite:///{tmp_path / f'{len(opened)}.sqlite'}", key, clock))
        return opened[-1]

    yield opener
    for ledger in opened:
        ledger.close()


@pytest.fixture
def other_key() -> NodeKey:
    return NodeKey.generate()


@pytest.fixture
def ledger(open_ledger: Opener, key: NodeKey) -> Ledger:
    return open_ledger(key)


@pytest.fixture
def other(open_ledger: Opener, other_key: NodeKey) -> Ledger:
    return open_ledger(other_key)


class TestSQLite(StoreRules):
    def test_every_commit_is_on_the_disk(self, ledger: Ledger) -> None:
        with ledger.engine.connect() as connection:
            pragmas = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        assert pragmas == ["wal", 2]

    def test_a_cut_off_tail_is_noticed(self, ledger: Ledger) -> None:
        said(ledger, "one")
        said(ledger, "two")
        ledger.acknowledge(position for position, _ in ledger.unsent())
        with tampering(ledger) as run:
            run("DELETE FROM event WHERE seq = 3")
        with pytest.raises(ChainBroken, match="末尾"):
            verify(ledger)

    def test_a_full_disk_says_so_and_leaves_nothing_half_written(self, ledger: Ledger) -> None:
        said(ledger, "before")
        pages = sqlite3.connect(ledger.engine.url.database or "").execute("PRAGMA page_count").fetchone()[0]
        limit = {"pages": pages + 6}

        @sqlalchemy_event.listens_for(ledger.engine, "connect")
        def small(connection: sqlite3.Connection, _record: object) -> None:
            connection.execute(f"PRAGMA max_page_count={limit['pages']}")

        ledger.engine.dispose()
        acknowledged = 0

        def until_full() -> None:
            nonlocal acknowledged
            for _ in range(100):
                said(ledger, "长" * 3_000)
                acknowledged += 1

        with pytest.raises(LedgerError, match=r"磁盘满了.*没有记下"):
            until_full()
        assert len(texts(ledger)) == len(ledger.unsent()) == 2 + acknowledged
        verify(ledger)
        limit["pages"] = 100_000
        ledger.engine.dispose()
        said(ledger, "长" * 3_000)
        assert verify(ledger).events == 3 + acknowledged

    def test_two_processes_may_write(self, ledger: Ledger, key: NodeKey, clock: SetClock) -> None:
        second = Ledger.open(str(ledger.engine.url), key, clock)
        for number in range(5):
            said(ledger, f"a{number}")
            said(second, f"b{number}")
        assert verify(ledger).events == 11
        second.close()

    def test_a_file_that_is_no_database_is_named_in_a_plain_sentence(self, tmp_path: Path, key: NodeKey, clock: SetClock) -> None:
        (tmp_path / "x.sqlite").write_bytes(b"not a database" * 200)
        with pytest.raises(LedgerError, match="坏了"):
            Ledger.open(f"sqlite:///{tmp_path / 'x.sqlite'}", key, clock)
