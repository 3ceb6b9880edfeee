"""Cases: the list, one case, and what an advisor does with it: reply, resolve, erase."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from kiosk.casework.values import RESULTS, CaseRow, CaseView
from kiosk.desk.desk import Desk, see_other
from kiosk.desk.forms import Posted
from kiosk.desk.wording import CASE_STATUS, is_overdue
from kiosk.errors import CaseNotFound, CaseworkError, LedgerError
from kiosk.identity.people import Session
from kiosk.law.book import Finding
from kiosk.ledger.clock import local_day

ON_A_PAGE = 50
REPLY_LONGEST = 4000  # characters


@dataclass(frozen=True, slots=True)
class Cited:
    """An article that the station named in its answer, with its text of the day of the case where the law is at hand."""

    law: str
    number: str
    finding: Finding | None


def _cited(desk: Desk, view: CaseView) -> list[Cited]:
    on = local_day(view.row.opened_at)
    return [Cited(law, number, desk.law.article(law, number, on) if desk.law else None) for law, number in view.citations]


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    posted = Annotated[Posted, Depends(desk.posted)]
    signed_in = Annotated[Session, Depends(desk.signed_in)]

    def case_page(session: Session, number: str, *, typed: str = "", fault: str = "", done: str = "", status: int = 200) -> Response:
        view = desk.office.open_case(session.person_id, number)
        since = local_day(view.row.opened_at)
        entries = [entry for entry in desk.office.diary(session.person_id, since) if entry.case == number and entry.status != "superseded"]
        return desk.pages.page(
            "case.html",
            code=status,
            session=session,
            done=done,
            view=view,
            cited=_cited(desk, view),
            guide_title=desk.guide_titles.get(view.guide, view.guide),
            entries=entries,
            results=RESULTS,
            today=desk.today(),
            typed=typed,
            fault=fault,
        )

    @router.get("/")
    def home(session: signed_in) -> Response:
        return see_other("/cases")

    @router.get("/cases")
    def case_list(session: signed_in, village: str = "", status: str = "", page: int = 1, done: str = "") -> Response:
        rows, today = desk.office.cases(session.person_id), desk.today()
        of_village = [row for row in rows if not village or row.village == village]
        shown = [row for row in of_village if status in ("", row.status) or (status == "overdue" and is_overdue(row, today))]
        pages = max(1, -(-len(shown) // ON_A_PAGE))
        page = min(max(page, 1), pages)
        counts = Counter(row.status for row in of_village)
        return desk.pages.page(
            "cases.html",
            session=session,
            done=done,
            rows=shown[(page - 1) * ON_A_PAGE : page * ON_A_PAGE],
            total=len(shown),
            tiles=[
                ("", "全部", len(of_village)),
                ("overdue", "已超期", sum(is_overdue(row, today) for row in of_village)),
                *((key, word, counts[key]) for key, word in CASE_STATUS.items()),
            ],
            villages=desk.villages_of(session),
            village=village,
            status=status,
            page=page,
            pages=pages,
            today=today,
        )

    @router.get("/cases/{number}")
    def one_case(session: signed_in, number: str, done: str = "") -> Response:
        return case_page(session, number, done=done)

    @router.post("/cases/{number}/reply")
    def reply(form: posted, number: str) -> Response:
        text = form.text("text")
        if not text:
            return case_page(form.session, number, fault="答复还没有写。", status=422)
        if len(text) > REPLY_LONGEST:
            fault = f"答复最多写 {REPLY_LONGEST} 个字，现在是 {len(text)} 个。"
            return case_page(form.session, number, typed=text, fault=fault, status=422)
        try:
            desk.office.reply(form.session.person_id, number, text)
        except CaseNotFound:
            raise
        except (CaseworkError, LedgerError) as refused:
            return case_page(form.session, number, typed=text, fault=str(refused), status=422)
        return see_other(f"/cases/{number}?done=reply")

    @router.post("/cases/{number}/resolve")
    def resolve(form: posted, number: str) -> Response:
        result = form.text("result")
        if result not in RESULTS:
            return desk.pages.sorry(422, "没有选处理结果", "请回到案件，选好处理结果再办结。", session=form.session)
        desk.office.resolve(form.session.person_id, number, result)
        return see_other(f"/cases/{number}?done=resolve")

    @router.get("/cases/{number}/erase")
    def erase_question(session: signed_in, number: str) -> Response:
        return desk.pages.page("erase.html", session=session, row=own_row(session, number), fault="")

    @router.post("/cases/{number}/erase")
    def erase(form: posted, number: str) -> Response:
        row = own_row(form.session, number)
        if form.text("sure") != "yes":
            fault = "请先勾选“我知道抹去以后无法恢复”。"
            return desk.pages.page("erase.html", code=422, session=form.session, row=row, fault=fault)
        desk.office.erase(number, form.session.person_id)
        return see_other("/cases?done=erased")

    def own_row(session: Session, number: str) -> CaseRow:
        """Without opening the case: whoever erases need not read."""
        for row in desk.office.cases(session.person_id):
            if row.number == number:
                return row
        raise CaseNotFound("没有这个案件，或者它不归您办。")

    return router
