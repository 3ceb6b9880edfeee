"""Guides as they are read, and the guides that the project carries."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kiosk.errors import KnowledgeError
from kiosk.guidance.draft import LARGEST, read_draft
from kiosk.guidance.guide import Cite, load_guides, to_guide

from .sound import SOUND, write


def test_a_guide_is_read_whole(tmp_path: Path) -> None:
    guide = to_guide(read_draft(write(tmp_path, SOUND)))
    assert (guide.id, guide.matter, guide.written) == ("jieqian", "民间借贷", date(2026, 11, 23))
    assert guide.cites[:2] == (Cite("民法典", "第六百七十五条"), Cite("民法典", "第六百七十六条"))
    assert guide.cites[-1] == Cite("诉讼费用交纳办法", "第十三条")
    assert guide.headline == "借钱的人应当按约定的日子还〔民法典第六百七十五条〕。"
    assert len(guide.steps) == 2
    assert guide.steps[0].startswith("**先要一次。**")
    assert guide.steps[1].endswith("讲不拢就起诉。")
    assert guide.bring == ("借条、转账记录",)
    assert (guide.reviewed_by, guide.reviewed_on, guide.danger) == ("", None, "")


def test_a_signature_is_read(tmp_path: Path) -> None:
    text = SOUND.replace("{by: , on: }", "{by: 王律师, on: 2026-12-01}")
    guide = to_guide(read_draft(write(tmp_path, text)))
    assert (guide.reviewed_by, guide.reviewed_on) == ("王律师", date(2026, 12, 1))


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("---\nid", "id", 1, "---"),
        ("reviewed: {by: , on: }\n---", "reviewed: {by: , on: }", 1, "没有结尾"),
        ("title: 借", "title: : [借", 3, "读不懂"),
        ("title: 借出去的钱要不回来\n", "", 1, "缺 title"),
        ("  - 利息能要多少", "  - 利息: 能要多少", 5, "asks"),
        ("诉讼费用交纳办法 第十三条", "诉讼费用交纳办法第十三条", 17, "应当写成"),
        ("诉讼费用交纳办法 第十三条", "诉讼费用交纳办法 第X条", 17, "不是条文的号"),
        ("written: 2026-11-23", "written: 昨天", 22, "日期"),
        ("## 要花多少\n- 不超过 1 万元的，每件 50 元〔诉讼费用交纳办法第十三条〕。\n", "", 1, "要花多少"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in SOUND
    with pytest.raises(KnowledgeError, match=rf"^jieqian\.md：第 {line} 行：.*{said}"):
        to_guide(read_draft(write(tmp_path, SOUND.replace(old, new, 1))))


def test_a_file_that_is_no_text_or_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_bytes(b"---\n\xff\xfe")
    with pytest.raises(KnowledgeError, match="UTF-8"):
        read_draft(path)
    path.write_text("---\n" + "a" * LARGEST)
    with pytest.raises(KnowledgeError, match="太大"):
        read_draft(path)


def test_two_guides_of_one_id_are_refused(tmp_path: Path) -> None:
    write(tmp_path, SOUND, "a")
    write(tmp_path, SOUND, "b")
    with pytest.raises(KnowledgeError, match="同一个 id"):
        load_guides(tmp_path)


def test_no_folder_is_no_guides(tmp_path: Path) -> None:
    assert load_guides(tmp_path / "none") == ()
