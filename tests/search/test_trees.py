from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
import pytest

from kiosk.errors import KnowledgeError
from kiosk.search.features import FEATURES
from kiosk.search.trees import Trees
from kiosk.settings import knowledge_dir

NAMES = ("a", "b", "c")


def fitted(rows: np.ndarray, wanted: np.ndarray, **more: Any) -> lightgbm.Booster:
    options = {"num_leaves": 7, "min_data_in_leaf": 5, "verbose": -1, "num_threads": 1, "deterministic": True, "seed": 1, **more}
    return lightgbm.train(options, lightgbm.Dataset(rows, wanted), num_boost_round=12)


@pytest.fixture(scope="module")
def rows() -> np.ndarray:
    """A column of fractions, one of whole numbers, one that is mostly nought."""
    draw = np.random.default_rng(2)
    columns = (draw.standard_normal(600), draw.integers(0, 5, 600), draw.random(600) * (draw.random(600) < 0.2))
    return np.stack(columns, axis=1).astype(np.float32)


@pytest.fixture(scope="module")
def booster(rows: np.ndarray) -> lightgbm.Booster:
    return fitted(rows, np.sin(rows[:, 0] * 2) + rows[:, 1] * (rows[:, 2] > 0.3))


def test_the_arrays_score_as_the_library_that_fitted_them(booster: lightgbm.Booster, rows: np.ndarray) -> None:
    trees = Trees.from_lightgbm(booster.dump_model(), NAMES)
    fresh = np.concatenate([rows, np.random.default_rng(9).standard_normal((400, 3)).astype(np.float32), np.zeros((1, 3), np.float32)])
    assert np.allclose(trees.scores(fresh), booster.predict(fresh), atol=1e-5)
    assert trees.scores(fresh[:0]).shape == (0,)


def test_trees_of_one_leaf_score_too(rows: np.ndarray) -> None:
    constant = fitted(rows, np.full(len(rows), 2.0))
    trees = Trees.from_lightgbm(constant.dump_model(), NAMES)
    assert np.allclose(trees.scores(rows[:5]), constant.predict(rows[:5]), atol=1e-5)


def test_what_is_saved_scores_the_same_and_not_for_other_columns(booster: lightgbm.Booster, rows: np.ndarray, tmp_path: Path) -> None:
    trees = Trees.from_lightgbm(booster.dump_model(), NAMES)
    trees.save(tmp_path / "trees.npz")
    assert np.array_equal(Trees.load(tmp_path / "trees.npz", NAMES).scores(rows), trees.scores(rows))
    with pytest.raises(KnowledgeError, match="不配套"):
        Trees.load(tmp_path / "trees.npz", ("b", "a", "c"))


@pytest.mark.parametrize("damage", ["missing", "cut", "text"])
def test_damaged_weights_are_a_sentence(damage: str, booster: lightgbm.Booster, tmp_path: Path) -> None:
    path = tmp_path / "trees.npz"
    if damage == "cut":
        Trees.from_lightgbm(booster.dump_model(), NAMES).save(path)
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "text":
        path.write_text(json.dumps({}), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=r"trees\.npz"):
        Trees.load(path, NAMES)


def test_the_projects_own_weights_fit_the_program() -> None:
    trees = Trees.load(knowledge_dir() / "ranking" / "trees.npz", FEATURES)
    assert trees.feature.max() < len(FEATURES)
    assert np.isfinite(trees.scores(np.zeros((3, len(FEATURES)), np.float32))).all()
