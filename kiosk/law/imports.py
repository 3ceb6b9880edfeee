"""Taking further sources of law in: each file is read as a whole or refused as a whole, kept, and the store is built anew."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import SourceRefused
from kiosk.law.docx_source import read_docx
from kiosk.law.draft import Draft
from kiosk.law.markdown import read_markdown
from kiosk.law.names import key

READERS = {".md": read_markdown, ".markdown": read_markdown, ".docx": read_docx}


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of one file: `law` with its first day, or `refused`, the sentence why not."""

    path: Path
    law: Draft | None
    refused: str = ""


def read_file(path: Path) -> Draft:
    """SourceRefused when there is nothing to read it with, it cannot be read, or it is no source of law."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise SourceRefused(path, 0, "只认 .md 和 .docx 文件")
    try:
        return reader(path)
    except OSError as cause:
        why = "没有这个文件" if isinstance(cause, FileNotFoundError) else "没有权限，或者文件坏了"
        raise SourceRefused(path, 0, f"打不开：{why}") from cause


def source_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and those of the folders named, in a fixed order; each file once."""
    found: list[Path] = []
    for path in paths:
        found += sorted(p for p in path.rglob("*") if p.suffix.lower() in READERS and p.is_file()) if path.is_dir() else [path]
    return list(dict.fromkeys(found))


def keep_sources(paths: Sequence[Path], kept: Path) -> tuple[list[Imported], list[Path]]:
    """Read every file and keep the good ones under `kept`, one folder for each text; the second list names the new folders.

    The same text (title and day of publication) given again replaces the one kept before, unless it has fewer articles: half a
    file never takes the place of a whole one.
    """
    reports, folders = [], []
    for path in paths:
        try:
            law = read_file(path)
            name = hashlib.sha256(key(law.title).encode()).hexdigest()[:12]
            folder = kept / law.kind / f"{name}-{law.published.isoformat()}"
            _check_whole(path, law, folder)
        except SourceRefused as refused:
            reports.append(Imported(path, None, str(refused)))
            continue
        if not folder.exists():
            folders.append(folder)
        _put(path, folder)
        reports.append(Imported(path, law))
    return reports, folders


def _check_whole(path: Path, law: Draft, folder: Path) -> None:
    for before in source_files([folder]) if folder.is_dir() else []:
        try:
            held = len(read_file(before).articles)
        except SourceRefused:
            continue  # damaged since: any whole file may take its place
        if len(law.articles) < held:
            why = f"同一文本已经收过，有 {held} 条，这个文件只有 {len(law.articles)} 条，可能不全"
            raise SourceRefused(path, 0, why)


def _put(path: Path, folder: Path) -> None:
    """The whole folder appears at once, so that a power cut leaves no half source."""
    draft = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    shutil.copyfile(path, draft / path.name)
    if folder.exists():
        shutil.rmtree(folder)
    os.replace(draft, folder)


def kept_sources(kept: Path) -> list[Draft]:
    """All sources imported so far, oldest first. SourceRefused when one was damaged since."""
    files = (
        [p for p in source_files([kept]) if not any(part.startswith(".") for part in p.relative_to(kept).parts)] if kept.is_dir() else []
    )
    return sorted((read_file(p) for p in files), key=lambda d: (d.published, d.title))


def drop(folders: Iterable[Path]) -> None:
    """Forget sources just kept, when the store could not be built with them."""
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
