"""Every way of citing an article that people use, against the names of the real law."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.law.article import short_name
from kiosk.law.book import LawBook
from kiosk.law.citations import find

# text; what is found: law's short name, articles by number (276-1 is 第二百七十六条之一)
CASES = [
    ("《中华人民共和国民法典》第六百七十五条", "民法典 675"),
    ("《民法典》第675条", "民法典 675"),
    ("民法典第675条", "民法典 675"),
    ("民法典675条", "民法典 675"),
    ("民法典第六百七十五條", "民法典 675"),
    ("新消法55条", "消费者权益保护法 55"),
    ("民法典规定：“借款人应当按照约定的期限返还借款。”（第675条）", "民法典 675"),
    ("《民法典》规定：“借款人应当按照约定的期限返还借款。”(第六百七十五条)", "民法典 675"),
    ("民法典六百七十五条", "民法典 675"),
    ("中华人民共和国民法典第六百七十五条", "民法典 675"),
    ("《民法典》第６７５条", "民法典 675"),
    ("《民法典》 第 675 条", "民法典 675"),
    ("《中华人民共和国\n民 法 典》\n第六百七十五条", "民法典 675"),
    ("〈民法典〉第675条", "民法典 675"),
    ("“民法典”第675条", "民法典 675"),
    ("**民法典** 第675条", "民法典 675"),
    ("民法典的第675条", "民法典 675"),
    ("民法典中的第675条", "民法典 675"),
    ("民法典合同编第675条", "民法典 675"),
    ("《民法典》第三编第十二章第六百七十五条", "民法典 675"),
    ("根据民法典第675条", "民法典 675"),
    ("违反了劳动法第三十六条", "劳动法 36"),
    ("村里人都知道民法典第一千零四十三条", "民法典 1043"),
    ("老王犯了刑法第二百三十四条", "刑法 234"),
    ("劳动合同法38、46条", "劳动合同法 38 46"),
    ("劳动合同法第38、46、47条", "劳动合同法 38 46 47"),
    ("《劳动合同法》第38条、第46条和第47条", "劳动合同法 38 46 47"),
    ("劳动合同法第三十八条，第四十六条以及第四十七条", "劳动合同法 38 46 47"),
    ("劳动合同法38条、46条", "劳动合同法 38 46"),
    ("《劳动合同法》第三十八条第一款第（二）项", "劳动合同法 38"),
    ("《劳动合同法》第三十八条第一款第(一)、(二)项和第四十六条第一项", "劳动合同法 38 46"),
    ("刑法第二百七十六条之一", "刑法 276-1"),
    ("刑法276条之一", "刑法 276-1"),
    ("刑法第276之一条", "刑法 276-1"),
    ("刑法第二百七十六条之一第一款", "刑法 276-1"),
    ("民法典第五百条之规定", "民法典 500"),
    ("民诉法第十条至第十二条", "民事诉讼法 10 11 12"),
    ("民诉法第十至十二条", "民事诉讼法 10 11 12"),
    ("村委会组织法第5-7条", "村民委员会组织法 5 6 7"),
    ("民诉法第10条到第12条", "民事诉讼法 10 11 12"),
    ("道交法七十六条", "道路交通安全法 76"),
    ("土地承包法第二十七条", "农村土地承包法 27"),
    ("农村土地承包法第二十七条", "农村土地承包法 27"),
    ("《劳动合同法》第三十八条。同法第四十六条", "劳动合同法 38; 劳动合同法 46"),
    ("《劳动合同法》第三十八条，该法第四十六条，本法第四十七条", "劳动合同法 38; 劳动合同法 46; 劳动合同法 47"),
    ("《工伤保险条例》第十四条、该条例第十五条", "工伤保险条例 14; 工伤保险条例 15"),
    ("《劳动法》第三条和《工伤保险条例》第十四条；该法第四条", "劳动法 3; 工伤保险条例 14; 劳动法 4"),
    ("民法典第675条规定，借款人应还款。第676条规定，逾期付息。", "民法典 675; 民法典 676"),
    ("《劳动合同法》规定，第三十八条的情形", "劳动合同法 38"),
    ("《民法典》第675条、《民事诉讼法》第22条", "民法典 675; 民事诉讼法 22"),
    ("民法典第六百七十五条、第六百七十六条；民事诉讼法第二十二条", "民法典 675 676; 民事诉讼法 22"),
    ("《农村土地承包法》（2018修正）第二十七条", "农村土地承包法 27"),
    ("《农村土地承包法（2018年修正）》第二十七条", "农村土地承包法 27"),
    ("《中华人民共和国民法典》（以下简称《民法典》）第675条", "民法典 675"),
    ("农民工工资条例第三条", "保障农民工工资支付条例 3"),
    ("《浙江省消防条例》第五条", "浙江省消防条例 5"),
    ("浙江省消防条例第五条", "浙江省消防条例 5"),
    ("根据浙江省实施《中华人民共和国农村土地承包法》办法第五条", "浙江省实施《中华人民共和国农村土地承包法》办法 5"),
    ("村民土地保护法第八条", "村民土地保护法 8"),
    ("社区教育法第三条", "社区教育法 3"),
    ("日本民法典第709条", "日本民法典 709"),
    ("原《合同法》第五条、合同法第六条", "合同法 5; 合同法 6"),
    (
        "最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一）第五条",
        "最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一） 5",
    ),
    (
        "《最高人民法院关于适用〈中华人民共和国民法典〉婚姻家庭编的解释（一）》第五条",
        "最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一） 5",
    ),
    ("民法典婚姻家庭编解释（一）第五条", "最高人民法院关于适用《中华人民共和国民法典》婚姻家庭编的解释（一） 5"),
    (
        "最高人民法院《关于审理民间借贷案件适用法律若干问题的规定》第二十五条",
        "最高人民法院关于审理民间借贷案件适用法律若干问题的规定 25",
    ),
    (
        "最高人民法院、最高人民检察院关于办理盗窃刑事案件适用法律若干问题的解释第一条",
        "最高人民法院、最高人民检察院关于办理盗窃刑事案件适用法律若干问题的解释 1",
    ),
    ("（《民法典》第675条）", "民法典 675"),
    ("民法典第五条款", "民法典 5"),
    ("《民法典》675条", "民法典 675"),
    ("《民法典》（第675条）", "民法典 675"),
    ("民法典第675条、六百七十六条及677条", "民法典 675 676 677"),
    ("刑法（2020修正）第一百三十三条之一", "刑法 133-1"),
    ("规定且不具有仲裁法第十七条的情形", "仲裁法 17"),
    ("依据劳动合同法第三十条第二款和调解仲裁法第十六条", "劳动合同法 30; 调解仲裁法 16"),
    ("《宪法修正案（2018年）》第三十二条", "宪法修正案（2018年） 32"),
]

NONE = [
    "第六百七十五条",
    "双方根据《民法典》订立合同如下：\n第一条 甲方\n第二条 乙方",
    "《租赁合同》第三条、第四条",
    "本合同第三条",
    "村规民约第五条",
    "民法典一共1260条，他捞了三条鱼，提出5条建议",
    "依法第三条",
    "根据有关规定第三条",
    "第三条件成就",
    "民法典第十百条",
    "民法典第零条",
    "## 第四章 工程建设领域特别规定\n\n第二十三条 建设单位",
    "民法典",
    "",
]


def shown(book: LawBook, text: str) -> str:
    groups: dict[int, str] = {}
    for one in find(text, book.known_title):
        number = one.number.replace("第", "").replace("条之", "-").replace("条", "")
        groups.setdefault(one.group, short_name(one.law))
        groups[one.group] += " " + number
    return "; ".join(groups.values())


def expected(words: str) -> str:
    from kiosk.law.numerals import to_chinese

    def one(number: str) -> str:
        return "-".join(to_chinese(int(part)) for part in number.split("-"))

    laws = [part.split() for part in words.split("; ")]
    return "; ".join(" ".join([law, *map(one, numbers)]) for law, *numbers in laws)


@pytest.mark.parametrize(("text", "laws"), CASES)
def test_a_citation_is_found(law_book: LawBook, text: str, laws: str) -> None:
    assert shown(law_book, text) == expected(laws)


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_citation_of_law_is_left_alone(law_book: LawBook, text: str) -> None:
    assert find(text, law_book.known_title) == []


def test_paragraph_item_year_and_place_are_kept(law_book: LawBook) -> None:
    text = "依《劳动合同法》（2012修正）第三十八条第一款第（二）项"
    (one,) = find(text, law_book.known_title)
    assert (one.paragraph, one.item, one.year, one.written) == (1, 2, 2012, "劳动合同法")
    assert text[one.start : one.end] == text[1:]


def test_an_unknown_name_is_kept_as_written(law_book: LawBook) -> None:
    (one,) = find("《某县殡葬 管理规定（试行）》第五条", law_book.known_title)
    assert (one.law, one.written) == ("某县殡葬管理规定（试行）",) * 2


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("民法典第675条规定：“借款人应当按照约定的期限返还借款。”", ["借款人应当按照约定的期限返还借款。"]),
        ('民法典第675条明确规定,"借款人应当按照约定的期限返还借款"', ["借款人应当按照约定的期限返还借款"]),
        ("民法典第675条「借款人应当按照约定的期限返还借款」", ["借款人应当按照约定的期限返还借款"]),
        ("民法典第675条规定：借款人应当返还借款。别的话。", ["借款人应当返还借款。"]),
        ("“借款人应当按照约定返还借款。”（《民法典》第675条）", ["借款人应当按照约定返还借款。"]),
        ("“借款人应当按照约定返还借款”〔民法典第六百七十五条〕", ["借款人应当按照约定返还借款"]),
        ("“借款人应当按照约定返还借款。”——《民法典》第675条", ["借款人应当按照约定返还借款。"]),
        ("民法典第675条、第676条规定：“借款人未按照约定的期限返还”", ["借款人未按照约定的期限返还"] * 2),
        ("民法典第675条规定：“借款人应当甲乙丙丁。”民法典第676条规定：“借款人未按约定。”", ["借款人应当甲乙丙丁。", "借款人未按约定。"]),
        ("民法典第675条说的“借款人”", [None]),
        ("老王说“我就是不还你的钱”，民法典第675条写得清楚", [None]),
        ("民法典第675条，他说过一句很长的话，后来“我不还你的钱”", [None]),
        ("民法典第675条规定：“借款人应当依照本法第六百七十四条返还借款”", ["借款人应当依照本法第六百七十四条返还借款", None]),
        ("民法典第675条规定：“没有收尾的引号应当怎么办", [None]),
    ],
)
def test_quotations_go_with_their_citation(law_book: LawBook, text: str, quotes: list[str | None]) -> None:
    assert [one.quote for one in find(text, law_book.known_title)] == quotes


def test_an_appendix_of_articles_is_read_as_quotations(law_book: LawBook) -> None:
    text = (
        "附：\n《中华人民共和国民法典》\n第六百七十五条　借款人应当按照约定的期限返还借款。\n"
        "第六百七十六条　借款人未按照约定的期限返还借款的，应当支付利息。\n\n《租赁合同》\n第一条　甲方应当按时交付房屋给乙方使用。"
    )
    found = find(text, law_book.known_title)
    assert [one.number for one in found] == ["第六百七十五条", "第六百七十六条"]
    assert [one.quote for one in found] == ["借款人应当按照约定的期限返还借款。", "借款人未按照约定的期限返还借款的，应当支付利息。"]


def test_a_contract_that_names_a_law_is_no_appendix(law_book: LawBook) -> None:
    text = "《民法典》第七百零三条 双方说好照此办。\n第一条　甲方应当按时交付房屋给乙方使用。"
    assert [(one.number, one.quote) for one in find(text, law_book.known_title)] == [("第七百零三条", None)]


ALPHABET = "民法典劳动合同第条款项之一二三十百千零同本该《》（）()“”\"「」、，。；：:和至-~ \n1234５６法条例规定解释办法的根据"


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(alphabet=ALPHABET, max_size=80), st.text(max_size=80)))
def test_no_text_makes_it_fail_and_places_lie_in_the_text(text: str) -> None:
    names = {"民法典": "中华人民共和国民法典", "劳动合同法": "中华人民共和国劳动合同法"}
    for one in find(text, names.get):
        assert 0 <= one.start < one.end <= len(text)
        assert one.number.startswith("第")
        assert one.law
        assert one.quote is None or one.quote in text


HOSTILE = {
    "numbers": "一" * 100_000,
    "lists": "1、2条" * 25_000,
    "opened": "《" * 100_000,
    "closed": "》第一条" * 25_000,
    "unclosed quotations": "民法典第675条“" * 10_000,
    "tails of names": "法第一条" * 25_000,
    "ranges": "民法典1-9999条" * 10_000,
    "blanks": " " * 99_000 + "第一条",
    "appendix": "民法典\n" + "第一条　借款人应当按照约定的期限返还借款。\n" * 4_500,
    "lines": "民法典第一条  字字字字字字字字字字字字字" * 5_000,
    "real": "根据《中华人民共和国民法典》第六百七十五条规定：“借款人应当返还借款。”违反了劳动法第36条。" * 1_900,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hundred_thousand_hostile_characters_take_no_second(law_book: LawBook, name: str) -> None:
    begun = time.process_time()
    find(HOSTILE[name], law_book.known_title)
    assert time.process_time() - begun < 1.0
