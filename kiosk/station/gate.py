"""What may reach the station's server: nothing but what its own page needs.

Gradio serves some sixty routes (uploads, raw calls of any function, files, configuration, a proxy), and hiding one does not
close it. So the gate stands in front of all and denies by default:

1. HTTP only; every WebSocket is closed.
2. Method and path must match one line of `ALLOWED`, on the path as the server will route it, with no `..`, `//`, `\\`, `%` or NUL,
   and with no query but a version (`?v=…`): Gradio reads files and settings by query.
3. Host must be one of `hosts`, so that a name on the internet that points here (DNS rebinding) is not answered.
4. A request that names an Origin must name this very host and port over http; a POST must name one. What a browser marks as
   coming from elsewhere is refused, except that the page may be opened by a link.
5. A POST carries JSON, its length stated and within `MOST_BYTES`; what comes beyond the statement is cut off.

Every answer that passes carries the security headers below, and no cross-origin header of Gradio's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 16_384

# What the page was seen to request in a browser, and no more (tests/station/test_gate.py holds the list of what is refused).
ALLOWED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("GET", re.compile(r"/")),
    ("GET", re.compile(r"/theme\.css")),
    ("GET", re.compile(r"/assets/[A-Za-z0-9_.-]+\.(?:js|css)")),
    ("GET", re.compile(r"/static/js/iframeResizer\.contentWindow\.min\.js")),
    ("POST", re.compile(r"/gradio_api/component_server/")),
)

HEADERS = (
    (b"content-security-policy", (
        b"default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        b"img-src 'self' data:; font-src 'self' data:; connect-src 'self'; media-src 'self'; worker-src 'self' blob:; "
        b"object-src 'none'; frame-src 'none'; frame-ancestors 'none'; base-uri 'self'; form-action 'none'"
    )),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(self), usb=(), serial=(), payment=()"),
)
_QUERY = re.compile(rb"(?:v=[A-Za-z0-9._-]{1,80})?")
_DROPPED = (b"access-control-", b"set-cookie", b"server", b"x-powered-by")
_DROPPED_PREFIXES = tuple({*_DROPPED, *(name for name, _ in HEADERS)})


class _TooMuch(Exception):
    """The body was longer than it said it would be."""


class Gate:
    """ASGI in front of `app`. `hosts`: the host names that are answered, without port. `port`: of the station itself."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], port: int) -> None:
        self.app = app
        self.hosts = frozenset(h.strip().lower() for h in hosts if h.strip())
        self.port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            return
        refused = self.refusal(scope)
        if refused is not None:
            await _refuse(send, *refused)
            return
        await self._pass(scope, receive, send)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and plain reason, or None when the request may pass."""
        headers: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        if any(len(headers.get(name, ())) > 1 for name in (b"host", b"origin", b"content-length", b"content-type")):
            return 400, "请求头重复。"
        one = {name: values[0].decode("latin-1") for name, values in headers.items()}
        if not self._host_is_ours(one.get(b"host", "")):
            return 421, "这个地址不是本机。"
        if not self._origin_is_ours(one, scope["method"]):
            return 403, "请求不是从本机的页面来的。"
        if not _listed(scope):
            return 404, "没有这个页面。"
        if scope["method"] == "POST":
            return _body_refusal(one)
        return None

    def _host_is_ours(self, host: str) -> bool:
        name, _, port = host.rpartition(":") if ":" in host.removeprefix("[").split("]")[-1] else (host, "", "")
        return name.lower() in self.hosts and (not port or port == str(self.port))

    def _origin_is_ours(self, headers: dict[bytes, str], method: str) -> bool:
        if headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin"):
            opened = (headers.get(b"sec-fetch-mode"), headers.get(b"sec-fetch-dest")) == ("navigate", "document")
            if method != "GET" or not opened:
                return False
        origin = headers.get(b"origin")
        if origin is None:
            return method != "POST"
        parts = urlsplit(origin)
        return parts.scheme == "http" and parts.netloc.lower() == headers.get(b"host", "").lower()

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False
        taken = 0

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BYTES:
                raise _TooMuch
            return message

        async def hardened(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                kept = [(n, v) for n, v in message["headers"] if not n.lower().startswith(_DROPPED_PREFIXES)]
                if not any(n.lower() == b"cache-control" for n, _ in kept) or not scope["path"].startswith(("/assets/", "/static/")):
                    kept = [(n, v) for n, v in kept if n.lower() != b"cache-control"] + [(b"cache-control", b"no-store")]
                message = {**message, "headers": [*kept, *HEADERS]}
            await send(message)

        try:
            await self.app(scope, counted, hardened)
        except _TooMuch:
            if not started:
                await _refuse(send, 413, "内容太长。")


def _listed(scope: Scope) -> bool:
    path: str = scope["path"]
    raw = scope.get("raw_path") or path.encode()
    if not _QUERY.fullmatch(scope.get("query_string", b"")):
        return False
    if b"%" in raw or ".." in path or "//" in path or "\\" in path or "\0" in path:
        return False
    return any(method == scope["method"] and pattern.fullmatch(path) for method, pattern in ALLOWED)


def _body_refusal(headers: dict[bytes, str]) -> tuple[int, str] | None:
    if headers.get(b"content-type", "").partition(";")[0].strip().lower() != "application/json":
        return 415, "只收 JSON。"
    if b"transfer-encoding" in headers or not headers.get(b"content-length", "").isdigit():
        return 411, "没有说明长度。"
    return (413, "内容太长。") if int(headers[b"content-length"]) > MOST_BYTES else None


async def _refuse(send: Send, status: int, why: str) -> None:
    body = json.dumps({"error": why}, ensure_ascii=False).encode()
    length = str(len(body)).encode()
    head = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", length), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": [*head, *HEADERS]})
    await send({"type": "http.response.body", "body": body})
