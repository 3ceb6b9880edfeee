"""What there is to find: every text of every article, as arrays, with the days on which it may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kiosk.law.article import Article
from kiosk.search.passage import passage, passage_digest, titles
from kiosk.search.vectors import key_of

FOREVER = date.max.toordinal()
Mask = NDArray[np.bool_]


class Corpus:
    """Row i is one text. `law` and `chapter` are indices into `laws` (short names) and `chapters` (law and titles).

    articles      (full law title, number) of each row
    starts, ends  ordinals of the first day in force and of the first day no longer in force
    lengths       characters
    passages      vector key → passage, in the order of rows, only while building
    """

    def __init__(self, articles: Iterable[Article]) -> None:
        self.articles: list[tuple[str, str]] = []
        self.laws: list[str] = []
        self.chapters: list[str] = []
        keys, starts, ends, lengths, law, chapter = [], [], [], [], [], []
        law_ids: dict[str, int] = {}
        chapter_ids: dict[str, int] = {}
        self.passages: dict[int, str] = {}
        for article in articles:
            text = passage(article)
            key = key_of(passage_digest(text))
            self.passages[key] = text
            keys.append(key)
            self.articles.append(article.key)
            starts.append(article.valid_from.toordinal())
            ends.append(article.valid_to.toordinal() if article.valid_to else FOREVER)
            lengths.append(len(article.text))
            law.append(law_ids.setdefault(article.short_law, len(law_ids)))
            chapter.append(chapter_ids.setdefault(f"{article.short_law} {titles(article.chapter)}", len(chapter_ids)))
        self.laws, self.chapters = list(law_ids), list(chapter_ids)
        self.law, self.chapter = np.array(law, np.int32), np.array(chapter, np.int32)
        self.keys = np.array(keys, np.uint64)
        self.starts, self.ends = np.array(starts, np.int32), np.array(ends, np.int32)
        self.lengths = np.array(lengths, np.int32)
        self._rows: dict[tuple[str, str], list[int]] = {}
        for row, article_key in enumerate(self.articles):
            self._rows.setdefault(article_key, []).append(row)
        self.in_force = lru_cache(maxsize=8)(self._in_force)

    def __len__(self) -> int:
        return len(self.articles)

    def _in_force(self, day: date) -> Mask:
        on = day.toordinal()
        mask: Any = (self.starts <= on) & (on < self.ends)
        mask.setflags(write=False)
        return mask  # type: ignore[no-any-return]

    def row(self, law: str, number: str, mask: Mask) -> int | None:
        """The row of an article's text under the mask; None where there is none."""
        return next((r for r in self._rows.get((law, number), ()) if mask[r]), None)
