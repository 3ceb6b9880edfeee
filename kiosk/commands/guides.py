"""`kiosk guides`: check what is written for villagers, list it, say which guides a change of law has reached."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import sys
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.settings import Settings, knowledge_dir

RANKS = "kiosk.search.guidecheck"


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，要写成 2026-11-23 这样") from None


def add(commands: Any) -> None:
    guides = commands.add_parser("guides", help="指引：查毛病、列目录、哪些要跟着法律改")
    actions = guides.add_subparsers(title="做什么", metavar="做什么", required=True)

    check = actions.add_parser("check", help="查指引：引用、期限和数目、章节、问法；有毛病退出码为 1")
    check.add_argument("files", nargs="*", type=Path, metavar="文件", help="不写就查全部")
    check.add_argument("--on", type=_date, default=None, metavar="日期", help="按哪一天的法律查，不写就是今天")
    check.add_argument("--ranks", action="store_true", help="再查每种问法是不是先找到自己这一篇（要先建好索引，较慢）")
    check.add_argument("--referenced", type=Path, default=None, metavar="文件", help="不收录条文的数字记录，不写就用 knowledge 里的")
    check.set_defaults(run=run_check)

    listing = actions.add_parser("list", help="列出全部指引")
    listing.set_defaults(run=run_list)

    due = actions.add_parser("due", help="哪些指引引用的条文，到那一天不是写的时候的文字了")
    due.add_argument("--on", type=_date, default=None, metavar="日期", help="不写就是今天")
    due.set_defaults(run=run_due)


def run_check(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.errors import KnowledgeError
    from kiosk.guidance.check import Fault, GuideCheck, Referenced
    from kiosk.guidance.draft import read_draft
    from kiosk.guidance.guide import load_guides
    from kiosk.guidance.matters import load_hotlines, load_matters
    from kiosk.law.book import LawBook

    knowledge = knowledge_dir()
    book = LawBook.open(settings.law_db)
    check = GuideCheck(
        book,
        Referenced.load(args.referenced or knowledge / "statutes" / "referenced.json"),
        args.on or date.today(),
        (matter.name for matter in load_matters(knowledge / "matters.toml")),
        (line.number for line in load_hotlines(knowledge / "hotlines.toml")),
    )
    wanted = {path.resolve() for path in args.files}
    every = {path.resolve() for path in (knowledge / "guides").glob("*.md")}
    faults: list[Fault] = []
    for path in sorted(every | wanted, key=lambda p: (p in wanted, p.name)):
        try:
            found = check.check(read_draft(path))
        except KnowledgeError as error:
            found = [Fault(path.name, 1, str(error).rstrip("。"))]
        if not wanted or path in wanted:
            faults += found
    book.close()
    if args.ranks and importlib.util.find_spec(RANKS) is not None:
        outranked: list[Fault] = importlib.import_module(RANKS).outranked(load_guides(knowledge / "guides"), settings)
        names = {path.name for path in wanted or every}
        faults += [fault for fault in outranked if fault.file in names]
    for fault in faults:
        print(f"{fault.file}:{fault.line}: {fault.what}")
    print(f"查了 {len(wanted or every)} 篇，毛病 {len(faults)} 处。", file=sys.stderr)
    return 1 if faults else 0


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.guidance.guide import load_guides

    for guide in load_guides(knowledge_dir() / "guides"):
        signed = f"{guide.reviewed_by} {guide.reviewed_on} 审" if guide.reviewed_by else "未经律师审"
        print(f"{guide.matter}\t{guide.title}\t{guide.id}\t{len(guide.asks)} 种问法\t{signed}")
    return 0


def run_due(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.guidance.check import due
    from kiosk.guidance.guide import load_guides
    from kiosk.law.book import LawBook

    book = LawBook.open(settings.law_db)
    found = due(load_guides(knowledge_dir() / "guides"), book, args.on or date.today())
    book.close()
    for guide, cite, why in found:
        print(f"{guide.id}\t{cite.law}{cite.number}\t{why}")
    print(f"要看一看的：{len({guide.id for guide, _, _ in found})} 篇。", file=sys.stderr)
    return 1 if found else 0
