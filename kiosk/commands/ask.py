"""`kiosk ask`: one answer, as the station would give it."""

from __future__ import annotations

import argparse
import json
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.commands import day
from kiosk.errors import SettingsError
from kiosk.settings import Settings

if TYPE_CHECKING:
    from kiosk.answering.answer import Answer

SECTIONS = (
    ("怎么办", "steps"),
    ("带什么", "bring"),
    ("去哪里", "where"),
    ("到什么时候", "deadline"),
    ("要花多少", "cost"),
    ("什么时候找法律顾问", "see_advisor"),
)


def add(commands: Any) -> None:
    command = commands.add_parser("ask", help="问一句，看终端怎么答")
    command.add_argument("question", nargs="?", help="问题，用平常的话")
    command.add_argument("--on", type=day, default=None, metavar="DATE", help="事情发生的那一天（默认今天）")
    command.add_argument("--batch", type=Path, metavar="FILE", help="JSON 行：id、query、可选 on；结果也是 JSON 行")
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.answering.answer import Question
    from kiosk.assembly import open_rooms
    from kiosk.commands.measure import read_rows
    from kiosk.commands.setup import display

    if (args.question is None) == (args.batch is None):
        raise SettingsError("给一个问题，或者给 --batch 文件，二者选一。")
    rows = read_rows(args.batch) if args.batch else []
    with display() as (_, progress):  # after an import the first question waits for the new articles' vectors
        answerer = open_rooms(settings, progress).answerer
    today = date.today()
    for row in rows:
        on = date.fromisoformat(row["on"]) if row.get("on") else args.on
        answer = answerer.answer(Question(row["query"], today, on))
        citations = [{"law": c.law, "article": c.number} for c in answer.citations]
        print(json.dumps({"id": row["id"], "kind": answer.kind, "citations": citations}, ensure_ascii=False))
    if not args.batch:
        show(answerer.answer(Question(args.question, today, args.on)))
    return 0


def show(answer: Answer) -> None:
    """The answer as plain text."""
    if answer.title:
        print(f"【{answer.title}】")
    print(_plain(answer.headline))
    if answer.kind == "guide":
        print(f"（{answer.reviewed_by} 审阅）" if answer.reviewed_by else "（这篇指南尚未经律师审阅）")
    for call in answer.calls:
        print(f"电话 {call.number} {call.name}")
    for heading, name in SECTIONS:
        lines = getattr(answer, name)
        if lines:
            print(f"\n{heading}")
            for i, line in enumerate(lines, start=1):
                print(f"  {i}. {_plain(line)}")
    if answer.citations:
        print(f"\n法律怎么说（{answer.as_of.isoformat()} 的法律）")
    for c in answer.citations:
        if not c.held:
            print(f"  《{c.law}》{c.number}：{c.why_not}")
            continue
        start = f"{c.valid_from}" + ("" if c.start_proved else "（起始日未能证实）")
        print(f"  《{c.law}》{c.number}  {c.chapter}  {start} 起{f'，至 {c.valid_to} 前' if c.valid_to else ''}有效")
        print("    " + c.text.replace("\n", "\n    "))
    for heading, offered in (("请选一个", answer.choices), ("也许您要找", answer.maybe)):
        if offered:
            print(f"\n{heading}：" + "；".join(s.title for s in offered))
    if answer.note:
        print(f"\n{answer.note}")


def _plain(line: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"\1", line)
