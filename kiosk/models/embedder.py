"""Text to vectors: one Protocol, two implementations that pass the same tests, and a fake."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kiosk.errors import ModelDamaged, ModelMissing

Vectors = NDArray[np.float32]
QUERY_TOKENS = 96
PASSAGE_TOKENS = 512
BATCH_TOKENS = 4096


class Embedder(Protocol):
    """Vectors have length one, so an inner product is a cosine. An empty list gives shape (0, dimension); an empty text is allowed.

    `digest` names weights and way of use: two embedders with equal digests give the same vectors within a cosine of 0.999.
    """

    dimension: int
    digest: str

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), for what people ask; cut after 96 tokens."""
        ...

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Shape (len(texts), dimension), for what is searched; cut after 512 tokens."""
        ...


def model_digest(folder: Path) -> str:
    """The digest of weights, tokenizer and prompts of a sentence-transformers folder (the first 16 hex digits of SHA-256).

    Tensors are taken by name: the order in which a file happens to hold them does not matter.
    """
    weights, tokenizer = folder / "model.safetensors", folder / "tokenizer.json"
    for path in (weights, tokenizer, folder / "config_sentence_transformers.json"):
        if not path.is_file():
            raise ModelMissing(f"模型文件夹 {folder.name} 里没有 {path.name}。运行 kiosk setup 重新准备。")
    parts = hashlib.sha256(tokenizer.read_bytes())
    parts.update(json.dumps(_prompts(folder), sort_keys=True).encode())
    data = weights.read_bytes()
    (header,) = struct.unpack_from("<Q", data)
    tensors = json.loads(data[8 : 8 + header])
    for name in sorted(set(tensors) - {"__metadata__"}):
        if name.startswith("pooler."):
            continue  # a head that nothing here uses, filled at random when a folder is made
        start, stop = tensors[name]["data_offsets"]
        parts.update(f"{name} {tensors[name]['dtype']} {tensors[name]['shape']}".encode())
        parts.update(memoryview(data)[8 + header + start : 8 + header + stop])
    return parts.hexdigest()[:16]


def _prompts(folder: Path) -> dict[str, str]:
    prompts = json.loads((folder / "config_sentence_transformers.json").read_text(encoding="utf-8")).get("prompts") or {}
    return {"query": prompts.get("query", ""), "passage": prompts.get("passage", prompts.get("document", ""))}


class OnnxEmbedder:
    """Serves `<folder>/onnx/model.onnx` with ONNX Runtime; no torch in the process."""

    def __init__(self, folder: Path, *, threads: int = 2, digest: str = "") -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model = folder / "onnx" / "model.onnx"
        if not model.is_file():
            raise ModelMissing(f"没有找到 {folder.name} 的导出文件。运行 kiosk setup 重新准备。")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.spin_duration_us", "100")  # a busy neighbour would double the time
        options.log_severity_level = 3
        try:
            self._session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._prompts = _prompts(folder)
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        except Exception as cause:  # both libraries raise bare Exceptions of their own for a torn file
            raise ModelDamaged(f"模型文件夹 {folder.name} 里有文件损坏或不全。删掉这个文件夹，再运行 kiosk setup。") from cause
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(PASSAGE_TOKENS)
        self.dimension = int(config["hidden_size"])
        self._pad = int(config.get("pad_token_id") or 0)
        self.digest = digest or model_digest(folder)

    def queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed([self._prompts["query"] + t for t in texts], QUERY_TOKENS)

    def passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed([self._prompts["passage"] + t for t in texts], PASSAGE_TOKENS)

    def _embed(self, texts: list[str], limit: int) -> Vectors:
        out: Vectors = np.zeros((len(texts), self.dimension), np.float32)
        tokens = (
            [self._cut(e.ids, limit) for e in self._tokenizer.encode_batch(texts)]
            if len(texts) > 1
            else [self._cut(self._tokenizer.encode(t).ids, limit) for t in texts]
        )
        order = sorted(range(len(texts)), key=lambda i: len(tokens[i]))
        start = 0
        while start < len(order):
            stop = start + 1
            while stop < len(order) and len(tokens[order[stop]]) * (stop + 1 - start) <= BATCH_TOKENS:
                stop += 1
            rows = order[start:stop]
            out[rows] = self._run([tokens[i] for i in rows])
            start = stop
        return out

    @staticmethod
    def _cut(ids: list[int], limit: int) -> list[int]:
        return ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]

    def _run(self, rows: list[list[int]]) -> Any:
        width = max(map(len, rows))
        ids = np.full((len(rows), width), self._pad, np.int64)
        mask = np.zeros((len(rows), width), np.int64)
        for i, row in enumerate(rows):
            ids[i, : len(row)] = row
            mask[i, : len(row)] = 1
        return self._session.run(["vector"], {"input_ids": ids, "attention_mask": mask})[0]


class SentenceTransformerEmbedder:
    """Runs any sentence-transformers folder with torch: for building, for checking parity, for a model that an operator brings."""

    def __init__(self, folder: Path, *, threads: int = 2, digest: str = "") -> None:
        if not (folder / "modules.json").is_file():
            raise ModelMissing(f"没有找到模型文件夹 {folder.name}。运行 kiosk setup 重新准备。")
        import torch
        from sentence_transformers import SentenceTransformer

        torch.set_num_threads(threads)
        self._model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
        self._prompts = _prompts(folder)
        self.dimension = int(self._model.get_embedding_dimension())
        self.digest = digest or model_digest(folder)

    def queries(self, texts: Sequence[str]) -> Vectors:
        self._model.max_seq_length = QUERY_TOKENS
        return self._embed(self._prompts["query"], texts)

    def passages(self, texts: Sequence[str]) -> Vectors:
        self._model.max_seq_length = PASSAGE_TOKENS
        return self._embed(self._prompts["passage"], texts)

    def _embed(self, prompt: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        vectors = self._model.encode(list(texts), prompt=prompt, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


class FakeEmbedder:
    """Character bigrams hashed into 64 dimensions: for unit tests of what stands around an embedder. It knows no meaning."""

    dimension = 64
    digest = "fake"

    def queries(self, texts: Sequence[str]) -> Vectors:
        out: Vectors = np.zeros((len(texts), self.dimension), np.float32)
        for i, text in enumerate(texts):
            for gram in (text[j : j + 2] for j in range(len(text))):
                out[i, int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=2).digest(), "big") % self.dimension] += 1
            out[i] /= max(float(np.linalg.norm(out[i])), 1e-6)
        return out

    passages = queries
