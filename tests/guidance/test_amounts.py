"""Terms and amounts said in different words are one value."""

from __future__ import annotations

import pytest

from kiosk.guidance.amounts import amounts, keys


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("30 天", "三十日"),
        ("30日", "三十日内"),
        ("1 个月", "一个月"),
        ("两个月", "二个月"),
        ("20%", "百分之二十"),
        ("两成", "百分之二十"),
        ("五成", "50%"),
        ("半数", "二分之一"),
        ("双倍", "二倍"),
        ("两倍", "双倍"),
        ("一倍", "百分之一百"),
        ("半年", "六个月"),
        ("1 万元", "10000元"),
        ("10,000 元", "一万元"),
        ("五千块钱", "五千元"),
        ("18 岁", "十八周岁"),
        ("24小时", "二十四小时"),
        ("3个工作日", "三个工作日"),
        ("50 元至 100 元", "每件50元至100元"),
        ("5 天", "五至十五日"),
        ("三分之二", "三分之二以上"),
        ("万分之五", "0.05%"),
    ],
)
def test_one_value(said: str, written: str) -> None:
    assert keys(said)
    assert keys(said) <= keys(written)


@pytest.mark.parametrize(
    ("said", "written"),
    [("30日", "三十个工作日"), ("一年", "十二个月"), ("30 天", "一个月"), ("二十日", "三十日"), ("50元", "50万元"), ("二成", "两倍")],
)
def test_other_values(said: str, written: str) -> None:
    assert not keys(said) & keys(written)


NO_AMOUNTS = ["2026年11月23日", "3月5日", "第三天", "三五天", "几年", "十多天", "数十日", "一年到头", "一成不变", "成年", "12348"]


@pytest.mark.parametrize("text", NO_AMOUNTS)
def test_no_amount(text: str) -> None:
    assert amounts(text) == []
