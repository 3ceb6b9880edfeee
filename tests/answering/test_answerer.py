"""Questions to answers, over the real law, guides, model and weights."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from datetime import date, timedelta

import pytest

from kiosk.answering.answer import Answer, Question
from kiosk.answering.answerer import Answerer
from kiosk.answering.confidence import Confidence, Logistic
from kiosk.assembly import Rooms
from kiosk.guidance.guide import Cite
from kiosk.law.book import LawBook
from kiosk.search.features import Signals
from kiosk.search.searcher import Found, GuideHit

TODAY = date(2026, 11, 23)
SWITCH = date(2027, 1, 1)
QUESTIONS = {
    "danger": "老公正拿刀打我",
    "guide": "父亲去世没有遗嘱，遗产怎么分",
    "articles": "国家规定高速公路收费站怎么设",
    "clarify": "离婚",
    "abstain": "今天天气怎么样",
}


def ask(rooms: Rooms, text: str, on: date | None = None) -> Answer:
    return rooms.answerer.answer(Question(text, TODAY, on))


def always(rooms: Rooms, book: LawBook | None = None, found: Found | None = None) -> Answerer:
    """An answerer that is sure of whatever is found, so that what it may show is tried and not whether it would."""
    sure = Logistic(Signals.names(), *((0.0,) * len(Signals.names()),) * 2, (1.0,) * len(Signals.names()), 9.0)

    def find(text: str, on: date, limit: int) -> Found:
        return found or rooms.searcher.search(text, on, limit)

    return Answerer(book or rooms.book, find, lambda _: None, Confidence(sure, sure, 0.5, 0.5, 0.99), rooms.lay.normalise)


@pytest.mark.parametrize("kind", QUESTIONS)
def test_each_kind_of_answer_has_its_question(kind: str, rooms: Rooms) -> None:
    answer = ask(rooms, QUESTIONS[kind])
    assert answer.kind == kind
    assert answer.headline
    assert answer.as_of == TODAY
    assert 0 <= answer.confidence <= 1


def test_danger_comes_before_the_guide_that_would_fit(rooms: Rooms) -> None:
    answer = ask(rooms, "老板拖欠工资半年了，我准备爬上塔吊跳下去，不想活了")
    assert answer.kind == "danger"
    assert answer.calls
    assert answer.steps
    assert answer.citations == ()


def test_a_guide_has_all_its_sections_and_its_articles_of_the_day(rooms: Rooms) -> None:
    answer = ask(rooms, QUESTIONS["guide"])
    guide = next(g for g in rooms.guides if g.id == answer.guide)
    assert (answer.title, answer.steps, answer.bring, answer.where) == (guide.title, guide.steps, guide.bring, guide.where)
    assert (answer.deadline, answer.cost, answer.see_advisor) == (guide.deadline, guide.cost, guide.advisor)
    assert {(rooms.book.resolve(c.law) or c.law, c.number) for c in guide.cites} == {
        (rooms.book.resolve(c.law) or c.law, c.number) for c in answer.citations
    }
    assert (answer.reviewed_by, answer.reviewed_on) == (guide.reviewed_by, guide.reviewed_on)


@pytest.mark.parametrize("text", ["今天天气怎么样", "讲个笑话", "帮我写首诗", "手机怎么连wifi", "晚饭吃什么好", "你叫什么名字"])
def test_what_is_no_matter_of_law_is_declined_with_a_number_to_call(text: str, rooms: Rooms) -> None:
    answer = ask(rooms, text)
    assert answer.kind == "abstain"
    assert answer.citations == ()
    assert [call.number for call in answer.calls] == ["12348"]


@pytest.mark.parametrize("text", ["", "   ", "\n", "\u200b", "？！"])
def test_nothing_asked_is_nothing_answered(text: str, rooms: Rooms) -> None:
    answer = ask(rooms, text)
    assert answer.kind == "abstain"
    assert answer.citations == ()


def test_a_phrasing_of_a_guide_asked_as_it_stands_is_not_refused(rooms: Rooms) -> None:
    refused = [text for guide in rooms.guides for text in guide.asks[:2] if ask(rooms, text).kind == "abstain"]
    assert refused == []


def test_every_choice_of_a_clarifying_question_opens(rooms: Rooms) -> None:
    choices = ask(rooms, QUESTIONS["clarify"]).choices
    assert 2 <= len(choices) <= 5
    for choice in choices:
        guide = next(g for g in rooms.guides if g.id == choice.guide)
        assert rooms.answerer.open_guide(guide, TODAY).title == choice.title


@pytest.mark.parametrize("on", [date(2019, 5, 1), TODAY, SWITCH - timedelta(1), SWITCH])
def test_no_article_is_shown_under_a_day_on_which_it_was_not_in_force(on: date, rooms: Rooms) -> None:
    """A question about 2019 gets the text of then, or none: never today's text under yesterday's date."""
    shown = 0
    for text in (*QUESTIONS.values(), "拖欠工资怎么办", "农业法规定农民有哪些权利", "借款合同没约定还款期限怎么办", "民法典第675条"):
        answer = always(rooms).answer(Question(text, TODAY, on))
        assert answer.as_of == on
        for c in answer.citations:
            if c.held:
                shown += 1
                assert c.valid_from is not None
                assert c.valid_from <= on
                assert c.valid_to is None or on < c.valid_to
                found = rooms.book.article(c.law, c.number, on).article
                assert found is not None
                assert (found.text, found.chapter, found.source) == (c.text, c.chapter, c.source)
            else:
                assert c.text == ""
                assert c.why_not
    assert shown >= 10


def test_the_civil_code_is_not_shown_for_a_day_before_it(rooms: Rooms) -> None:
    answer = always(rooms).answer(Question("借钱没写还款日期，什么时候能要回来", TODAY, date(2019, 5, 1)))
    assert answer.kind != "guide"
    assert not [c for c in answer.citations if c.law.endswith("民法典") and c.held]


def planted(rooms: Rooms, number: str) -> Found:
    """A guide written on the law of farming of 2026, found first."""
    guide = replace(rooms.guides[0], id="nongye", title="农民的权利", cites=(Cite("农业法", number),), unheld=(), written=TODAY)
    found = rooms.searcher.search("农业法规定农民有哪些权利", TODAY, 10)
    return replace(found, guides=(GuideHit(guide, 1.0, 1.0, 1.0), *found.guides))


def test_a_past_day_without_the_guide_s_articles_is_no_reason_for_other_law(rooms: Rooms) -> None:
    """Of 2019 no text on animals is held: the neighbours that are (on products, on trade marks) are no answer."""
    dog = next(g for g in rooms.guides if "狗" in g.title)
    found = rooms.searcher.search("被狗咬了", date(2019, 5, 1), 10)
    sure = always(rooms, found=replace(found, guides=(GuideHit(dog, 1.0, 1.0, 1.0), *found.guides)))
    answer = sure.answer(Question("家里的老人让邻居的狗咬了", TODAY, date(2019, 5, 1)))
    cited = {(rooms.book.resolve(c.law), c.number) for c in dog.cites}
    assert {(c.law, c.number) for c in answer.citations} <= cited
    assert answer.kind == ("articles" if answer.citations else "abstain")


def test_a_guide_is_shown_while_its_articles_have_the_text_it_was_written_on(rooms: Rooms) -> None:
    answerer = always(rooms, found=planted(rooms, "第七十八条"))
    for on in (TODAY, SWITCH - timedelta(1)):
        assert answerer.answer(Question("农民有哪些权利", TODAY, on)).guide == "nongye"


@pytest.mark.parametrize("on", [SWITCH, date(2005, 1, 1)])
def test_a_guide_is_no_guide_on_a_day_when_an_article_had_another_text_or_none(on: date, rooms: Rooms) -> None:
    found = planted(rooms, "第七十八条")
    assert always(rooms, found=found).answer(Question("农民有哪些权利", TODAY, on)).kind != "guide"
    opened = rooms.answerer.open_guide(found.guides[0].guide, on)
    assert opened.kind == "abstain"
    assert "修订" in opened.note


def test_a_guide_with_an_article_that_there_is_not_is_never_shown(rooms: Rooms) -> None:
    assert always(rooms, found=planted(rooms, "第九百条")).answer(Question("农民有哪些权利", TODAY)).kind != "guide"


def test_an_article_that_is_not_held_is_named_as_such_and_has_no_text(law_book: LawBook, rooms: Rooms) -> None:
    guide = next(g for g in rooms.guides if any(law_book.resolve(c.law) is None for c in g.cites))
    found = rooms.searcher.search(guide.title, TODAY, 10)
    found = replace(found, guides=(GuideHit(guide, 1.0, 1.0, 1.0),))
    answer = always(rooms, law_book, found).answer(Question(guide.title, TODAY))
    missing = [c for c in answer.citations if not c.held]
    assert answer.guide == guide.id
    assert missing
    for c in missing:
        assert (c.text, c.valid_from, c.source) == ("", None, "")
        assert "没有收录" in c.why_not
        assert c.law in answer.note


def test_one_who_names_an_article_gets_its_text(rooms: Rooms) -> None:
    first = ask(rooms, "民法典第六百七十五条怎么说").citations[0]
    assert (first.law, first.number) == ("中华人民共和国民法典", "第六百七十五条")
    assert first.text.startswith("借款人应当")


def test_markup_in_a_question_does_not_come_back(rooms: Rooms) -> None:
    for kind in ("guide", "articles", "danger"):
        answer = ask(rooms, f"<script>alert(1)</script>{QUESTIONS[kind]}<img src=x onerror=alert(1)>")
        assert "script" not in str(asdict(answer))
        assert "onerror" not in str(asdict(answer))


def test_markup_in_a_guide_stays_the_characters_it_is(rooms: Rooms) -> None:
    """Escaping is the pages' work; here a text is a text."""
    guide = replace(rooms.guides[0], headline="<b>先&别急</b>", steps=("<script>x</script>",))
    answer = rooms.answerer.open_guide(guide, TODAY)
    assert (answer.headline, answer.steps) == ("<b>先&别急</b>", ("<script>x</script>",))


def test_the_same_question_has_the_same_answer_whatever_was_asked_between(rooms: Rooms) -> None:
    first = {kind: ask(rooms, text) for kind, text in QUESTIONS.items()}
    ask(rooms, "拖欠工资怎么办", date(2019, 5, 1))
    assert {kind: ask(rooms, text) for kind, text in reversed(QUESTIONS.items())} == first
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda text: ask(rooms, text), [*QUESTIONS.values()] * 4))
    assert together == [*first.values()] * 4


def test_the_stages_of_an_answer_are_told(rooms: Rooms) -> None:
    stages: dict[str, float] = {}
    rooms.answerer.answer(Question(QUESTIONS["guide"], TODAY), stages)
    assert {"danger", "encode", "meaning", "words", "rank", "compose"} <= set(stages)
    assert all(value >= 0 for value in stages.values())


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every connection and every name asked for is refused and kept; none of this machine's own is excused."""
    tried: list[object] = []

    def refuse(*args: object, **_: object) -> None:
        tried.append(args)
        raise OSError("no network here")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("create_connection", "getaddrinfo", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)
    with pytest.raises(OSError, match="no network here"):
        socket.create_connection(("192.0.2.1", 80))
    tried.clear()
    return tried


def test_answering_opens_no_socket(no_network: list[object], rooms: Rooms) -> None:
    for kind, text in QUESTIONS.items():
        assert ask(rooms, text).kind == kind
    assert no_network == []
