"""`kiosk models`: what models there are, one made ready, the prepared vectors checked against it."""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kiosk.errors import ModelError
from kiosk.settings import Settings, knowledge_dir, model_table

if TYPE_CHECKING:
    from kiosk.models.table import ModelTable

LEAST_COSINE = 0.999


def add(commands: Any) -> None:
    command = commands.add_parser("models", help="模型：列出、做好一个、核对随程序带的向量")
    deeds = command.add_subparsers(title="做什么", metavar="做什么", required=True)
    one = deeds.add_parser("list", help="有哪些模型、从哪里来、准备好了没有")
    one.set_defaults(run=run_list)
    one = deeds.add_parser("build", help="做好一个模型：取、转换、导出，再给条文做向量")
    one.add_argument("id", nargs="?", default="", metavar="模型", help="models.toml 里的名字；不写就是正在用的")
    one.set_defaults(run=run_build)
    one = deeds.add_parser("check", help="随机抽一些随程序带的向量，重新算一遍来比；有不同的，退出码为 1")
    one.add_argument("--sample", type=int, default=40, metavar="N", help="抽多少条（默认 40）")
    one.add_argument("--seed", type=int, default=None, metavar="N", help="从同一个数开始，抽到的一样")
    one.set_defaults(run=run_check)


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.models.build import is_ready
    from kiosk.models.table import read_table

    table = read_table(model_table())
    for model in table.models.values():
        folder = settings.models / model.id
        state = "准备好了" if is_ready(folder) else "有文件，还没有导出" if folder.is_dir() else "没有"
        print(f"{model.id}{'（正在用）' if model == table.serving else ''}：{state}")
        print(f"    {model.title}；{model.role}，{model.dimension} 维，许可 {model.licence}")
        print(f"    来自 {model.package}，SHA-256 {model.wheel_sha256}" if model.package else f"    由您自己放到 {folder}")
    return 0


def _table(wanted: str) -> ModelTable:
    """The table with the wanted model in the place of the one that serves."""
    from kiosk.models.table import read_table

    table = read_table(model_table())
    if wanted and wanted not in table.models:
        raise ModelError(f"模型清单里没有 {wanted}。运行 kiosk models list 看有哪些。")
    return replace(table, embedder=wanted) if wanted else table


def run_build(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.commands.setup import display
    from kiosk.law.book import LawBook
    from kiosk.models.table import open_embedder
    from kiosk.preparation import alone, make_folder, make_model_ready
    from kiosk.search.index import open_articles

    table = _table(args.id)
    make_folder(settings)
    with alone(settings), display() as (say, progress):
        folder = make_model_ready(table.serving, settings, say)
        say("给条文做向量")
        embedder = open_embedder(table, settings.models, settings.embedder, threads=settings.threads)
        book = LawBook.open(settings.law_db)
        try:
            prepared = knowledge_dir() / "vectors"
            index = open_articles(book.all_articles(), embedder, prepared, settings.index, progress=progress)
        finally:
            book.close()
    print(f"模型 {table.embedder} 做好了：{folder}，摘要 {embedder.digest}，{len(index.corpus)} 条条文有向量。")
    print("要换用它，把 models.toml 里 [serves] 的 embedder 改成它的名字，再重新启动。")
    return 0


def run_check(args: argparse.Namespace, settings: Settings) -> int:
    import numpy as np

    from kiosk.guidance.guide import load_guides
    from kiosk.law.book import LawBook
    from kiosk.models.table import open_embedder
    from kiosk.search import vectors
    from kiosk.search.corpus import Corpus
    from kiosk.search.index import ask_key, guide_texts

    embedder = open_embedder(_table(""), settings.models, settings.embedder, threads=settings.threads)
    held = vectors.read(knowledge_dir() / "vectors", embedder.digest)
    book = LawBook.open(settings.law_db)
    passages = Corpus(book.all_articles()).passages
    book.close()
    asks = {ask_key(text): text for guide in load_guides(knowledge_dir() / "guides") for text in guide_texts(guide)}
    known = sorted(key for key in (*passages, *asks) if key in held)
    if not known:
        print(f"没有随程序带的向量是用这个模型（摘要 {embedder.digest}）做的。运行 kiosk vectors 重做。")
        return 1
    sample = random.Random(args.seed).sample(known, min(args.sample, len(known)))
    different = 0
    for key in sample:
        text = passages.get(key) or asks[key]
        made = (embedder.passages if key in passages else embedder.queries)([text])[0]
        values, scale = held[key]
        cosine = float(vectors.widen(values[None], np.array([scale], np.float16))[0] @ made)
        if cosine < LEAST_COSINE:
            different += 1
            print(f"不同（余弦 {cosine:.4f}）：{text[:40]}")
    print(f"抽查 {len(sample)} 条：{len(sample) - different} 条相同，{different} 条不同。")
    print(f"随程序带的 {len(held)} 条里用得上 {len(known)} 条，还缺 {len(passages) + len(asks) - len(known)} 条。")
    return 1 if different else 0
