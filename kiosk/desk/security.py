"""The wall in front of the desk: which Host is answered, from where a form may come, how large it may be, and what a browser may load."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_LIMIT = 256 * 1024  # bytes: a Chinese character takes nine in a form, so this holds some 28,000 of them
METHODS = frozenset({"GET", "HEAD", "POST"})

HEADERS = {
    "content-security-policy": (
        "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # same-origin, not no-referrer: under no-referrer a browser sends "Origin: null" with our own forms too
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def allowed_hosts(names: str, port: int) -> frozenset[str]:
    """The Host values that are answered: each name from the comma-separated setting, bare and with the desk's port."""
    bare = {name.strip().lower() for name in names.split(",") if name.strip()}
    return frozenset(bare | {f"{name}:{port}" for name in bare})


class Wall:
    """ASGI middleware. In this order: Host, method, Origin of a POST, size. What passes gets its body whole and the headers above."""

    def __init__(self, app: ASGIApp, *, hosts: frozenset[str], body_limit: int = BODY_LIMIT) -> None:
        self._app, self._hosts, self._body_limit = app, hosts, body_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, _with_headers(send, scope["path"]))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], headers)
        if refusal is None and scope["method"] == "POST":
            body = await self._body(receive)
            if body is None:
                refusal = _sentence(413, "这次提交的内容太长了。请按浏览器的返回键，缩短后再提交。")
            else:
                receive = _replay(body, receive)
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, method: str, headers: Headers) -> PlainTextResponse | None:
        host = headers.get("host", "").lower()
        if host not in self._hosts:
            return _sentence(421, "这个网址不是工作台的网址。请从工作台自己的地址打开，或请技术人员检查设置 allowed_hosts。")
        if method not in METHODS:
            return _sentence(405, "工作台不接受这种请求。")
        if method == "POST":
            if headers.get("origin", "").lower() not in (f"http://{host}", f"https://{host}"):
                return _sentence(403, "这次提交不是从工作台的页面来的，没有受理。请从工作台重新打开页面再提交。")
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length) > self._body_limit:
                return _sentence(413, "这次提交的内容太长了。请按浏览器的返回键，缩短后再提交。")
        return None

    async def _body(self, receive: Receive) -> bytes | None:
        """The body; None as soon as it grows past the limit, whatever length it announced."""
        body = bytearray()
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return bytes(body)
            body += message.get("body", b"")
            if len(body) > self._body_limit:
                return None
            if not message.get("more_body"):
                return bytes(body)


def _sentence(status: int, text: str) -> PlainTextResponse:
    return PlainTextResponse(text, status_code=status)


def _replay(body: bytes, receive: Receive) -> Receive:
    sent = False

    async def again() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _with_headers(send: Send, path: str) -> Send:
    # personal data must not stay in a browser's cache; the stylesheet may, once it is asked for again
    cache = "no-cache" if path.startswith("/static/") else "no-store"

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["cache-control"] = cache
        await send(message)

    return sending
