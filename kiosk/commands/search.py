"""`kiosk search`: guides and articles for a question."""

from __future__ import annotations

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.commands import day
from kiosk.errors import SettingsError
from kiosk.settings import Settings


def add(commands: Any) -> None:
    command = commands.add_parser("search", help="按一句话找指南和条文")
    command.add_argument("query", nargs="?", help="要找的话")
    command.add_argument("--on", type=day, default=None, metavar="DATE", help="哪一天的法律（默认今天），如 2019-05-01")
    command.add_argument("--limit", type=int, default=10, help="最多几条（默认 10）")
    command.add_argument("--batch", type=Path, metavar="FILE", help="JSON 行：id、query、可选 on；结果也是 JSON 行")
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.assembly import open_rooms
    from kiosk.commands.measure import read_rows
    from kiosk.commands.setup import display
    from kiosk.law.article import short_name

    if (args.query is None) == (args.batch is None):
        raise SettingsError("给一句话，或者给 --batch 文件，二者选一。")
    rows = read_rows(args.batch) if args.batch else []
    with display() as (_, progress):  # after an import the first search waits for the new articles' vectors
        rooms = open_rooms(settings, progress)
    searcher, normalise = rooms.searcher, rooms.lay.normalise
    today = date.today()
    for row in rows:
        on = date.fromisoformat(row["on"]) if row.get("on") else args.on or today
        found = searcher.search(normalise(row["query"]), on, args.limit)
        results = [{"law": h.law, "article": h.number} for h in found.articles]
        print(json.dumps({"id": row["id"], "results": results}, ensure_ascii=False))
    if args.batch:
        return 0
    found = searcher.search(normalise(args.query), args.on or today, args.limit)
    for hit in found.guides[:3]:
        print(f"指南  {hit.guide.title}（{hit.guide.matter}，{hit.guide.id}）")
    for article in found.articles:
        print(f"条文  {short_name(article.law)}{article.number}")
    return 0
