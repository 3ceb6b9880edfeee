"""Sign in, sign out, change the password."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kiosk.desk.desk import Desk, see_other
from kiosk.desk.forms import Posted
from kiosk.errors import SignInRefused
from kiosk.identity.people import Session

PASSWORD_MIN = 10
PASSWORD_MAX = 200
OWN_PAGES = ("/cases", "/diary", "/card", "/password")


def where_next(path: str) -> str:
    """Where to go after sign-in: one of the desk's own pages, whatever the address bar says."""
    own = any(path == page or path.startswith((page + "/", page + "?")) for page in OWN_PAGES)
    return path if own and "\\" not in path and "//" not in path and path.isprintable() else "/cases"


def password_faults(fields: Mapping[str, str], name: str) -> dict[str, str]:
    """Of a new password in the field `name`, repeated in "again": field to plain sentence, empty when it will do."""
    password = fields.get(name, "")
    if len(password) < PASSWORD_MIN:
        return {name: f"密码至少要 {PASSWORD_MIN} 个字符。"}
    if len(password) > PASSWORD_MAX:
        return {name: f"密码最多 {PASSWORD_MAX} 个字符。"}
    return {} if password == fields.get("again", "") else {"again": "两次输入的密码不一样。"}


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    stranger = Annotated[dict[str, str], Depends(desk.posted_by_stranger)]
    posted = Annotated[Posted, Depends(desk.posted)]
    signed_in = Annotated[Session, Depends(desk.signed_in)]

    def form(request: Request, *, name: str = "", next_page: str = "", fault: str = "", done: str = "", status: int = 200) -> Response:
        token = desk.stranger_token(request)
        page = desk.pages.page("sign_in.html", code=status, done=done, csrf=token, name=name, next=next_page, fault=fault)
        return desk.keep_stranger_token(request, page, token)

    @router.get("/sign-in")
    def sign_in_form(request: Request, next: str = "", done: str = "") -> Response:
        if not desk.office.is_set_up():
            return see_other("/first-start")
        if desk.session(request) is not None:
            return see_other("/cases")
        return form(request, next_page=next, done=done)

    @router.post("/sign-in")
    def sign_in(request: Request, fields: stranger) -> Response:
        name = fields.get("name", "").strip()
        source = request.client.host if request.client else ""
        try:
            session = desk.accounts.sign_in(name, fields.get("password", ""), source)
        except SignInRefused as refused:
            return form(request, name=name, next_page=fields.get("next", ""), fault=str(refused), status=401)
        before = desk.session(request)
        if before is not None:
            desk.accounts.sign_out(before.token)
        return desk.keep_session(request, see_other(where_next(fields.get("next", ""))), session)

    @router.post("/sign-out")
    def sign_out(form: posted) -> Response:
        desk.accounts.sign_out(form.session.token)
        return desk.forget_session(see_other("/sign-in?done=signed-out"))

    @router.get("/password")
    def password_form(session: signed_in) -> Response:
        return desk.pages.page("password.html", session=session, faults={})

    @router.post("/password")
    def change_password(form: posted) -> Response:
        faults = password_faults(form.fields, "new")
        if not faults:
            try:
                desk.accounts.change_password(form.session.person_id, form.fields.get("old", ""), form.fields["new"])
            except SignInRefused as refused:
                faults = {"old": str(refused)}
        if faults:
            return desk.pages.page("password.html", code=422, session=form.session, faults=faults)
        return desk.forget_session(see_other("/sign-in?done=password"))  # the change has ended every session

    return router
