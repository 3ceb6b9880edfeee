"""The one settings table: where a value comes from, and that a slip is named."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from kiosk.errors import SettingsError
from kiosk.settings import Settings, load_settings


def environment(folder: Path, **more: str) -> dict[str, str]:
    return {"KIOSK_DATA": str(folder), **more}


def test_the_environment_goes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("port = 8000\nthreads = 3\n", encoding="utf-8")
    found = load_settings(environment(tmp_path, KIOSK_PORT="9000"))
    assert (found.port, found.threads, found.desk_port) == (9000, 3, Settings().desk_port)


def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('host = "127.0.0.2"\n', encoding="utf-8")
    assert load_settings(environment(tmp_path, KIOSK_CONFIG=str(other))).host == "127.0.0.2"


def test_an_unknown_name_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text("prot = 8000\n", encoding="utf-8")
    with pytest.raises(SettingsError, match="prot"):
        load_settings(environment(tmp_path))


@pytest.mark.parametrize("text", ["port = [1", 'port = "many"', "port = true", "port = 1.5"])
def test_a_file_that_cannot_be_read_is_one_plain_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"[。]$|读不懂"):
        load_settings(environment(tmp_path))


def test_a_number_in_the_environment_must_be_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="port"):
        load_settings(environment(tmp_path, KIOSK_PORT="seven"))


def test_every_setting_says_what_it_does() -> None:
    assert all(len(setting.metadata["about"]) >= 5 for setting in fields(Settings))


def test_nothing_else_reads_the_environment() -> None:
    """Setting a variable for a library, before it is imported, is not reading one."""
    package = Path(load_settings.__code__.co_filename).parent
    setting = re.compile(r"os\.environ\[[^]]+\] = ")
    reading = re.compile(r"os\.(getenv|environ)")
    readers = {path.name for path in package.rglob("*.py") if reading.search(setting.sub("", path.read_text(encoding="utf-8")))}
    assert readers == {"settings.py"}
