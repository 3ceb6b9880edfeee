"""`kiosk settings`: the table of settings with their values and meaning."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

from kiosk.settings import Settings


def add(commands: Any) -> None:
    command = commands.add_parser("settings", help="全部设置：名字、现在的值、含义")
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    for setting in fields(Settings):
        print(f"{setting.name} = {getattr(settings, setting.name)!r}")
        print(f"    KIOSK_{setting.name.upper()}  {setting.metadata['about']}")
    return 0
