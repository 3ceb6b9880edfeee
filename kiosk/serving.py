"""The server: station and desk in one process, each on a port of its own, in one loop. The only writer of the ledger.

torch is never loaded here; what needs it (converting a model) runs before, in a process of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import os
import signal
import socket
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import uvicorn
from fastapi import FastAPI

from kiosk.answering.answer import Answer, Suggestion
from kiosk.assembly import Rooms
from kiosk.casework.office import Office
from kiosk.desk.app import create_desk
from kiosk.errors import SettingsError
from kiosk.guidance.matters import load_matters
from kiosk.ledger.clock import SystemClock
from kiosk.settings import Settings, knowledge_dir
from kiosk.station.app import create_station

GOODBYE_SECONDS = 5  # how long a request may still run after the signal to stop
BACKLOG = 128


class Discreet(logging.Formatter):
    """Says of a fault its kind and where it happened, never its message: that may repeat what a person wrote."""

    def formatException(self, ei: Any) -> str:
        fault: BaseException | None = ei[1]
        lines = []
        while fault is not None:
            frames = traceback.extract_tb(fault.__traceback__)
            lines += [type(fault).__name__, *(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames)]
            fault = fault.__cause__ or fault.__context__
        return "\n".join(lines)


class _Server(uvicorn.Server):
    """Signals are taken by `serve`, once for both."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(name: str, host: str, port: int, setting: str) -> socket.socket:
    """A socket bound to the address, so that a port in use is known before anything is opened. Raises SettingsError."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, kind, protocol)
    except OSError as cause:
        raise SettingsError(f"{name}的地址“{host}”不对：{cause.strerror}。请改设置。") from cause
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as cause:
        bound.close()
        if cause.errno == errno.EADDRINUSE:
            raise SettingsError(
                f"{name}的端口 {port} 已经被占用：可能终端已经在运行，或是别的程序。停掉它，或用设置 {setting} 换一个端口。"
            ) from cause
        raise SettingsError(f"{name}不能在 {host}:{port} 上打开：{cause.strerror}。请改设置 {setting}。") from cause
    return bound


def station_of(settings: Settings, rooms: Rooms, office: Office) -> FastAPI:
    guides = {guide.id: guide for guide in rooms.guides}

    def guides_of(matter: str) -> tuple[Suggestion, ...]:
        return tuple(Suggestion(guide.id, guide.title) for guide in rooms.guides if guide.matter == matter)

    def open_guide(guide: str, on: date) -> Answer | None:
        return rooms.answerer.open_guide(guides[guide], on) if guide in guides else None

    return create_station(
        rooms.answer,
        office,
        settings,
        clock=SystemClock(),
        matters=load_matters(knowledge_dir() / "matters.toml"),
        guides_of=guides_of,
        open_guide=open_guide,
    )


def desk_of(settings: Settings, rooms: Rooms, office: Office) -> FastAPI:
    titles = {guide.id: guide.title for guide in rooms.guides}
    return create_desk(office, office.accounts, settings, law=rooms.book, guide_titles=titles)


def serve(settings: Settings, open_rooms: Callable[[], Rooms], *, desk: bool = True, opened: Callable[[bool], None]) -> None:
    """Serve until SIGTERM or SIGINT, then finish what is running and close. `opened(first)` is told when both ports answer;
    `first` says that village and advisor are still to be set."""
    os.umask(0o077)
    for handler in logging.getLogger().handlers:
        handler.setFormatter(Discreet("%(levelname)s %(name)s: %(message)s"))
    sockets = [listen("终端", settings.host, settings.port, "port")]
    try:
        if desk:
            sockets.append(listen("工作台", settings.desk_host, settings.desk_port, "desk_port"))
        rooms = open_rooms()
        office = Office.open(settings)
        try:
            asyncio.run(_serve(settings, rooms, office, sockets, opened))
        finally:
            office.close()
            rooms.book.close()
    finally:
        for bound in sockets:
            bound.close()


async def _serve(
    settings: Settings, rooms: Rooms, office: Office, sockets: list[socket.socket], opened: Callable[[bool], None]
) -> None:
    makers = (station_of, desk_of)[: len(sockets)]
    servers = [_Server(_quiet(make(settings, rooms, office))) for make in makers]
    loop = asyncio.get_running_loop()

    def stop() -> None:
        for server in servers:
            server.should_exit = True

    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop)
    running = [asyncio.create_task(server.serve([bound])) for server, bound in zip(servers, sockets, strict=True)]
    for task in running:
        task.add_done_callback(lambda _: stop())  # one without the other is no station
    while not all(server.started for server in servers) and not any(task.done() for task in running):
        await asyncio.sleep(0.02)
    if all(server.started for server in servers):
        opened(not office.is_set_up())
    await asyncio.gather(*running)
    if not all(server.started for server in servers):
        raise SettingsError("终端没有打开起来，原因在上面的记录里。运行 kiosk doctor 看缺什么。")


def _quiet(app: FastAPI) -> uvicorn.Config:
    """No access log: an address with the time is more than anyone needs to know about who asked."""
    return uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="warning",
        ws="none",
        lifespan="on",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GOODBYE_SECONDS,
    )
