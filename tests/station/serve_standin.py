"""Run the station with stand-ins: `python tests/station/serve_standin.py [port] [unset]`, for work on the screens."""

from __future__ import annotations

import sys
from dataclasses import replace

import standins
import uvicorn

from kiosk.ledger.clock import SystemClock
from kiosk.settings import Settings
from kiosk.station.app import create_station

if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 7860
    settings = replace(Settings(), port=port)
    app = create_station(
        standins.answer,
        standins.OfficeInMemory(set_up="unset" not in sys.argv),  # type: ignore[arg-type]
        settings,
        clock=SystemClock(),
        matters=standins.MATTERS,
        guides_of=standins.guides_of,
    )
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
