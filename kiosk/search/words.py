"""Words: BM25 over characters and pairs of characters. Chinese law needs no dictionary for this, and a recogniser's slip costs little."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it announces every index it builds

Scores = NDArray[np.float32]

_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u4dbf\u4e00-\u9fff]+")
STOP = frozenset("的了吗呢吧啊呀么我你他她它们是在和就都也很这那有个")


def terms(text: str) -> list[str]:
    """Characters (without the commonest) and pairs within a run of Han characters; Latin words and numbers whole."""
    out: list[str] = []
    for run in _RUN.findall(text.lower()):
        if run[0].isascii():
            out.append(run)
            continue
        out.extend(c for c in run if c not in STOP)
        out.extend(run[i : i + 2] for i in range(len(run) - 1))
    return out


class WordIndex:
    """BM25 (Lucene's form) over a list of texts; scores come as one array of shape (texts,), zero where nothing is shared."""

    def __init__(self, index: bm25s.BM25, size: int) -> None:
        self._index, self.size = index, size

    @classmethod
    def build(cls, texts: Iterable[str]) -> WordIndex:
        vocabulary: dict[str, int] = {}
        rows = [[vocabulary.setdefault(t, len(vocabulary)) for t in terms(text)] for text in texts]
        index = bm25s.BM25(k1=1.2, b=0.6, method="lucene", backend="numpy")
        index.index((rows, vocabulary), show_progress=False, create_empty_token=False)
        return cls(index, len(rows))

    @classmethod
    def load(cls, folder: Path, size: int) -> WordIndex:
        return cls(bm25s.BM25.load(str(folder), load_vocab=True, show_progress=False), size)

    def save(self, folder: Path) -> None:
        self._index.save(str(folder), show_progress=False)

    def scores(self, query: Sequence[str]) -> Scores:
        """`query`: terms; those not in any text are passed over."""
        vocabulary: dict[str, int] = self._index.vocab_dict
        ids = [vocabulary[t] for t in query if t in vocabulary]
        if not ids:
            return np.zeros(self.size, np.float32)
        return np.asarray(self._index.get_scores(ids), np.float32)
