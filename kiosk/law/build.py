"""Building the law store: statutes, corrections, imported sources, in one go, in seconds, always from the beginning."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiosk.errors import KnowledgeError
from kiosk.law.corrections import (
    Aliases,
    Corrections,
    KnownLaw,
    amend,
    check_proofs,
    load_aliases,
    load_corrections,
    reflow_texts,
    restore_texts,
)
from kiosk.law.days import date_drafts, find_repeals
from kiosk.law.draft import Draft, Mended
from kiosk.law.imports import kept_sources
from kiosk.law.mending import mend
from kiosk.law.names import COURT, key
from kiosk.law.numerals import canonical, chinese_day
from kiosk.law.statutes import read_statutes
from kiosk.law.store import writing

FOREVER = date.max


@dataclass(frozen=True, slots=True)
class BuildReport:
    laws: int
    articles: int
    imported: int
    mended: tuple[Mended, ...]


def build_store(wheel_or_db: Path, corrections: Path, sources: Path, out: Path) -> BuildReport:
    """Write `out` anew; whoever has the old one open keeps it. aliases.toml lies beside the corrections.

    LawMissing when the data is not there, KnowledgeError when a correction does not fit it, SourceRefused when a source that
    was imported earlier is damaged: then the old store stays as it was.
    """
    table, aliases = load_corrections(corrections), load_aliases(corrections.with_name("aliases.toml"))
    drafts = read_statutes(wheel_or_db)
    check_proofs(drafts, table)
    mended = restore_texts(drafts, table)
    headings = {e.law: e.values["text"] for e in table.of("heading")}
    for draft in drafts:
        mended += mend(draft, headings.get(draft.title, ""))
    mended += reflow_texts(drafts, table) + amend(drafts, table)
    imported = kept_sources(sources)
    titles = {key(d.title): d.title for d in drafts}
    for source in imported:
        source.title = titles.setdefault(key(source.title), source.title)
    mended += date_drafts(drafts, imported, table)
    drafts += imported
    with writing(out) as store:
        _write(store, drafts, table)
        _write_names(store, drafts, table, aliases)
        store.executemany("INSERT INTO mended VALUES (?, ?, ?, ?, ?)", [(m.law, m.number, m.what, m.reason, m.source) for m in mended])
    return BuildReport(len({d.title for d in drafts}), sum(len(d.articles) for d in drafts), len(imported), tuple(mended))


def _number(number: str) -> str:
    try:
        return canonical(number)
    except ValueError:
        return number


def _write(store: sqlite3.Connection, drafts: list[Draft], table: Corrections) -> None:
    first = table.laws("first")
    for draft in drafts:
        start, end = draft.valid_from or draft.published, draft.valid_to
        if end is not None and end <= start:
            continue  # another text of the same law took its place on the same day
        store.execute("INSERT OR IGNORE INTO laws VALUES (?, ?, ?, ?)", (draft.title, draft.kind, draft.shown, draft.title in first))
        edition = store.execute(
            "INSERT INTO editions (law, valid_from, valid_to, start_proved, published, source, start_reason, end_reason) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                draft.title,
                start.isoformat(),
                end and end.isoformat(),
                draft.start_proved,
                draft.published.isoformat(),
                draft.source,
                draft.start_reason,
                draft.end_reason,
            ),
        ).lastrowid
        rows = []
        for article in draft.articles:
            begins = max(article.valid_from or start, start)
            ends = min(article.valid_to or FOREVER, end or FOREVER)
            proved = draft.start_proved if article.valid_from is None else True
            if begins < ends:
                last = None if ends == FOREVER else ends.isoformat()
                source = article.source or draft.source
                rows.append(
                    (edition, draft.title, _number(article.number), article.text, article.chapter, begins.isoformat(), last, proved, source)
                )
        store.executemany(
            "INSERT INTO texts (edition, law, number, text, chapter, valid_from, valid_to, start_proved, source) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )
        store.executemany("INSERT INTO holes VALUES (?, ?, ?, ?)", [(draft.title, n, edition, note) for n, note in draft.holes.items()])


def _write_names(store: sqlite3.Connection, drafts: list[Draft], table: Corrections, aliases: Aliases) -> None:
    """Titles first, then titles without the court's name, then aliases: a name never hides a title."""
    titles = list(dict.fromkeys(d.title for d in drafts))
    names = {key(title): title for title in titles}
    for title in titles:
        if title.startswith(COURT):
            names.setdefault(key(title.removeprefix(COURT)), title)
    known: dict[str, KnownLaw] = {}
    repeals = [KnownLaw(r.title, (), r.on, f"《{r.title}》自{chinese_day(r.on)}起废止：{r.reason}。") for r in find_repeals(drafts)]
    superseded = [
        KnownLaw(
            e.law,
            (),
            None if e.values.get("replaced") else e.values["on"],
            f"《{e.law}》自{chinese_day(e.values['on'])}起不再有效：{e.values['by']}。",
        )
        for e in table.of("superseded")
    ]
    for law in (*superseded, *repeals, *aliases.known):
        if key(law.title) not in names:
            known.setdefault(key(law.title), law)
    titles_by_key = dict(names)
    for name, title in aliases.names.items():
        if key(title) not in titles_by_key:
            raise KnowledgeError(f"aliases.toml：“{name}”指向的《{title}》不在法律库里。")
        names.setdefault(key(name), titles_by_key[key(title)])
    for law in aliases.known:
        held = titles_by_key.get(key(law.title))
        for name in law.names if held else ():
            names.setdefault(key(name), str(held))
    for law in (*superseded, *repeals, *aliases.known):
        for name in (law.title.removeprefix(COURT), *law.names):
            if key(name) not in names and key(law.title) in known:
                known.setdefault(key(name), known[key(law.title)])
    store.executemany("INSERT INTO names VALUES (?, ?)", names.items())
    store.executemany(
        "INSERT INTO known VALUES (?, ?, ?, ?)",
        [
            (k, law.title, law.ended and law.ended.isoformat(), law.note or f"这台机器没有收录《{law.title}》的原文。")
            for k, law in known.items()
        ],
    )
