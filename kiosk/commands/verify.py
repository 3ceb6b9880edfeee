"""`kiosk verify`: every citation of a text, held against the law of a day."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from typing import Any

from kiosk.commands import day
from kiosk.settings import Settings

SAID = {
    "in_force": "有效",
    "changed": "已变",
    "repealed": "失效",
    "not_yet": "未施行",
    "no_such_article": "没有这一条",
    "not_held": "未收录",
}


def add(commands: Any) -> None:
    command = commands.add_parser("verify", help="核对一份材料引用的每一条法律：还有没有效、引文对不对")
    command.add_argument("file", metavar="文件", help=".txt、.md 或 .docx；- 表示从标准输入读")
    command.add_argument("--on", type=day, default=None, metavar="日期", help="按哪一天的法律核对，不写就是今天")
    command.add_argument("--written", type=day, default=None, metavar="日期", help="材料是哪天写的；写了以后法律变过的，会说出来")
    command.add_argument("--json", action="store_true", help="只输出一个 JSON 列表，退出码为 0")
    command.epilog = "不加 --json 时：全部有效且引文属实，退出码为 0，否则为 1。"
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from pathlib import Path

    from kiosk.law.book import LawBook
    from kiosk.law.reading import decode, read_words
    from kiosk.law.verify import verify

    text = decode(sys.stdin.buffer.read(), "标准输入") if args.file == "-" else read_words(Path(args.file))
    book = LawBook.open(settings.law_db)
    try:
        verdicts = verify(text, book, args.on or date.today(), args.written)
    finally:
        book.close()
    if args.json:
        rows = [{"law": v.law, "article": v.number, "verdict": v.status, "quote_true": v.quote_true} for v in verdicts]
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for verdict in verdicts:
        line = text.count("\n", 0, verdict.citation.start) + 1
        print(f"第 {line} 行 {SAID[verdict.status]}：《{verdict.law}》{verdict.number}：{verdict.reason}")
    if not verdicts:
        print("没有找到引用的法律条文。")
    return 0 if all(verdict.good for verdict in verdicts) else 1
