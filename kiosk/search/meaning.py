"""Meaning: an exhaustive inner-product index (FAISS, fp16) over vectors of length one, searched with a mask."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import faiss
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]


DAYS_KEPT = 2  # masks for which an index of their own is kept: today's, and that of a day asked about


class MeaningIndex:
    """`vectors`: shape (texts, dimension), kept as they are. A search has an index of the masked rows alone, so a row outside the mask is
    never a candidate; the index of a mask is built at its first use (some 10 ms for 25,000 rows)."""

    def __init__(self, vectors: Vectors) -> None:
        faiss.omp_set_num_threads(1)  # a millisecond's work: waking a second thread costs more than it brings
        self._halves = vectors.astype(np.float16)
        self._indexes: OrderedDict[bytes, tuple[faiss.IndexScalarQuantizer, NDArray[np.int64]]] = OrderedDict()
        self._lock = threading.Lock()

    def _masked(self, mask: Mask | None) -> tuple[faiss.IndexScalarQuantizer, NDArray[np.int64]]:
        name = b"" if mask is None else hashlib.blake2b(np.packbits(mask).tobytes(), digest_size=16).digest()
        with self._lock:
            if name not in self._indexes:
                rows = np.arange(len(self._halves)) if mask is None else np.flatnonzero(mask)
                width = self._halves.shape[1]
                index = faiss.IndexScalarQuantizer(width, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
                index.train(np.zeros((1, width), np.float32))
                index.add(self._halves[rows].astype(np.float32))
                self._indexes[name] = (index, np.asarray(rows, np.int64))
                if len(self._indexes) > DAYS_KEPT:
                    self._indexes.popitem(last=False)
            self._indexes.move_to_end(name)
            return self._indexes[name]

    def nearest(self, query: Vectors, k: int, mask: Mask | None = None) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Rows and cosines, best first, at most k; `query` has shape (dimension,)."""
        index, masked = self._masked(mask)
        if not len(masked):
            return masked, np.zeros(0, np.float32)
        cosines, places = index.search(query[None], min(k, index.ntotal))
        found = places[0] >= 0
        return masked[places[0][found]], cosines[0][found]

    def cosines(self, query: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.asarray(self.vectors(rows) @ query, np.float32)

    def vectors(self, rows: NDArray[np.int64] | slice) -> Vectors:
        """The vectors of these rows as fp32."""
        return self._halves[rows].astype(np.float32)
