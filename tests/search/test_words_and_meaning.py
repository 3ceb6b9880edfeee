from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kiosk.search.meaning import MeaningIndex
from kiosk.search.words import WordIndex, terms

TEXTS = ("借款人应当按照约定的期限返还借款", "用人单位拖欠劳动报酬的", "饲养的动物造成他人损害的", "拖欠租金")


def test_terms_are_characters_and_pairs_within_a_run() -> None:
    assert terms("借钱，不还3年") == ["借", "钱", "借钱", "不", "还", "不还", "3", "年"]
    assert terms("我的APP会员") == ["我的", "app", "会", "员", "会员"]
    assert terms("") == terms("，。！ \n") == []


def test_words_shared_score_and_words_not_shared_do_not() -> None:
    index = WordIndex.build(TEXTS)
    scores = index.scores(terms("老板拖欠报酬"))
    assert scores.shape == (4,)
    assert int(scores.argmax()) == 1
    assert scores[3] > 0
    assert scores[0] == scores[2] == 0


@pytest.mark.parametrize("query", ["", "龘龘", "xyz", "？？？"])
def test_words_that_no_text_has_find_nothing(query: str) -> None:
    assert WordIndex.build(TEXTS).scores(terms(query)).tolist() == [0, 0, 0, 0]


def test_the_word_index_that_is_read_back_scores_the_same(tmp_path: Path) -> None:
    made = WordIndex.build(TEXTS)
    made.save(tmp_path / "words")
    read = WordIndex.load(tmp_path / "words", len(TEXTS))
    for query in ("拖欠", "动物损害", "借款", "无"):
        assert np.array_equal(made.scores(terms(query)), read.scores(terms(query)))


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    drawn = np.random.default_rng(3).standard_normal((500, 32)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def test_the_nearest_come_first_with_their_cosines(vectors: np.ndarray) -> None:
    """Half precision: cosines are right to the third place."""
    index, exact = MeaningIndex(vectors), vectors @ vectors[7]
    rows, cosines = index.nearest(vectors[7], 20)
    assert int(rows[0]) == 7
    assert np.allclose(exact[rows], np.sort(exact)[::-1][:20], atol=1e-3)
    assert np.allclose(cosines, exact[rows], atol=1e-3)
    assert (np.diff(cosines) <= 0).all()
    assert np.allclose(index.cosines(vectors[7], rows), cosines, atol=1e-3)
    assert np.allclose(index.vectors(rows), vectors[rows], atol=1e-3)


@pytest.mark.parametrize("k", [1, 5, 500, 100_000])
@pytest.mark.parametrize("share", [0.0, 0.004, 0.5, 1.0])
def test_a_row_outside_the_mask_never_comes(vectors: np.ndarray, k: int, share: float) -> None:
    mask = np.random.default_rng(int(share * 1000)).random(len(vectors)) < share
    rows, cosines = MeaningIndex(vectors).nearest(vectors[0], k, mask)
    assert len(rows) == len(cosines) == min(k, int(mask.sum()))
    assert mask[rows].all()
    assert len(set(rows.tolist())) == len(rows)
    exact = vectors @ vectors[0]
    assert np.allclose(exact[rows], np.sort(exact[mask])[::-1][:k], atol=1e-3)


def test_many_days_in_turn_do_not_mix(vectors: np.ndarray) -> None:
    """An index is kept for the last days asked about: none may answer for another day."""
    index, masks = MeaningIndex(vectors), [np.arange(500) % 5 == day for day in range(5)]
    for day in (0, 1, 0, 2, 3, 0, 4, 1, 0, 0):
        assert (index.nearest(vectors[day], 30, masks[day])[0] % 5 == day).all()


def test_the_last_rows_are_masked_too(vectors: np.ndarray) -> None:
    """500 rows fill 62.5 bytes of mask: the half byte at the end counts."""
    mask = np.zeros(500, np.bool_)
    mask[499] = True
    assert MeaningIndex(vectors).nearest(vectors[0], 10, mask)[0].tolist() == [499]
