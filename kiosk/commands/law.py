"""`kiosk law …` and `kiosk article`: build the law store, take sources in, check the data, read one article."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.commands import day
from kiosk.settings import Settings, knowledge_dir


def add(commands: Any) -> None:
    law = commands.add_parser("law", help="法律库：建库、导入、查毛病、列目录")
    actions = law.add_subparsers(title="做什么", metavar="做什么", required=True)

    build = actions.add_parser("build", help="重建法律库（几秒钟）：法律数据、更正、导入过的来源")
    build.add_argument("--from", dest="origin", type=Path, metavar="文件", help="wheel 或 laws.db；不写就用 kiosk setup 下载的")
    build.set_defaults(run=run_build)

    take = actions.add_parser("import", help="导入法规、司法解释：Markdown，或国家法律法规数据库的 .docx")
    take.add_argument("paths", nargs="+", type=Path, metavar="文件或文件夹")
    take.set_defaults(run=run_import)

    faults = actions.add_parser("faults", help="按规则查法律库的毛病；有没说明的，退出码为 1")
    faults.add_argument("--all", action="store_true", help="有说明的也列出来")
    faults.add_argument("--mended", action="store_true", help="列出已经更正的，连同理由和来源")
    faults.set_defaults(run=run_faults)

    listing = actions.add_parser("list", help="收录了哪些法律、哪天起有效")
    listing.add_argument("words", nargs="?", default="", metavar="名称中的字")
    listing.set_defaults(run=run_list)

    record = actions.add_parser("record", help="从来源文件记下指引引用、但不收录的条文的摘要和数字（不存条文）")
    record.add_argument("paths", nargs="+", type=Path, metavar="文件或文件夹")
    record.set_defaults(run=run_record)

    article = commands.add_parser("article", help="查一条法律：kiosk article 民法典 675 --on 2026-11-23")
    article.add_argument("law", metavar="法律", help="全称、简称或通称")
    article.add_argument("number", metavar="条", help="675、第六百七十五条、276之一")
    article.add_argument("--on", type=day, default=None, metavar="日期", help="查哪一天的法律，不写就是今天")
    article.set_defaults(run=run_article)


def _corrections() -> Path:
    return knowledge_dir() / "statutes" / "corrections.toml"


def _build(settings: Settings, origin: Path | None) -> int:
    from kiosk.law.build import build_store
    from kiosk.law.statutes import wheel_path

    report = build_store(origin or wheel_path(settings), _corrections(), settings.data / "sources", settings.law_db)
    print(f"法律库建好了：{report.laws} 部，{report.articles} 条；其中导入的来源 {report.imported} 部；更正了 {len(report.mended)} 处。")
    return 0


def run_build(args: argparse.Namespace, settings: Settings) -> int:
    return _build(settings, args.origin)


def run_import(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.law.imports import drop, keep_sources, source_files
    from kiosk.law.statutes import read_statutes, wheel_path

    paths = source_files(args.paths)
    if not paths:
        print("没有找到 .md 或 .docx 文件。", file=sys.stderr)
        return 1
    read_statutes(wheel_path(settings))  # without the data nothing can be built: say so before anything is kept
    reports, new = keep_sources(paths, settings.data / "sources")
    try:
        if any(r.law for r in reports):
            _build(settings, None)
    except BaseException:
        drop(new)
        raise
    _tell(reports, settings)
    if any(r.law for r in reports):
        _index(settings)
    return 1 if any(r.refused for r in reports) else 0


def _index(settings: Settings) -> None:
    """The new texts are embedded here, so that no question has to wait for it. Without a model, `kiosk setup` does it later."""
    from kiosk import preparation
    from kiosk.commands.setup import display

    if not preparation.model_is_ready(settings):
        print("语义模型还没有准备好；运行 kiosk setup 时再把新条文编进索引。", file=sys.stderr)
        return
    with display() as (say, progress):
        say("把新条文编进索引")
        preparation.prepare_index(settings, progress)


def _tell(reports: Any, settings: Settings) -> None:
    from kiosk.law.book import LawBook
    from kiosk.law.numerals import chinese_day

    book = LawBook.open(settings.law_db) if any(r.law for r in reports) else None
    for report in reports:
        if report.law is None:
            print(f"拒收 {report.refused}", file=sys.stderr)
            continue
        edition = next((e for e in book.editions(report.law.title) if e.published == report.law.published), None) if book else None
        if edition is None:
            print(f"已收 《{report.law.title}》：同日施行的另一文本已经收录，以它为准。")
        elif edition.valid_to:
            print(f"已收 《{edition.law}》：到{chinese_day(edition.valid_to)}为止（{edition.end_reason}），只作历史文本。")
        else:
            proved = "" if edition.start_proved else "（施行日没有核实，这是最早的可能）"
            print(f"已收 《{edition.law}》{len(report.law.articles)} 条，自{chinese_day(edition.valid_from)}起{proved}。")
    if book:
        book.close()


def run_faults(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.law.book import LawBook
    from kiosk.law.corrections import load_corrections
    from kiosk.law.faults import RULES, find_faults

    book = LawBook.open(settings.law_db)
    if args.mended:
        for m in book.mended():
            print(f"《{m.law}》{m.number}：{m.what}。理由：{m.reason}。来源：{m.source}。")
    book.close()
    faults = find_faults(settings.law_db, load_corrections(_corrections()))
    for fault in faults:
        if args.all or not fault.explained:
            print(
                f"{RULES[fault.rule]}：《{fault.law}》{fault.number} {fault.what}" + (f"（{fault.explained}）" if fault.explained else "")
            )
    open_faults = sum(not f.explained for f in faults)
    print(f"查完：没有说明的毛病 {open_faults} 处，有说明的 {len(faults) - open_faults} 处。")
    return 1 if open_faults else 0


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.law.book import LawBook

    book = LawBook.open(settings.law_db)
    for law in book.laws():
        if args.words in law.title:
            until = f" 到 {law.valid_to}" if law.valid_to else ""
            print(f"{law.title}\t{law.kind}\t{law.articles} 条\t自 {law.valid_from}{until}")
    book.close()
    return 0


def run_record(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.law.record import record_referenced

    knowledge = knowledge_dir()
    recorded, missing = record_referenced(args.paths, knowledge / "guides", knowledge / "statutes" / "referenced.json")
    print(f"记下了 {recorded} 条。")
    for what in missing:
        print(f"来源文件里没有：{what}", file=sys.stderr)
    return 1 if missing else 0


def run_article(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.law.book import LawBook
    from kiosk.law.numerals import chinese_day

    book = LawBook.open(settings.law_db)
    try:
        found = book.article(args.law, args.number, args.on or date.today())
    finally:
        book.close()
    if found.article is None:
        print(found.note)
        return 1
    article = found.article
    print(f"《{article.law}》{article.number}")
    if article.chapter:
        print(article.chapter)
    print()
    print(article.text)
    print()
    start = (
        f"自{chinese_day(article.valid_from)}起有效"
        if article.start_proved
        else f"施行日没有核实，最早自{chinese_day(article.valid_from)}起有效"
    )
    end = f"，{chinese_day(article.valid_to)}起不再有效" if article.valid_to else "，没有查到失效的日子"
    print(f"有效期：{start}{end}。")
    print(f"来源：{article.source}")
    return 0
