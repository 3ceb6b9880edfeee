"""Rules that a built store must keep. What breaks one is a fault of the data that no correction has mended yet."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from kiosk.law.corrections import Corrections
from kiosk.law.mending import cut_headings, reflow
from kiosk.law.numerals import order

_BLANK = re.compile("(?<=[\u4e00-\u9fff，。、；：])[ \u3000]+(?=[\u4e00-\u9fff，。、；：])")
_MIDDLE = re.compile(r"[，。、；：）]")

RULES = {
    "effect_before_publication": "施行日早于公布日",
    "two_in_force": "同一天有两个文本有效",
    "heading_glued": "条文末尾粘着标题",
    "number_missing": "缺条",
    "number_twice": "条号重复或者乱了次序",
    "line_broken": "句子中间断行",
    "stray_blank": "句子中间有多余的空格",
    "torn": "条文没有开头或者没有内容",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """`rule` is a key of RULES; `explained` is the reason why it may stand, from corrections.toml."""

    rule: str
    law: str
    number: str
    what: str
    explained: str = ""


def find_faults(store: Path, corrections: Corrections) -> list[Fault]:
    """Every breach in the store, explained ones included."""
    accepted = {(e.values["rule"], e.law, e.values.get("number", "")): e.reason for e in corrections.of("accepted")}
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as db:
        found = [*_of_days(db), *_of_numbers(db), *_of_words(db)]
    return [
        Fault(f.rule, f.law, f.number, f.what, accepted.get((f.rule, f.law, f.number)) or accepted.get((f.rule, f.law, "")) or "")
        for f in found
    ]


def _of_days(db: sqlite3.Connection) -> Iterator[Fault]:
    for law, start, published in db.execute("SELECT law, valid_from, published FROM editions WHERE valid_from < published"):
        yield Fault("effect_before_publication", law, "", f"{start} 早于公布日 {published}")
    sql = (
        "SELECT a.law, a.number, max(a.valid_from, b.valid_from) FROM texts a JOIN texts b ON a.law = b.law AND a.number = b.number "
        "AND a.id < b.id AND a.valid_from < coalesce(b.valid_to, '9999') AND b.valid_from < coalesce(a.valid_to, '9999')"
    )
    for law, number, day in db.execute(sql):
        yield Fault("two_in_force", law, number, f"{day} 有两个文本有效")
    sql = (
        "SELECT a.law, max(a.valid_from, b.valid_from) FROM editions a JOIN editions b ON a.law = b.law AND a.id < b.id "
        "AND a.valid_from < coalesce(b.valid_to, '9999') AND b.valid_from < coalesce(a.valid_to, '9999')"
    )
    for law, day in db.execute(sql):
        yield Fault("two_in_force", law, "", f"{day} 有两个全文有效")


def _of_numbers(db: sqlite3.Connection) -> Iterator[Fault]:
    holes = set(db.execute("SELECT edition, number FROM holes"))
    sql = (
        "SELECT t.edition, t.law, t.number FROM texts t JOIN laws l ON l.title = t.law "
        "WHERE l.shown AND t.number LIKE '第%' ORDER BY t.edition, t.id"
    )
    for (edition, law), rows in groupby(db.execute(sql), key=lambda r: (r[0], r[1])):
        last, seen = (0, 0), ""
        for _, _, number in rows:
            here = order(number)
            if number == seen:
                continue  # the same article again with other days: an amendment
            if here <= last:
                yield Fault("number_twice", law, number, f"{number}排在{seen}之后")
            for missing in range(last[0] + 1, here[0]):
                if not any(e == edition and order(n) == (missing, 0) for e, n in holes):
                    yield Fault("number_missing", law, number, f"{seen or '开头'}之后是{number}")
                    break
            if here[0] == last[0] and here[1] != last[1] + 1:
                yield Fault("number_missing", law, number, f"{seen}之后是{number}")
            last, seen = here, number


def _of_words(db: sqlite3.Connection) -> Iterator[Fault]:
    for law, number, text in db.execute("SELECT t.law, t.number, t.text FROM texts t JOIN laws l ON l.title = t.law WHERE l.shown"):
        if cut_headings(text)[1]:
            yield Fault("heading_glued", law, number, text[-20:])
        if not text.strip() or _MIDDLE.match(text):
            yield Fault("torn", law, number, text[:20])
        if "|" in text or "---" in text or number == "附录":
            continue  # a table or an annex keeps its form
        if _BLANK.search(text):
            yield Fault("stray_blank", law, number, (_BLANK.search(text) or [""])[0])
        if reflow(text).count("\n") < text.count("\n"):
            yield Fault(
                "line_broken",
                law,
                number,
                next(a[-15:] for a, b in zip(text.split("\n"), reflow(text).split("\n"), strict=False) if a != b),
            )
