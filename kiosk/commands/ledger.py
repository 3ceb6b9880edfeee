"""`kiosk ledger`: check the record, look at it, rebuild what is folded from it."""

from __future__ import annotations

import argparse
import itertools
from typing import Any

from kiosk.errors import LedgerError
from kiosk.settings import Settings


def add(commands: Any) -> None:
    command = commands.add_parser("ledger", help="账本：核对、查看、重建")
    deeds = command.add_subparsers(title="命令", metavar="命令", required=True)
    one = deeds.add_parser("verify", help="核对每条记录的摘要、签名和次序，并把案件和日志从头重建一遍来比对；不对时退出码为 2")
    one.set_defaults(run=verify)
    one = deeds.add_parser("show", help="列出记录（密封的内容不解开）")
    one.add_argument("--kind", default="", help="只列这一类，例如 case.opened")
    one.add_argument("--subject", default="", help="只列同一件事的记录")
    one.add_argument("--last", type=int, default=20, metavar="N", help="最后 N 条；0 为全部（默认 20）")
    one.add_argument("--json", action="store_true", help="每行一条完整记录，就是存着的样子")
    one.set_defaults(run=show)
    one = deeds.add_parser("rebuild", help="丢掉案件和日志的汇总，从账本重建；账本不变")
    one.set_defaults(run=rebuild)


def verify(args: argparse.Namespace, settings: Settings) -> int:
    office = _office(settings)
    found, digest = office.record.verify()
    print(f"账本完好：{found.events} 条记录，{found.nodes} 个节点；摘要、签名、次序都对。")
    print(f"案件、日志、名册从头重建，内容一致：{digest[:16]}")
    if lost := office.unreadable():
        print(f"注意：{lost} 个案件没有清除过，却打不开：密钥库里没有它们的钥匙。请用备份恢复 keystore.sqlite。")
    for alarm in office.record.ledger.alarms():
        print(f"警报：{alarm.at} 有一条记录没有收下：{alarm.why}")
    with office.record.looking() as state:
        for sentence in state.conflicts:
            print(f"要有人看一看：{sentence}")
        if state.aside:
            print(f"搁在一边的记录：{len(state.aside)} 条（这个版本的程序用不上，不影响别的）。")
    return 0


def show(args: argparse.Namespace, settings: Settings) -> int:
    ledger = _office(settings).record.ledger
    wanted = (
        (position, event)
        for position, event in ledger.events()
        if (not args.kind or event.kind == args.kind) and (not args.subject or event.subject == args.subject)
    )
    rows = list(wanted)
    for position, event in itertools.islice(rows, max(len(rows) - args.last, 0) if args.last else 0, None):
        if args.json:
            print(event.text())
        else:
            print(f"{position:>7}  {event.node[:8]}/{event.seq:<6} {event.at}  {event.actor:<24} {event.kind:<22} {event.subject}")
    return 0


def rebuild(args: argparse.Namespace, settings: Settings) -> int:
    print(f"已重建：{_office(settings).record.rebuild()[:16]}")
    return 0


def _office(settings: Settings) -> Any:
    from kiosk.casework.office import Office

    if not settings.database and not (settings.data / "ledger.sqlite").exists():
        raise LedgerError(f"{settings.data} 里还没有账本。第一次请运行 kiosk serve。")
    return Office.open(settings)
