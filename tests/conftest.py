"""What many tests need: the settings of this machine, and the law, built anew from the statutes' data (about a second)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.assembly import Rooms, open_rooms
from kiosk.law.book import LawBook
from kiosk.law.build import build_store
from kiosk.law.statutes import wheel_path
from kiosk.settings import Settings, knowledge_dir, load_settings


def _corrections() -> Path:
    return knowledge_dir() / "statutes" / "corrections.toml"


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The settings of this machine (KIOSK_DATA or the default); its law store is built when it is not there."""
    found = load_settings()
    if not found.law_db.is_file():
        build_store(wheel_path(found), _corrections(), found.data / "sources", found.law_db)
    return found


@pytest.fixture(scope="session")
def law_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the statutes alone, by today's program and corrections, whatever this machine has imported."""
    folder = tmp_path_factory.mktemp("law")
    build_store(wheel_path(load_settings()), _corrections(), folder / "sources", folder / "law.sqlite")
    return folder / "law.sqlite"


@pytest.fixture(scope="session")
def law_book(law_store: Path) -> Iterator[LawBook]:
    book = LawBook.open(law_store)
    yield book
    book.close()


@pytest.fixture(scope="session")
def rooms(settings: Settings) -> Iterator[Rooms]:
    """Everything that answers, as this machine has it: needs the model, which `kiosk setup` prepares."""
    opened = open_rooms(settings)
    yield opened
    opened.book.close()
