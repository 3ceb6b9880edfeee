"""What a form brings, and who sent it."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request

from kiosk.identity.people import Session

FIELDS_LIMIT = 64
TOKEN_FIELD = "csrf"


class FormRefused(Exception):
    """The form is not one of ours: wrong encoding, too many fields, or without its token."""


@dataclass(frozen=True, slots=True)
class Posted:
    """A form sent by the person of `session`, its token already checked. `fields` are as typed, line ends made one."""

    session: Session
    fields: Mapping[str, str]

    def text(self, name: str) -> str:
        """A field without surrounding white space; empty when it was not sent."""
        return self.fields.get(name, "").strip()


async def read_fields(request: Request) -> dict[str, str]:
    """The fields of a URL-encoded form; of a name sent twice the last. Files are not taken."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/x-www-form-urlencoded":
        raise FormRefused("encoding")
    try:
        pairs = parse_qsl((await request.body()).decode("ascii"), keep_blank_values=True, max_num_fields=FIELDS_LIMIT, errors="strict")
    except (UnicodeDecodeError, ValueError) as cause:
        raise FormRefused("encoding") from cause
    return {name: _plain(value) for name, value in pairs}


def _plain(value: str) -> str:
    """Browsers send CRLF; control characters other than line end and tab have no place in a record."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or (c >= " " and c != "\x7f"))


def new_token() -> str:
    return secrets.token_urlsafe(32)


def same_token(given: str, expected: str) -> bool:
    """False too when either is empty: a missing token is never a right one."""
    return bool(given and expected) and hmac.compare_digest(given.encode(), expected.encode())
