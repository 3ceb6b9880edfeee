"""One entry of the diary: shown, confirmed, corrected by a new one, or written anew for a service that came from no case."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from kiosk.casework.values import MODES, RESULTS, DiaryEntry, DiaryFields
from kiosk.desk.desk import Desk, see_other
from kiosk.desk.entry_form import SERVED, EntryReader, EntryRefused, as_text, blank
from kiosk.desk.forms import Posted
from kiosk.errors import CaseNotFound, CaseworkError, LedgerError
from kiosk.identity.people import Session

WHY_LONGEST = 100  # characters


class EntryNotFound(CaseNotFound):
    """No entry of this id in the diary of the one who asks."""


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    posted = Annotated[Posted, Depends(desk.posted)]
    signed_in = Annotated[Session, Depends(desk.signed_in)]

    def entry_of(session: Session, entry_id: str) -> tuple[DiaryEntry, dict[str, DiaryEntry]]:
        """The entry, and all entries of this advisor by id (a correction is shown beside what it corrects)."""
        entries = {entry.id: entry for entry in desk.office.diary(session.person_id)}
        if entry_id not in entries:
            raise EntryNotFound("没有这条日志，或者它不是您的。")
        return entries[entry_id], entries

    def form_page(session: Session, entry: DiaryEntry | None, typed: Mapping[str, str], faults: Mapping[str, str]) -> Response:
        """`entry` None: a new one. Without faults the form is shown for the first time."""
        return desk.pages.page(
            "entry_form.html",
            code=422 if faults else 200,
            session=session,
            entry=entry,
            correcting=entry is not None and entry.status == "confirmed",
            typed={"why": "", "village": "", **blank(desk.today()), **typed},
            faults=faults,
            modes=MODES,
            results=RESULTS,
            served=SERVED,
            villages=desk.villages_of(session),
        )

    def read(form: Posted, faults: Mapping[str, str]) -> DiaryFields:
        """EntryRefused with `faults` and those of the fields together."""
        try:
            fields = EntryReader(form.fields, desk.today(), desk.law).read()
        except EntryRefused as refused:
            raise EntryRefused({**faults, **refused.faults}) from None
        if faults:
            raise EntryRefused(faults)
        return fields

    def already(session: Session) -> Response:
        sentence = "这条日志的状态已经变了（可能您在另一个窗口里已经确认或更正过）。请从日志列表重新打开。"
        return desk.pages.sorry(409, "没有保存", sentence, session=session)

    @router.get("/diary/new")
    def new_form(session: signed_in) -> Response:
        return form_page(session, None, {}, {})

    @router.post("/diary/new")
    def new(form: posted) -> Response:
        village = form.text("village")
        try:
            fields = read(form, {} if village in desk.villages_of(form.session) else {"village": "请选村（社区）。"})
            entry_id = desk.office.draft_entry(form.session.person_id, village, fields)
            desk.office.confirm(form.session.person_id, entry_id, fields)
        except EntryRefused as refused:
            return form_page(form.session, None, form.fields, refused.faults)
        except (CaseworkError, LedgerError) as error:
            return form_page(form.session, None, form.fields, {"": str(error)})
        return see_other(f"/diary/{entry_id}?done=confirm")

    @router.get("/diary/{entry_id}")
    def one_entry(session: signed_in, entry_id: str, done: str = "") -> Response:
        entry, entries = entry_of(session, entry_id)
        if entry.status == "draft" and entry.readable:
            return form_page(session, entry, as_text(entry.fields), {})
        return desk.pages.page(
            "entry.html",
            session=session,
            done=done,
            entry=entry,
            old=entries.get(entry.corrects),
            new=entries.get(entry.corrected_by),
            people={advisor.id: advisor.name for advisor in desk.office.advisors()},
        )

    @router.post("/diary/{entry_id}/confirm")
    def confirm(form: posted, entry_id: str) -> Response:
        entry, _ = entry_of(form.session, entry_id)
        if entry.status != "draft":
            return already(form.session)
        try:
            desk.office.confirm(form.session.person_id, entry_id, read(form, {}))
        except EntryRefused as refused:
            return form_page(form.session, entry, form.fields, refused.faults)
        except (CaseworkError, LedgerError) as error:
            return form_page(form.session, entry, form.fields, {"": str(error)})
        return see_other(f"/diary/{entry_id}?done=confirm")

    @router.get("/diary/{entry_id}/correct")
    def correct_form(session: signed_in, entry_id: str) -> Response:
        entry, _ = entry_of(session, entry_id)
        if entry.status != "confirmed" or not entry.readable:
            return see_other(f"/diary/{entry_id}")
        return form_page(session, entry, as_text(entry.fields), {})

    @router.post("/diary/{entry_id}/correct")
    def correct(form: posted, entry_id: str) -> Response:
        entry, _ = entry_of(form.session, entry_id)
        if entry.status != "confirmed":
            return already(form.session)
        why = form.text("why")
        faults = {}
        if not why:
            faults["why"] = "请写为什么更正。"
        elif len(why) > WHY_LONGEST:
            faults["why"] = f"更正的原因最多写 {WHY_LONGEST} 个字。"
        try:
            fields = read(form, faults)
            if fields == entry.fields:
                return form_page(form.session, entry, form.fields, {"": "和原来的一条完全一样，没有什么可更正的。"})
            desk.office.correct(form.session.person_id, entry_id, fields, why)
        except EntryRefused as refused:
            return form_page(form.session, entry, form.fields, refused.faults)
        except (CaseworkError, LedgerError) as error:
            return form_page(form.session, entry, form.fields, {"": str(error)})
        corrected, _ = entry_of(form.session, entry_id)
        return see_other(f"/diary/{corrected.corrected_by or entry_id}?done=correct")

    return router
