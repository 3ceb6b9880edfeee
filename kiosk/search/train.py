"""Fits the re-ranker on labelled questions: trees (LightGBM, LambdaRank) over the features, and the priors of laws and chapters.

Needs the extra `train`. A labelled question is {"id", "query", "relevant": [{"law", "article"}]}. While fitting, a question's own labels
are taken out of the priors that its rows see, so the trees do not learn to trust a prior that already knows the answer.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.law.article import short_name
from kiosk.search.corpus import Corpus
from kiosk.search.features import FEATURES, Matrix, Priors
from kiosk.search.searcher import Candidates, Searcher
from kiosk.search.trees import Trees

PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 15,
    "learning_rate": 0.06,
    "num_leaves": 12,
    "max_depth": 5,
    "min_data_in_leaf": 100,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 20.0,
    "seed": 11,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "verbose": -1,
}
TREES = 140
SMOOTHING = 0.5
LAW, CHAPTER = FEATURES.index("law_prior"), FEATURES.index("chapter_prior")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question ready for fitting. `right`: the candidates' labels, 0 or 1; `rows`: their rows in the corpus; `weight`: trust in them."""

    id: str
    rows: NDArray[np.int64]
    matrix: Matrix
    right: NDArray[np.int32]
    labels: tuple[int, ...]
    weight: float = 1.0


def label_rows(corpus: Corpus, relevant: Sequence[Mapping[str, str]], on: date) -> tuple[int, ...]:
    """Rows of the labelled articles in force on that day."""
    mask = corpus.in_force(on)
    short = {(short_name(law), number): law for law, number in corpus.articles}
    rows = []
    for label in relevant:
        law = short.get((short_name(label["law"]), label["article"]))
        row = corpus.row(law, label["article"], mask) if law else None
        if row is not None:
            rows.append(row)
    return tuple(rows)


def prepare(
    searcher: Searcher,
    questions: Sequence[Mapping[str, Any]],
    on: date,
    normalise: Callable[[str], str],
    weight: Callable[[str], float] = lambda _: 1.0,
) -> list[Labelled]:
    corpus = searcher.articles.corpus
    mask = corpus.in_force(on)
    short = {(short_name(law), number): row for row, (law, number) in enumerate(corpus.articles) if mask[row]}
    out = []
    for question in questions:
        wanted = [(short_name(r["law"]), r["article"]) for r in question.get("relevant", [])]
        labels = tuple(short[w] for w in wanted if w in short)
        if not labels:
            continue
        found: Candidates = searcher.candidates(normalise(question["query"]), on)
        right = np.isin(found.rows, np.array(labels)).astype(np.int32)
        out.append(Labelled(question["id"], found.rows, found.matrix, right, labels, weight(question.get("source", ""))))
    return out


def count_priors(corpus: Corpus, questions: Sequence[Labelled]) -> Priors:
    laws: Counter[str] = Counter()
    chapters: Counter[str] = Counter()
    for question in questions:
        for row in question.labels:
            laws[corpus.laws[corpus.law[row]]] += 1
            chapters[corpus.chapters[corpus.chapter[row]]] += 1
    total = sum(laws.values()) + SMOOTHING * len(corpus.laws)
    floor = math.log(SMOOTHING / total)

    def logs(counts: Counter[str]) -> dict[str, float]:
        return {name: round(math.log((n + SMOOTHING) / total), 4) for name, n in counts.items()}

    return Priors(logs(laws), logs(chapters), round(floor, 4))


def with_priors(corpus: Corpus, question: Labelled, priors: Priors, *, leave_out: bool) -> Matrix:
    """The question's matrix with its prior columns from `priors`; `leave_out` takes its own labels out of the counts."""
    matrix = question.matrix.copy()
    own_law = Counter(int(corpus.law[r]) for r in question.labels) if leave_out else Counter[int]()
    own_chapter = Counter(int(corpus.chapter[r]) for r in question.labels) if leave_out else Counter[int]()
    scale = math.exp(priors.floor) / SMOOTHING

    def column(ids: NDArray[np.int32], names: Sequence[str], logs: Mapping[str, float], own: Counter[int]) -> list[float]:
        out = []
        for i in ids:
            log = logs.get(names[i], priors.floor)
            if own.get(int(i)):
                log = math.log(max(math.exp(log) - own[int(i)] * scale, math.exp(priors.floor)))
            out.append(log)
        return out

    matrix[:, LAW] = column(corpus.law[question.rows], corpus.laws, priors.laws, own_law)
    matrix[:, CHAPTER] = column(corpus.chapter[question.rows], corpus.chapters, priors.chapters, own_chapter)
    return matrix


def fit(
    corpus: Corpus, questions: Sequence[Labelled], *, trees: int = TREES, parameters: Mapping[str, Any] = PARAMETERS
) -> tuple[Trees, Priors]:
    import lightgbm

    priors = count_priors(corpus, questions)
    used = [q for q in questions if q.right.any()]
    rows = np.concatenate([with_priors(corpus, q, priors, leave_out=True) for q in used])
    weights = np.concatenate([np.full(len(q.rows), q.weight, np.float32) for q in used])
    data = lightgbm.Dataset(rows, np.concatenate([q.right for q in used]), group=[len(q.rows) for q in used], weight=weights)
    booster = lightgbm.train(dict(parameters), data, num_boost_round=trees)
    return Trees.from_lightgbm(booster.dump_model(), FEATURES), priors


def recall(questions: Sequence[Labelled], scores: Callable[[Labelled], NDArray[np.float32]], cut: int = 10) -> float:
    """Mean share of a question's labels among the first `cut`; labels that were no candidates count as missed."""
    total = 0.0
    for question in questions:
        order = np.argsort(-scores(question), kind="stable")[:cut]
        total += question.right[order].sum() / len(set(question.labels))
    return total / max(len(questions), 1)


def cross_validate(
    corpus: Corpus, questions: Sequence[Labelled], folds: int = 5, **options: Any
) -> list[tuple[Labelled, NDArray[np.float32]]]:
    """Each question with the scores of trees that have not seen it."""
    place = np.random.default_rng(5).permutation(len(questions)) % folds
    out = []
    for fold in range(folds):
        trees, priors = fit(corpus, [q for q, p in zip(questions, place, strict=True) if p != fold], **options)
        for question in (q for q, p in zip(questions, place, strict=True) if p == fold):
            out.append((question, trees.scores(with_priors(corpus, question, priors, leave_out=False))))
    return out
