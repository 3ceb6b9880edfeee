"""Where knowledge/ and models/ are found: the active pack, else the checkout, else the copy in the wheel."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from kiosk.settings import knowledge_dir, model_table

from .conftest import ROOT


def test_a_checkout_has_its_own(tmp_path: Path) -> None:
    env = {"KIOSK_DATA": str(tmp_path)}
    assert knowledge_dir(env) == ROOT / "knowledge"
    assert model_table(env) == ROOT / "models" / "models.toml"


def test_an_active_pack_goes_first(tmp_path: Path) -> None:
    (tmp_path / "packs" / "active" / "knowledge").mkdir(parents=True)
    env = {"KIOSK_DATA": str(tmp_path)}
    assert knowledge_dir(env) == tmp_path / "packs" / "active" / "knowledge"
    assert model_table(env) == ROOT / "models" / "models.toml"  # a pack without models leaves the checkout's


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from this checkout and unpacked where no checkout lies beside it."""
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys, hatchling.build as b; print(b.build_wheel(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def test_knowledge_and_models_travel_in_the_wheel(unpacked: Path) -> None:
    there = unpacked / "kiosk" / "_data"
    carried = {path.relative_to(there).as_posix() for path in there.rglob("*") if path.is_file()}
    here = {path.relative_to(ROOT).as_posix() for name in ("knowledge", "models") for path in (ROOT / name).rglob("*") if path.is_file()}
    assert "models/models.toml" in carried
    assert any(name.startswith("knowledge/guides/") for name in carried)
    assert carried == {name for name in here if not name.endswith(".pyc")}


def test_pages_and_styles_travel_in_the_wheel(unpacked: Path) -> None:
    for room in ("station", "desk"):
        here = {path.name for kind in ("templates", "static") for path in (ROOT / "kiosk" / room / kind).iterdir()}
        there = {path.name for kind in ("templates", "static") for path in (unpacked / "kiosk" / room / kind).iterdir()}
        assert here == there != set()


def test_the_program_out_of_the_wheel_finds_them(unpacked: Path, tmp_path: Path) -> None:
    ask = "from kiosk.settings import *; print(knowledge_dir()); print(model_table())"
    env = {"PYTHONPATH": str(unpacked), "KIOSK_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-P", "-c", ask], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    data = unpacked / "kiosk" / "_data"
    assert done.stdout.split("\n")[:2] == [str(data / "knowledge"), str(data / "models" / "models.toml")], done.stderr
