"""Calibrated confidence: logistic models over the signals of a search, fitted on labelled questions and kept as JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from pathlib import Path

from kiosk.errors import KnowledgeError


@dataclass(frozen=True, slots=True)
class Logistic:
    """p = 1 / (1 + exp(−(bias + Σ weight_i z_i + Σ product_ij z_i z_j))), z = (x − mean) / scale, pairs i ≤ j in rising order.

    Pairs matter: a low likeness says little of a long question and much of a short one. `products` is empty where none were fitted.
    """

    names: tuple[str, ...]
    weights: tuple[float, ...]
    means: tuple[float, ...]
    scales: tuple[float, ...]
    bias: float
    products: tuple[float, ...] = ()

    def probability(self, values: Sequence[float]) -> float:
        scaled = [(x - m) / s for x, m, s in zip(values, self.means, self.scales, strict=True)]
        z = self.bias + sum(w * x for w, x in zip(self.weights, scaled, strict=True))
        if self.products:
            pairs = combinations_with_replacement(scaled, 2)
            z += sum(w * a * b for w, (a, b) in zip(self.products, pairs, strict=True))
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, z))))

    def is_whole(self) -> bool:
        count = len(self.names)
        alike = len(self.weights) == len(self.means) == len(self.scales) == count
        return alike and all(self.scales) and len(self.products) in (0, count * (count + 1) // 2)


@dataclass(frozen=True, slots=True)
class Confidence:
    """in_scope       that the question is one for the law at all; below `scope_line` the station does not answer
    guide_right    that the first guide is the right one; below `guide_line` articles are shown instead
    likeness_line  likeness to a guide's phrasing that no out-of-scope question of the fitting reached: from there a question is in scope
    """

    in_scope: Logistic
    guide_right: Logistic
    scope_line: float
    guide_line: float
    likeness_line: float

    @classmethod
    def load(cls, path: Path, names: tuple[str, ...]) -> Confidence:
        """Raises KnowledgeError when the file is damaged or was fitted on other signals."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            models = [
                Logistic(
                    tuple(m["names"]),
                    tuple(m["weights"]),
                    tuple(m["means"]),
                    tuple(m["scales"]),
                    float(m["bias"]),
                    tuple(m.get("products", ())),
                )
                for m in (data["in_scope"], data["guide_right"])
            ]
            if not all(m.is_whole() for m in models):
                raise ValueError("lists of unequal length, or a scale of nought")
            made = cls(models[0], models[1], float(data["scope_line"]), float(data["guide_line"]), float(data["likeness_line"]))
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise KnowledgeError(f"把握程度的权重 {path.name} 读不出来，请重新安装。") from cause
        if made.in_scope.names != names or made.guide_right.names != names:
            raise KnowledgeError(f"把握程度的权重 {path.name} 与程序不配套，请重新训练或重新安装。")
        return made
