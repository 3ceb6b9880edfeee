"""Each rule of the check of guides is shown a guide with one planted fault, and must name it; the sound guide has none."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from kiosk.errors import KnowledgeError
from kiosk.guidance.check import Fault, GuideCheck, Referenced, check_guide, due
from kiosk.guidance.draft import read_draft
from kiosk.guidance.guide import to_guide
from kiosk.law.book import LawBook

from .sound import SOUND, write

TODAY = date(2026, 11, 23)
RECORD = {"诉讼费用交纳办法": {"第十三条": {"sha256": "0" * 64, "numbers": ["1万元", "50元"]}}}


def faults(folder: Path, book: LawBook, text: str, record: object = RECORD) -> list[Fault]:
    file = folder / "referenced.json"
    if record is not None:
        file.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    hotlines = ("110", "12348")
    return check_guide(read_draft(write(folder, text)), book, Referenced.load(file), TODAY, {"民间借贷"}, hotlines)


def test_a_sound_guide_has_no_fault(tmp_path: Path, law_book: LawBook) -> None:
    assert faults(tmp_path, law_book, SOUND) == []


PLANTED = {
    "a section is missing": ("## 带什么\n- 借条、转账记录\n", "", "缺“## 带什么”"),
    "a section is empty": ("- 借条、转账记录\n", "", "“带什么”一节是空的"),
    "a section of another name": ("## 带什么", "## 带点什么", "不是规定的节名"),
    "a field is missing": ("see_advisor: [没有借条]\n", "", "开头缺 see_advisor"),
    "seven phrasings": ("  - 利息能要多少\n", "", "问法只有 7 条"),
    "a phrasing twice": ("  - 利息能要多少\n", "  - 有借条，他就是拖着！\n", "本篇里已经有了"),
    "an unknown matter": ("matter: 民间借贷", "matter: 借钱", "没有“借钱”这一类事"),
    "another id than the file's": ("id: jieqian", "id: jie-qian", "与文件名不同"),
    "an article that is not there": ("第六百七十六条〕", "第一千三百条〕", "没有第一千三百条"),
    "an article of a repealed law": ("民法典第六百七十六条〕", "婚姻法第三十二条〕", "废止"),
    "an article that is not yet law": ("民法典第六百七十六条〕", "医疗保障法第一条〕", "还没有生效"),
    "a paragraph that is not there": ("第六百七十六条〕", "第六百七十六条第七款〕", "没有第7款"),
    "cited inline only": ("第六百七十六条 第一百", "第一百", "开头的 cites 里没有"),
    "cited in front only": ("民法典 第六百七十五条", "民法典 第六百七十四条 第六百七十五条", "文中没有引用"),
    "an unheld law not named": ("unheld: [诉讼费用交纳办法]", "unheld: []", "要写进 unheld"),
    "a held law named as unheld": ("unheld: [", "unheld: [民法典, ", "不写进 unheld"),
    "an unheld law not cited": ("unheld: [", "unheld: [工伤保险条例, ", "文中没有引用"),
    "an article out of the record": ("办法 第十三条", "办法 第十三条 第九十九条", "不在数字记录里"),
    "a legal sentence without citation": ("讲不拢就起诉。", "他应当赔您的路费。", "讲法律的话没有引用"),
    "a claim without citation": ("讲不拢就起诉。", "您可以要求他写还款计划。", "讲法律的话没有引用"),
    "a wrong term": ("三年内去起诉", "两年内去起诉", "“两年”在同一行引用的条文里没有"),
    "a wrong amount in an unheld law": ("每件 50 元", "每件 60 元", "“60元”在同一行引用的条文里没有"),
    "an invented fee": ("- 借条、转账记录", "- 借条；打印费 20 元", "“20元”没有引用条文"),
    "a number of another line": ("- 借条、转账记录", "- 三年里的转账记录", "“三年”没有引用条文"),
    "a telephone number": ("12348", "0574-87654321", "电话 0574-87654321"),
    "a hot line that is none": ("12348", "12399", "电话 12399"),
    "a local thing not listed": ("local: [法院地址]", "local: []", "没有列在 local 里"),
    "a local thing not used": ("local: [法院地址]", "local: [法院地址, 银行]", "文中没有【本地：…】"),
    "a citation that cannot be read": ("〔民法典第六百七十六条〕", "〔民法典第六百七十六条和习惯〕", "没有完全读懂"),
    "a citation outside of its brackets": ("讲不拢就起诉。", "见民法典第六百七十五条。", "写在〔〕外面"),
    "too few words": ("words: [借钱, 借条, 不还]", "words: [借钱]", "words 要 3 到 8 个"),
    "reviewed by nobody on a day": ("{by: , on: }", "{by: , on: 2026-11-24}", "要么都填"),
    "a day that is none": ("written: 2026-11-23", "written: 昨天", "日期"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_named(tmp_path: Path, law_book: LawBook, name: str) -> None:
    old, new, said = PLANTED[name]
    assert old in SOUND
    found = faults(tmp_path, law_book, SOUND.replace(old, new, 1))
    assert any(said in fault.what for fault in found), found
    assert all(fault.file == "jieqian.md" and fault.line >= 1 for fault in found)


def test_a_fault_names_the_line(tmp_path: Path, law_book: LawBook) -> None:
    text = SOUND.replace("三年内去起诉", "两年内去起诉")
    (fault,) = faults(tmp_path, law_book, text)
    assert "两年内" in text.splitlines()[fault.line - 1]


def test_without_a_record_the_fault_says_how_to_make_it(tmp_path: Path, law_book: LawBook) -> None:
    assert any("kiosk law record" in fault.what for fault in faults(tmp_path, law_book, SOUND, record=None))


@pytest.mark.parametrize(
    "words",
    [
        "应当怎么还【问法律顾问】。〔民法典第六百七十五条〕",
        "【本地：法院地址】要交 30 元【问法律顾问：30元】〔诉讼费用交纳办法第十三条；民法典第六百七十五条〕，50 元。",
        "从三年前、2019年、3月5日、第三天、三五天说起。〔民法典第一百八十八条〕",
        "36 个月不是三年，〔民法典第一百八十八条〕",
    ],
)
def test_what_is_marked_or_no_term_is_let_pass(tmp_path: Path, law_book: LawBook, words: str) -> None:
    found = faults(tmp_path, law_book, SOUND.replace("讲不拢就起诉。", words))
    assert [f for f in found if "36个月" not in f.what and "30元" not in f.what] == []


def test_two_guides_may_not_share_a_phrasing(tmp_path: Path, law_book: LawBook) -> None:
    check = GuideCheck(law_book, Referenced.load(tmp_path / "none.json"), TODAY, {"民间借贷"}, ())
    check.check(read_draft(write(tmp_path, SOUND)))
    found = check.check(read_draft(write(tmp_path, SOUND.replace("id: jieqian", "id: other"), "other")))
    assert any("jieqian.md 里已经有了" in fault.what for fault in found)


def test_a_record_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "referenced.json"
    path.write_text('{"x": 1}', encoding="utf-8")
    with pytest.raises(KnowledgeError, match="kiosk law record"):
        Referenced.load(path)


def test_a_guide_is_due_when_its_article_changes(tmp_path: Path, law_book: LawBook) -> None:
    guide = to_guide(read_draft(write(tmp_path, SOUND.replace("- 民法典 ", "- 农业法 第三条\n  - 民法典 "))))
    assert due([guide], law_book, TODAY) == []
    ((late, cite, why),) = due([guide], law_book, date(2027, 1, 1))
    assert (late.id, cite.law, cite.number) == ("jieqian", "农业法", "第三条")
    assert "已经变了" in why
