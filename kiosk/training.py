"""Fits what the project learns from labelled questions: the order of articles, and how sure the station may be. Needs the extra `train`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from kiosk.assembly import open_index
from kiosk.guidance.guide import load_guides
from kiosk.guidance.lay import LayWords
from kiosk.law.article import short_name
from kiosk.law.book import LawBook
from kiosk.models.table import open_embedder, read_table
from kiosk.search import train as ranking
from kiosk.search.features import Priors, Signals
from kiosk.search.index import open_guides
from kiosk.search.searcher import Searcher
from kiosk.settings import Settings, knowledge_dir, model_table

Row = Mapping[str, Any]
NOISY_SOURCES = {"LawBench-3-8": 0.05}  # half of its labels are off: it counts for the priors, hardly for the trees
REFUSED_IN_TRAINING = 0.95
GUIDE_LINE = 0.4  # below it a guide is only offered; chosen on the calibration questions


def train(
    settings: Settings, labelled: Sequence[Row], calibrate: Sequence[Row], refuse: Sequence[Row], out: Path, today: date
) -> Iterator[str]:
    """Writes trees.npz, priors.json and confidence.json into `out`; yields lines of report."""
    knowledge = knowledge_dir()
    book = LawBook.open(settings.law_db)
    embedder = open_embedder(read_table(model_table()), settings.models, settings.embedder, threads=settings.threads)
    guides = load_guides(knowledge / "guides")
    articles = open_index(settings, book, embedder)
    guide_index = open_guides(guides, embedder, knowledge / "vectors")
    lay = LayWords.load(knowledge / "lay.toml")
    searcher = Searcher(articles, guide_index, embedder, None, Priors({}, {}), expand=lay.expand, resolve=book.resolve)
    questions = ranking.prepare(searcher, labelled, today, lay.normalise, lambda source: NOISY_SOURCES.get(source, 1.0))
    sources = {row["id"]: row.get("source", "") for row in labelled}
    judged = ranking.cross_validate(articles.corpus, questions)
    for source in sorted(set(sources.values())):
        mine = [(q, s) for q, s in judged if sources[q.id] == source]
        scores = {q.id: s for q, s in mine}
        figure = ranking.recall([q for q, _ in mine], lambda q, scores=scores: scores[q.id])  # type: ignore[misc]
        yield f"{source or 'labelled'}: recall@10 {figure:.4f} in cross-validation over {len(mine)} questions"
    trees, priors = ranking.fit(articles.corpus, questions)
    out.mkdir(parents=True, exist_ok=True)
    trees.save(out / "trees.npz")
    priors.save(out / "priors.json")
    held_out = ranking.prepare(searcher, calibrate, today, lay.normalise)
    if held_out:
        figure = ranking.recall(held_out, lambda q: trees.scores(ranking.with_priors(articles.corpus, q, priors, leave_out=False)))
        yield f"calibration file, not fitted on: recall@10 {figure:.4f} over {len(held_out)} questions"
    yield from fit_confidence(searcher, book, lay.normalise, labelled, calibrate, refuse, out / "confidence.json", today)


def fit_confidence(
    searcher: Searcher,
    book: LawBook,
    normalise: Callable[[str], str],
    labelled: Sequence[Row],
    calibrate: Sequence[Row],
    outside: Sequence[Row],
    path: Path,
    today: date,
) -> Iterator[str]:
    """in_scope on labelled against refused questions; guide_right on labelled ones: does the first guide cite a labelled article first?

    The calibration questions are of the kind that the station hears; they weigh four times as much as those that the trees are fitted on.
    """
    inside = [*labelled, *calibrate]
    weights = np.array([0.5] * len(labelled) + [2.0] * len(calibrate))
    inside_rows, outside_rows, right = [], [], []
    for row in inside:
        found = searcher.candidates(normalise(row["query"]), today)
        inside_rows.append(found.signals.vector())
        labels = {(short_name(r["law"]), r["article"]) for r in row.get("relevant", [])}
        cites = [(short_name(book.resolve(c.law) or c.law), c.number) for c in found.guides[0].guide.cites[:5]] if found.guides else []
        right.append(bool(labels & set(cites)))
    for row in outside:
        outside_rows.append(searcher.candidates(normalise(row["query"]), today).signals.vector())
    scope_x = np.array([*inside_rows, *outside_rows])
    scope_y = np.array([1] * len(inside_rows) + [0] * len(outside_rows))
    even = weights * len(outside) / weights.sum()  # both sides count the same
    in_scope, scope_p = _logistic(scope_x, scope_y, np.concatenate([even, np.ones(len(outside))]))
    guide_right, guide_p = _logistic(np.array(inside_rows), np.array(right), weights)
    refused = scope_p[len(inside_rows) :]
    line = float(np.quantile(refused, REFUSED_IN_TRAINING)) if len(refused) else 0.5
    kept = scope_p[: len(inside_rows)] >= line
    shares = f"{kept[: len(labelled)].mean():.4f} of the labelled and {kept[len(labelled) :].mean():.4f} of the calibration questions"
    likeness = round(float(np.array(outside_rows)[:, Signals.names().index("guide_cosine")].max()) + 0.002, 3)
    lines = {"scope_line": round(line, 4), "guide_line": GUIDE_LINE, "likeness_line": likeness}
    data = {"in_scope": in_scope, "guide_right": guide_right, **lines}
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    yield f"scope line {line:.4f}: {len(refused)} out-of-scope questions at {REFUSED_IN_TRAINING:.0%} refused keep {shares}"
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (guide_p >= low) & (guide_p < low + 0.2)
        if here.any():
            yield f"first guide right, said {low:.1f}–{low + 0.2:.1f}: {np.array(right)[here].mean():.3f} of {int(here.sum())}"


def _logistic(x: Any, y: Any, weights: Any) -> tuple[dict[str, Any], Any]:
    """The fitted model as JSON values, and out-of-fold probabilities."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler

    pipeline = make_pipeline(StandardScaler(), PolynomialFeatures(2, include_bias=False), LogisticRegression(C=1.0, max_iter=5000))
    judged = np.zeros(len(y))
    for fitted, held in StratifiedKFold(10, shuffle=True, random_state=0).split(x, y):
        pipeline.fit(x[fitted], y[fitted], logisticregression__sample_weight=weights[fitted])
        judged[held] = pipeline.predict_proba(x[held])[:, 1]
    pipeline.fit(x, y, logisticregression__sample_weight=weights)
    scaler, fitted_weights = pipeline[0], [round(float(w), 5) for w in pipeline[2].coef_[0]]
    count = x.shape[1]
    values = {
        "names": list(Signals.names()),
        "weights": fitted_weights[:count],
        "products": fitted_weights[count:],
        "means": [round(float(m), 5) for m in scaler.mean_],
        "scales": [round(float(s), 5) for s in scaler.scale_],
        "bias": round(float(pipeline[2].intercept_[0]), 5),
    }
    return values, judged
