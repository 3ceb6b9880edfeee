"""The gate: what a hostile page, a neighbour's laptop or a curious visitor would try."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import Any

import pytest
from starlette.routing import Mount

from kiosk.station.gate import ALLOWED, MOST_BYTES, Gate

from .conftest import Station

HOME = {"host": "127.0.0.1:7860"}
OURS = {**HOME, "origin": "http://127.0.0.1:7860", "content-type": "application/json", "content-length": "2"}


class Inner:
    """Stands where Gradio stands, and notes what reached it."""

    def __init__(self) -> None:
        self.reached: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body = b""
        if scope["type"] == "http":
            while True:
                message = await receive()
                body += message.get("body", b"")
                if not message.get("more_body"):
                    break
        self.reached.append(scope["path"])
        head = [(b"access-control-allow-origin", b"*"), (b"set-cookie", b"a=b"), (b"content-security-policy", b"none")]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": body})


def knock(
    method: str, path: str, headers: dict[str, str] | list[tuple[str, str]], body: bytes = b"{}", *, kind: str = "http", raw: bytes = b""
) -> tuple[int, dict[str, str], Inner]:
    inner = Inner()
    gate = Gate(inner, ["127.0.0.1", "localhost"], 7860)
    pairs = list(headers.items()) if isinstance(headers, dict) else headers
    route, _, query = path.partition("?")
    scope = {
        "type": kind,
        "method": method,
        "path": route,
        "raw_path": raw or route.encode(),
        "query_string": query.encode(),
        "headers": [(n.encode(), v.encode()) for n, v in pairs],
    }
    sent: list[dict[str, Any]] = []
    pieces = [body[i : i + 4000] for i in range(0, len(body), 4000)] or [b""]

    async def receive() -> dict[str, Any]:
        if kind == "websocket":
            return {"type": "websocket.connect"}
        piece = pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(gate(scope, receive, send))
    first = sent[0]
    if first["type"] == "websocket.close":
        return 1008, {}, inner
    return first["status"], {n.decode(): v.decode() for n, v in first["headers"]}, inner


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/theme.css?v=3f2a"),
        ("GET", "/assets/index-DphvyggB.js"),
        ("POST", "/gradio_api/component_server/"),
    ],
)
def test_the_page_gets_what_it_needs(method: str, path: str) -> None:
    status, headers, inner = knock(method, path, OURS if method == "POST" else HOME)
    assert status == 200
    assert inner.reached
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    assert "set-cookie" not in headers


PROBES = [
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/api/tell"),
    ("POST", "/gradio_api/call/tell"),
    ("GET", "/gradio_api/call/tell/0123"),
    ("POST", "/gradio_api/queue/join"),
    ("GET", "/gradio_api/queue/data?session_hash=a"),
    ("GET", "/gradio_api/queue/status"),
    ("GET", "/config"),
    ("GET", "/config/"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/gradio_api/heartbeat/abc"),
    ("GET", "/gradio_api/startup-events"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/gradio_api/file=../../kiosk.toml"),
    ("GET", "/gradio_api/file/etc/passwd"),
    ("GET", "/gradio_api/proxy=http://example.org/"),
    ("GET", "/gradio_api/component_server/"),
    ("GET", "/gradio_api/runs"),
    ("POST", "/gradio_api/vibe-edit"),
    ("POST", "/gradio_api/process_recording"),
    ("POST", "/login"),
    ("GET", "/logout"),
    ("GET", "/monitoring"),
    ("GET", "/monitoring/summary"),
    ("GET", "/manifest.json"),
    ("GET", "/robots.txt"),
    ("GET", "/svelte/svelte.js"),
    ("GET", "/docs"),
    ("GET", "/redoc"),
    ("GET", "/openapi.json"),
    ("GET", "/static/../../../etc/passwd"),
    ("GET", "/assets/../index.html"),
    ("GET", "/assets//etc/passwd.js"),
    ("GET", "/assets/a%2f..%2fb.js"),
    ("GET", "/?view=api"),
    ("GET", "/?deep_link=../../x"),
    ("POST", "/"),
    ("HEAD", "/"),
    ("OPTIONS", "/gradio_api/component_server/"),
    ("PUT", "/gradio_api/component_server/"),
    ("GET", "//"),
]


@pytest.mark.parametrize(("method", "path"), PROBES)
def test_a_probe_is_refused_before_gradio_sees_it(method: str, path: str) -> None:
    status, headers, inner = knock(method, path, OURS)
    assert status == 404
    assert inner.reached == []
    assert "content-security-policy" in headers


def test_an_encoded_path_is_refused() -> None:
    status, _, inner = knock("GET", "/assets/a.js", HOME, raw=b"/%61ssets/a.js")
    assert (status, inner.reached) == (404, [])


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1:9999", "127.0.0.1.evil.example", "", "127.0.0.1:7860@evil", "[::1]:7860"]
)
def test_a_forged_host_is_not_answered(host: str) -> None:
    status, _, inner = knock("GET", "/", {"host": host})
    assert (status, inner.reached) == (421, [])


def test_two_hosts_are_one_too_many() -> None:
    status, _, inner = knock("GET", "/", [("host", "127.0.0.1:7860"), ("host", "evil.example")])
    assert (status, inner.reached) == (400, [])


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://127.0.0.1:7860", "http://127.0.0.1:7870", "http://localhost:7860", "null", "file://"]
)
def test_a_hostile_page_cannot_post(origin: str) -> None:
    status, _, inner = knock("POST", "/gradio_api/component_server/", {**OURS, "origin": origin})
    assert (status, inner.reached) == (403, [])


def test_a_post_without_origin_is_refused() -> None:
    status, _, inner = knock("POST", "/gradio_api/component_server/", {k: v for k, v in OURS.items() if k != "origin"})
    assert (status, inner.reached) == (403, [])


def test_another_site_may_link_to_the_page_but_not_embed_or_fetch_it() -> None:
    link = {**HOME, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
    assert knock("GET", "/", link)[0] == 200
    assert knock("GET", "/", {**link, "sec-fetch-dest": "iframe"})[0] == 403
    assert knock("GET", "/", {**link, "sec-fetch-mode": "no-cors", "sec-fetch-dest": "script"})[0] == 403
    assert knock("POST", "/gradio_api/component_server/", {**OURS, **link})[0] == 403


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": "text/plain"}, 415),
        ({"content-length": str(MOST_BYTES + 1)}, 413),
        ({"content-length": "-1"}, 411),
        ({"transfer-encoding": "chunked"}, 411),
    ],
)
def test_a_body_is_small_json_of_stated_length(change: dict[str, str], status: int) -> None:
    got, _, inner = knock("POST", "/gradio_api/component_server/", {**OURS, **change})
    assert (got, inner.reached) == (status, [])


def test_a_body_longer_than_it_said_is_cut_off() -> None:
    status, _, inner = knock("POST", "/gradio_api/component_server/", OURS, b"x" * (MOST_BYTES + 10))
    assert (status, inner.reached) == (413, [])


def test_every_websocket_is_closed() -> None:
    status, _, inner = knock("GET", "/", HOME, kind="websocket")
    assert (status, inner.reached) == (1008, [])


def _routes(routes: Any, prefix: str = "") -> list[tuple[str, str]]:
    found = []
    for route in routes:
        if isinstance(route, Mount):
            found += _routes(route.routes, prefix + route.path.rstrip("/"))
        elif getattr(route, "methods", None):
            found += [(method, prefix + route.path) for method in route.methods]
        elif hasattr(route, "original_router"):
            found += _routes(route.original_router.routes, prefix)
    return found


def test_of_all_of_gradios_routes_only_the_listed_ones_are_open(station: Station) -> None:
    routes = _routes(station.app.routes)
    assert len(routes) > 40, "Gradio's routes were not found: this test would prove nothing"
    open_ones = {(m, p) for m, p in routes if any(m == method and pattern.fullmatch(p) for method, pattern in ALLOWED)}
    assert open_ones == {("GET", "/"), ("GET", "/theme.css"), ("POST", "/gradio_api/component_server/")}


def _post(station: Station, message: object, *, origin: str | None = None) -> tuple[int, str]:
    port = station.settings.port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    body = json.dumps(message)
    headers = {"Content-Type": "application/json", "Origin": origin or station.url}
    connection.request("POST", "/gradio_api/component_server/", body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def _component(station: Station) -> int:
    mounted = next(r.app for r in station.app.routes if isinstance(r, Mount))
    return next(i for i, block in mounted.get_blocks().blocks.items() if type(block).__name__ == "HTML")


def test_the_served_page_answers_its_own_function_and_no_other(station: Station) -> None:
    call = {"session_hash": "s", "component_id": _component(station), "fn_name": "tell", "data": {"do": "enter"}}
    status, text = _post(station, call)
    assert status == 200
    assert "问一问" in json.loads(text)["html"]
    for name in ("get_config", "push_to_hub", "__class__", "postprocess", "move_resource_to_block_cache"):
        assert _post(station, {**call, "fn_name": name})[0] >= 400, name
    assert _post(station, call, origin="http://evil.example")[0] == 403


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "x",
        7,
        {},
        {"do": "erase"},
        {"do": "__init__"},
        {"do": ["ask"]},
        {"do": "ask", "text": {"a": 1}},
        {"do": "ask", "text": "长" * 501},
        {"do": "more", "visit": 5},
    ],
)
def test_a_raw_call_with_nonsense_gets_a_plain_sentence(station: Station, data: object) -> None:
    status, text = _post(station, {"session_hash": "s", "component_id": _component(station), "fn_name": "tell", "data": data})
    assert status == 200
    reply = json.loads(text)
    assert reply.get("error")
    assert "Traceback" not in text
    assert "html" not in reply
