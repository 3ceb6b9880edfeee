"""What people write and say, mended before it is searched with."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import KnowledgeError
from kiosk.guidance.danger import DangerSigns
from kiosk.guidance.lay import LONGEST_QUESTION, LayWords, normalise


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("律师你好，请问离婚怎么办，谢谢", "离婚怎么办"),
        ("　１２３　４５", "123 45"),
        ("離婚財產怎麼分", "离婚财产怎么分"),
        ("我想咨询一下：工钱不给咋办", ":工钱不给咋办"),
        ("你好", "你好"),
        ("", ""),
    ],
)
def test_greetings_widths_and_traditional_characters(said: str, meant: str) -> None:
    assert normalise(said) == meant


@given(st.text(max_size=900))
def test_no_text_is_too_strange(text: str) -> None:
    assert len(normalise(text)) <= LONGEST_QUESTION * 2


def test_small_faces_and_control_characters_are_no_words() -> None:
    assert normalise("😭😭老公家暴我❤️😭") == "老公家暴我"
    assert normalise("\x00老板\u200b") == "老板"
    assert normalise("😀😀") == ""


def test_lay_words_give_the_words_of_the_law_each_once_longest_first() -> None:
    words = LayWords({"工钱": ("工资", "劳动报酬"), "欠工钱": ("拖欠", "工资")}, {"公钱": "工钱"})
    assert words.expand("他欠工钱，工钱") == "拖欠 工资 劳动报酬"
    assert words.expand("公钱没给") == "工资 劳动报酬"
    assert words.expand("天气") == ""
    assert words.normalise("请问公钱") == "工钱"
    assert LayWords({}).expand("工钱") == ""


@pytest.mark.parametrize("text", ["", "[words]\na = 'x'\n", "[words", "[other]\n"])
def test_a_broken_table_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "lay.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"lay\.toml"):
        LayWords.load(path)


def test_danger_signs_broken_or_missing_are_told(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeError):
        DangerSigns.load(tmp_path)
    (tmp_path / "a.toml").write_text('id = "a"', encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"a\.toml"):
        DangerSigns.load(tmp_path)


def test_of_two_dangers_the_more_urgent_is_shown(tmp_path: Path) -> None:
    for name, urgency in (("a", 2), ("b", 1)):
        (tmp_path / f"{name}.toml").write_text(
            f'id = "{name}"\ntitle = "t"\nurgency = {urgency}\nheadline = "h"\nfirst_steps = ["s"]\nsigns = ["打人"]\n'
            'unless = ["去年"]\nexamples = ["打人"]\n[[calls]]\nnumber = "110"\nname = "报警"\n',
            encoding="utf-8",
        )
    signs = DangerSigns.load(tmp_path)
    found = signs.match("有人 打，人！")
    assert found is not None
    assert found.id == "b"
    assert signs.match("去年打人") is None
    assert signs.match("天气") is None
