"""What a person may do at the station, and what they are shown."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kiosk.answering.answer import Answer, Question
from kiosk.errors import LawMissing
from kiosk.ledger.clock import SetClock
from kiosk.settings import Settings, knowledge_dir
from kiosk.station.counter import Counter
from kiosk.station.screens import DANGERS, Screens, icon_of
from kiosk.station.visits import Visits
from kiosk.station.wording import rich, spaced, tenths, validity

from . import standins

TAG = "<img src=x onerror=alert(1)>"


def counter_of(
    answer: Callable[[Question], Answer] = standins.answer, office: standins.OfficeInMemory | None = None
) -> tuple[Counter, standins.OfficeInMemory, Visits]:
    office, visits = office or standins.OfficeInMemory(), Visits(80)
    opened = {"qianxin": standins.WAGES}
    counter = Counter(
        answer,
        office,  # type: ignore[arg-type]
        Settings(),
        visits,
        Screens(standins.MATTERS),
        clock=SetClock(standins.NOW),
        guides_of=standins.guides_of,
        open_guide=lambda guide, on: opened.get(guide),
    )
    return counter, office, visits


def test_asked_answered_handed_over_and_read() -> None:
    counter, office, visits = counter_of()
    reply = counter.act({"do": "ask", "text": "包工头不给工钱"})
    visit = reply["visit"]
    assert "总包单位" in reply["html"]
    offer = counter.act({"do": "offer", "visit": visit})
    assert "包工头不给工钱" in offer["html"]
    assert "第二十七条、第五十三条" in offer["html"]
    slip = counter.act({"do": "hand_over", "visit": visit, "consent": True, "name": "陈阿婆", "phone": "138 0000 0000"})
    assert "26-0001" in slip["html"]
    assert "483 920" in slip["html"]
    assert office.handed[0].person.phone == "13800000000"
    assert office.handed[0].citations[0] == ("中华人民共和国劳动争议调解仲裁法", "第二十七条")
    assert len(visits) == 0, "what was handed over is in the case, and nowhere else"
    found = counter.act({"do": "find", "number": "260001", "code": "483920"})
    assert "还没有答复" in found["html"]
    more = counter.act({"do": "more", "visit": found["visit"], "text": "我又找到了欠条"})
    assert "我又找到了欠条" in more["html"]


def test_nothing_is_handed_over_without_consent() -> None:
    counter, office, _ = counter_of()
    visit = counter.act({"do": "ask", "text": "包工头不给工钱"})["visit"]
    for consent in (None, False, "true", 1):
        assert "我同意" in counter.act({"do": "hand_over", "visit": visit, "consent": consent})["error"]
    assert office.handed == []


def test_a_choice_keeps_the_first_words_for_the_advisor() -> None:
    counter, office, _ = counter_of()
    visit = counter.act({"do": "ask", "text": "借钱的事"})["visit"]
    chosen = {"do": "ask", "visit": visit, "chosen": True, "guide": "qianxin", "text": "工地干活，包工头不给工钱"}
    assert "总包单位" in counter.act(chosen)["html"]
    counter.act({**chosen, "text": "另一篇"})
    counter.act({"do": "hand_over", "visit": visit, "consent": True})
    assert office.handed[0].question == "借钱的事（选了：另一篇）"


def test_solved_is_counted_without_words() -> None:
    counter, office, visits = counter_of()
    visit = counter.act({"do": "ask", "text": "包工头不给工钱"})["visit"]
    counter.act({"do": "solved", "visit": visit})
    assert office.resolved == [{"matter": "欠薪与农民工", "guide": "qianxin-gongdi-baogongtou", "confidence_percent": 93}]
    assert len(visits) == 0


@pytest.mark.parametrize("deed", ["offer", "hand_over", "more"])
def test_an_expired_visit_leads_home_with_a_plain_sentence(deed: str) -> None:
    counter, office, _ = counter_of()
    reply = counter.act({"do": deed, "visit": "long-gone", "consent": True, "text": "x"})
    assert reply["screen"] == "home"
    assert "重新问" in reply["error"]
    assert office.handed == []


def test_a_station_that_is_not_set_up_says_how() -> None:
    counter, _, _ = counter_of(office=standins.OfficeInMemory(set_up=False))
    for deed in ("enter", "ask", "find"):
        assert "http://127.0.0.1:7870/" in counter.act({"do": deed, "text": "x"})["html"]


def test_without_an_advisor_it_names_the_line_to_call() -> None:
    counter, _, _ = counter_of(office=standins.OfficeInMemory(advisor=False))
    visit = counter.act({"do": "ask", "text": "工钱"})["visit"]
    offer = counter.act({"do": "offer", "visit": visit})["html"]
    assert "12348" in offer
    assert "data-do=\"hand_over\"" not in offer


def test_a_fault_shows_a_sentence_and_logs_no_word_of_the_person(caplog: pytest.LogCaptureFixture) -> None:
    def broken(question: Question) -> Answer:
        raise RuntimeError(question.text)

    def refusing(question: Question) -> Answer:
        raise LawMissing("法律库不在，请运行 kiosk doctor。")

    with caplog.at_level(logging.DEBUG):
        reply = counter_of(broken)[0].act({"do": "ask", "text": "我的秘密"})
        assert "12348" in reply["error"]
        assert "法律库" in counter_of(refusing)[0].act({"do": "ask", "text": "我的秘密"})["error"]
    assert "test_counter.py" in caplog.text, "the log says where"
    assert "秘密" not in caplog.text


def test_text_is_stripped_of_control_and_direction_characters() -> None:
    asked: list[str] = []

    def noting(question: Question) -> Answer:
        asked.append(question.text)
        return standins.WAGES

    counter_of(noting)[0].act({"do": "ask", "text": " 工\x00钱\u202e\u200b\x1b[31m "})
    assert asked == ["工钱[31m"]


def everywhere(answer: Answer) -> Answer:
    """The answer with markup in every text that it has."""
    changed: dict[str, Any] = {}
    for name in ("headline", "title", "note", "matter", "reviewed_by"):
        changed[name] = f"{TAG}{name}"
    for name in ("steps", "bring", "where", "deadline", "cost", "see_advisor"):
        changed[name] = (f"**{TAG}**〔{TAG}〕【本地：{TAG}】{TAG}",) * 2
    citation = replace(standins.FREE, law=TAG, number=TAG, text=TAG, chapter=TAG)
    changed["citations"] = (citation, replace(citation, held=False, why_not=TAG))
    changed["calls"] = (replace(standins.ABSTAIN.calls[0], number=TAG, name=TAG),)
    changed["maybe"] = changed["choices"] = (replace(standins.CLARIFY.choices[0], guide=f'"{TAG}', title=f'"{TAG}'),)
    return replace(answer, **changed)


@pytest.mark.parametrize("answer", [standins.WAGES, standins.BEATEN, standins.ARTICLES, standins.CLARIFY, standins.ABSTAIN])
def test_markup_stays_text_in_every_kind_of_answer(answer: Answer) -> None:
    counter, office, _ = counter_of(lambda question: everywhere(answer))
    reply = counter.act({"do": "ask", "text": TAG})
    visit = reply["visit"]
    pages = [reply["html"], counter.act({"do": "offer", "visit": visit})["html"]]
    counter.act({"do": "hand_over", "visit": visit, "consent": True, "name": TAG[:20]})
    office.answer_case("26-0001", TAG)
    found = counter.act({"do": "find", "number": "26-0001", "code": "483920"})
    pages += [found["html"], counter.act({"do": "matter", "group": TAG, "matter": TAG})["html"]]
    for page in pages:
        assert "<img" not in page
        assert "&lt;img" in page


def test_lines_of_a_guide_are_marked_up() -> None:
    line = rich("**先留住。** 一年内申请〔劳动法第一条〕，去【本地：地址】，【问法律顾问】")
    assert "<strong>先留住。</strong>" in line
    assert '<span class="cite">〔劳动法第一条〕</span>' in line
    assert "请问村里或法律顾问：地址" in line
    assert "请问法律顾问</span>" in line
    long = rich("退〔最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一）第五条；民法典第十条〕")
    assert "〔民法典婚姻家庭编解释（一）第五条；民法典第十条〕" in long


def test_days_of_validity_are_never_guessed() -> None:
    assert validity(standins.ARBITRATION) == "2008年5月1日起有效"
    assert validity(standins.AGRICULTURE) == "2013年1月1日已经有效（哪天开始的，没有查实），到2026年12月31日为止"
    assert validity(replace(standins.FREE, valid_from=None)) == "哪天起有效，没有查实"
    assert spaced("012345") == "012 345"


def test_sureness_is_told_as_people_say_it() -> None:
    assert [tenths(sure) for sure in (0, 0.04, 0.12, 0.74, 0.93, 1)] == ["不到一成", "不到一成", "一成左右", "七成左右", "九成左右", "十成"]


def test_many_articles_stand_under_one_touch_and_near_guides_before_them() -> None:
    many = tuple(replace(standins.FREE, number=f"第{n}条") for n in range(24))
    question = Question(text="工钱", asked_on=date(2026, 11, 23))
    page = Screens(standins.MATTERS).answer(question, replace(standins.WAGES, citations=many, maybe=standins.ABSTAIN.maybe))
    before, _, folded = page.partition("<details")
    assert (before.count("<article"), folded.count("<article")) == (6, 18)
    assert "还有 18 条" in folded
    assert page.index(standins.ABSTAIN.maybe[0].title) < page.index("法律怎么说")
    few = Screens(standins.MATTERS).answer(question, replace(standins.WAGES, citations=many[:6]))
    assert "<details" not in few


def test_every_kind_of_danger_in_the_corner_is_answered_as_danger() -> None:
    from kiosk.guidance.danger import DangerSigns

    signs = DangerSigns.load(knowledge_dir() / "danger")
    matched = {words: signs.match(words) for _, _, words in DANGERS}
    assert [words for words, danger in matched.items() if danger is None] == []
    assert len({danger.id for danger in matched.values() if danger}) == len(DANGERS)


def test_every_group_of_matters_has_a_picture_of_its_own() -> None:
    groups = {matter.group for matter in standins.MATTERS}
    assert len({icon_of(group) for group in groups}) == len(groups)


def test_the_day_is_the_local_one() -> None:
    asked: list[date] = []

    def noting(question: Question) -> Answer:
        asked.append(question.asked_on)
        return standins.WAGES

    counter, _, _ = counter_of(noting)
    counter._clock.at = standins.NOW.replace(hour=17)  # type: ignore[attr-defined]  # 1 o'clock of the next day in the village
    counter.act({"do": "ask", "text": "工钱"})
    assert asked == [date(2026, 11, 24)]
