from __future__ import annotations

from datetime import date

import pytest

from kiosk.desk.cited import CitationRefused, read_citations, written_citations
from kiosk.desk.entry_form import ORDER, EntryReader, EntryRefused, as_text, blank
from kiosk.law.book import LawBook

TODAY = date(2026, 11, 23)
GOOD = blank(TODAY) | {
    "place": "村部", "mode": "值班", "matter": "赡养", "asked": "问", "advised": "答", "result": "当场答复", "hours": "0.5",
}  # fmt: skip


def faults(**typed: str) -> dict[str, str]:
    try:
        EntryReader(GOOD | typed, TODAY, None).read()
    except EntryRefused as refused:
        return refused.faults
    return {}


def test_what_is_read_is_written_back_the_same() -> None:
    fields = EntryReader(GOOD | {"start": "9:05", "end": "09：35", "citations": "民法典675条"}, TODAY, None).read()
    assert (fields.start, fields.end, fields.tenths) == ("09:05", "09:35", 5)
    assert EntryReader(as_text(fields), TODAY, None).read() == fields


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("day", "2026-11-24"), ("day", "2026-02-30"), ("day", ""), ("start", "9点"), ("end", "24:00"), ("hours", "0"), ("hours", "0.55"),
        ("hours", "-1"), ("hours", "25"), ("hours", "1e1"), ("hours", "NaN"), ("people", "1.5"), ("people", "-3"), ("people", "99999"),
        ("mode", "飞鸽"), ("result", ""), ("asked", " "), ("advised", ""), ("advised", "长" * 4001), ("place", "长" * 61), ("matter", ""),
    ],
)  # fmt: skip
def test_a_fault_is_said_at_its_field(name: str, typed: str) -> None:
    assert list(faults(**{name: typed})) == [name]


@pytest.mark.parametrize("day", ["2026/11/3", "2026.11.03", "2026年11月3日", "２０２６-11-03"])
def test_days_are_read_as_people_write_them(day: str) -> None:
    assert EntryReader(GOOD | {"day": day}, TODAY, None).read().day == date(2026, 11, 3)


def test_hours_cannot_outlast_the_time_between() -> None:
    assert not faults(start="09:00", end="09:30", hours="0.5")
    assert not faults(start="09:00", end="09:31", hours="0.6")
    assert list(faults(start="09:00", end="09:30", hours="0.6")) == ["hours"]
    assert list(faults(start="10:00", end="09:30")) == ["end"]
    assert list(faults(start="23:50")) == ["end"]
    assert list(faults(end="00:10")) == ["start"]


def test_all_faults_at_once_in_the_order_of_the_form() -> None:
    names = list(faults(**dict.fromkeys(ORDER, "")))
    assert names == [name for name in ORDER if name not in ("start", "end", "name", "phone", "citations")]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("民法典第六百七十五条", [("民法典", "第六百七十五条")]),
        ("《民法典》第675条、676条。", [("民法典", "第六百七十五条"), ("民法典", "第六百七十六条")]),
        ("劳动合同法38、46条；民法典 第五条", [("劳动合同法", "第三十八条"), ("劳动合同法", "第四十六条"), ("民法典", "第五条")]),
        ("刑法第二百七十六条之一\n\n刑法第276条之一", [("刑法", "第二百七十六条之一")]),
        ("劳动争议调解仲裁法第二十七条第四款", [("劳动争议调解仲裁法", "第二十七条第四款")]),
        ("最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一）第五条第（二）项",
         [("最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一）", "第五条第（二）项")]),
        ("", []),
    ],
)  # fmt: skip
def test_citations_are_read_as_lawyers_write_them(typed: str, read: list[tuple[str, str]]) -> None:
    found = read_citations(typed, TODAY, None)
    assert list(found) == read
    assert read_citations(written_citations(found), TODAY, None) == found


@pytest.mark.parametrize("typed", ["民法典", "第五条", "民法典第条", "看着办", "民法典第〇条"])
def test_a_line_that_is_no_citation_is_refused(typed: str) -> None:
    with pytest.raises(CitationRefused, match="第六百七十五条"):
        read_citations(typed, TODAY, None)


def test_an_article_that_a_held_law_has_not_is_refused(law_book: LawBook) -> None:
    assert read_citations("民法典675条", TODAY, law_book) == (("中华人民共和国民法典", "第六百七十五条"),)
    assert read_citations("某县规定第三条", TODAY, law_book) == (("某县规定", "第三条"),)
    with pytest.raises(CitationRefused, match="没有第九千条"):
        read_citations("民法典第九千条", TODAY, law_book)
