"""The diary's (工作日志) fields: what is open, what is sealed, what is drafted for the advisor to complete."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from kiosk.casework.state import CaseRecord, DiaryRecord
from kiosk.casework.values import MODES, RESULTS, DiaryEntry, DiaryFields, Person
from kiosk.casework.wording import clean, short
from kiosk.errors import CaseworkError
from kiosk.ledger.clock import LOCAL, local_day, read

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOST_TENTHS = 240
MOST_PEOPLE = 10_000


def handed_over(case: Mapping[str, Any], at: datetime, place: str, person: Person, asked: str) -> DiaryFields:
    """Drafted when a case is handed over; `case` is the body of its opening. The hours are the advisor's to enter."""
    citations = tuple((law, number) for law, number in case["citations"])
    return _drafted(case["matter"], citations, at, place, person, asked)


def replied(case: CaseRecord, at: datetime, place: str, person: Person, asked: str, advised: str) -> DiaryFields:
    """Drafted from a reply."""
    return replace(_drafted(case.matter, case.citations, at, place, person, asked), advised=advised, result="当场答复")


def _drafted(matter: str, citations: tuple[tuple[str, str], ...], at: datetime, place: str, person: Person, asked: str) -> DiaryFields:
    time = at.astimezone(LOCAL).strftime("%H:%M")
    return DiaryFields(
        day=local_day(at),
        start=time,
        end=time,
        place=place,
        mode="自助机转办",
        served="村民",
        person=person,
        people=1,
        matter=matter,
        asked=asked,
        advised="",
        citations=citations,
        result="跟进中",
        tenths=0,
    )


def checked(fields: DiaryFields) -> DiaryFields:
    """Cleaned of control characters. Raises CaseworkError that names the field which is wrong."""
    for name, value, allowed in (("方式", fields.mode, MODES), ("结果", fields.result, RESULTS)):
        if value not in allowed:
            raise CaseworkError(f"{name}“{value[:20]}”不在可选的里面。")
    for name, time in (("开始时间", fields.start), ("结束时间", fields.end)):
        if time and not _TIME.fullmatch(time):
            raise CaseworkError(f"{name}要写成 08:30 这样。")
    if fields.start and fields.end and fields.end < fields.start:
        raise CaseworkError("结束时间在开始时间之前。")
    if not 0 <= fields.tenths <= MOST_TENTHS:
        raise CaseworkError("工时要在 0 到 24 小时之间。")
    if not 1 <= fields.people <= MOST_PEOPLE:
        raise CaseworkError(f"人数要在 1 到 {MOST_PEOPLE} 之间。")
    return replace(
        fields,
        place=short(fields.place, "地点"),
        served=short(fields.served, "服务对象"),
        person=Person(short(fields.person.name, "姓名"), short(fields.person.phone, "电话")),
        matter=short(fields.matter, "事项"),
        asked=clean(fields.asked, "咨询内容"),
        advised=clean(fields.advised, "答复内容"),
        citations=tuple((short(law, "法名"), short(number, "条号")) for law, number in fields.citations[:50]),
    )


def shown(fields: DiaryFields) -> dict[str, Any]:
    """What stays readable for ever: nothing in it says who or where."""
    return {
        "day": fields.day.isoformat(),
        "start": fields.start,
        "end": fields.end,
        "mode": fields.mode,
        "served": fields.served,
        "people": fields.people,
        "matter": fields.matter,
        "citations": [list(citation) for citation in fields.citations],
        "result": fields.result,
        "tenths": fields.tenths,
    }


def words(fields: DiaryFields, why: str = "") -> dict[str, str]:
    """What is sealed. The place too: a home visit's place is somebody's home."""
    person = fields.person
    return {"name": person.name, "phone": person.phone, "place": fields.place, "asked": fields.asked, "advised": fields.advised, "why": why}


def entry(record: DiaryRecord, sealed: dict[str, str] | None, case_number: str) -> DiaryEntry:
    """As the desk sees it. `sealed` None: its key is gone."""
    inner, fields = sealed or {}, record.fields
    return DiaryEntry(
        id=record.id,
        village=record.village,
        advisor=record.advisor,
        status=record.status,
        fields=DiaryFields(
            day=date.fromisoformat(fields["day"]),
            start=fields["start"],
            end=fields["end"],
            place=inner.get("place", ""),
            mode=fields["mode"],
            served=fields["served"],
            person=Person(inner.get("name", ""), inner.get("phone", "")),
            people=fields["people"],
            matter=fields["matter"],
            asked=inner.get("asked", ""),
            advised=inner.get("advised", ""),
            citations=tuple((law, number) for law, number in fields["citations"]),
            result=fields["result"],
            tenths=fields["tenths"],
        ),
        case=case_number,
        corrects=record.corrects,
        corrected_by=record.corrected_by,
        why=inner.get("why", ""),
        confirmed_by=record.confirmed_by,
        confirmed_at=read(record.confirmed_at) if record.confirmed_at else None,
        readable=sealed is not None,
    )
