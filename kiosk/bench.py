"""How long an answer takes in the serving process, stage by stage, and what the process weighs."""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from datetime import date
from typing import Any

from kiosk.answering.answer import Question
from kiosk.settings import Settings

WARM_UP = 30
FRAMES = ("{}", "{}？我不懂，想问清楚。", "我家出了件事：{}，该找谁，要带什么？", "去年的事了，{}，现在还管不管用？")


def resident_mb() -> int:
    """Resident memory of this process in MB (Linux)."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmRSS"))


def bench(settings: Settings, count: int) -> dict[str, Any]:
    """Ask `count` different questions, made of the guides' phrasings in four frames, after a warm-up.

    The station is imported too, so that the memory is that of the serving process.
    """
    from kiosk.assembly import open_rooms

    start = time.perf_counter()
    rooms = open_rooms(settings)
    opened = time.perf_counter() - start
    asks = [ask for place in itertools.zip_longest(*(g.asks for g in rooms.guides)) for ask in place if ask]
    questions = [frame.format(ask) for frame, ask in itertools.product(FRAMES, asks)]
    step = max(1, len(questions) // count)
    chosen = questions[::step][:count]
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
