"""The figures equal those worked out by hand."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.answering.answer import Answer, Citation, Question
from kiosk.evaluation import evaluate, found_figures
from kiosk.search.searcher import ArticleHit

TODAY = date(2026, 11, 23)
CODE = "中华人民共和国民法典"


def key(number: int) -> tuple[str, str]:
    return "民法典", f"第{number}条"


def test_one_label_found_third() -> None:
    figures = found_figures([{key(3)}], [[key(1), key(2), key(3)]])
    assert (figures["recall@1"], figures["recall@5"], figures["hit@1"], figures["hit@20"]) == (0, 1, 0, 1)
    assert figures["mrr@10"] == pytest.approx(1 / 3, abs=1e-4)
    assert figures["ndcg@10"] == 0.5  # 1/log2(4) over 1


def test_two_labels_one_first_one_beyond_the_tenth() -> None:
    figures = found_figures([{key(1), key(11)}], [[key(n) for n in range(1, 21)]])
    assert (figures["recall@1"], figures["recall@10"], figures["recall@20"], figures["hit@1"]) == (0.5, 0.5, 1, 1)
    assert figures["mrr@10"] == 1
    assert figures["ndcg@10"] == pytest.approx(1 / (1 + 1 / 1.58496), abs=1e-4)


def test_figures_are_means_over_questions() -> None:
    figures = found_figures([{key(1)}, {key(9)}], [[key(1)], []])
    assert (figures["recall@10"], figures["hit@10"], figures["mrr@10"], figures["ndcg@10"]) == (0.5, 0.5, 0.5, 0.5)


def cited(number: str) -> Citation:
    return Citation(CODE, number, "", "", None, None, False, "")


ANSWERS = {
    "right": Answer("guide", "", TODAY, 1, citations=(cited("第1条"),)),
    "sixth": Answer("articles", "", TODAY, 1, citations=tuple(cited(f"第{n}条") for n in (2, 3, 4, 5, 6, 1))),
    "sixth when one comes twice": Answer("articles", "", TODAY, 1, citations=tuple(cited(f"第{n}条") for n in (2, 2, 3, 4, 5, 1))),
    "danger": Answer("danger", "", TODAY, 1),
    "asks back": Answer("clarify", "", TODAY, 1),
    "declines": Answer("abstain", "", TODAY, 1),
}


class Toy:
    """Answers from the table, finds 第1条 always, and keeps the days it was asked about."""

    def __init__(self) -> None:
        self.days: list[date] = []

    def answer(self, question: Question) -> Answer:
        self.days.append(question.on)
        return ANSWERS[question.text]

    def search(self, query: str, on: date, limit: int) -> Any:
        self.days.append(on)
        return SimpleNamespace(articles=(ArticleHit(CODE, "第1条", 1, 1), ArticleHit(CODE, "第1条", 1, 1)))

    def rooms(self) -> Any:
        return SimpleNamespace(searcher=self, answerer=self, lay=SimpleNamespace(normalise=lambda text: text))


def labelled(query: str, **more: str) -> dict[str, Any]:
    return {"id": query, "query": query, "relevant": [{"law": "《民法典》", "article": "第1条"}], **more}


def test_a_file_of_labelled_and_other_questions() -> None:
    rows = [labelled(query) for query in ANSWERS]
    rows += [{"id": query, "query": query} for query in ("declines", "asks back", "danger", "right")]
    figures = evaluate(Toy().rooms(), rows, TODAY)
    assert figures["found"] == {"n": 6, **found_figures([{("民法典", "第1条")}], [[("民法典", "第1条")]])}
    assert figures["answers"] == {"n": 6, "answered": 0.6667, "hit": 0.3333, "right_when_answered": 0.5}
    assert figures["refusals"] == {"n": 4, "refused": 0.75, "danger": 1}


def test_a_question_is_measured_on_its_own_day() -> None:
    toy = Toy()
    evaluate(toy.rooms(), [labelled("right", on="2019-05-01"), labelled("right")], TODAY)
    assert toy.days == [date(2019, 5, 1)] * 2 + [TODAY] * 2


def test_a_file_of_one_sort_has_only_its_figures() -> None:
    assert set(evaluate(Toy().rooms(), [labelled("right")], TODAY)) == {"found", "answers"}
    assert set(evaluate(Toy().rooms(), [{"id": "1", "query": "declines"}], TODAY)) == {"refusals"}
    assert evaluate(Toy().rooms(), [], TODAY) == {}
