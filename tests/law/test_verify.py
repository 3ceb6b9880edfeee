"""Verdicts on citations, against the real law."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from kiosk.errors import LawError
from kiosk.law.book import LawBook
from kiosk.law.reading import decode, read_words
from kiosk.law.verify import Verdict, bears, verify
from kiosk.settings import Settings

TODAY = date(2026, 11, 23)
NEW_YEAR = date(2027, 1, 1)


def one(book: LawBook, text: str, on: date = TODAY, written: date | None = None) -> Verdict:
    (verdict,) = verify(text, book, on, written)
    return verdict


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("民法典第675条", "in_force"),
        ("刑法第276条之一", "in_force"),
        ("农村土地承包法第27条", "in_force"),
        ("民法典第1300条", "no_such_article"),
        ("刑法第276条之九", "no_such_article"),
        ("《婚姻法》第三十二条", "repealed"),
        ("《环境保护法》第六条", "repealed"),
        ("医疗保障法第一条", "not_yet"),
        ("农业法第一百一十五条", "not_yet"),
        ("《村民土地保护法》第三条", "not_held"),
        ("《工伤保险条例》第十四条", "not_held"),
    ],
)
def test_the_verdict_of_the_day(law_book: LawBook, text: str, status: str) -> None:
    verdict = one(law_book, text)
    assert (verdict.status, verdict.quote_true) == (status, None)
    assert verdict.reason.endswith("。")


def test_what_is_not_yet_law_is_law_from_its_day_on(law_book: LawBook) -> None:
    assert one(law_book, "医疗保障法第一条", NEW_YEAR).status == "in_force"
    assert one(law_book, "《环境保护法》第六条", date(2026, 8, 14)).status == "in_force"


def test_a_law_held_is_named_in_full_and_another_as_written(law_book: LawBook) -> None:
    assert one(law_book, "民诉法第十条").law == "中华人民共和国民事诉讼法"
    assert one(law_book, "《婚姻法》第三十二条").law == "婚姻法"
    assert one(law_book, "《村民 土地保护法》第三条").law == "村民土地保护法"


@pytest.mark.parametrize(
    ("quote", "true"),
    [
        ("借款人应当按照约定的期限返还借款。", True),
        ("借款人应当按照约定的期限 返还借款，", True),
        ("借款人应当……返还借款", True),
        ("返还借款……借款人应当按照约定", False),
        ("借款人应当按照约定的期限双倍返还借款", False),
        ("第六百七十五条　借款人应当按照约定的期限返还借款。", True),
    ],
)
def test_whether_a_quotation_is_true(law_book: LawBook, quote: str, true: bool) -> None:
    verdict = one(law_book, f"民法典第675条规定：“{quote}”")
    assert (verdict.status, verdict.quote_true) == ("in_force", true)


def test_a_part_cut_off_behind_a_negation_is_not_true() -> None:
    assert not bears("禁止高利放贷，借款的利率不得违反国家有关规定。", "得违反国家有关规定")
    assert bears("禁止高利放贷，借款的利率不得违反国家有关规定。", "不得违反国家有关规定")


def test_the_script_of_numbers_does_not_count() -> None:
    assert bears("应当在三十日内申请。", "应当在30日内申请")
    assert not bears("应当在三十日内申请。", "应当在60日内申请")


def test_nothing_is_borne_by_marks_alone() -> None:
    assert not bears("借款人应当返还借款。", "……。")


def test_articles_cited_together_share_their_quotation(law_book: LawBook) -> None:
    text = "民法典第675条、第676条规定：“{}”"
    right = verify(text.format("借款人未按照约定的期限返还借款的"), law_book, TODAY)
    assert [v.quote_true for v in right] == [None, True]
    wrong = verify(text.format("借款人可以不返还全部的借款"), law_book, TODAY)
    assert [v.quote_true for v in wrong] == [False, False]


def test_the_words_of_another_version_are_changed(law_book: LawBook) -> None:
    old, new = law_book.texts("农业法", "第三条")
    assert one(law_book, f"农业法第三条规定：“{old.text}”").status == "in_force"
    late = one(law_book, f"农业法第三条规定：“{old.text}”", NEW_YEAR)
    assert (late.status, late.quote_true) == ("changed", False)
    early = one(law_book, f"农业法第三条规定：“{new.text}”")
    assert (early.status, early.quote_true) == ("changed", False)


def test_a_text_of_an_older_year_is_changed(law_book: LawBook) -> None:
    assert one(law_book, "《治安管理处罚法》（2012修正）第四十三条").status == "changed"
    assert one(law_book, "《农村土地承包法》（2018修正）第二十七条").status == "in_force"


def test_what_was_written_before_a_change_is_changed(law_book: LawBook) -> None:
    assert one(law_book, "治安管理处罚法第四十三条", TODAY, date(2024, 5, 1)).status == "changed"
    assert one(law_book, "治安管理处罚法第四十三条", TODAY, date(2026, 5, 1)).status == "in_force"
    assert one(law_book, "民法典第675条", TODAY, date(2024, 5, 1)).status == "in_force"


def test_a_false_quotation_is_told_where_its_words_stand(law_book: LawBook) -> None:
    verdict = one(law_book, "民法典第676条规定：“借款人应当按照约定的期限返还借款。”")
    assert verdict.quote_true is False
    assert "第六百七十五条" in verdict.reason


def test_a_paragraph_that_is_not_there_is_told(law_book: LawBook) -> None:
    assert "没有第九款" in one(law_book, "民法典第1084条第九款").reason


def docx(path: Path, body: str) -> Path:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{space}"><w:body>{body}</w:body></w:document>')
    return path


def test_a_docx_is_read_by_paragraphs_without_what_was_deleted(tmp_path: Path) -> None:
    body = (
        "<w:p><w:r><w:t>根据民法典第</w:t></w:r><w:r><w:t>675条</w:t></w:r></w:p>"
        "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>第二格</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
        "<w:p><w:del><w:r><w:t>删掉的</w:t></w:r></w:del><w:r><w:t>留下的</w:t></w:r></w:p>"
    )
    assert read_words(docx(tmp_path / "a.docx", body)).split() == ["根据民法典第675条", "第二格", "留下的"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"not a zip"])
def test_a_broken_docx_is_refused_in_a_sentence(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.docx"
    path.write_bytes(content)
    with pytest.raises(LawError, match="docx"):
        read_words(path)


def test_a_docx_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(LawError):
        read_words(path)


def test_text_is_read_in_the_encodings_that_people_have() -> None:
    assert decode("民法典".encode("utf-8-sig"), "a") == decode("民法典".encode("gb18030"), "a") == "民法典"
    with pytest.raises(LawError, match="不是文字文件"):
        decode(b"\x00\x01\x02", "a.bin")
    with pytest.raises(LawError):
        read_words(Path("no such file.txt"))


def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "kiosk", "verify", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, encoding="utf-8", check=False)


def test_the_command_prints_json_and_nothing_else(settings: Settings) -> None:
    done = run("-", "--json", "--on", "2026-11-23", stdin="《民法典》第675条、婚姻法第三十二条")
    assert json.loads(done.stdout) == [
        {"law": "中华人民共和国民法典", "article": "第六百七十五条", "verdict": "in_force", "quote_true": None},
        {"law": "婚姻法", "article": "第三十二条", "verdict": "repealed", "quote_true": None},
    ]
    assert (done.returncode, done.stderr) == (0, "")


def test_the_command_says_by_its_exit_code_whether_all_is_well(settings: Settings, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.txt", tmp_path / "bad.md"
    good.write_text("民法典第675条", encoding="utf-8")
    bad.write_text("# 题\n婚姻法第32条", encoding="utf-8")
    assert run(str(good), "--on", "2026-11-23").returncode == 0
    done = run(str(bad), "--on", "2026-11-23")
    assert done.returncode == 1
    assert "第 2 行 失效：《婚姻法》第三十二条" in done.stdout
    assert run(str(tmp_path / "none.txt")).returncode == 2
