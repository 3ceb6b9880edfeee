"""The diary (工作日志) of a month: the list by village, and its export."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from kiosk.casework.values import DiaryEntry
from kiosk.desk.desk import Desk
from kiosk.desk.export import FILE_TYPE, diary_sheet, file_name
from kiosk.desk.wording import month_words
from kiosk.identity.people import Session

MONTHS_OFFERED = 24
EARLIEST = date(2000, 1, 1)


def days_of(month: str) -> tuple[date, date]:
    """First day of a month "2026-11" and first day of the next. ValueError for anything else."""
    first = date.fromisoformat(f"{month}-01")
    if not EARLIEST <= first < date(9999, 12, 1):
        raise ValueError(f"out of range: {month!r}")
    return first, (first + timedelta(days=31)).replace(day=1)


def months_offered(today: date, chosen: str) -> list[str]:
    """This month and those before it, newest first; the chosen one too where it is none of them."""
    months, first = [], today.replace(day=1)
    for _ in range(MONTHS_OFFERED):
        months.append(f"{first:%Y-%m}")
        first = (first - timedelta(days=1)).replace(day=1)
    return months if chosen in months else sorted([*months, chosen], reverse=True)


def _totals(entries: list[DiaryEntry]) -> dict[str, int]:
    confirmed = [entry for entry in entries if entry.status == "confirmed"]
    return {
        "confirmed": len(confirmed),
        "tenths": sum(entry.fields.tenths for entry in confirmed),
        "draft": sum(entry.status == "draft" for entry in entries),
    }


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    signed_in = Annotated[Session, Depends(desk.signed_in)]

    def month_of(given: str) -> str:
        """The month asked for; this month when it is empty or none."""
        try:
            days_of(given)
        except ValueError:
            return f"{desk.today():%Y-%m}"
        return given

    def of_month(session: Session, month: str, village: str) -> list[DiaryEntry]:
        first, after = days_of(month)
        entries = desk.office.diary(session.person_id, first, after - timedelta(days=1))
        return [entry for entry in entries if not village or entry.village == village]

    @router.get("/diary")
    def diary_list(session: signed_in, month: str = "", village: str = "", done: str = "") -> Response:
        month = month_of(month)
        first, after = days_of(month)
        entries = of_month(session, month, village)
        return desk.pages.page(
            "diary.html",
            session=session,
            done=done,
            entries=entries,
            totals=_totals(entries),
            month_chosen=month,
            months=months_offered(desk.today(), month),
            before=f"{first - timedelta(days=1):%Y-%m}" if first > EARLIEST else "",
            after=f"{after:%Y-%m}" if after <= desk.today() else "",
            villages=desk.villages_of(session),
            village=village,
        )

    @router.get("/diary/export")
    def export(session: signed_in, month: str = "", village: str = "") -> Response:
        month = month_of(month)
        names = desk.pages.village_names()
        entries = sorted(of_month(session, month, village), key=lambda entry: (entry.fields.day, entry.fields.start, entry.id))
        people = {advisor.id: advisor.name for advisor in desk.office.advisors()}
        sheet = diary_sheet(entries, names, people, demonstration=desk.office.demonstration())
        name = file_name(names.get(village, ""), month_words(month), demonstration=desk.office.demonstration())
        disposition = f"attachment; filename=\"diary-{month}.xlsx\"; filename*=UTF-8''{name}"
        return Response(sheet, media_type=FILE_TYPE, headers={"content-disposition": disposition})

    return router
