"""The rooms, opened and joined: what every command that answers or serves begins with."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.answering.answer import Answer, Question
from kiosk.answering.answerer import Answerer
from kiosk.answering.confidence import Confidence
from kiosk.answering.writer import TransformersWriter, Writer, passes, rewrite
from kiosk.guidance.danger import DangerSigns
from kiosk.guidance.guide import Guide, load_guides
from kiosk.guidance.lay import LayWords
from kiosk.law.book import LawBook
from kiosk.models.embedder import Embedder
from kiosk.models.table import open_embedder, read_table
from kiosk.search.features import FEATURES, Priors, Signals
from kiosk.search.index import ArticleIndex, open_articles, open_guides
from kiosk.search.searcher import Searcher
from kiosk.search.trees import Trees
from kiosk.settings import Settings, knowledge_dir, model_table

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Rooms:
    """What answers. Safe to share between threads. `writer`: an operator's language model that passed, else None (the default)."""

    book: LawBook
    guides: tuple[Guide, ...]
    lay: LayWords
    embedder: Embedder
    searcher: Searcher
    answerer: Answerer
    writer: Writer | None = None
    turn: threading.Lock = field(default_factory=threading.Lock)  # a writer answers one at a time

    def answer(self, question: Question) -> Answer:
        made = self.answerer.answer(question)
        if self.writer is None:
            return made
        with self.turn:
            return rewrite(self.writer, made, self.book.resolve, about=question.text)


def open_index(settings: Settings, book: LawBook, embedder: Embedder, progress: Progress | None = None) -> ArticleIndex:
    prepared = knowledge_dir() / "vectors"
    return open_articles(book.all_articles(), embedder, prepared, settings.index, progress=progress)


def open_searcher(
    settings: Settings, book: LawBook, guides: tuple[Guide, ...], lay: LayWords, embedder: Embedder, progress: Progress | None = None
) -> Searcher:
    knowledge = knowledge_dir()
    articles = open_index(settings, book, embedder, progress)
    guide_index = open_guides(guides, embedder, knowledge / "vectors")
    weights = knowledge / "ranking"
    ranker = Trees.load(weights / "trees.npz", FEATURES)
    priors = Priors.load(weights / "priors.json")
    return Searcher(articles, guide_index, embedder, ranker, priors, expand=lay.expand, resolve=book.resolve)


def open_rooms(settings: Settings, progress: Progress | None = None) -> Rooms:
    """Open everything that answers; `progress(done, of)` is told of articles being embedded. Raises LawMissing or ModelMissing."""
    knowledge = knowledge_dir()
    book = LawBook.open(settings.law_db)
    guides = load_guides(knowledge / "guides")
    embedder = open_embedder(read_table(model_table()), settings.models, settings.embedder, threads=settings.threads)
    lay = LayWords.load(knowledge / "lay.toml")
    searcher = open_searcher(settings, book, guides, lay, embedder, progress)
    confidence = Confidence.load(knowledge / "ranking" / "confidence.json", Signals.names())
    dangers = DangerSigns.load(knowledge / "danger")
    answerer = Answerer(book, searcher.search, dangers.match, confidence, lay.normalise)
    return Rooms(book, guides, lay, embedder, searcher, answerer, _open_writer(settings, guides, book))


def _open_writer(settings: Settings, guides: tuple[Guide, ...], book: LawBook) -> Writer | None:
    if not settings.writer:
        return None
    writer = TransformersWriter(Path(settings.writer))
    if passes(writer, [guide.headline for guide in guides], book.resolve):
        return writer
    logging.getLogger(__name__).warning("设置 writer 指的语言模型没有通过核对，不用它；回答照指南的原话。")
    return None
