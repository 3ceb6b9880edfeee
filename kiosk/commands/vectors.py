"""`kiosk vectors`: writes the prepared vectors that travel with the project."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from kiosk.settings import Settings

MOST_MB = 15
_UNSAFE = re.compile(r"[^\w\u4e00-\u9fff]+")


def add(commands: Any) -> None:
    command = commands.add_parser("vectors", help="重写随程序带的向量（给开发者：法律、指南或模型变了以后）")
    command.add_argument("--guides-only", action="store_true", help="只写指南的向量")
    command.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    import numpy as np

    from kiosk.assembly import open_index
    from kiosk.guidance.guide import load_guides
    from kiosk.law.book import LawBook
    from kiosk.models.table import open_embedder, read_table
    from kiosk.search import vectors
    from kiosk.search.index import ask_key, guide_texts
    from kiosk.settings import knowledge_dir, model_table

    folder = knowledge_dir() / "vectors"
    folder.mkdir(exist_ok=True)
    embedder = open_embedder(read_table(model_table()), settings.models, settings.embedder, threads=settings.threads)
    phrasings = list(dict.fromkeys(t for g in load_guides(knowledge_dir() / "guides") for t in guide_texts(g)))
    vectors.write(folder / "guides.npz", embedder.digest, [ask_key(t) for t in phrasings], embedder.queries(phrasings))
    print(f"指南：{len(phrasings)} 种问法")
    if not args.guides_only:
        index = open_index(
            settings, LawBook.open(settings.law_db), embedder, lambda done, of: print(f"\r条文 {done}/{of}", end="", flush=True)
        )
        corpus = index.corpus
        written = {"guides.npz"}
        for law, name in enumerate(corpus.laws):
            rows = np.flatnonzero(corpus.law == law)
            _, first = np.unique(corpus.keys[rows], return_index=True)
            rows = rows[np.sort(first)]
            file = _UNSAFE.sub("", name)[:60] + ".npz"
            vectors.write(folder / file, embedder.digest, [int(k) for k in corpus.keys[rows]], index.meaning.vectors(rows))
            written.add(file)
        for stale in set(p.name for p in folder.glob("*.npz")) - written:
            (folder / stale).unlink()
        print(f"\n条文：{len(corpus)} 条，{len(corpus.laws)} 部")
    size = sum(p.stat().st_size for p in Path(folder).glob("*.npz")) / 1e6
    print(f"共 {size:.1f} MB（上限 {MOST_MB} MB）")
    return 0 if size <= MOST_MB else 1
