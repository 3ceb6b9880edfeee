from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.answering.answer import Answer
from kiosk.answering.faithful import faithful
from kiosk.answering.writer import LINES, NOTE, SilentWriter, TransformersWriter, passes, rewrite
from kiosk.assembly import Rooms
from kiosk.errors import ModelError, ModelMissing
from kiosk.law.book import LawBook

LAW = (
    "用人单位应当自用工之日起一个月内签合同，满三十日不签的，每月付二倍工资，不得拖欠〔劳动合同法第十条第二款、第八十二条〕。"
    "可以打 12348 问【本地：司法所电话】。"
)


class Replacing:
    """A writer that puts other words in place of some."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self._pairs = pairs

    def rephrase(self, text: str, *, about: str) -> str:
        for old, new in self._pairs:
            text = text.replace(old, new)
        return text


class Broken:
    def rephrase(self, text: str, *, about: str) -> str:
        raise ModelError("语言模型没能改写。")


FREE = {
    "as it stands": LAW,
    "plainer words": LAW.replace("用人单位", "老板").replace("签合同", "签好合同").replace("拖欠", "拖着"),
    "digits for numerals": LAW.replace("三十日", "30 天").replace("第十条", "第10条").replace("二倍", "2倍"),
    "the law's whole name": LAW.replace("〔劳动合同法", "〔《中华人民共和国劳动合同法》"),
    "within said otherwise": LAW.replace("一个月内", "一个月以内"),
}
REFUSED = {
    "another term": ("三十日", "六十日"),
    "a term of another unit": ("三十日", "三十个月"),
    "a term turned round": ("一个月内", "一个月后"),
    "a multiple gone": ("二倍", ""),
    "two terms that changed places": ("一个月内签合同，满三十日", "三十日内签合同，满一个月"),
    "an article of another number": ("第八十二条", "第八十三条"),
    "an article left out": ("、第八十二条", ""),
    "an article put in": ("第八十二条〕", "第八十二条、第八十五条〕"),
    "another paragraph": ("第二款", "第三款"),
    "another law": ("劳动合同法", "劳动法"),
    "shall made may": ("应当", "可以"),
    "a not lost": ("不得拖欠", "拖欠"),
    "a not put in": ("可以打", "不可以打"),
    "a not in other words": ("拖欠", "别想拖欠"),
    "another telephone": ("12348", "12345"),
    "a telephone put in": ("可以打 12348", "可以打 12348 或 13800000000"),
    "a numeral as bankers write it": ("〔", "，另付叁仟元〔"),
    "a mark of the county filled in": ("【本地：司法所电话】", "司法所"),
    "an office put in": ("签合同", "到法院签合同"),
    "markup": ("。", "<b>。</b>"),
    "an address": ("【本地", "，见 http://example.com 【本地"),
    "a digit split by a character that is not seen": ("12348", "123\u200b48"),
    "two articles that changed places": ("第十条第二款、第八十二条", "第八十二条、第十条第二款"),
    "more lines": ("。可以", "。\n可以"),
}


@pytest.mark.parametrize("rewritten", FREE.values(), ids=FREE.keys())
def test_plain_words_are_free(rewritten: str, law_book: LawBook) -> None:
    assert faithful(LAW, rewritten, law_book.resolve) == []


@pytest.mark.parametrize(("old", "new"), REFUSED.values(), ids=REFUSED.keys())
def test_a_change_of_law_is_found(old: str, new: str, law_book: LawBook) -> None:
    assert old in LAW
    faults = faithful(LAW, LAW.replace(old, new), law_book.resolve)
    assert faults
    assert all(fault.endswith("。") for fault in faults)


@pytest.mark.parametrize(
    ("original", "rewritten"),
    [
        ("欠款三十日内还，罚款六十日内交。", "欠款六十日内还，罚款三十日内交。"),
        ("村里可以问，乡里应当答。", "村里应当问，乡里可以答。"),
        ("先打 12348，再打 12345。", "先打 12345，再打 12348。"),
    ],
)
def test_what_changed_places_is_found_though_nothing_is_lost(original: str, rewritten: str, law_book: LawBook) -> None:
    assert len(faithful(original, rewritten, law_book.resolve)) == 1


@pytest.mark.parametrize("nothing", ["", "  \n"])
def test_saying_nothing_is_not_faithful(nothing: str, law_book: LawBook) -> None:
    assert faithful("去问村干部。", nothing, law_book.resolve) == ["改写是空的。"]


def test_going_on_and_on_is_not_faithful(law_book: LawBook) -> None:
    assert faithful("去问村干部。", "去问村干部。" + "慢慢说，慢慢听。" * 20, law_book.resolve) == ["改写比原文长太多。"]


@pytest.fixture(scope="module")
def guided(rooms: Rooms) -> Answer:
    return next(a for a in (rooms.answerer.open_guide(g, date(2026, 11, 23)) for g in rooms.guides) if a.kind == "guide")


def test_every_line_of_every_guide_is_faithful_to_itself(rooms: Rooms) -> None:
    for guide in rooms.guides[::4]:
        for line in (guide.headline, *guide.steps, *guide.deadline):
            assert faithful(line, line, rooms.book.resolve) == []


def test_what_passes_the_check_is_said_and_marked_as_said_by_a_model(guided: Answer, law_book: LawBook) -> None:
    made = rewrite(Replacing(("，", "； "), ("的话", "的时候")), guided, law_book.resolve)
    assert made.headline == guided.headline.replace("，", "； ").replace("的话", "的时候")
    assert made.note.endswith(NOTE)
    assert replace(made, **{name: getattr(guided, name) for name in ("headline", *LINES, "note")}) == guided


def test_one_line_that_fails_leaves_the_whole_answer_as_it_was(guided: Answer, law_book: LawBook) -> None:
    spoilt = replace(guided, see_advisor=("超过三十日的。",))
    assert rewrite(Replacing(("，", "；"), ("超过三十日", "超过九十日")), spoilt, law_book.resolve) == spoilt


def test_a_writer_that_cannot_leaves_the_answer_as_it_was(guided: Answer, law_book: LawBook) -> None:
    assert rewrite(Broken(), guided, law_book.resolve) == guided


def test_a_silent_writer_changes_nothing_and_says_nothing_of_it(guided: Answer, law_book: LawBook) -> None:
    assert rewrite(SilentWriter(), guided, law_book.resolve) == guided


@pytest.mark.parametrize("kind", ["danger", "articles", "clarify", "abstain"])
def test_only_a_guide_is_ever_reworded(kind: str, guided: Answer, law_book: LawBook) -> None:
    other = replace(guided, kind=kind)
    assert rewrite(Replacing(("，", "；")), other, law_book.resolve) == other


def test_the_gate(law_book: LawBook) -> None:
    resolve: Callable[[str], str | None] = law_book.resolve
    lines = [LAW, *["先把账留住，再去找人说。"] * 9]
    assert passes(SilentWriter(), lines, resolve)
    assert passes(Replacing(("三十日", "三日")), lines, resolve)  # one of ten: what it spoils will not be shown
    assert not passes(Replacing(("三十日", "三日")), [LAW, *lines], resolve)
    assert not passes(Broken(), lines, resolve)
    assert not passes(SilentWriter(), [], resolve)


def test_a_folder_without_a_model_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="writer"):
        TransformersWriter(tmp_path)


def test_a_model_of_random_weights_is_run_is_the_same_twice_and_is_not_believed(tmp_path: Path) -> None:
    program = Path(__file__).with_name("tiny_model.py")
    done = subprocess.run([sys.executable, str(program), str(tmp_path / "model")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout)
    assert told["said"][0] == told["said"][1] != ""
    assert (told["kept"], told["passes"]) == (True, False)


def test_the_seam_loads_nothing_until_it_is_used() -> None:
    program = "import sys, kiosk.answering.writer, kiosk.assembly; print(sorted({'torch', 'transformers'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip() == "[]"
