"""The desk put together: its wall, its routes, and the plain page for whatever goes wrong."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from kiosk.casework.office import Office
from kiosk.desk import card, cases, diary, entry, first_start, sign_in
from kiosk.desk.desk import Desk, FirstStartNeeded, SignInNeeded, see_other
from kiosk.desk.forms import FormRefused
from kiosk.desk.pages import FOLDER, Pages
from kiosk.desk.security import Wall, allowed_hosts
from kiosk.errors import CaseNotFound, KioskError, NotAllowed
from kiosk.identity.people import Accounts
from kiosk.law.book import LawBook
from kiosk.ledger.clock import Clock, SystemClock
from kiosk.settings import Settings

log = logging.getLogger("kiosk.desk")


def create_desk(
    office: Office,
    accounts: Accounts,
    settings: Settings,
    *,
    law: LawBook | None = None,
    guide_titles: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> FastAPI:
    """The advisor's pages as an ASGI application of their own.

    `law`: with it a case shows the articles' text and the diary checks article numbers. `guide_titles`: guide id to title.
    """
    desk = Desk(office, accounts, settings, Pages(office), clock or SystemClock(), law, dict(guide_titles or {}))
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.mount("/static", StaticFiles(directory=FOLDER / "static"))
    for room in (first_start, sign_in, cases, diary, entry, card):
        app.include_router(room.routes(desk))
    _answer_failures(app, desk)
    app.add_middleware(Wall, hosts=allowed_hosts(settings.allowed_hosts, settings.desk_port))
    return app


def _answer_failures(app: FastAPI, desk: Desk) -> None:
    def sorry(request: Request, status: int, title: str, sentence: str) -> Response:
        return desk.pages.sorry(status, title, sentence, session=desk.session(request))

    @app.exception_handler(FirstStartNeeded)
    def first_start_needed(request: Request, _: Exception) -> Response:
        return see_other("/first-start")

    @app.exception_handler(SignInNeeded)
    def sign_in_needed(request: Request, error: SignInNeeded) -> Response:
        if request.method == "POST":
            typed = {name: text for name, text in error.typed.items() if len(text) > 20 and "password" not in name}
            return desk.forget_session(desk.pages.page("expired.html", code=401, typed=typed))
        path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return see_other("/sign-in" if path == "/" else f"/sign-in?next={quote(path, safe='')}")

    @app.exception_handler(FormRefused)
    def form_refused(request: Request, _: Exception) -> Response:
        return sorry(request, 403, "没有受理", "这次提交没有通过安全检查。请按返回键，刷新页面后再提交一次。")

    @app.exception_handler(NotAllowed)
    def not_allowed(request: Request, error: NotAllowed) -> Response:
        return sorry(request, 403, "不能打开", str(error))

    @app.exception_handler(CaseNotFound)
    def not_found(request: Request, error: CaseNotFound) -> Response:
        return sorry(request, 404, "没有找到", str(error))

    @app.exception_handler(KioskError)
    def failed(request: Request, error: KioskError) -> Response:
        log.error("refused at the desk", exc_info=error)
        return sorry(request, 409, "没有办成", str(error))

    @app.exception_handler(RequestValidationError)
    def not_understood(request: Request, _: Exception) -> Response:
        return sorry(request, 400, "看不懂这个地址", "地址里有一处写得不对。请从上面的菜单重新打开。")

    @app.exception_handler(HTTPException)
    def no_such_page(request: Request, error: HTTPException) -> Response:
        return sorry(request, error.status_code, "没有这一页", "工作台没有这一页。请从上面的菜单重新打开。")

    @app.exception_handler(Exception)
    def broken(request: Request, error: Exception) -> Response:
        # nothing here may lean on what may just have broken: no session, no template
        return Response(
            "工作台出了故障，刚才的操作可能没有保存。请按返回键重试；还不行请联系技术人员。",
            status_code=500,
            media_type="text/plain; charset=utf-8",
        )
