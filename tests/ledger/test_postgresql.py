"""The store's rules on a private PostgreSQL cluster, made from Debian's binaries."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from kiosk.casework.office import Office
from kiosk.casework.values import Advisor, Village
from kiosk.errors import LedgerError
from kiosk.identity.keys import NodeKey
from kiosk.ledger.clock import SetClock
from kiosk.ledger.store import Ledger
from kiosk.settings import Settings

from .store_rules import Opener, StoreRules, said

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))

pytestmark = pytest.mark.skipif(not BINARIES, reason="PostgreSQL is not installed (no /usr/lib/postgresql/*/bin/initdb)")


def run(*command: str | Path) -> None:
    """As user postgres when we are root, whom PostgreSQL refuses."""
    prefix = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []
    done = subprocess.run([*prefix, *map(str, command)], capture_output=True, text=True, cwd="/", timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The URL of the cluster's database `postgres`, without its name."""
    folder = Path(tempfile.mkdtemp(prefix="kiosk-pg-", dir="/tmp"))
    bin_folder, data = BINARIES[-1].parent, folder / "data"
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        run(bin_folder / "initdb", "-D", data, "-U", "kiosk", "-E", "UTF8", "--locale=C", "--no-sync", "-A", "trust")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c shared_buffers=16MB -c max_connections=40"
        run(bin_folder / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-o", options, "start")
        try:
            yield f"postgresql+psycopg://kiosk@/%s?host={folder}"
        finally:
            run(bin_folder / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def databases(cluster: str) -> tuple[str, ...]:
    engine = create_engine(cluster % "postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for name in ("one", "two"):
            connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return (cluster % "one", cluster % "two")


@pytest.fixture
def open_ledger(databases: tuple[str, ...], clock: SetClock) -> Iterator[Opener]:
    opened: list[Ledger] = []

    def opener(key: NodeKey) -> Ledger:
        opened.append(Ledger.open(databases[len(opened)], key, clock))
        return opened[-1]

    yield opener
    for ledger in opened:
        with ledger.engine.connect() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
            connection.commit()
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


class TestPostgreSQL(StoreRules):
    def test_two_workers_may_write(self, ledger: Ledger, databases: tuple[str, ...], key: NodeKey, clock: SetClock) -> None:
        second = Ledger.open(databases[0], key, clock)
        for number in range(3):
            said(ledger, f"a{number}")
            said(second, f"b{number}")
        assert [event.seq for _, event in ledger.events()] == [1, 2, 3, 4, 5, 6, 7]
        second.close()

    def test_cases_are_kept_there_and_their_keys_here(self, ledger: Ledger, databases: tuple[str, ...], tmp_path: Path) -> None:
        office = Office.open(Settings(data=tmp_path / "data", database=databases[0]))
        village, advisor = Village("v1", "上岙村", "大雷镇", "鄞江县"), Advisor("a1", "李律师", "所", "1", "2")
        office.set_up(village, advisor, sign_in="li", password="password")
        receipt = office.hand_over(
            "邻居\x00占地", matter="邻里", answer_kind="", guide="", citations=(), confidence_percent=1, consent=True
        )
        office.reply("a1", receipt.number, "先调解")
        assert [message.text for message in office.look_up(receipt.number, receipt.code).messages] == ["邻居占地", "先调解"]
        digest = office.record.rebuild()
        assert office.record.verify()[1] == digest
        assert not (tmp_path / "data" / "ledger.sqlite").exists()
        office.close()

    def test_a_lost_server_is_a_plain_sentence(self, key: NodeKey, clock: SetClock, tmp_path: Path) -> None:
        with pytest.raises(LedgerError, match=r"连不上.*没有记下"):
            Ledger.open(f"postgresql+psycopg://kiosk@/none?host={tmp_path}", key, clock)
