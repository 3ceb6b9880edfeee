"""The rooms, opened and joined: what every command that answers or serves begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kiosk.answering.answerer import Answerer
from kiosk.answering.confidence import Confidence
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
    """What answers. Safe to share between threads."""

    book: LawBook
    guides: tuple[Guide, ...]
    lay: LayWords
    embedder: Embedder
    searcher: Searcher
    answerer: Answerer


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
    return Rooms(book, guides, lay, embedder, searcher, answerer)
