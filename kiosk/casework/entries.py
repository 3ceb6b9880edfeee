"""What is appended for each step, and how records are shown. Pure, but for the chance in sealing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date

from kiosk.casework import diary
from kiosk.casework.state import CaseRecord, DiaryRecord
from kiosk.casework.values import Advisor, Assignment, CaseRow, CaseView, DiaryEntry, DiaryFields, Message, Person, Village
from kiosk.ledger.clock import read
from kiosk.ledger.seal import seal, unseal
from kiosk.ledger.store import Entry

STATION, BUREAU = "station", "bureau"


def actor(advisor_id: str) -> str:
    return f"advisor:{advisor_id}"


def village(one: Village) -> Entry:
    return Entry("village.entered", one.id, BUREAU, {name: value for name, value in asdict(one).items() if name != "id"})


def advisor(one: Advisor) -> Entry:
    return Entry("advisor.entered", one.id, BUREAU, {name: value for name, value in asdict(one).items() if name != "id"})


def assignment(new: Assignment) -> Entry:
    until = new.until.isoformat() if new.until else None
    body = {"advisor": new.advisor, "since": new.since.isoformat(), "until": until, "override_by": new.override_by}
    return Entry("assignment.made", new.village, BUREAU, body)


def assignment_ended(one: Assignment, until: date) -> Entry:
    body = {"advisor": one.advisor, "since": one.since.isoformat(), "until": until.isoformat()}
    return Entry("assignment.ended", one.village, BUREAU, body)


def sealed_text(case_id: str, key: bytes, text: str) -> dict[str, str]:
    return {"text": seal(key, f"{case_id}/text", text)}


def sealed_question(case_id: str, key: bytes, question: str, person: Person) -> dict[str, str]:
    return {**sealed_text(case_id, key, question), "person": seal(key, f"{case_id}/person", [person.name, person.phone])}


def diary_entry(kind: str, entry_id: str, by: str, fields: DiaryFields, key: bytes, mark: str, *, why: str = "", **more: str) -> Entry:
    body = {"fields": diary.shown(fields), "mark": mark, **more}
    return Entry(kind, entry_id, by, body, {"words": seal(key, f"{entry_id}/words", diary.words(fields, why))})


def row(case: CaseRecord) -> CaseRow:
    answer_by = date.fromisoformat(case.answer_by)
    return CaseRow(case.number, case.village, case.matter, case.status, read(case.opened_at), answer_by, case.advisor)


def view(case: CaseRecord, key: bytes | None) -> CaseView:
    """`key` None: the turns are there with their times, and nothing in them."""
    person = Person(*unseal(key, f"{case.id}/person", case.person)) if key else Person()
    messages = tuple(Message(read(part.at), part.author, unseal(key, part.context, part.sealed) if key else "") for part in case.parts)
    return CaseView(row(case), person, messages, case.answer_kind, case.guide, case.citations, readable=key is not None)


def diary_view(record: DiaryRecord, key: bytes | None, case_number: str) -> DiaryEntry:
    return diary.entry(record, unseal(key, record.context, record.sealed) if key else None, case_number)
