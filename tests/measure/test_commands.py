"""The commands that measure, as programs: what they write on standard output, and what they say of a bad file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.cli import main
from kiosk.commands.measure import read_rows
from kiosk.errors import KnowledgeError
from kiosk.settings import Settings

ROWS = [
    {"id": "a", "query": "父亲去世没有遗嘱，遗产怎么分"},
    {"id": 2, "query": "农业法规定农民有哪些权利", "on": "2027-02-01"},
    {"id": "c", "query": "今天天气怎么样\u2028\u0085"},
]


@pytest.fixture
def batch(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS) + "\n\n", encoding="utf-8")
    return path


def kiosk(settings: Settings, *words: str) -> list[dict]:  # type: ignore[type-arg]
    """Standard output, each line read as JSON; nothing else may stand there."""
    environment = {**os.environ, "KIOSK_DATA": str(settings.data)}
    command = [sys.executable, "-m", "kiosk", *words]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_ask_a_batch(settings: Settings, batch: Path) -> None:
    lines = kiosk(settings, "ask", "--batch", str(batch))
    assert [set(line) for line in lines] == [{"id", "kind", "citations"}] * 3
    assert [(line["id"], line["kind"]) for line in lines] == [("a", "guide"), ("2", "articles"), ("c", "abstain")]
    assert all(set(c) == {"law", "article"} for line in lines for c in line["citations"])
    assert lines[0]["citations"]
    assert lines[2]["citations"] == []


def test_a_row_without_a_question_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"id": 1, "query": "工资"}\n{"id": 2, "query": null}\n', encoding="utf-8")
    with pytest.raises(KnowledgeError, match="第 2 行"):
        read_rows(path)


def test_search_a_batch(settings: Settings, batch: Path) -> None:
    lines = kiosk(settings, "search", "--batch", str(batch), "--limit", "20")
    assert [(line["id"], len(line["results"])) for line in lines] == [("a", 20), ("2", 20), ("c", 20)]
    assert {"law": "中华人民共和国民法典", "article": "第一千一百二十七条"} in lines[0]["results"]
    assert any(hit["law"].endswith("农业法") for hit in lines[1]["results"])


def test_bench_tells_time_weight_and_stages(settings: Settings) -> None:
    """The figures that are promised are looked at on a quiet machine (`make bench`); here only that nothing is far off."""
    (figures,) = kiosk(settings, "bench", "--json", "--questions", "200")
    assert figures["questions"] >= 200
    assert 0 < figures["answer"]["median_ms"] <= figures["answer"]["p95_ms"]
    assert figures["answer"]["median_ms"] <= 200
    assert 50 < figures["rss_mb"] <= 600
    assert figures["torch"] is False
    assert {"encode", "meaning", "words", "rank", "compose"} <= set(figures["stages"])
    assert 80 <= sum(stage["share_percent"] for stage in figures["stages"].values()) <= 101


BAD = {
    "no JSON": "{",
    "no id": '{"query": "离婚"}',
    "no query": '{"id": "a"}',
    "no object": '["a", "离婚"]',
    "a number": "7",
    "a day that is none": '{"id": "a", "query": "离婚", "on": "2019-13-01"}',
    "a day that is a number": '{"id": "a", "query": "离婚", "on": 2019}',
}


@pytest.mark.parametrize("command", ["ask", "search"])
@pytest.mark.parametrize("row", BAD.values(), ids=BAD.keys())
def test_a_bad_row_is_a_sentence_with_its_line_before_anything_is_written(
    command: str, row: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps(ROWS[0]) + "\n\n" + row + "\n", encoding="utf-8")
    assert main([command, "--batch", str(path)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "rows.jsonl 第 3 行" in printed.err
    assert "Traceback" not in printed.err


def test_a_file_that_is_not_there_or_no_text_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "gbk.jsonl").write_bytes('{"id": "a", "query": "离婚"}'.encode("gb18030"))
    for name in ("gbk.jsonl", "nowhere.jsonl"):
        with pytest.raises(KnowledgeError, match=name):
            read_rows(tmp_path / name)


def test_a_file_as_windows_writes_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + '{"id": 1, "query": "离婚"}\r\n'.encode())
    assert read_rows(path) == [{"id": "1", "query": "离婚"}]


@pytest.mark.parametrize("words", [["ask"], ["search"], ["ask", "离婚", "--batch", "x"], ["search", "离婚", "--batch", "x"]])
def test_one_question_or_one_file_and_not_both(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    assert "二者选一" in capsys.readouterr().err
