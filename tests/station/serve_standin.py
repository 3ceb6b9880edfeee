"""Run the station with stand-ins: `python tests/station/serve_standin.py [port] [unset] [guides]`, for work on the screens.

With `guides` each question is answered by the guide whose title stands nearest, without search: to see how real texts fit.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from difflib import SequenceMatcher

import standins
import uvicorn

from kiosk.answering.answer import Answer, Question, Suggestion
from kiosk.guidance.guide import Guide, load_guides
from kiosk.ledger.clock import SystemClock
from kiosk.settings import Settings, knowledge_dir
from kiosk.station.app import create_station


def told(guide: Guide) -> Answer:
    cited = tuple(replace(standins.ARBITRATION, law=cite.law, number=cite.number) for cite in guide.cites)
    return replace(
        standins.WAGES,
        headline=guide.headline,
        title=guide.title,
        guide=guide.id,
        matter=guide.matter,
        steps=guide.steps,
        bring=guide.bring,
        where=guide.where,
        deadline=guide.deadline,
        cost=guide.cost,
        see_advisor=guide.advisor,
        citations=cited,
        maybe=(Suggestion("a", "厂里拖欠工资"), Suggestion("b", "没签合同，怎么证明干过活")),
    )


def nearest(question: Question) -> Answer:
    return told(max(load_guides(knowledge_dir() / "guides"), key=lambda g: SequenceMatcher(None, g.title, question.text).ratio()))


if __name__ == "__main__":
    ports = [int(word) for word in sys.argv[1:] if word.isdigit()]
    settings = replace(Settings(), port=ports[0] if ports else 7860)
    app = create_station(
        nearest if "guides" in sys.argv else standins.answer,
        standins.OfficeInMemory(set_up="unset" not in sys.argv),  # type: ignore[arg-type]
        settings,
        clock=SystemClock(),
        matters=standins.MATTERS,
        guides_of=standins.guides_of,
    )
    uvicorn.run(app, host="127.0.0.1", port=settings.port, log_level="warning", ws="none")
