"""models.toml: what models there are, where they lie under the data folder, and which one serves."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import ModelError, ModelMissing
from kiosk.models.embedder import Embedder, OnnxEmbedder, SentenceTransformerEmbedder


@dataclass(frozen=True, slots=True)
class Model:
    """One entry. `package`, `wheel`, `wheel_sha256`, `member` are empty for a model that the operator brings himself."""

    id: str
    role: str
    title: str
    licence: str
    dimension: int
    package: str = ""
    wheel: str = ""
    wheel_sha256: str = ""
    member: str = ""


@dataclass(frozen=True, slots=True)
class ModelTable:
    models: dict[str, Model]
    embedder: str

    @property
    def serving(self) -> Model:
        return self.models[self.embedder]


def read_table(path: Path) -> ModelTable:
    """Raises ModelError with the file's name and what is wrong in it."""
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        models = {name: Model(id=name, **entry) for name, entry in data["model"].items()}
        table = ModelTable(models, data["serves"]["embedder"])
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError) as cause:
        raise ModelError(f"模型清单 {path.name} 读不懂：{cause}。") from cause
    if table.embedder not in models:
        raise ModelError(f"模型清单 {path.name} 里写着用 {table.embedder}，但没有这个模型的条目。")
    return table


def open_embedder(table: ModelTable, models: Path, kind: str, *, threads: int = 2) -> Embedder:
    """The embedder that serves. `kind`: onnx or sentence-transformers; `models`: the folder of model folders."""
    folder = models / table.embedder
    if not folder.is_dir():
        raise ModelMissing(f"语义模型 {table.embedder} 还没有准备好。运行 kiosk setup。")
    stored = folder / "digest"
    digest = stored.read_text(encoding="ascii").strip() if stored.is_file() else ""
    if kind == "onnx":
        return OnnxEmbedder(folder, threads=threads, digest=digest)
    if kind == "sentence-transformers":
        return SentenceTransformerEmbedder(folder, threads=threads, digest=digest)
    raise ModelError(f"设置 embedder 的值“{kind}”不对，只能是 onnx 或 sentence-transformers。")
