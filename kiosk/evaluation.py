"""Figures over labelled questions: what search finds and what answers cite.

recall@k, hit@k, MRR@10 and nDCG@10 (binary gains) for what is found; for answers the share answered, the share whose first five citations
name a labelled article, and for questions without labels the share refused. A law counts by its short name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from kiosk.answering.answer import Question
from kiosk.assembly import Rooms
from kiosk.law.article import short_name

Key = tuple[str, str]
CUTS = (1, 5, 10, 20)
REFUSALS = ("abstain", "clarify", "danger")


def _key(law: str, number: str) -> Key:
    return short_name(law.strip("《》")), number


def _ranked(pairs: Iterable[Key]) -> list[Key]:
    return list(dict.fromkeys(_key(*pair) for pair in pairs))


def found_figures(relevant: Sequence[set[Key]], found: Sequence[list[Key]]) -> dict[str, float]:
    totals: dict[str, float] = {}
    for labels, hits in zip(relevant, found, strict=True):
        for cut in CUTS:
            here = len(labels & set(hits[:cut]))
            totals[f"recall@{cut}"] = totals.get(f"recall@{cut}", 0) + here / len(labels)
            totals[f"hit@{cut}"] = totals.get(f"hit@{cut}", 0) + (here > 0)
        first = next((i for i, h in enumerate(hits[:10]) if h in labels), None)
        totals["mrr@10"] = totals.get("mrr@10", 0) + (0 if first is None else 1 / (first + 1))
        gain = sum(1 / math.log2(i + 2) for i, h in enumerate(hits[:10]) if h in labels)
        ideal = sum(1 / math.log2(i + 2) for i in range(min(len(labels), 10)))
        totals["ndcg@10"] = totals.get("ndcg@10", 0) + gain / ideal
    return {name: round(value / max(len(found), 1), 4) for name, value in totals.items()}


def evaluate(rooms: Rooms, rows: Sequence[Mapping[str, Any]], today: date) -> dict[str, dict[str, float]]:
    """Figures of one file: `found` and `answers` over labelled rows, `refusals` over the others."""
    labelled = [row for row in rows if row.get("relevant")]
    others = [row for row in rows if not row.get("relevant")]
    out: dict[str, dict[str, float]] = {}
    if labelled:
        relevant = [{_key(r["law"], r["article"]) for r in row["relevant"]} for row in labelled]
        found, answered, hits = [], 0, 0
        for row, labels in zip(labelled, relevant, strict=True):
            on = date.fromisoformat(row.get("on") or today.isoformat())
            found.append(_ranked((h.law, h.number) for h in rooms.searcher.search(rooms.lay.normalise(row["query"]), on, 20).articles))
            answer = rooms.answerer.answer(Question(row["query"], on))
            if answer.kind not in ("abstain", "clarify"):
                answered += 1
                hits += bool(labels & set(_ranked((c.law, c.number) for c in answer.citations)[:5]))
        out["found"] = {"n": len(labelled), **found_figures(relevant, found)}
        shares = {"answered": round(answered / len(labelled), 4), "hit": round(hits / len(labelled), 4)}
        out["answers"] = {"n": len(labelled), **shares, "right_when_answered": round(hits / max(answered, 1), 4)}
    if others:
        kinds = [rooms.answerer.answer(Question(row["query"], today)).kind for row in others]
        out["refusals"] = {
            "n": len(others),
            "refused": round(sum(k in REFUSALS for k in kinds) / len(kinds), 4),
            "danger": kinds.count("danger"),
        }
    return out
