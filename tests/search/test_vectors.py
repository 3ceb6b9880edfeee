"""Prepared vectors: the file format, and what is in the project."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from kiosk.assembly import Rooms
from kiosk.law.book import LawBook
from kiosk.search import vectors
from kiosk.search.corpus import Corpus
from kiosk.search.index import ask_key, guide_texts
from kiosk.settings import knowledge_dir


@pytest.fixture
def drawn() -> np.ndarray:
    made = np.random.default_rng(1).standard_normal((200, 384)).astype(np.float32)
    return made / np.linalg.norm(made, axis=1, keepdims=True)


def test_eight_bits_keep_the_direction(drawn: np.ndarray) -> None:
    back = vectors.widen(*vectors.quantise(drawn))
    assert (back * drawn).sum(axis=1).min() >= 0.9995
    assert np.allclose(np.linalg.norm(back, axis=1), 1, atol=1e-5)


def test_a_vector_of_nothing_stays_nothing() -> None:
    assert vectors.widen(*vectors.quantise(np.zeros((2, 8), np.float32))).tolist() == [[0.0] * 8] * 2


def test_what_was_written_is_read_and_the_same_content_gives_the_same_bytes(drawn: np.ndarray, tmp_path: Path) -> None:
    keys = [2**64 - 1, 5, 2**63, 7]
    vectors.write(tmp_path / "a.npz", "model", keys, drawn[:4])
    vectors.write(tmp_path / "b.npz", "model", keys[::-1], drawn[:4][::-1])
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()
    held = vectors.read(tmp_path, "model")
    assert set(held) == set(keys)
    got, new = vectors.gather(dict.fromkeys(keys, ""), held, _never, 384)
    assert new == []
    assert (got * drawn[:4]).sum(axis=1).min() >= 0.9995


def _never(texts: Sequence[str]) -> np.ndarray:
    raise AssertionError(f"embedded anew: {list(texts)[:3]}")


def test_vectors_of_another_model_are_passed_over(drawn: np.ndarray, tmp_path: Path) -> None:
    vectors.write(tmp_path / "a.npz", "other", [1], drawn[:1])
    assert vectors.read(tmp_path, "model") == {}
    assert vectors.read(tmp_path / "nowhere", "model") == {}


@pytest.mark.parametrize("fault", ["cut", "empty", "text", "lacks a field", "pickled", "unequal lengths"])
def test_a_damaged_file_is_passed_over_and_what_it_held_is_embedded_anew(fault: str, drawn: np.ndarray, tmp_path: Path) -> None:
    vectors.write(tmp_path / "whole.npz", "model", [1], drawn[:1])
    bad = tmp_path / "bad.npz"
    vectors.write(bad, "model", [2, 3], drawn[1:3])
    if fault == "cut":
        bad.write_bytes(bad.read_bytes()[:-200])
    elif fault == "empty":
        bad.write_bytes(b"")
    elif fault == "text":
        bad.write_text("404", encoding="utf-8")
    elif fault == "lacks a field":
        np.savez(bad, model=np.array("model"), keys=np.array([2, 3], np.uint64))
    elif fault == "pickled":
        np.savez(bad, model=np.array("model"), keys=np.array([2, 3], object), values=np.zeros((2, 384)), scales=np.ones(2))
    else:
        np.savez(bad, model=np.array("model"), keys=np.array([2, 3], np.uint64), values=np.zeros((1, 384), np.int8), scales=np.ones(2))
    held = vectors.read(tmp_path, "model")
    assert 1 in held
    asked: list[str] = []

    def embed(texts: Sequence[str]) -> np.ndarray:
        asked.extend(texts)
        return drawn[1:3]

    got, new = vectors.gather({1: "one", 2: "two", 3: "three"}, {k: v for k, v in held.items() if k == 1}, embed, 384)
    assert (asked, new) == (["two", "three"], [2, 3])
    assert (got * drawn[:3]).sum(axis=1).min() >= 0.9995
    if fault != "unequal lengths":
        assert set(held) == {1}


def test_a_new_station_embeds_no_article(law_book: LawBook, rooms: Rooms) -> None:
    held = vectors.read(knowledge_dir() / "vectors", rooms.embedder.digest)
    missing = [text.split("\n")[0] for key, text in Corpus(law_book.all_articles()).passages.items() if key not in held]
    assert missing == [], "run `kiosk vectors`"


def test_a_new_station_embeds_no_phrasing(rooms: Rooms) -> None:
    held = vectors.read(knowledge_dir() / "vectors", rooms.embedder.digest)
    missing = [text for guide in rooms.guides for text in guide_texts(guide) if ask_key(text) not in held]
    assert missing == [], "run `kiosk vectors --guides-only`"


def test_a_random_sample_of_articles_embedded_anew_agrees(law_book: LawBook, rooms: Rooms) -> None:
    seed = random.randrange(10**6)
    held = vectors.read(knowledge_dir() / "vectors", rooms.embedder.digest)
    sample = dict(random.Random(seed).sample(sorted(Corpus(law_book.all_articles()).passages.items()), 24))
    ahead, new = vectors.gather(sample, held, _never, rooms.embedder.dimension)
    assert new == []
    cosines = (ahead * rooms.embedder.passages(list(sample.values()))).sum(axis=1)
    assert cosines.min() >= 0.999, (seed, list(sample.values())[int(cosines.argmin())])


def test_the_prepared_vectors_are_at_most_fifteen_megabytes() -> None:
    assert sum(p.stat().st_size for p in (knowledge_dir() / "vectors").glob("*.npz")) <= 15e6
