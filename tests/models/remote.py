"""The sentence-transformers embedder in a process of its own, so that torch stays out of the process that runs the tests."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from kiosk.models.embedder import SentenceTransformerEmbedder, Vectors

_embedder: list[SentenceTransformerEmbedder] = []


def _open(folder: Path) -> None:
    _embedder.append(SentenceTransformerEmbedder(folder, threads=2))


def _about() -> tuple[int, str]:
    return _embedder[0].dimension, _embedder[0].digest


def _queries(texts: Sequence[str]) -> Vectors:
    return _embedder[0].queries(texts)


def _passages(texts: Sequence[str]) -> Vectors:
    return _embedder[0].passages(texts)


class RemoteEmbedder:
    """An Embedder whose work is done elsewhere; `close` ends the process."""

    def __init__(self, folder: Path) -> None:
        self._pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), _open, (folder,))
        self.dimension, self.digest = self._pool.submit(_about).result()

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._pool.submit(_queries, list(texts)).result()

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._pool.submit(_passages, list(texts)).result()

    def close(self) -> None:
        self._pool.shutdown()
