"""`kiosk guides …` on a small folder of its own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.settings import Settings, knowledge_dir

from .sound import SOUND, write
from .test_check import RECORD


@pytest.fixture
def knowledge(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("guides", "statutes"):
        (tmp_path / name).mkdir()
    for name in ("matters.toml", "hotlines.toml"):
        shutil.copy(knowledge_dir() / name, tmp_path / name)
    (tmp_path / "statutes" / "referenced.json").write_text(json.dumps(RECORD), encoding="utf-8")
    monkeypatch.setenv("KIOSK_DATA", str(settings.data))
    monkeypatch.setenv("KIOSK_KNOWLEDGE_DIR", str(tmp_path))
    write(tmp_path / "guides", SOUND)
    return tmp_path


def test_check_is_silent_about_sound_guides(knowledge: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["guides", "check", "--on", "2026-11-23"]) == 0
    assert capsys.readouterr().out == ""


def test_check_names_file_and_line_and_exits_with_one(knowledge: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(knowledge / "guides", SOUND.replace("三年内", "两年内"))
    assert main(["guides", "check", "--on", "2026-11-23"]) == 1
    assert capsys.readouterr().out.startswith("jieqian.md:41: “两年")


def test_check_of_one_file_knows_the_phrasings_of_the_others(knowledge: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = write(knowledge / "guides", SOUND.replace("id: jieqian", "id: other"), "other")
    broken = write(knowledge / "guides", "no front matter", "broken")
    assert main(["guides", "check", "--on", "2026-11-23", str(other)]) == 1
    out = capsys.readouterr().out
    assert "jieqian.md 里已经有了" in out
    assert "broken" not in out
    assert main(["guides", "check", "--on", "2026-11-23", str(broken)]) == 1


def test_list_and_due(knowledge: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(knowledge / "guides", SOUND.replace("- 民法典 ", "- 农业法 第三条\n  - 民法典 "))
    assert main(["guides", "list"]) == 0
    assert "民间借贷\t借出去的钱要不回来\tjieqian" in capsys.readouterr().out
    assert main(["guides", "due", "--on", "2026-11-24"]) == 0
    assert main(["guides", "due", "--on", "2027-01-01"]) == 1
    assert "农业法第三条" in capsys.readouterr().out
