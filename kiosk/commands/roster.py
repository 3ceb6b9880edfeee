"""`kiosk roster`: villages, advisors, and who advises which village."""

from __future__ import annotations

import argparse
import getpass
import sys
from datetime import date
from typing import Any

from kiosk.errors import CaseworkError
from kiosk.settings import Settings


def add(commands: Any) -> None:
    command = commands.add_parser("roster", help="名册：村、法律顾问、谁负责哪个村")
    deeds = command.add_subparsers(title="命令", metavar="命令", required=True)
    one = deeds.add_parser("list", help="列出全部")
    one.set_defaults(run=listing)

    one = deeds.add_parser("village", help="登记一个村；同一编号再登记就是更改")
    one.add_argument("id", help="编号，例如 v2")
    one.add_argument("--name", required=True, help="村名")
    one.add_argument("--township", required=True, help="乡镇（街道）")
    one.add_argument("--county", required=True, help="区县（市）")
    one.add_argument("--remote", action="store_true", help="偏远山区村")
    one.add_argument("--underdeveloped", choices=("none", "city", "county"), default="none", help="欠发达村：市级 city、区县级 county")
    one.set_defaults(run=village)

    one = deeds.add_parser("advisor", help="登记一位法律顾问；同一编号再登记就是更改")
    one.add_argument("id", help="编号，例如 a2")
    one.add_argument("--name", required=True, help="姓名")
    one.add_argument("--firm", required=True, help="律师事务所或基层法律服务所")
    one.add_argument("--licence", required=True, help="执业证号")
    one.add_argument("--phone", required=True, help="电话")
    one.add_argument("--sign-in", default="", metavar="名字", help="在工作台的登录名；密码随后从键盘输入。已有这个登录名的，换成新密码")
    one.set_defaults(run=advisor)

    one = deeds.add_parser("assign", help="把一个村派给一位法律顾问")
    one.add_argument("village", help="村的编号")
    one.add_argument("advisor", help="法律顾问的编号")
    one.add_argument("--since", type=_day, default=None, metavar="日期", help="从哪天起，例如 2026-12-01（默认今天）")
    one.add_argument("--until", type=_day, default=None, metavar="日期", help="到哪天为止（这天已不算；默认不限）")
    one.add_argument("--override-by", default="", metavar="姓名", help="超过五个村时，司法局准许的人的姓名")
    one.set_defaults(run=assign)

    one = deeds.add_parser("end", help="结束一个村现在的指派")
    one.add_argument("village", help="村的编号")
    one.add_argument("--until", type=_day, required=True, metavar="日期", help="到哪天为止（这天已不算）")
    one.set_defaults(run=end)

    one = deeds.add_parser("give", help="把一个案件转交给另一位法律顾问")
    one.add_argument("number", help="案件编号，例如 26-0001")
    one.add_argument("advisor", help="法律顾问的编号")
    one.add_argument("--by", required=True, metavar="姓名", help="谁决定的")
    one.set_defaults(run=give)


def listing(args: argparse.Namespace, settings: Settings) -> int:
    office = _office(settings)
    print("村：")
    for place in office.villages():
        marks = "".join(
            ("，偏远山区村" if place.remote else "", {"city": "，市级欠发达村", "county": "，区县级欠发达村"}.get(place.underdeveloped, ""))
        )
        print(f"  {place.id}  {place.name}（{place.county}{place.township}{marks}）")
    print("法律顾问：")
    for person in office.advisors():
        print(f"  {person.id}  {person.name}，{person.firm}，执业证 {person.licence}，电话 {person.phone}")
    print("指派：")
    for one in office.assignments():
        until = f"到 {one.until} 前" if one.until else "起"
        allowed = f"（{one.override_by}准许）" if one.override_by else ""
        print(f"  {one.village} → {one.advisor}  {one.since} {until}{allowed}")
    return 0


def village(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.casework.values import Village

    place = Village(args.id, args.name, args.township, args.county, args.remote, args.underdeveloped)
    _office(settings).add_village(place)
    print(f"已登记：{place.name}")
    return 0


def advisor(args: argparse.Namespace, settings: Settings) -> int:
    from kiosk.casework.values import Advisor

    office = _office(settings)
    password = _new_password() if args.sign_in else ""
    office.add_advisor(Advisor(args.id, args.name, args.firm, args.licence, args.phone))
    if args.sign_in:
        office.accounts.replace(args.sign_in, password, args.id, "advisor")
    print(f"已登记：{args.name}")
    return 0


def assign(args: argparse.Namespace, settings: Settings) -> int:
    office = _office(settings)
    office.assign(args.village, args.advisor, args.since or office.today(), until=args.until, override_by=args.override_by)
    print("已指派。")
    return 0


def end(args: argparse.Namespace, settings: Settings) -> int:
    _office(settings).end_assignment(args.village, args.until)
    print("已结束。")
    return 0


def give(args: argparse.Namespace, settings: Settings) -> int:
    _office(settings).give(args.number, args.advisor, args.by)
    print("已转交。")
    return 0


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"日期要写成 2026-12-01 这样，不是“{text}”") from None


def _new_password() -> str:
    """Typed twice at a terminal; one line when piped in."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("新密码：")
    if getpass.getpass("再输一次：") != password:
        raise CaseworkError("两次输入的不一样，没有登记。")
    return password


def _office(settings: Settings) -> Any:
    from kiosk.casework.office import Office

    return Office.open(settings)
