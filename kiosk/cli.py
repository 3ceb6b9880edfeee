"""The command `kiosk`: one parser, one module for each group of commands. Nothing heavy is imported here."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import logging
import sys
from collections.abc import Sequence

from kiosk import __version__
from kiosk.errors import KioskError
from kiosk.settings import load_settings, quiet_numeric_threads

GROUPS = (
    "setup",
    "serve",
    "doctor",
    "ask",
    "search",
    "law",
    "verify",
    "guides",
    "ledger",
    "roster",
    "models",
    "vectors",
    "measure",
    "settings",
)

EPILOG = """\
头一次用：
  kiosk setup               准备好一切：法律、模型、索引（约几分钟，有进度条）
  kiosk serve               打开终端（居民用）和工作台（法律顾问用）
  kiosk doctor              看哪些好用、哪些缺、怎么补
出了毛病：
  kiosk doctor              先看它怎么说；退出码不为 0 表示终端不能服务
  kiosk ledger verify       核对账本：链、签名、重建
  kiosk settings            全部设置、现在的值和含义
每条命令都有说明：kiosk 命令 --help
"""


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="kiosk",
        description="村里的法律服务终端：离线回答法律问题，答不了的交给村法律顾问，写进工作日志。",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"kiosk {__version__}")
    root.add_argument("--verbose", action="store_true", help="出错时把原因的全部细节写到标准错误")
    commands = root.add_subparsers(title="命令", metavar="命令", required=True)
    for group in GROUPS:
        if importlib.util.find_spec(f"kiosk.commands.{group}") is not None:
            importlib.import_module(f"kiosk.commands.{group}").add(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. A KioskError becomes its one plain sentence on standard error and exit code 2."""
    quiet_numeric_threads()
    args = parser().parse_args(argv)
    logging.basicConfig(level=logging.INFO if args.verbose else logging.WARNING, format="%(name)s: %(message)s", stream=sys.stderr)
    try:
        return int(args.run(args, load_settings()))
    except KioskError as error:
        logging.getLogger("kiosk").info("cause", exc_info=error)
        print(f"kiosk：{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
