"""What the fitted trees look at, one row of figures for each candidate article, and the signals that confidence rests on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.search.corpus import Corpus
from kiosk.search.meaning import MeaningIndex
from kiosk.search.words import WordIndex, terms

Matrix = NDArray[np.float32]
Rows = NDArray[np.int64]

FEATURES = (
    "cosine",
    "cosine_gap",
    "meaning_rank",
    "words_share",
    "words",
    "words_rank",
    "lay_share",
    "lay_gain",
    "law_vote",
    "chapter_vote",
    "law_words",
    "law_prior",
    "chapter_prior",
    "law_named",
    "length",
    "neighbour",
    "title_overlap",
    "guide_support",
    "guide_place",
    "guide_rank",
    "guide_best",
    "query_length",
    "feedback",
    "chapter_cosine",
    "law_cosine",
    "title_words",
)


FEEDBACK = 3  # nearest articles whose mean stands for the question once more


def _centres(vectors: Matrix, group: NDArray[np.int32], groups: int) -> Matrix:
    """The mean vector of each group, shape (groups, dimension)."""
    order = np.argsort(group, kind="stable")
    starts = np.searchsorted(group[order], np.arange(groups))
    sums: Matrix = np.add.reduceat(vectors[order], starts, axis=0)
    counts = np.bincount(group, minlength=groups).astype(np.float32)
    return sums / counts[:, None]


@dataclass(frozen=True, slots=True)
class Priors:
    """How often labelled questions were answered by a law, and by a chapter: logarithms, by name; what is not named has `floor`."""

    laws: Mapping[str, float]
    chapters: Mapping[str, float]
    floor: float = -8.0

    @classmethod
    def load(cls, path: Path) -> Priors:
        data = json.loads(path.read_text(encoding="utf-8"))
        return cls(data["laws"], data["chapters"], data["floor"])

    def save(self, path: Path) -> None:
        data = {"floor": self.floor, "laws": dict(sorted(self.laws.items())), "chapters": dict(sorted(self.chapters.items()))}
        path.write_text(json.dumps(data, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Signals:
    """Figures of a query that tell whether it was understood; `Signals.names()` gives their order as a vector.

    phrases  how many of the nearest guides' own key phrases stand in the query, at most 3: what tells a short question from chatter
    """

    best_cosine: float
    mean_cosine: float
    words_per_term: float
    guide_cosine: float
    guide_lead: float
    guide_words: float
    phrases: float
    terms: float

    @classmethod
    def of(
        cls,
        query_terms: Sequence[str],
        near: NDArray[np.float32],
        words: NDArray[np.float32],
        guides: Sequence[tuple[float, float]],
        phrases: int,
    ) -> Signals:
        count = max(len(query_terms), 1)
        first = guides[0] if guides else (0.0, 0.0)
        second = max((c for c, _ in guides[1:]), default=0.0)
        return cls(
            float(near[0]) if len(near) else 0.0,
            float(near[:10].mean()) if len(near) else 0.0,
            float(words.max(initial=0.0)) / count,
            first[0],
            first[0] - second,
            first[1],
            float(min(phrases, 3)),
            math.log1p(len(query_terms)),
        )

    def vector(self) -> list[float]:
        return [float(x) for x in astuple(self)]

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(f.name for f in fields(cls))


def guide_score(cosine: float, words_per_term: float) -> float:
    """Meaning with a little weight for shared words; cosines of this model lie between .75 and 1."""
    return cosine + 0.03 * min(words_per_term, 2.0)


class Table:
    """The corpus' own side of the features, kept ready."""

    def __init__(self, corpus: Corpus, priors: Priors, meaning: MeaningIndex) -> None:
        self._corpus, self._meaning = corpus, meaning
        vectors = meaning.vectors(slice(None))
        self._law_centre = _centres(vectors, corpus.law, len(corpus.laws))
        self._chapter_centre = _centres(vectors, corpus.chapter, len(corpus.chapters))
        self._law_prior = np.array([priors.laws.get(n, priors.floor) for n in corpus.laws], np.float32)
        self._chapter_prior = np.array([priors.chapters.get(n, priors.floor) for n in corpus.chapters], np.float32)
        self._length = np.log1p(corpus.lengths.astype(np.float32))
        self._titles = WordIndex.build(corpus.chapters)
        self._title_terms = [frozenset(t for t in terms(name) if len(t) > 1) for name in corpus.chapters]

    def matrix(
        self,
        query: str,
        query_terms: Sequence[str],
        vector: NDArray[np.float32],
        rows: Rows,
        vectors: Matrix,
        cosines: NDArray[np.float32],
        near: Rows,
        near_cosines: NDArray[np.float32],
        words: NDArray[np.float32],
        lay: NDArray[np.float32],
        support: Mapping[int, tuple[float, int, int]],
        best_guide: float,
        named: Sequence[int],
    ) -> Matrix:
        """Shape (len(rows), len(FEATURES)), columns as in FEATURES."""
        corpus = self._corpus
        count = len(rows)
        law, chapter = corpus.law[rows], corpus.chapter[rows]
        top = float(near_cosines[0]) if len(near) else 0.0
        weight = np.exp((near_cosines[:50] - top) * 40.0)
        total = max(float(weight.sum()), 1e-6)
        law_vote = np.bincount(corpus.law[near[:50]], weight, minlength=len(corpus.laws)) / total
        chapter_vote = np.bincount(corpus.chapter[near[:50]], weight, minlength=len(corpus.chapters)) / total
        own_words, own_lay = words[rows], lay[rows]
        most, most_lay = max(float(words.max(initial=0.0)), 1e-6), max(float(lay.max(initial=0.0)), 1e-6)
        by_words = np.argsort(-own_words, kind="stable")
        words_rank = np.empty(count, np.float32)
        words_rank[by_words] = np.arange(count)
        by_cosine = np.argsort(-cosines, kind="stable")
        meaning_rank = np.empty(count, np.float32)
        meaning_rank[by_cosine] = np.arange(count)
        law_words = np.zeros(len(corpus.laws), np.float32)
        np.maximum.at(law_words, law, own_words)
        pairs = frozenset(t for t in query_terms if len(t) > 1)
        chapters, where = np.unique(chapter, return_inverse=True)
        overlap = np.array([len(pairs & self._title_terms[c]) for c in chapters], np.float32)
        by_law, by_chapter = self._law_centre @ vector, self._chapter_centre[chapters] @ vector
        feedback = self._meaning.vectors(near[:FEEDBACK]).mean(axis=0) if len(near) else vector
        title_words = self._titles.scores(query_terms)
        supported = [support.get(int(r)) for r in rows]
        columns = (
            cosines,
            cosines - top,
            np.log1p(meaning_rank),
            own_words / most,
            own_words / max(len(pairs), 1),
            np.log1p(words_rank),
            own_lay / most_lay,
            own_lay - own_words,
            law_vote[law],
            chapter_vote[chapter],
            law_words[law] / most,
            self._law_prior[law],
            self._chapter_prior[chapter],
            np.isin(law, np.array(named, np.int32)),
            self._length[rows],
            self._neighbour(rows, cosines),
            overlap[where],
            np.array([s[0] if s else 0.0 for s in supported]),
            np.array([s[1] if s else 30.0 for s in supported]),
            np.array([s[2] if s else 10.0 for s in supported]),
            np.full(count, best_guide),
            np.full(count, math.log1p(len(query))),
            vectors @ feedback,
            by_chapter[where] - by_chapter.max(initial=0.0),
            by_law[law] - by_law.max(initial=0.0),
            title_words[chapter] / max(float(title_words.max(initial=0.0)), 1e-6),
        )
        return np.stack([np.asarray(c, np.float32) for c in columns], axis=1)

    def _neighbour(self, rows: Rows, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """The better cosine of the articles before and after, where they are candidates too (rows are sorted)."""
        out = np.zeros(len(rows), np.float32)
        if len(rows) > 1:
            beside = (np.diff(rows) == 1) & (np.diff(self._corpus.law[rows]) == 0)
            out[1:][beside] = cosines[:-1][beside]
            out[:-1][beside] = np.maximum(out[:-1][beside], cosines[1:][beside])
        return out
