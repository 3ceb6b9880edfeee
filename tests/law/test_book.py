from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from kiosk.errors import LawMissing
from kiosk.law.book import LawBook
from kiosk.law.names import key

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    "name", ["民法典", "《民法典》", "中华人民共和国民法典", "《中华人民共和国民法典》", "中华人民共和国 民法典", "民法"]
)
def test_a_law_is_found_by_any_of_its_names(law_book: LawBook, name: str) -> None:
    assert law_book.resolve(name) == "中华人民共和国民法典"


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("劳动仲裁法", "中华人民共和国劳动争议调解仲裁法"),
        ("村委会组织法", "中华人民共和国村民委员会组织法"),
        ("消法", "中华人民共和国消费者权益保护法"),
        ("刑法修正案(十二)", "中华人民共和国刑法修正案（十二）"),
        ("反分裂国家法", "反分裂国家法"),
    ],
)
def test_popular_names_are_known(law_book: LawBook, name: str, title: str) -> None:
    assert law_book.resolve(name) == title


@pytest.mark.parametrize(
    "name", ["保障农民工工资支付条例", "农民工工资条例", "工伤条例", "彩礼规定", "民法典婚姻家庭编解释（一）", "劳动争议解释(一)"]
)
def test_a_regulation_that_is_not_held_is_known_by_name(law_book: LawBook, name: str) -> None:
    assert law_book.resolve(name) is None
    assert law_book.known_title(name) is not None
    assert law_book.article(name, "第一条", TODAY).status == "not_held"


def test_a_name_nobody_knows_is_not_held(law_book: LawBook) -> None:
    assert law_book.known_title("宇宙航行法") is None
    found = law_book.article("《宇宙航行法》", "3", TODAY)
    assert (found.status, found.law, found.number) == ("not_held", "宇宙航行法", "第三条")


@pytest.mark.parametrize("number", ["第一千三百条", "1300", "九千条"])
def test_a_number_the_law_never_had(law_book: LawBook, number: str) -> None:
    assert law_book.article("民法典", number, TODAY).status == "no_such_article"


def test_a_number_that_is_none(law_book: LawBook) -> None:
    assert law_book.article("民法典", "第X条", TODAY).status == "no_such_article"


def test_an_article_comes_with_its_chapter_days_and_source(law_book: LawBook) -> None:
    found = law_book.article("民法典", "675", TODAY)
    assert found.status == "in_force"
    assert found.article is not None
    assert found.article.text.startswith("借款人应当按照约定的期限返还借款。")
    assert found.article.chapter.endswith("第十二章 借款合同")
    assert (found.article.valid_from, found.article.valid_to, found.article.start_proved) == (date(2021, 1, 1), None, True)
    assert "国家法律法规数据库" in found.article.source
    assert found.note


def test_the_old_law_is_no_search_result_on_the_day_of_the_new_one(law_book: LawBook) -> None:
    for day in (TODAY, date(2027, 1, 1), date(2024, 2, 29)):
        keys = [a.key for a in law_book.in_force(day)]
        assert len(keys) == len(set(keys))
        assert all(a.in_force_on(day) for a in law_book.in_force(day))


def test_the_book_is_read_from_many_threads(law_book: LawBook) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: law_book.article("民法典", str(n), TODAY).status, range(1, 801)))
    assert set(found) == {"in_force"}


def test_the_book_opens_and_answers_fast(law_store: Path) -> None:
    start = time.perf_counter()
    book = LawBook.open(law_store)
    opened = time.perf_counter()
    for n in range(1, 1001):
        book.article("民法典", str(n), TODAY)
    answered = time.perf_counter()
    assert sum(1 for _ in book.in_force(TODAY)) > 23_000
    listed = time.perf_counter()
    book.close()
    assert opened - start < 0.3
    assert (answered - opened) / 1000 < 0.002
    assert listed - answered < 2


def test_a_missing_store_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(LawMissing, match="kiosk law build"):
        LawBook.open(tmp_path / "law.sqlite")


def test_a_torn_store_says_what_to_do(tmp_path: Path, law_store: Path) -> None:
    torn = tmp_path / "law.sqlite"
    torn.write_bytes(b"not a database, but long enough to be taken for one" * 40)
    with pytest.raises(LawMissing, match="重建"):
        LawBook.open(torn)


def test_a_store_of_another_version_is_not_read(tmp_path: Path) -> None:
    other = tmp_path / "law.sqlite"
    with closing(sqlite3.connect(other)) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("CREATE TABLE laws (title TEXT)")
        db.commit()
    with pytest.raises(LawMissing, match="重建"):
        LawBook.open(other)


def test_titles_differ_by_key(law_book: LawBook) -> None:
    titles = [law.title for law in law_book.laws()]
    assert len({key(t) for t in titles}) == len(titles) > 360
