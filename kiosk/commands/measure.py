"""`kiosk evaluate`, `kiosk bench`, `kiosk train`: figures, and what is fitted on them."""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError
from kiosk.settings import Settings, knowledge_dir


def add(commands: Any) -> None:
    evaluate = commands.add_parser("evaluate", help="用带标签的问题量一量：找得准不准、答得对不对")
    evaluate.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="JSON 行：id、query、relevant（没有 relevant 的算不该答）；不给就用自带的"
    )
    evaluate.add_argument("--json", action="store_true", help="只打印 JSON")
    evaluate.set_defaults(run=run_evaluate)
    bench = commands.add_parser("bench", help="量一次回答要多久、占多少内存")
    bench.add_argument("--json", action="store_true", help="只打印 JSON")
    bench.add_argument("--questions", type=int, default=300, help="问多少个问题（至少 200）")
    bench.set_defaults(run=run_bench)
    train = commands.add_parser("train", help="用带标签的问题重新拟合排序和把握程度（给开发者，需要 train 部分）")
    train.add_argument("labelled", nargs="+", type=Path, metavar="FILE", help="带 relevant 的问题")
    train.add_argument("--refuse", nargs="*", type=Path, default=[], metavar="FILE", help="不该用法律回答的问题")
    train.add_argument("--calibrate", nargs="*", type=Path, default=[], metavar="FILE", help="只用来定把握程度、不用来拟合排序的带标签问题")
    train.set_defaults(run=run_train)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """JSON lines. Raises KnowledgeError with the line that cannot be read."""
    rows = []
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as cause:
        raise KnowledgeError(f"{path.name} 读不出来：{cause}") from cause
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            if row.get("on"):
                date.fromisoformat(row["on"])
            if row["query"] is None:
                raise ValueError("no question")
            rows.append({**row, "id": str(row["id"]), "query": str(row["query"])})
        except (ValueError, KeyError, TypeError, AttributeError) as cause:
            raise KnowledgeError(f"{path.name} 第 {number} 行读不懂：每行要有 id 和 query，on（可省）写成 2019-05-01 这样。") from cause
    return rows


def run_evaluate(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.assembly import open_rooms
    from kiosk.evaluation import evaluate

    files = args.files or sorted((knowledge_dir() / "evaluation").glob("*.jsonl"))
    rooms = open_rooms(settings)
    figures = {path.name: evaluate(rooms, read_rows(path), date.today()) for path in files}
    if args.json:
        json.dump(figures, sys.stdout, ensure_ascii=False, indent=1)
        print()
        return 0
    for name, parts in figures.items():
        print(name)
        for part, values in parts.items():
            print(f"  {part}: " + "  ".join(f"{k} {v}" for k, v in values.items()))
    return 0


def run_bench(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.bench import bench

    figures = bench(settings, max(200, args.questions))
    if args.json:
        print(json.dumps(figures, ensure_ascii=False))
        return 0
    answer = figures["answer"]
    print(f"一次回答：中位 {answer['median_ms']} 毫秒，95% 在 {answer['p95_ms']} 毫秒以内（{figures['questions']} 个问题）")
    for stage, share in figures["stages"].items():
        print(f"  {stage}: 中位 {share['median_ms']} 毫秒，占 {share['share_percent']}%")
    print(f"服务进程内存 {figures['rss_mb']} MB；用到 torch：{'是' if figures['torch'] else '否'}；打开用了 {figures['open_s']} 秒")
    return 0


def run_train(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.training import train

    labelled = [row for path in args.labelled for row in read_rows(path)]
    calibrate = [row for path in args.calibrate for row in read_rows(path)]
    refuse = [row for path in args.refuse for row in read_rows(path)]
    for line in train(settings, labelled, calibrate, refuse, knowledge_dir() / "ranking", date.today()):
        print(line, flush=True)
    return 0
