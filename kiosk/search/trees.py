"""A fitted ensemble of decision trees as plain arrays, and its evaluation without the library that fitted it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.errors import KnowledgeError

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Trees:
    """Arrays of shape (trees, nodes). A leaf points at itself and carries its value; `x <= threshold` goes left.

    depth     steps from root to the deepest leaf
    features  names of the columns that the trees were fitted on, checked on loading
    """

    feature: NDArray[np.int32]
    threshold: Matrix
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: Matrix
    depth: int
    features: tuple[str, ...]

    def scores(self, rows: Matrix) -> Matrix:
        """One score for each row of shape (rows, features); only their order means something."""
        trees, nodes = self.feature.shape
        count, width = rows.shape
        at = np.tile(np.arange(trees, dtype=np.intp) * nodes, count)
        offset = np.repeat(np.arange(count, dtype=np.intp) * width, trees)
        flat = np.ascontiguousarray(rows).ravel()
        for _ in range(self.depth):
            right = flat.take(offset + self._feature.take(at)) > self._threshold.take(at)
            at = self._children.take(2 * at + right)
        total: Matrix = self._value.take(at).reshape(count, trees).sum(axis=1)
        return total

    @cached_property
    def _feature(self) -> NDArray[np.intp]:
        return self.feature.ravel().astype(np.intp)

    @cached_property
    def _threshold(self) -> Matrix:
        return self.threshold.ravel()

    @cached_property
    def _value(self) -> Matrix:
        return self.value.ravel()

    @cached_property
    def _children(self) -> NDArray[np.intp]:
        """Left and right child of node n at 2n and 2n + 1, counted through all trees."""
        base = (np.arange(len(self.left)) * self.left.shape[1])[:, None]
        return np.stack([self.left + base, self.right + base], axis=-1).ravel().astype(np.intp)

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            feature=self.feature,
            threshold=self.threshold,
            left=self.left,
            right=self.right,
            value=self.value,
            depth=np.array(self.depth),
            features=np.array(self.features),
        )

    @classmethod
    def load(cls, path: Path, features: tuple[str, ...]) -> Trees:
        """Raises KnowledgeError when the file is damaged or was fitted on other columns."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                fitted_on = tuple(str(name) for name in data["features"])
                if fitted_on != features:
                    raise KnowledgeError(f"排序权重 {path.name} 与程序不配套，请重新训练或重新安装。")
                arrays = [data[name] for name in ("feature", "threshold", "left", "right", "value")]
                return cls(arrays[0], arrays[1], arrays[2], arrays[3], arrays[4], int(data["depth"]), fitted_on)
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error) as cause:
            raise KnowledgeError(f"排序权重 {path.name} 读不出来，请重新安装。") from cause

    @classmethod
    def from_lightgbm(cls, dump: Mapping[str, Any], features: tuple[str, ...]) -> Trees:
        """From `Booster.dump_model()`."""
        listed = [_nodes(tree["tree_structure"]) for tree in dump["tree_info"]]
        width, depth = max(len(nodes) for nodes in listed), 0
        shape = (len(listed), width)
        feature, left, right = (np.zeros(shape, np.int32) for _ in range(3))
        threshold, value = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        for t, nodes in enumerate(listed):
            for n, (f, cut, a, b, leaf, level) in enumerate(nodes):
                feature[t, n], threshold[t, n], left[t, n], right[t, n], value[t, n] = f, cut, a, b, leaf
                depth = max(depth, level)
        return cls(feature, threshold, left, right, value, depth, features)


def _nodes(root: Mapping[str, Any]) -> list[tuple[int, float, int, int, float, int]]:
    """(feature, threshold, left, right, value, level) of each node, root first."""
    out: list[tuple[int, float, int, int, float, int]] = []

    def add(node: Mapping[str, Any], level: int) -> int:
        index = len(out)
        if "leaf_value" in node:
            out.append((0, 0.0, index, index, float(node["leaf_value"]), level))
            return index
        out.append((0, 0.0, 0, 0, 0.0, level))
        a, b = add(node["left_child"], level + 1), add(node["right_child"], level + 1)
        out[index] = (int(node["split_feature"]), float(node["threshold"]), a, b, 0.0, level)
        return index

    add(root, 0)
    return out
