"""`kiosk serve`: station and desk, after whatever still had to be prepared."""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.assembly import Rooms


def add(commands: Any) -> None:
    command = commands.add_parser("serve", help="打开终端（居民用）和工作台（法律顾问用）；缺什么先准备什么")
    command.add_argument("--no-desk", action="store_true", help="只打开终端，不打开工作台")
    command.set_defaults(run=run)


def _set_up() -> int:
    """In a process of its own: converting a model loads torch, which the server must never hold. It ends with this one."""
    with subprocess.Popen([sys.executable, "-m", "kiosk", "setup"], stdout=sys.stderr) as setup:
        before = signal.signal(signal.SIGTERM, lambda *_: setup.terminate())
        try:
            return setup.wait()
        except KeyboardInterrupt:
            setup.wait()
            return 130
        finally:
            signal.signal(signal.SIGTERM, before)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.preparation import is_prepared, make_folder

    make_folder(settings)
    if not is_prepared(settings):
        code = _set_up()
        if code:
            return code

    from kiosk.assembly import open_rooms
    from kiosk.commands.setup import display
    from kiosk.serving import serve

    def opening() -> Rooms:
        with display() as (say, progress):
            say("打开法律、指引和索引")
            return open_rooms(settings, progress)

    def opened(first: bool) -> None:
        print(f"终端（居民用）    http://{settings.host}:{settings.port}/", flush=True)
        if not args.no_desk:
            print(f"工作台（法律顾问用）http://{settings.desk_host}:{settings.desk_port}/", flush=True)
            if first:
                print("第一次用：先在工作台填写本村和法律顾问，或者看演示。", flush=True)
        print("停止：Ctrl-C", flush=True)

    serve(settings, opening, desk=not args.no_desk, opened=opened)
    return 0
