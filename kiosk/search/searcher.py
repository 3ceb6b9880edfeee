"""A query to guides and articles: words and meaning give candidates, the fitted trees put them in order."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.guidance.guide import Guide
from kiosk.models.embedder import Embedder
from kiosk.search import features
from kiosk.search.index import ArticleIndex, GuideIndex
from kiosk.search.trees import Trees
from kiosk.search.words import terms

NEAREST, WORDS, LAY_WORDS, GUIDES = 80, 50, 30, 6
STANDS_FOR = 5  # first cited articles that a guide stands for
LIKE = 0.93  # likeness of a guide from which they are lifted: the trees saw too few questions that a guide answers to learn it
LIFT = 1.0
PHRASES_OF = 3  # nearest guides whose key phrases are looked for in the query
NOTHING = np.zeros(0, np.float32)

Resolve = Callable[[str], str | None]
Stages = dict[str, float]


@dataclass(frozen=True, slots=True)
class ArticleHit:
    """`score` orders articles within one query and means nothing across queries; `cosine` does."""

    law: str
    number: str
    score: float
    cosine: float


@dataclass(frozen=True, slots=True)
class GuideHit:
    guide: Guide
    score: float
    cosine: float
    words: float


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought, best first. `signals`: the figures that confidence rests on. `stages`: milliseconds of each stage."""

    articles: tuple[ArticleHit, ...]
    guides: tuple[GuideHit, ...]
    signals: features.Signals
    stages: Stages = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows of the corpus with their feature matrix, for ranking and for training."""

    rows: NDArray[np.int64]
    matrix: features.Matrix
    cosines: NDArray[np.float32]
    guides: tuple[GuideHit, ...]
    signals: features.Signals


class Searcher:
    """Thread-safe once made. `expand` gives the law's words for lay words in a query; `resolve` the full title of a law's name."""

    def __init__(
        self,
        articles: ArticleIndex,
        guides: GuideIndex,
        embedder: Embedder,
        ranker: Trees | None,
        priors: features.Priors,
        *,
        expand: Callable[[str], str] = lambda _: "",
        resolve: Resolve = lambda name: name,
    ) -> None:
        self.articles, self.guides = articles, guides
        self._embedder, self._ranker, self._expand = embedder, ranker, expand
        corpus = articles.corpus
        self.table = features.Table(corpus, priors, articles.meaning)
        self._cites = {g.id: [(resolve(c.law) or c.law, c.number) for c in g.cites] for g in guides.guides}
        self._law_names = {law: i for i, law in enumerate(corpus.laws)}

    def search(self, query: str, on: date, limit: int = 10) -> Found:
        """At most `limit` articles in force on that day, and the nearest guides. An empty query finds nothing."""
        stages: Stages = {}
        if not query.strip():
            return Found((), (), features.Signals.of((), NOTHING, NOTHING, (), 0), stages)
        found = self.candidates(query, on, stages)
        start = time.perf_counter()
        if self._ranker is not None and len(found.rows):
            scores: Any = self._ranker.scores(found.matrix) + LIFT * _stood_for(found)
        else:
            scores = found.cosines
        order = np.argsort(-scores, kind="stable")[:limit]
        keys = self.articles.corpus.articles
        hits = tuple(ArticleHit(keys[found.rows[i]][0], keys[found.rows[i]][1], float(scores[i]), float(found.cosines[i])) for i in order)
        stages["rank"] = (time.perf_counter() - start) * 1e3
        return Found(hits, found.guides, found.signals, stages)

    def candidates(self, query: str, on: date, stages: Stages | None = None) -> Candidates:
        stages = {} if stages is None else stages
        clock = time.perf_counter
        start = clock()
        vector = self._embedder.queries([query])[0]
        stages["encode"] = (clock() - start) * 1e3
        start = clock()
        corpus, mask = self.articles.corpus, self.articles.corpus.in_force(on)
        near, near_cosines = self.articles.meaning.nearest(vector, NEAREST, mask)
        stages["meaning"] = (clock() - start) * 1e3
        start = clock()
        query_terms = terms(query)
        words = self.articles.words.scores(query_terms) * mask
        lay = self._expand(query)
        lay_words = self.articles.words.scores(terms(lay)) * mask if lay else np.zeros(len(corpus), np.float32)
        stages["words"] = (clock() - start) * 1e3
        start = clock()
        hits = nearest_guides(self.guides, vector, query_terms)
        stages["guides"] = (clock() - start) * 1e3
        start = clock()
        support = self._support(hits, mask)
        parts = [near, _top(words, WORDS), _top(lay_words, LAY_WORDS), np.fromiter(support, np.int64, len(support))]
        rows = np.unique(np.concatenate(parts))
        vectors = self.articles.meaning.vectors(rows)
        cosines = vectors @ vector
        best_guide = hits[0].cosine if hits else 0.0
        matrix = self.table.matrix(
            query,
            query_terms,
            vector,
            rows,
            vectors,
            cosines,
            near,
            near_cosines,
            words,
            lay_words,
            support,
            best_guide,
            self._named(query),
        )
        phrases = len({w for h in hits[:PHRASES_OF] for w in h.guide.words if w in query})
        signals = features.Signals.of(query_terms, near_cosines, words, [(h.cosine, h.words) for h in hits], phrases)
        stages["features"] = (clock() - start) * 1e3
        return Candidates(rows, matrix, cosines, hits, signals)

    def _named(self, query: str) -> list[int]:
        """Laws whose name stands in the query."""
        return [i for name, i in self._law_names.items() if name in query]

    def _support(self, hits: tuple[GuideHit, ...], mask: NDArray[np.bool_]) -> dict[int, tuple[float, int, int]]:
        """Row → (score of the best guide that cites it, its place among the cited, the guide's rank)."""
        support: dict[int, tuple[float, int, int]] = {}
        for rank, hit in enumerate(hits):
            for position, key in enumerate(self._cites[hit.guide.id]):
                row = self.articles.corpus.row(*key, mask)
                if row is not None and row not in support:
                    support[row] = (hit.score, position, rank)
        return support


def nearest_guides(index: GuideIndex, vector: NDArray[np.float32], query_terms: list[str]) -> tuple[GuideHit, ...]:
    """The nearest guides by their best phrasing, with a little weight for shared words; best first, at most six."""
    if index.asks is None or index.words is None:
        return ()
    rows, cosines = index.asks.nearest(vector, 40)
    best: dict[int, float] = {}
    for row, cosine in zip(rows, cosines, strict=True):
        best.setdefault(int(index.owner[row]), float(cosine))
    words = index.words.scores(query_terms)
    for place in _top(words, GUIDES):
        if int(place) not in best:
            asks = np.flatnonzero(index.owner == place)
            best[int(place)] = float(index.asks.cosines(vector, asks).max())
    length = max(len(query_terms), 1)
    shared = {p: float(words[p]) / length for p in best}
    order = sorted(best, key=lambda p: (-features.guide_score(best[p], shared[p]), index.guides[p].id))[:GUIDES]
    return tuple(GuideHit(index.guides[p], features.guide_score(best[p], shared[p]), best[p], shared[p]) for p in order)


def _stood_for(found: Candidates) -> NDArray[np.bool_]:
    """The candidates among the first cited of a guide that is very like the question."""
    column = features.FEATURES.index
    if not found.guides or found.guides[0].cosine < LIKE:
        return np.zeros(len(found.rows), np.bool_)
    first = found.matrix[:, column("guide_rank")] == 0
    return np.asarray(first & (found.matrix[:, column("guide_place")] < STANDS_FOR), np.bool_)


def _top(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The k best rows with a score above zero."""
    k = min(k, len(scores))
    rows = np.argpartition(-scores, k - 1)[:k] if k else np.zeros(0, np.int64)
    return np.asarray(rows[scores[rows] > 0], np.int64)
