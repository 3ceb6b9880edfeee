"""Prepared vectors: embedded ahead, kept as data, keyed by the digest of the model and of the text.

One `.npz` for each law (or for the guides): `keys` uint64 (n,), the passage digests; `values` int8 (n, dimension); `scales` float16 (n,).
A vector is values × scale. Files hold plain arrays and are read without pickle. `model` (a 0-d string array) names the model's digest:
a file of another model is passed over, and what is missing is embedded anew.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Keys = NDArray[np.uint64]


def key_of(digest: bytes) -> int:
    return int.from_bytes(digest, "little")


def quantise(vectors: Vectors) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
    """int8 values and one scale for each vector; the cosine to the original is ≥ 0.9995."""
    scales = (np.abs(vectors).max(axis=1) / 127).astype(np.float16)
    safe = np.maximum(scales.astype(np.float32), 1e-8)[:, None]
    return np.clip(np.rint(vectors / safe), -127, 127).astype(np.int8), scales


def widen(values: NDArray[np.int8], scales: NDArray[np.float16]) -> Vectors:
    """fp32 vectors of length one."""
    vectors = values.astype(np.float32) * scales.astype(np.float32)[:, None]
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-8)
    return vectors


def write(path: Path, model: str, keys: Sequence[int], vectors: Vectors) -> None:
    """Write one file, ordered by key so that the same content gives the same bytes."""
    order = np.argsort(np.array(keys, np.uint64), kind="stable")
    values, scales = quantise(vectors[order])
    scratch = path.with_suffix(".part.npz")
    np.savez_compressed(scratch, model=np.array(model), keys=np.array(keys, np.uint64)[order], values=values, scales=scales)
    scratch.replace(path)


def read(folder: Path, model: str) -> dict[int, tuple[NDArray[np.int8], np.float16]]:
    """All prepared vectors of this model under `folder`. A damaged file is passed over: what it held is embedded anew."""
    held: dict[int, tuple[NDArray[np.int8], np.float16]] = {}
    for path in sorted(folder.glob("*.npz")) if folder.is_dir() else []:
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as data:
                if str(data["model"]) == model:
                    held.update(zip(data["keys"].tolist(), zip(data["values"], data["scales"], strict=True), strict=True))
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error):
            continue
    return held


def gather(
    texts: Mapping[int, str],
    held: Mapping[int, tuple[NDArray[np.int8], np.float16]],
    embed: Callable[[Sequence[str]], Vectors],
    dimension: int,
) -> tuple[Vectors, list[int]]:
    """Vectors of `texts` (key → text) in their order, shape (len(texts), dimension), and the keys that had to be embedded."""
    keys = list(texts)
    out: Vectors = np.zeros((len(keys), dimension), np.float32)
    known = [i for i, k in enumerate(keys) if k in held]
    if known:
        pairs = [held[keys[i]] for i in known]
        out[known] = widen(np.stack([p[0] for p in pairs]), np.array([p[1] for p in pairs], np.float16))
    new = [i for i, k in enumerate(keys) if k not in held]
    if new:
        made = embed([texts[keys[i]] for i in new])
        out[new] = widen(*quantise(made))
    return out, [keys[i] for i in new]
