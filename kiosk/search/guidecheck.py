"""The check that every phrasing of a guide finds its own guide first."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.guidance.check import Fault
from kiosk.guidance.guide import Guide
from kiosk.models.table import open_embedder, read_table
from kiosk.search.index import open_guides
from kiosk.search.searcher import nearest_guides
from kiosk.search.words import terms
from kiosk.settings import Settings, knowledge_dir, model_table


def outranked(guides: Sequence[Guide], settings: Settings, only: Sequence[Guide] | None = None) -> list[Fault]:
    """One fault for each phrasing for which another guide comes first; `only`: the guides whose phrasings are tried (default all)."""
    embedder = open_embedder(read_table(model_table()), settings.models, settings.embedder, threads=settings.threads)
    index = open_guides(guides, embedder, knowledge_dir() / "vectors")
    faults = []
    for guide in guides if only is None else only:
        for ask, vector in zip(guide.asks, embedder.queries(guide.asks), strict=True):
            first = nearest_guides(index, vector, terms(ask))[0].guide
            if first.id != guide.id:
                faults.append(Fault(f"{guide.id}.md", 0, f"问法“{ask}”先找到的是《{first.title}》（{first.id}）：改这句，或改那一篇"))
    return faults
