"""The book of law that everyone reads: any article on any day, and what the station honestly knows when it has none."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Literal

from kiosk.errors import LawMissing
from kiosk.law.article import Article, short_name
from kiosk.law.draft import Mended
from kiosk.law.names import key
from kiosk.law.numerals import canonical, chinese_day
from kiosk.law.store import VERSION

Status = Literal["in_force", "changed", "repealed", "not_yet", "no_such_article", "not_held"]

_COLUMNS = "t.law, t.number, t.text, t.chapter, t.valid_from, t.valid_to, t.start_proved, t.source, l.kind"
_day = lru_cache(maxsize=4096)(date.fromisoformat)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is known of one article on one day.

    status   in_force; repealed (it stood before, on that day no longer); not_yet (it stands from a later day on);
             no_such_article (the law's text of that day has no such number); not_held (the station has no text of that day,
             or has not the law). "changed" is never given by the book: whoever compares a quotation says it.
    article  the text of that day; None unless in_force
    law      full title, or the name as asked where it is not known
    note     one plain Chinese sentence
    """

    status: Status
    article: Article | None
    law: str
    number: str
    note: str


@dataclass(frozen=True, slots=True)
class LawTitle:
    """A law held, whatever its days. `shown` False: amendments and amending decisions, which no search shows."""

    title: str
    kind: str
    shown: bool
    articles: int
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Edition:
    """One text of a whole law. `start_reason` and `end_reason` say what the days rest on."""

    law: str
    valid_from: date
    valid_to: date | None
    start_proved: bool
    published: date | None
    source: str
    start_reason: str
    end_reason: str

    def in_force_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def _article(row: tuple[str, str, str, str, str, str | None, int, str, str]) -> Article:
    law, number, text, chapter, start, end, proved, source, kind = row
    return Article(law, number, text, chapter, _day(start), _day(end) if end else None, bool(proved), source, kind)


class LawBook:
    """Read-only and safe to share between threads. A store that is replaced on disk is seen after the next `open`."""

    def __init__(self, store: sqlite3.Connection) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._names: dict[str, str] = dict(store.execute("SELECT key, title FROM names"))
        self._known: dict[str, tuple[str, str | None, str]] = {k: (t, e, n) for k, t, e, n in store.execute("SELECT * FROM known")}
        self._new: dict[str, bool] = {t: bool(n) for t, n in store.execute("SELECT title, new FROM laws")}

    @classmethod
    def open(cls, path: Path) -> LawBook:
        if not path.is_file():
            raise LawMissing(f"法律库 {path} 还没有建好。运行 kiosk law build。")
        try:
            store = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
            if store.execute("PRAGMA user_version").fetchone() != (VERSION,):
                store.close()
                raise LawMissing(f"法律库 {path} 不是这个版本的程序建的。运行 kiosk law build 重建。")
            return cls(store)
        except sqlite3.DatabaseError as cause:
            raise LawMissing(f"法律库 {path} 损坏了。运行 kiosk law build 重建。") from cause

    def close(self) -> None:
        self._store.close()

    def _rows(self, sql: str, *values: object) -> list[tuple]:  # type: ignore[type-arg]
        with self._lock:
            return self._store.execute(sql, values).fetchall()

    def resolve(self, name: str) -> str | None:
        """The full title of a law that is held (on whatever day), from any of its names; None when it is not."""
        return self._names.get(key(name))

    def known_title(self, name: str) -> str | None:
        """The full title of a law that the station knows, held or not; None for a name that it has never heard of."""
        wanted = key(name)
        return self._names.get(wanted) or (self._known[wanted][0] if wanted in self._known else None)

    def article(self, law: str, number: str, on: date) -> Finding:
        title = self.resolve(law)
        try:
            wanted = canonical(number)
        except ValueError:
            wanted = number.strip()
        if title is None:
            return self._of_law_not_held(law, wanted, on)
        versions = self._versions(title, wanted)
        for version in versions:
            if version.in_force_on(on):
                return Finding("in_force", version, title, wanted, self._days(version))
        return self._why_not(title, wanted, on, versions)

    def _versions(self, title: str, number: str) -> list[Article]:
        sql = f"SELECT {_COLUMNS} FROM texts t JOIN laws l ON l.title = t.law WHERE t.law = ? AND t.number = ? ORDER BY t.valid_from"
        rows = self._rows(sql, title, number)
        if not rows and number.startswith("第"):  # an amendment has items (条目一), cited as its articles
            rows = self._rows(sql, title, f"条目{number[1:-1]}")
        return [_article(row) for row in rows]

    def texts(self, law: str, number: str) -> tuple[Article, ...]:
        """Every text held of one article, earliest first; empty when there is none."""
        title = self.resolve(law)
        try:
            wanted = canonical(number)
        except ValueError:
            wanted = number.strip()
        return tuple(self._versions(title, wanted)) if title else ()

    def editions(self, law: str) -> tuple[Edition, ...]:
        """The texts of a whole law, earliest first; empty for one that is not held."""
        title = self.resolve(law)
        rows = self._rows(
            "SELECT law, valid_from, valid_to, start_proved, published, source, start_reason, end_reason FROM editions "
            "WHERE law = ? ORDER BY valid_from",
            title,
        )
        return tuple(
            Edition(law, _day(a), _day(b) if b else None, bool(proved), _day(pub) if pub else None, source, why_start, why_end)
            for law, a, b, proved, pub, source, why_start, why_end in rows
        )

    def in_force(self, on: date) -> Iterator[Article]:
        """All that a search may show on that day, in the order of the laws and their articles; no amendments."""
        sql = (
            f"SELECT {_COLUMNS} FROM texts t JOIN laws l ON l.title = t.law "
            "WHERE l.shown AND t.valid_from <= ? AND (t.valid_to IS NULL OR t.valid_to > ?) ORDER BY t.id"
        )
        day = on.isoformat()
        return map(_article, self._rows(sql, day, day))

    def all_articles(self) -> Iterator[Article]:
        """Every text of every day, with the same exclusions."""
        return map(_article, self._rows(f"SELECT {_COLUMNS} FROM texts t JOIN laws l ON l.title = t.law WHERE l.shown ORDER BY t.id"))

    def laws(self) -> tuple[LawTitle, ...]:
        rows = self._rows(
            "SELECT l.title, l.kind, l.shown, (SELECT count(DISTINCT number) FROM texts t WHERE t.law = l.title), min(e.valid_from), "
            "CASE WHEN count(*) = count(e.valid_to) THEN max(e.valid_to) END "
            "FROM laws l JOIN editions e ON e.law = l.title GROUP BY l.title ORDER BY min(e.id)"
        )
        return tuple(LawTitle(t, k, bool(s), n, _day(a), _day(b) if b else None) for t, k, s, n, a, b in rows)

    def mended(self) -> tuple[Mended, ...]:
        """What was corrected in the data, with reason and source."""
        return tuple(Mended(*row) for row in self._rows("SELECT law, number, what, reason, source FROM mended ORDER BY rowid"))

    def _days(self, article: Article) -> str:
        since = (
            f"自{chinese_day(article.valid_from)}起有效"
            if article.start_proved
            else f"这一文本的施行日没有核实，最早自{chinese_day(article.valid_from)}起"
        )
        until = f"，到{chinese_day(article.valid_to)}为止（当日起不再有效）" if article.valid_to else ""
        return f"{since}{until}。"

    def _of_law_not_held(self, name: str, number: str, on: date) -> Finding:
        known = self._known.get(key(name))
        if known is None:
            return Finding("not_held", None, name.strip("《》"), number, f"本站没有收录《{name.strip('《》')}》。")
        title, ended, note = known
        if ended and on >= _day(ended):
            return Finding("repealed", None, title, number, note)
        return Finding("not_held", None, title, number, note if not ended else f"本站没有收录《{short_name(title)}》；{note}")

    def _why_not(self, title: str, number: str, on: date, versions: list[Article]) -> Finding:
        short = f"《{short_name(title)}》"
        holes = self._rows(
            "SELECT h.note, e.valid_from, e.valid_to FROM holes h JOIN editions e ON e.id = h.edition WHERE h.law = ? AND h.number = ?",
            title,
            number,
        )
        for note, start, end in holes:
            if _day(start) <= on and (end is None or on < _day(end)):
                return Finding("not_held", None, title, number, note)
        editions = self.editions(title)
        later = [v for v in versions if v.valid_from > on]
        earlier = [v for v in versions if v.valid_to and v.valid_to <= on]
        if any(e.in_force_on(on) for e in editions):
            if later and (earlier or later[0].start_proved):
                return Finding(
                    "not_yet", None, title, number, f"{short}{number}自{chinese_day(later[0].valid_from)}起施行，这一天还没有生效。"
                )
            if earlier:
                return Finding(
                    "repealed",
                    None,
                    title,
                    number,
                    f"{short}{number}到{chinese_day(earlier[-1].valid_to or on)}为止，这一天的文本里已经没有这一条。",
                )
            if later:
                return Finding("not_held", None, title, number, f"本站没有收录{short}{number}在这一天的文本。")
            return Finding("no_such_article", None, title, number, f"{short}在这一天的文本里没有{number}。")
        if not versions and not holes:
            return Finding("no_such_article", None, title, number, f"{short}里没有{number}。")
        first, last = editions[0], editions[-1]
        if last.valid_to and on >= last.valid_to:
            if last.end_reason.startswith("新文本"):
                return Finding("not_held", None, title, number, f"{short}自{chinese_day(last.valid_to)}起有新文本，本站没有收录。")
            return Finding("repealed", None, title, number, f"{short}自{chinese_day(last.valid_to)}起失效：{last.end_reason}。")
        if on < first.valid_from and first.start_proved and self._new[title]:
            return Finding("not_yet", None, title, number, f"{short}自{chinese_day(first.valid_from)}起施行，这一天还没有生效。")
        return Finding("not_held", None, title, number, f"本站没有收录{short}在{chinese_day(on)}有效的文本。")
