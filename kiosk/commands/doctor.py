"""`kiosk doctor`: what works, what is missing, how to get it."""

from __future__ import annotations

import argparse
import dataclasses
import json
from typing import Any

from kiosk.settings import Settings

MARKS = {"works": "✓", "missing": "✗", "wanting": "△"}


def add(commands: Any) -> None:
    command = commands.add_parser("doctor", help="看哪些好用、哪些缺、怎么补；终端不能服务时退出码为 1")
    command.add_argument("--json", action="store_true", help="只打印 JSON")
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.health import can_serve, examine

    checks = examine(settings)
    able = can_serve(checks)
    if args.json:
        print(json.dumps({"can_serve": able, "checks": [dataclasses.asdict(check) for check in checks]}, ensure_ascii=False))
        return 0 if able else 1
    for check in checks:
        print(f"{MARKS[check.state]} {check.name}：{check.found}")
        if check.remedy:
            print(f"    → {check.remedy}")
    print()
    if not able:
        print("终端不能服务。先补上打 ✗ 的。")
        return 1
    print("终端能服务。" + ("打 △ 的不影响服务，补上更好。" if any(check.state == "wanting" for check in checks) else ""))
    return 0
