"""Meaning: a flat inner-product index (FAISS) over vectors of length one, searched with a mask."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]


class MeaningIndex:
    """`vectors`: shape (texts, dimension). Rows outside the mask are never candidates: the mask is applied before the top k is taken."""

    def __init__(self, vectors: Vectors, threads: int = 2) -> None:
        faiss.omp_set_num_threads(threads)
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)
        stored = faiss.rev_swig_ptr(self._index.get_xb(), vectors.size)
        self.vectors: Vectors = stored.reshape(vectors.shape)

    def nearest(self, query: Vectors, k: int, mask: Mask | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and cosines, best first, at most k; `query` has shape (dimension,)."""
        parameters = None
        if mask is not None:
            bits = np.packbits(mask, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        cosines, rows = self._index.search(query[None], min(k, self._index.ntotal), params=parameters)
        found = rows[0] >= 0
        return rows[0][found], cosines[0][found]

    def cosines(self, query: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.asarray(self.vectors[rows] @ query, np.float32)
