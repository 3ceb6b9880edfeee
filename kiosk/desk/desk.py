"""What the routes of the desk share: the office, who is signed in, the day, the pages."""

from dataclasses import dataclass
from datetime import date

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from kiosk.casework.office import Office
from kiosk.desk.forms import TOKEN_FIELD, FormRefused, Posted, new_token, read_fields, same_token
from kiosk.desk.pages import Pages
from kiosk.errors import NotAllowed
from kiosk.identity.people import Accounts, Session
from kiosk.law.book import LawBook
from kiosk.ledger.clock import Clock, local_day
from kiosk.settings import Settings

SESSION_COOKIE = "desk"
FORM_COOKIE = "desk_form"  # the token of forms that are filled in before anyone is signed in


class SignInNeeded(Exception):
    """Nobody is signed in, or no longer. `typed` is what a form had brought, so that it is not lost."""

    def __init__(self, typed: dict[str, str] | None = None) -> None:
        self.typed = typed or {}


class FirstStartNeeded(Exception):
    """The station knows no village and no advisor yet."""


@dataclass(frozen=True, slots=True)
class Desk:
    """`law` None: articles are shown by name only. `guide_titles`: guide id to title; a guide that is not in it is shown by its id."""

    office: Office
    accounts: Accounts
    settings: Settings
    pages: Pages
    clock: Clock
    law: LawBook | None
    guide_titles: dict[str, str]

    def today(self) -> date:
        return local_day(self.clock.now())

    def villages_of(self, session: Session) -> list[str]:
        """Ids of the villages that were ever the advisor's, in the order of the roster."""
        return list(dict.fromkeys(held.village for held in self.office.assignments() if held.advisor == session.person_id))

    def session(self, request: Request) -> Session | None:
        token = request.cookies.get(SESSION_COOKIE, "")
        return self.accounts.session(token) if token else None

    def signed_in(self, request: Request) -> Session:
        """The advisor who asks for a page. SignInNeeded, FirstStartNeeded, or NotAllowed for an account that is no advisor's."""
        if not self.office.is_set_up():
            raise FirstStartNeeded
        session = self.session(request)
        if session is None:
            raise SignInNeeded
        if session.role != "advisor":
            raise NotAllowed("这个账号不是法律顾问的账号，工作台里没有它的页面。")
        return session

    async def posted(self, request: Request) -> Posted:
        """A form of the signed-in advisor. As `signed_in`; FormRefused without the token of this session."""
        fields = await read_fields(request)
        try:
            session = self.signed_in(request)
        except SignInNeeded:
            raise SignInNeeded({name: value for name, value in fields.items() if name != TOKEN_FIELD}) from None
        if not same_token(fields.get(TOKEN_FIELD, ""), session.csrf):
            raise FormRefused("token")
        return Posted(session, fields)

    async def posted_by_stranger(self, request: Request) -> dict[str, str]:
        """A form from before sign-in (sign-in itself, first start). FormRefused unless its token is the cookie's."""
        fields = await read_fields(request)
        if not same_token(fields.get(TOKEN_FIELD, ""), request.cookies.get(FORM_COOKIE, "")):
            raise FormRefused("token")
        return fields

    def stranger_token(self, request: Request) -> str:
        return request.cookies.get(FORM_COOKIE) or new_token()

    def keep_stranger_token(self, request: Request, response: Response, token: str) -> Response:
        self._set_cookie(request, response, FORM_COOKIE, token, None)
        return response

    def keep_session(self, request: Request, response: Response, session: Session) -> Response:
        self._set_cookie(request, response, SESSION_COOKIE, session.token, self.settings.session_hours * 3600)
        return response

    def forget_session(self, response: Response) -> Response:
        response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="strict")
        return response

    def _set_cookie(self, request: Request, response: Response, name: str, value: str, seconds: int | None) -> None:
        secure = request.url.scheme == "https"
        response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="strict", secure=secure)


def see_other(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)
