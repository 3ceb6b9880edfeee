from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from kiosk.answering.confidence import Confidence, Logistic
from kiosk.errors import KnowledgeError
from kiosk.search.features import Signals
from kiosk.settings import knowledge_dir


@pytest.fixture
def whole() -> dict[str, Any]:
    model = {"names": ["a", "b"], "weights": [2.0, -1.0], "means": [0.5, 0.0], "scales": [0.5, 2.0], "bias": 0.25}
    return {"in_scope": model, "guide_right": dict(model), "scope_line": 0.4, "guide_line": 0.3, "likeness_line": 0.93}


def load(tmp_path: Path, content: object) -> Confidence:
    path = tmp_path / "confidence.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return Confidence.load(path, ("a", "b"))


def test_a_probability_is_as_worked_out_by_hand(tmp_path: Path, whole: dict[str, Any]) -> None:
    made = load(tmp_path, whole)
    # z = 0.25 + 2·(1 − 0.5)/0.5 − 1·(3 − 0)/2 = 0.75
    assert made.in_scope.probability([1.0, 3.0]) == pytest.approx(1 / (1 + math.exp(-0.75)))
    assert (made.scope_line, made.guide_line) == (0.4, 0.3)


@pytest.mark.parametrize("value", [1e9, -1e9])
def test_far_figures_give_a_probability_still(value: float) -> None:
    assert 0 <= Logistic(("a",), (1.0,), (0.0,), (1.0,), 0.0).probability([value]) <= 1


def test_damaged_weights_are_a_sentence(tmp_path: Path, whole: dict[str, Any]) -> None:
    damaged: list[object] = ["", "{", "[]", "null", {**whole, "scope_line": "high"}]
    damaged += [{k: v for k, v in whole.items() if k != gone} for gone in whole]
    wrong = (("weights", [1]), ("scales", [1, 0]), ("bias", []))
    damaged += [{**whole, "in_scope": {**whole["in_scope"], name: value}} for name, value in wrong]
    for content in damaged:
        with pytest.raises(KnowledgeError, match=r"confidence\.json"):
            load(tmp_path, content)
    (tmp_path / "confidence.json").unlink()
    with pytest.raises(KnowledgeError, match=r"confidence\.json"):
        Confidence.load(tmp_path / "confidence.json", ("a", "b"))


@pytest.mark.parametrize("which", ["in_scope", "guide_right"])
def test_weights_fitted_on_other_signals_are_refused(which: str, tmp_path: Path, whole: dict[str, Any]) -> None:
    whole[which] = {**whole[which], "names": ["b", "a"]}
    with pytest.raises(KnowledgeError, match="不配套"):
        load(tmp_path, whole)


def test_the_projects_own_weights_fit_the_program() -> None:
    own = Confidence.load(knowledge_dir() / "ranking" / "confidence.json", Signals.names())
    assert 0 < own.scope_line < 1
    assert 0 < own.guide_line < 1
