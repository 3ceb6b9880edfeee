"""First start: which village this is and who its advisor is, or a demonstration to look at."""

import unicodedata
from collections.abc import Mapping
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from kiosk.casework.values import Advisor, Village
from kiosk.desk import demonstration
from kiosk.desk.desk import Desk, see_other
from kiosk.desk.sign_in import password_faults
from kiosk.errors import KioskError

# field: the sentence shown when it is empty, and how long it may be
REQUIRED = {
    "village": ("请写村（社区）的名称。", 60),
    "township": ("请写所在的乡镇（街道）。", 60),
    "county": ("请写所在的县（市、区）。", 60),
    "advisor": ("请写法律顾问的姓名。", 40),
    "firm": ("请写律师事务所或基层法律服务所的名称。", 80),
    "licence": ("请写执业证号。", 40),
    "phone": ("请写村民能打通的电话。", 40),
    "sign_in": ("请定一个登录名。", 40),
}


def faults_of(fields: Mapping[str, str]) -> dict[str, str]:
    """Field to plain sentence; empty when all of it will do."""
    faults = {}
    for name, (missing, longest) in REQUIRED.items():
        value = fields.get(name, "").strip()
        if not value:
            faults[name] = missing
        elif len(value) > longest:
            faults[name] = f"这里最多写 {longest} 个字。"
    phone = unicodedata.normalize("NFKC", fields.get("phone", "")).strip()
    if "phone" not in faults and (sum(c.isdigit() for c in phone) < 5 or any(c not in "0123456789+-() 转" for c in phone)):
        faults["phone"] = "电话只能有数字、空格、括号、“-”和“转”，并且至少 5 位数字。"
    return faults | password_faults(fields, "password")


def routes(desk: Desk) -> APIRouter:
    router = APIRouter()
    stranger = Annotated[dict[str, str], Depends(desk.posted_by_stranger)]

    def form(request: Request, fields: Mapping[str, str], faults: Mapping[str, str], status: int = 200) -> Response:
        token = desk.stranger_token(request)
        typed = {name: fields.get(name, "") for name in (*REQUIRED, "remote")}
        page = desk.pages.page("first_start.html", code=status, csrf=token, typed=typed, faults=faults)
        return desk.keep_stranger_token(request, page, token)

    @router.get("/first-start")
    def first_start_form(request: Request) -> Response:
        return see_other("/sign-in") if desk.office.is_set_up() else form(request, {}, {})

    @router.post("/first-start")
    def first_start(request: Request, fields: stranger) -> Response:
        if desk.office.is_set_up():
            return see_other("/sign-in")
        faults = faults_of(fields)
        if faults:
            return form(request, fields, faults, 422)
        field = {name: fields[name].strip() for name in REQUIRED}
        village = Village(uuid4().hex, field["village"], field["township"], field["county"], remote=fields.get("remote") == "yes")
        phone = unicodedata.normalize("NFKC", field["phone"])
        advisor = Advisor(uuid4().hex, field["advisor"], field["firm"], field["licence"], phone)
        try:
            desk.office.set_up(village, advisor, sign_in=field["sign_in"], password=fields["password"])
        except KioskError as refused:
            return form(request, fields, {"": str(refused)}, 422)
        return see_other("/sign-in?done=set-up")

    @router.post("/first-start/demonstration")
    def seed_demonstration(request: Request, fields: stranger) -> Response:
        if desk.office.is_set_up():
            return see_other("/sign-in")
        receipts = demonstration.seed(desk.office)
        return desk.pages.page("demonstration.html", receipts=receipts, name=demonstration.SIGN_IN, password=demonstration.PASSWORD)

    return router
