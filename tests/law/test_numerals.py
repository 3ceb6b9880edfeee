import pytest

from kiosk.law.numerals import canonical, order, to_chinese, to_int


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("六百七十五", 675),
        ("十", 10),
        ("十五", 15),
        ("二十", 20),
        ("一百零三", 103),
        ("一千零一", 1001),
        ("一千二百六十", 1260),
        ("675", 675),
    ],
)
def test_a_number_is_read_in_chinese_and_arabic(text: str, value: int) -> None:
    assert to_int(text) == value


def test_full_width_and_digit_by_digit_numbers_are_read() -> None:
    assert to_int("６７５") == 675
    assert to_int("二〇二六") == 2026


@pytest.mark.parametrize("text", ["", "条", "百", "十十", "零十", "六百七十零", "一百一千", "三三十"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        to_int(text)


def test_every_number_of_a_law_goes_to_chinese_and_back() -> None:
    assert all(to_int(to_chinese(n)) == n for n in range(10_000))
    assert (to_chinese(10), to_chinese(110), to_chinese(1010), to_chinese(1001)) == ("十", "一百一十", "一千零一十", "一千零一")


@pytest.mark.parametrize("text", ["675", "第675条", "675条", "第六百七十五条", "六百七十五", "第 ６７５ 条"])
def test_an_article_number_has_one_form(text: str) -> None:
    assert canonical(text) == "第六百七十五条"


@pytest.mark.parametrize("text", ["第二百七十六条之一", "276条之一", "276之1", "276-1"])
def test_an_inserted_article_keeps_its_place(text: str) -> None:
    assert canonical(text) == "第二百七十六条之一"
    assert order(text) == (276, 1)


@pytest.mark.parametrize("text", ["", "第条", "第零条", "第六百七十五条第一款", "条目一", "全文"])
def test_what_is_no_article_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        canonical(text)
