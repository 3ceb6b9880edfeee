"""The station's server: the page behind the gate, and a sweeper that drops the words of whoever walked away."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date

from fastapi import FastAPI

from kiosk.answering.answer import Answer, Question, Suggestion
from kiosk.casework.office import Office
from kiosk.guidance.matters import Matter
from kiosk.ledger.clock import Clock
from kiosk.settings import Settings
from kiosk.station.counter import Counter
from kiosk.station.gate import Gate
from kiosk.station.page import mount
from kiosk.station.screens import Screens
from kiosk.station.visits import Visits

WARNING_SECONDS = 20  # WCAG 2.2: a time-out warns at least 20 seconds before
GRACE_SECONDS = 5  # the page wipes first; the server a moment later, should the page be dead
SWEEP_SECONDS = 2.0


def _no_guides(matter: str) -> Sequence[Suggestion]:
    return ()


def _no_guide(guide: str, on: date) -> Answer | None:
    return None


def create_station(
    answer: Callable[[Question], Answer],
    office: Office,
    settings: Settings,
    *,
    clock: Clock,
    matters: Sequence[Matter],
    guides_of: Callable[[str], Sequence[Suggestion]] = _no_guides,
    open_guide: Callable[[str, date], Answer | None] = _no_guide,
) -> FastAPI:
    """The station as an ASGI application.

    matters    in the order of the tiles
    guides_of  the guides of a matter; without it a matter's tile leads to the question box only
    open_guide the answer that a guide gives, by its id; without it (or when it gives None) the guide's title is asked

    `app.state.visits` is the store of what people said, for the tests that look whether anything is left.
    """
    visits = Visits(settings.idle_seconds + WARNING_SECONDS + GRACE_SECONDS)
    screens = Screens(matters)
    counter = Counter(answer, office, settings, visits, screens, clock=clock, guides_of=guides_of, open_guide=open_guide)

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async def sweep() -> None:
            while True:
                await asyncio.sleep(SWEEP_SECONDS)
                visits.sweep()

        sweeper = asyncio.create_task(sweep())
        try:
            yield
        finally:
            sweeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sweeper
            visits.wipe_all()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=life)
    app.state.visits = visits
    mount(app, screens.shell(settings.idle_seconds), counter.act, host=settings.host, port=settings.port)
    app.add_middleware(Gate, hosts=settings.allowed_hosts.split(","), port=settings.port)
    return app
