"""The index on disk and in memory: built at set-up or after an import, opened in a second.

<data>/index/<digest>/words   BM25 over articles; the digest names texts, days and model, so an index of other law is never used
<data>/index/embedded-*.npz   vectors that the prepared ones lack
 Guides are few: their part is made at every start.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kiosk.guidance.guide import Guide
from kiosk.law.article import Article
from kiosk.models.embedder import Embedder
from kiosk.search import vectors
from kiosk.search.corpus import Corpus
from kiosk.search.meaning import MeaningIndex
from kiosk.search.passage import passage_digest
from kiosk.search.words import WordIndex

Progress = Callable[[int, int], None]
CHUNK = 256


@dataclass(frozen=True, slots=True)
class ArticleIndex:
    corpus: Corpus
    words: WordIndex
    meaning: MeaningIndex


@dataclass(frozen=True, slots=True)
class GuideIndex:
    """`asks`: one row for each phrasing; `owner[row]` is the guide's place in `guides`. `words` has one text for each guide."""

    guides: tuple[Guide, ...]
    asks: MeaningIndex | None
    owner: NDArray[np.int32]
    words: WordIndex | None


def _digest(corpus: Corpus, model: str) -> str:
    parts = hashlib.sha256(model.encode())
    for array in (corpus.keys, corpus.starts, corpus.ends):
        parts.update(array.tobytes())
    return parts.hexdigest()[:16]


def embed_in_chunks(
    embed: Callable[[Sequence[str]], vectors.Vectors], progress: Progress | None
) -> Callable[[Sequence[str]], vectors.Vectors]:
    """`embed` in chunks, telling `progress(done, of)` after each."""

    def run(texts: Sequence[str]) -> vectors.Vectors:
        parts = []
        for start in range(0, len(texts), CHUNK):
            parts.append(embed(texts[start : start + CHUNK]))
            if progress is not None:
                progress(min(start + CHUNK, len(texts)), len(texts))
        return np.concatenate(parts)

    return run


def open_articles(
    articles: Iterable[Article], embedder: Embedder, prepared: Path, folder: Path, *, progress: Progress | None = None
) -> ArticleIndex:
    """Open the index of these texts, building what is missing. `prepared`: the folder of prepared vectors; `folder`: <data>/index."""
    corpus = Corpus(articles)
    here = folder / _digest(corpus, embedder.digest)
    ahead = vectors.read(prepared, embedder.digest)
    extra = folder / f"embedded-{embedder.digest}.npz"
    held = vectors.read(folder, embedder.digest) | ahead
    by_key, new = vectors.gather(corpus.passages, held, embed_in_chunks(embedder.passages, progress), embedder.dimension)
    place = {key: i for i, key in enumerate(corpus.passages)}
    folder.mkdir(parents=True, exist_ok=True)
    if new:
        lacking = [k for k in corpus.passages if k not in ahead]
        vectors.write(extra, embedder.digest, lacking, by_key[[place[k] for k in lacking]])
    rows = by_key[[place[int(k)] for k in corpus.keys]]
    words = _words(corpus, here)
    _forget_others(folder, here)
    corpus.passages.clear()
    return ArticleIndex(corpus, words, MeaningIndex(rows))


def _words(corpus: Corpus, here: Path) -> WordIndex:
    if (here / "words").is_dir():
        try:
            return WordIndex.load(here / "words", len(corpus))
        except (OSError, ValueError, KeyError):
            shutil.rmtree(here, ignore_errors=True)
    words = WordIndex.build(corpus.passages[int(k)] for k in corpus.keys)
    with tempfile.TemporaryDirectory(dir=here.parent) as scratch:
        made = Path(scratch, "made")
        words.save(made / "words")
        shutil.rmtree(here, ignore_errors=True)
        made.rename(here)
    return words


def _forget_others(folder: Path, here: Path) -> None:
    for other in folder.iterdir():
        if other.is_dir() and other != here:
            shutil.rmtree(other, ignore_errors=True)


def guide_texts(guide: Guide) -> list[str]:
    """What is embedded of a guide: its title and every phrasing."""
    return list(dict.fromkeys([guide.title, *guide.asks]))


def open_guides(guides: Sequence[Guide], embedder: Embedder, prepared: Path) -> GuideIndex:
    """The guides' part. Phrasings lacking a prepared vector are embedded here (about 5 ms each)."""
    owner: list[int] = []
    phrasings: list[str] = []
    for place, guide in enumerate(guides):
        for text in guide_texts(guide):
            owner.append(place)
            phrasings.append(text)
    if not phrasings:
        return GuideIndex((), None, np.zeros(0, np.int32), None)
    keys = [ask_key(text) for text in phrasings]
    by_key, _ = vectors.gather(
        dict(zip(keys, phrasings, strict=True)), vectors.read(prepared, embedder.digest), embedder.queries, embedder.dimension
    )
    place_of = {key: i for i, key in enumerate(dict.fromkeys(keys))}
    rows = by_key[[place_of[k] for k in keys]]
    words = WordIndex.build("\n".join([*guide_texts(g), *g.words, g.matter]) for g in guides)
    return GuideIndex(tuple(guides), MeaningIndex(rows), np.array(owner, np.int32), words)


def ask_key(text: str) -> int:
    """The vector key of a phrasing; the prefix keeps it apart from passages, which are embedded with another prompt."""
    return vectors.key_of(passage_digest("query: " + text))
