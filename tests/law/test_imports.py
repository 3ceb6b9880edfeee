"""Sources from outside: what is taken in, and what is refused with nothing left behind."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from docx import Document

from kiosk.errors import SourceRefused
from kiosk.law.book import LawBook
from kiosk.law.build import build_store
from kiosk.law.imports import keep_sources, read_file
from kiosk.law.statutes import wheel_path
from kiosk.settings import knowledge_dir, load_settings

REGULATION = """# 山村水井管理条例

2019年12月4日 国务院第73次常务会议通过

2019年12月30日 中华人民共和国国务院令第999号公布

2020年5月1日 施行

<!-- INFO END -->

<!-- 编者注：
第九条 这不是条文 -->

## 第一章　总　则

第一条 为了管好水井，制定本条例。

第二条 本条例所称水井，包括：

（一）深井；

（二）浅井。

## 第二章　罚　则

第三条 收费标准：

| 井 | 元 |
|---|---:|
| 深井 | 30 |

第四条 违反本条例的，处五十元罚款。

第五条 本条例自2020年5月1日起施行。1999年1月1日国务院发布的《山村水井暂行办法》同时废止。
"""


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str | bytes, str], Path]:
    def put(content: str | bytes, name: str = "山村水井管理条例(2019-12-30).md") -> Path:
        path = tmp_path / "in" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return put


def build(sources: Path, out: Path) -> LawBook:
    build_store(wheel_path(load_settings()), knowledge_dir() / "statutes" / "corrections.toml", sources, out)
    return LawBook.open(out)


def test_a_regulation_is_read_from_markdown(write: Callable[..., Path]) -> None:
    law = read_file(write(REGULATION))
    assert (law.title, law.kind, law.published) == ("山村水井管理条例", "行政法规", date(2019, 12, 30))
    assert (law.valid_from, law.start_proved) == (date(2020, 5, 1), True)
    assert [a.number for a in law.articles] == ["第一条", "第二条", "第三条", "第四条", "第五条"]
    assert law.articles[1].text == "本条例所称水井，包括：\n（一）深井；\n（二）浅井。"
    assert law.articles[2].text == "收费标准：\n井 | 元\n深井 | 30"
    assert law.articles[3].chapter == "第二章 罚则"


def test_a_start_before_a_later_change_is_not_proved(write: Callable[..., Path]) -> None:
    law = read_file(write(REGULATION, "山村水井管理条例(2022-03-29).md"))
    assert (law.valid_from, law.start_proved) == (date(2022, 3, 29), False)


def test_a_start_is_taken_from_the_closing_article(write: Callable[..., Path]) -> None:
    text = REGULATION.split("2019年12月4日")[0] + "<!-- INFO END -->" + REGULATION.split("<!-- INFO END -->")[1]
    law = read_file(write(text))
    assert (law.valid_from, law.start_proved) == (date(2020, 5, 1), True)


def test_a_text_without_any_start_is_dated_by_its_publication_and_marked(write: Callable[..., Path]) -> None:
    text = REGULATION.replace("2020年5月1日 施行\n", "").replace("本条例自2020年5月1日起施行。", "特此规定。")
    law = read_file(write(text))
    assert (law.valid_from, law.start_proved) == (date(2019, 12, 30), False)


def test_a_court_s_interpretation_with_preface_and_plain_headings(write: Callable[..., Path]) -> None:
    law = read_file(
        write(
            "# 最高人民法院关于审理水井案件适用法律问题的解释（一）\n\n2020年12月25日 审判委员会第1825次会议通过\n\n2021年1月1日 施行\n\n"
            "<!-- INFO END -->\n\n为正确审理案件，制定本解释。\n\n## 一、一般规定\n\n"
            "第一条 挖井伤人的，应当赔偿。\n\n第一条之一 填井的，不赔。\n\n"
            "## 二、附则\n\n第二条\n\n本解释以前的规定不再适用。\n",
            "最高人民法院关于审理水井案件适用法律问题的解释（一）(2020-12-29).md",
        )
    )
    assert law.kind == "司法解释"
    assert [(a.number, a.text, a.chapter) for a in law.articles] == [
        ("第一条", "挖井伤人的，应当赔偿。", "一、一般规定"),
        ("第一条之一", "填井的，不赔。", "一、一般规定"),
        ("第二条", "本解释以前的规定不再适用。", "二、附则"),
    ]


def test_a_reply_of_the_court_is_kept_whole(write: Callable[..., Path]) -> None:
    law = read_file(
        write("# 关于水井的批复\n\n2020年11月9日\n\n<!-- INFO END -->\n\n一、可以。\n\n二、本批复自2021年1月1日起施行。\n", "批复.md")
    )
    assert [a.number for a in law.articles] == ["全文"]
    assert (law.valid_from, law.start_proved) == (date(2021, 1, 1), True)


BROKEN: dict[str, tuple[str | bytes, int]] = {
    "no title": (REGULATION.replace("# 山村", "山村"), 1),
    "no articles": ("# 空的条例\n\n2019年12月30日 公布\n\n<!-- INFO END -->\n\n只有一句话。\n", 0),
    "a number twice": (REGULATION.replace("第四条 违反", "第三条 违反"), 32),
    "a number missing": (REGULATION.replace("第四条 违反", "第五条 违反"), 32),
    "out of order": (REGULATION.replace("第二条 本", "第四条 本"), 18),
    "does not begin at one": (REGULATION.replace("第一条 为了管好水井，制定本条例。\n", ""), 17),
    "an article without words": (REGULATION.replace("第四条 违反本条例的，处五十元罚款。", "第四条"), 32),
    "cut off inside an article": (REGULATION.split("元罚款")[0], 32),
    "not UTF-8": (REGULATION.encode() + b"\n\xff\xfe\n", 36),
    "GBK": (REGULATION.encode("gbk"), 1),
    "binary": (REGULATION.replace("深井；", "深\x00井；"), 20),
    "an open comment": (REGULATION.replace("条文 -->", "条文"), 11),
    "no day at all": ("# 某条例\n\n<!-- INFO END -->\n\n第一条 一句话。\n", 0),
    "empty": ("", 1),
    "too large": (REGULATION + "第六条 " + "长" * (3 * 1024 * 1024), 0),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_file_is_refused_with_its_line(fault: str, write: Callable[..., Path]) -> None:
    content, line = BROKEN[fault]
    name = "某条例.md" if fault == "no day at all" else "坏(2019-12-30).md"
    with pytest.raises(SourceRefused) as refused:
        read_file(write(content, name))
    assert refused.value.line == line
    assert "没有导入任何内容" in str(refused.value)


def test_of_several_files_the_good_ones_are_kept_and_nothing_of_the_broken(write: Callable[..., Path], tmp_path: Path) -> None:
    good, bad = write(REGULATION), write(REGULATION.replace("第四条 违反", "第九条 违反"), "坏(2019-12-30).md")
    reports, _ = keep_sources([bad, good, tmp_path / "没有.md", tmp_path / "别的.pdf"], tmp_path / "sources")
    assert [r.law is None for r in reports] == [True, False, True, True]
    assert [p.name for p in (tmp_path / "sources").rglob("*.md")] == [good.name]


def test_half_a_file_does_not_take_the_place_of_the_whole(write: Callable[..., Path], tmp_path: Path) -> None:
    keep_sources([write(REGULATION)], tmp_path / "sources")
    half = write(REGULATION.split("第四条")[0], "一半(2019-12-30).md")
    reports, new = keep_sources([half], tmp_path / "sources")
    assert (reports[0].law, new) == (None, [])
    assert "5 条" in reports[0].refused
    assert "3 条" in reports[0].refused
    assert [len(read_file(p).articles) for p in (tmp_path / "sources").rglob("*.md")] == [5]


def test_a_file_that_is_not_there_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="没有这个文件"):
        read_file(tmp_path / "没有.md")


def test_an_imported_regulation_is_law_from_its_day_and_survives_a_rebuild(write: Callable[..., Path], tmp_path: Path) -> None:
    keep_sources([write(REGULATION)], tmp_path / "sources")
    shutil.rmtree(tmp_path / "in")
    for _ in range(2):
        book = build(tmp_path / "sources", tmp_path / "law.sqlite")
        assert book.article("山村水井管理条例", "4", date(2020, 5, 1)).status == "in_force"
        assert book.article("山村水井管理条例", "4", date(2020, 4, 30)).status == "not_held"
        assert book.article("山村水井暂行办法", "1", date(2026, 1, 1)).status == "repealed"
        assert sum(a.law == "山村水井管理条例" for a in book.in_force(date(2026, 1, 1))) == 5
        book.close()


def test_a_newer_text_closes_the_older_the_day_before(write: Callable[..., Path], tmp_path: Path) -> None:
    newer = REGULATION.replace("五十元", "六十元").replace("2019年", "2025年").replace("2020年", "2026年")
    again = write(REGULATION)
    keep_sources([again, write(newer, "山村水井管理条例(2025-12-30).md"), again], tmp_path / "sources")
    book = build(tmp_path / "sources", tmp_path / "law.sqlite")
    older, later = book.texts("山村水井管理条例", "4")
    assert (older.valid_to, later.valid_from, later.valid_to) == (date(2026, 5, 1), date(2026, 5, 1), None)
    assert ("五十元" in older.text, "六十元" in later.text) == (True, True)
    book.close()


def test_a_superseded_source_is_history_only(write: Callable[..., Path], tmp_path: Path) -> None:
    text = (
        REGULATION.replace("山村水井管理条例", "婚姻登记条例")
        .replace("2019年12月30日", "2003年8月8日")
        .replace("2020年5月1日", "2003年10月1日")
    )
    keep_sources([write(text.replace("2019年12月4日", "2003年7月30日"), "婚姻登记条例(2003-08-08).md")], tmp_path / "sources")
    book = build(tmp_path / "sources", tmp_path / "law.sqlite")
    assert book.article("婚姻登记条例", "1", date(2025, 5, 9)).status == "in_force"
    assert book.article("婚姻登记条例", "1", date(2025, 5, 10)).status == "not_held"
    assert not [a for a in book.in_force(date(2026, 11, 23)) if a.law == "婚姻登记条例"]
    book.close()


def docx(path: Path, *paragraphs: str) -> Path:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.save(str(path))
    return path


LAW = (
    "中华人民共和国水井法",
    "（2001年4月28日第九届全国人民代表大会常务委员会第二十一次会议通过　根据2025年12月27日第十四届全国人民代表大会"
    "常务委员会第十九次会议《关于修改〈中华人民共和国水井法〉的决定》修正）",
    "目　　录",
    "第一章　总　　则",
    "第二章　罚　　则",
    "第一节　罚　款",
    "附　　则",
    "第一章　总　　则",
    "第一条　为了管好水井，制定本法。",
    "水井归集体所有。",
    "第二章　罚　　则",
    "第一节　罚　款",
    "第二条　违反本法的，处五十元罚款。",
    "附　　则",
    "第三条　本法自2002年1月1日起施行。",
)


def test_a_law_is_read_from_the_national_database_s_docx(tmp_path: Path) -> None:
    law = read_file(docx(tmp_path / "中华人民共和国水井法_20251227.docx", *LAW))
    assert (law.title, law.kind, law.published) == ("中华人民共和国水井法", "法律", date(2025, 12, 27))
    assert (law.valid_from, law.start_proved) == (date(2025, 12, 27), False)
    assert [(a.number, a.chapter) for a in law.articles] == [
        ("第一条", "第一章 总则"),
        ("第二条", "第二章 罚则 第一节 罚款"),
        ("第三条", "附则"),
    ]
    assert law.articles[0].text == "为了管好水井，制定本法。\n水井归集体所有。"


def test_the_start_in_the_brackets_of_a_docx_proves_itself(tmp_path: Path) -> None:
    days = "（2021年7月2日中华人民共和国国务院令第743号公布　自2021年9月1日起施行）"
    law = read_file(docx(tmp_path / "a.docx", "山村水井", "管理条例", days, "第一条　一句话。"))
    assert (law.title, law.kind, law.published) == ("山村水井管理条例", "行政法规", date(2021, 7, 2))
    assert (law.valid_from, law.start_proved) == (date(2021, 9, 1), True)


def test_a_court_s_docx_has_its_title_in_two_lines_and_a_number(tmp_path: Path) -> None:
    days = "（2015年6月23日审判委员会第1655次会议通过，根据2020年12月23日审判委员会第1823次会议修正，该修正自2021年1月1日起施行）"
    court = (
        "最高人民法院",
        "关于审理水井案件的规定",
        "法释〔2020〕17号",
        days,
        "为正确审理案件，制定本规定。",
        "第一条　一句话。",
        "附件：",
        "第一条 样式",
    )
    law = read_file(docx(tmp_path / "a.docx", *court))
    assert (law.title, law.kind) == ("最高人民法院关于审理水井案件的规定", "司法解释")
    assert (law.published, law.valid_from, law.start_proved) == (date(2020, 12, 23), date(2021, 1, 1), True)
    assert [(a.number, a.text) for a in law.articles] == [("第一条", "一句话。"), ("附录", "附件：\n第一条 样式")]


def test_an_imported_text_is_not_mended_by_corrections_of_the_data(tmp_path: Path) -> None:
    law = ("中华人民共和国民事诉讼法", "（2027年3月1日公布　自2027年5月1日起施行）", "第一条　新的。", "第二条　本法自2027年5月1日起施行。")
    keep_sources([docx(tmp_path / "a.docx", *law)], tmp_path / "sources")
    book = build(tmp_path / "sources", tmp_path / "law.sqlite")
    assert [(e.valid_from, e.valid_to) for e in book.editions("民诉法")] == [
        (date(2024, 1, 1), date(2027, 5, 1)),
        (date(2027, 5, 1), None),
    ]
    book.close()


def test_a_table_in_a_docx_belongs_to_its_article(tmp_path: Path) -> None:
    document = Document()
    for paragraph in ("水井条例", "（2021年7月2日公布）", "第一条　收费标准："):
        document.add_paragraph(paragraph)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "深井", "30元"
    document.save(str(tmp_path / "a.docx"))
    assert read_file(tmp_path / "a.docx").articles[0].text == "收费标准：\n深井 | 30元"


def test_a_torn_docx_is_refused(tmp_path: Path) -> None:
    whole = docx(tmp_path / "whole.docx", *LAW)
    for name, data in {"half": whole.read_bytes()[: whole.stat().st_size // 2], "empty": b"", "text": "第一条 一句话。".encode()}.items():
        torn = tmp_path / f"{name}.docx"
        torn.write_bytes(data)
        with pytest.raises(SourceRefused, match="docx"):
            read_file(torn)


def test_a_docx_with_a_number_twice_is_refused_with_its_paragraph(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused) as refused:
        read_file(docx(tmp_path / "a.docx", *LAW[:13], "第二条　又一次。"))
    assert refused.value.line == 14
