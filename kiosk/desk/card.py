"""The advisor's own card, with the same data as the notice board (公示牌) at the station shows."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import Response

from kiosk.desk.desk import Desk
from kiosk.errors import NotAllowed
from kiosk.identity.people import Session


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    signed_in = Annotated[Session, Depends(desk.signed_in)]

    @router.get("/card")
    def card(session: signed_in, done: str = "") -> Response:
        mine = [advisor for advisor in desk.office.advisors() if advisor.id == session.person_id]
        if not mine:
            raise NotAllowed("名册里没有这位法律顾问。请联系司法局。")
        villages = {village.id: village for village in desk.office.villages()}
        assignments = [held for held in desk.office.assignments() if held.advisor == session.person_id]
        return desk.pages.page(
            "card.html", session=session, done=done, advisor=mine[0], assignments=assignments, villages=villages, today=desk.today()
        )

    return router
