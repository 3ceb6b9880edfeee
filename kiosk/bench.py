"""How long an answer takes in the serving process, stage by stage, and what the process weighs."""

from __future__ import annotations

import itertools
import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

from kiosk.answering.answer import Question
from kiosk.assembly import Rooms, open_rooms
from kiosk.settings import Settings, knowledge_dir

WARM_UP = 30


def resident_mb() -> int:
    """Resident memory of this process in MB (Linux)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def _questions(rooms: Rooms) -> Iterator[str]:
    """The project's own labelled and out-of-scope questions, then phrasings of guides, one of each guide in turn."""
    for path in sorted((knowledge_dir() / "evaluation").glob("*.jsonl")):
        yield from (json.loads(line)["query"] for line in path.read_text(encoding="utf-8").splitlines() if line.strip())
    yield from (ask for place in itertools.zip_longest(*(g.asks for g in rooms.guides)) for ask in place if ask)


def bench(settings: Settings, count: int) -> dict[str, Any]:
    """Ask `count` different questions after a warm-up.

    The station is imported too, so that the memory is that of the serving process.
    """

    start = time.perf_counter()
    rooms = open_rooms(settings)
    opened = time.perf_counter() - start
    chosen = list(itertools.islice(_questions(rooms), count))
    today = date.today()
    for text in chosen[:WARM_UP]:
        rooms.answerer.answer(Question(text, today))
    totals: list[float] = []
    stages: dict[str, list[float]] = {}
    for text in chosen:
        taken: dict[str, float] = {}
        start = time.perf_counter()
        rooms.answerer.answer(Question(text, today), taken)
        totals.append((time.perf_counter() - start) * 1e3)
        for stage, value in taken.items():
            stages.setdefault(stage, []).append(value)
    whole = sum(totals)
    return {
        "answer": {"median_ms": round(statistics.median(totals), 2), "p95_ms": round(statistics.quantiles(totals, n=20)[18], 2)},
        "stages": {
            s: {"median_ms": round(statistics.median(v), 2), "share_percent": round(100 * sum(v) / whole, 1)} for s, v in stages.items()
        },
        "questions": len(totals),
        "rss_mb": resident_mb(),
        "torch": "torch" in sys.modules,
        "open_s": round(opened, 2),
    }
