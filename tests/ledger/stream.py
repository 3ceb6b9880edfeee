"""The process that test_killed kills: conversations and cases without end, a line for each call that has returned.

Run with the data folder as its argument. A line is JSON: what was done, and the digest of the ledger's last own event.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

from kiosk.casework.office import Office
from kiosk.casework.values import Advisor, Person, Village
from kiosk.errors import CaseworkError
from kiosk.settings import Settings

office = Office.open(Settings(data=Path(sys.argv[1])))
ledger = office.record.ledger


def acknowledge(**done: object) -> None:
    print(json.dumps({**done, "head": ledger.heads()[ledger.node][1]}), flush=True)


if not office.is_set_up():
    village, advisor = Village("v1", "上岙村", "大雷镇", "鄞江县"), Advisor("a1", "李律师", "山海律师事务所", "13302", "0574")
    office.set_up(village, advisor, sign_in="li", password="password")
print(json.dumps({"ready": True}), flush=True)

chance = random.Random()
slips: list[tuple[str, str]] = []
while True:
    step = chance.random()
    if step < 0.4 or not slips:
        office.resolved_at_station(matter="合同", guide="g", confidence_percent=90)
        acknowledge(did="conversation")
    if step > 0.6 or not slips:
        words = f"邻居占了我家的地 {chance.random()}"
        receipt = office.hand_over(
            words,
            matter="邻里与相邻权",
            answer_kind="abstain",
            guide="",
            citations=(),
            confidence_percent=20,
            consent=True,
            person=Person("张三", "138"),
        )
        slips.append((receipt.number, receipt.code))
        acknowledge(did="case", number=receipt.number, code=receipt.code, words=words)
    number, code = chance.choice(slips)
    if step < 0.2:
        words = f"请先找村委会 {chance.random()}"
        office.reply("a1", number, words)
        acknowledge(did="reply", number=number, words=words)
    elif step < 0.3:
        office.say_more(number, code, "还有一件事")
        acknowledge(did="more", number=number)
    elif step < 0.35:
        try:
            draft = next(entry for entry in office.diary("a1") if entry.status == "draft")
            office.confirm("a1", draft.id, draft.fields)
        except (StopIteration, CaseworkError):
            continue  # all confirmed, or erased since
        acknowledge(did="confirm", entry=draft.id)
    elif step < 0.37:
        office.erase(number, "王主任")
        slips.remove((number, code))
        acknowledge(did="erase", number=number)
