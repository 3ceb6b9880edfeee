"""Search end to end over the real law, guides, model and weights."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from kiosk.assembly import Rooms
from kiosk.law.article import short_name
from kiosk.search.corpus import Corpus
from kiosk.search.features import FEATURES, Priors
from kiosk.search.guidecheck import outranked
from kiosk.search.searcher import Found, Searcher
from kiosk.settings import Settings

TODAY = date(2026, 11, 23)
SWITCH = date(2027, 1, 1)
FARMING = "农业法规定农民有哪些权利"


def found(rooms: Rooms, query: str, on: date = TODAY, limit: int = 10) -> Found:
    return rooms.searcher.search(rooms.lay.normalise(query), on, limit)


def names(result: Found) -> list[str]:
    return [short_name(hit.law) + hit.number for hit in result.articles]


EVERYDAY = {
    "老板拖欠工资不给怎么办": "劳动合同法第八十五条",
    "借钱没写还款日期，什么时候能要回来": "民法典第六百七十五条",
    "两口子分居两年，一方不同意离婚怎么办": "民法典第一千零七十九条",
    "父亲去世没有遗嘱，遗产怎么分": "民法典第一千一百二十七条",
    "邻居盖房挡了我家的光": "民法典第二百九十三条",
    "儿子不给老人赡养费": "民法典第一千零六十七条",
    "被狗咬了谁赔": "民法典第一千二百四十五条",
    "交通事故对方不赔钱": "道路交通安全法第七十六条",
    "承包地被村里收回去了": "农村土地承包法第二十七条",
    "宅基地可以卖给城里人吗": "土地管理法第六十二条",
    "打工没签合同能要双倍工资吗": "劳动合同法第八十二条",
}


@pytest.mark.parametrize("query", EVERYDAY)
def test_an_everyday_question_finds_its_article_among_the_first_ten(query: str, rooms: Rooms) -> None:
    assert EVERYDAY[query] in names(found(rooms, query))


def test_one_who_names_law_and_article_finds_that_law(rooms: Rooms) -> None:
    hits = names(found(rooms, "反家庭暴力法里人身安全保护令怎么申请"))
    assert hits[0].startswith("反家庭暴力法")


@pytest.mark.parametrize("on", [date(2019, 5, 1), TODAY, SWITCH - timedelta(1), SWITCH, date(2030, 1, 1)])
def test_only_what_is_in_force_on_the_day_is_found(on: date, rooms: Rooms) -> None:
    for query in (*list(EVERYDAY)[:3], FARMING):
        for hit in found(rooms, query, on, 20).articles:
            assert rooms.book.article(hit.law, hit.number, on).status == "in_force", (query, hit)


def test_the_law_of_farming_changes_at_midnight(rooms: Rooms) -> None:
    texts = {}
    for on in (SWITCH - timedelta(1), SWITCH):
        hits = [hit for hit in found(rooms, FARMING, on).articles if short_name(hit.law) == "农业法"]
        assert hits
        articles = [rooms.book.article(hit.law, hit.number, on).article for hit in hits]
        assert all(a is not None and (a.valid_from == SWITCH) == (on == SWITCH) for a in articles)
        texts[on] = {a.text for a in articles if a is not None}
    assert texts[SWITCH - timedelta(1)] != texts[SWITCH]


def test_an_article_has_one_row_a_day_and_its_own(rooms: Rooms) -> None:
    corpus: Corpus = rooms.searcher.articles.corpus
    before, after = (corpus.row("中华人民共和国农业法", "第一条", corpus.in_force(on)) for on in (SWITCH - timedelta(1), SWITCH))
    assert before is not None
    assert after is not None
    assert before != after
    assert corpus.ends[before] == corpus.starts[after] == SWITCH.toordinal()
    for on in (date(1900, 1, 1), date(2019, 5, 1), TODAY, SWITCH):
        rows = np.flatnonzero(corpus.in_force(on))
        keys = [corpus.articles[row] for row in rows]
        assert len(keys) == len(set(keys))
    assert not corpus.in_force(date(1900, 1, 1)).any()
    assert corpus.row("中华人民共和国民法典", "第九千条", corpus.in_force(TODAY)) is None


def test_a_day_without_any_law_finds_nothing(rooms: Rooms) -> None:
    assert found(rooms, "借钱不还", date(1900, 1, 1)).articles == ()


def test_every_candidate_has_its_row_of_figures(rooms: Rooms) -> None:
    candidates = rooms.searcher.candidates("工地干活没签合同，老板不给钱", TODAY)
    assert candidates.matrix.shape == (len(candidates.rows), len(FEATURES))
    assert candidates.matrix.dtype == np.float32
    assert np.isfinite(candidates.matrix).all()
    assert (np.diff(candidates.rows) > 0).all()
    assert rooms.searcher.articles.corpus.in_force(TODAY)[candidates.rows].all()
    assert len(candidates.rows) >= 100


@pytest.mark.parametrize("limit", [0, 1, 3, 20])
def test_no_more_than_the_limit_and_none_twice(limit: int, rooms: Rooms) -> None:
    everything = names(found(rooms, "老板拖欠工资不给怎么办", limit=20))
    assert names(found(rooms, "老板拖欠工资不给怎么办", limit=limit)) == everything[:limit]
    assert len(set(everything)) == 20


def test_hits_come_in_the_order_of_their_scores(rooms: Rooms) -> None:
    scores = [hit.score for hit in found(rooms, "被狗咬了谁赔", limit=20).articles]
    assert scores == sorted(scores, reverse=True)


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_query_finds_nothing(empty: str, rooms: Rooms) -> None:
    result = rooms.searcher.search(empty, TODAY, 10)
    assert result.articles == ()
    assert result.guides == ()


HOSTILE = ("法" * 200_000, "\x00\x1b[2J" * 50, "' OR 1=1 --", "<script>" * 500, "😀" * 300, "第" * 3000 + "条", "\ud800离婚", "(((((" * 99)


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_query_is_a_query(query: str, rooms: Rooms) -> None:
    result = found(rooms, query)
    assert len(result.articles) <= 10
    assert all(np.isfinite(result.signals.vector()))


def test_without_weights_and_without_guides_the_nearest_by_meaning_come_first(rooms: Rooms) -> None:
    bare = Searcher(rooms.searcher.articles, rooms.searcher.guides, rooms.embedder, None, Priors({}, {}), resolve=rooms.book.resolve)
    cosines = [hit.cosine for hit in bare.search("借钱不还", TODAY, 20).articles]
    assert cosines == sorted(cosines, reverse=True)


def test_a_phrasing_taken_from_another_guide_is_found_out(rooms: Rooms, settings: Settings) -> None:
    some = list(rooms.guides[:6])
    assert outranked(some, settings) == []
    stolen = some[3].asks[0]
    thief = replace(some[0], asks=(*some[0].asks[:3], stolen))
    faults = outranked([thief, *some[1:]], settings, only=[thief, some[3]])
    assert len(faults) == 1
    assert stolen in faults[0].what
