"""The counter (柜台): what a person may do at the station, one method for each, and what the page shows then.

A message from the page is a small JSON object: `do`, `visit` (opaque id, may be empty) and the fields of that deed. The reply
names a screen and carries its HTML, escaped; `error` instead of `html` leaves the screen as it is and shows the sentence on
it. Rules: what a person wrote is checked here for type, length and control characters; it is kept only in the visit; it is
never logged; and no cause of a failure is shown, only a sentence that the person can act on.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from kiosk.answering.answer import Answer, Question, Suggestion
from kiosk.casework.office import Office
from kiosk.casework.values import Advisor, CaseView, Person
from kiosk.errors import KioskError
from kiosk.ledger.clock import Clock, local_day
from kiosk.settings import Settings
from kiosk.station.screens import Screens
from kiosk.station.visits import Visit, Visits
from kiosk.station.wording import spoken_percent, weekday

log = logging.getLogger(__name__)

MOST_WORDS = 500
MOST_NAME = 20
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")

Reply = dict[str, str]
Deed = Callable[[Mapping[str, Any]], Reply]

GONE = "时间久了，刚才的内容已经清掉了。请重新问一次。"
CHOSE = "（选了："
FAILED = "机器出了点毛病，这一步没有办成。请再试一次；还不行，请打 12348 或者找法律顾问。"


class Counter:
    """`guides_of` names the guides of a matter, for the tiles; `open_guide`
    opens one by its id (None: no such guide, or not on that day)."""

    def __init__(
        self,
        answer: Callable[[Question], Answer],
        office: Office,
        settings: Settings,
        visits: Visits,
        screens: Screens,
        *,
        clock: Clock,
        guides_of: Callable[[str], Sequence[Suggestion]],
        open_guide: Callable[[str, date], Answer | None],
    ) -> None:
        self._answer, self._office, self._settings = answer, office, settings
        self._visits, self._screens, self._clock, self._guides_of, self._open_guide = visits, screens, clock, guides_of, open_guide
        self._deeds: dict[str, Deed] = {
            "enter": self.enter,
            "matter": self.matter,
            "ask": self.ask,
            "solved": self.solved,
            "offer": self.offer,
            "hand_over": self.hand_over,
            "find": self.find,
            "more": self.more,
            "still_here": self.still_here,
            "done": self.done,
        }

    def act(self, message: dict[str, Any]) -> Reply:
        """One deed, told by `message["do"]`. Never raises: the page always gets something to show."""
        try:
            if not isinstance(message, dict):
                raise _Unfit(FAILED)
            deed = self._deeds.get(str(message.get("do")))
            if deed is None:
                raise _Unfit(FAILED)
            if deed not in (self.enter, self.done) and not self._office.is_set_up():
                return self.enter({})
            return deed(message)
        except KioskError as refused:
            log.info("refused at the station: %s", type(refused).__name__)
            return {"error": str(refused)}
        except Exception as fault:
            # Only where it happened: the message of an error may repeat what the person wrote.
            where = fault.__traceback__
            while where is not None and where.tb_next is not None:
                where = where.tb_next
            place = f"{where.tb_frame.f_code.co_filename}:{where.tb_lineno}" if where else "?"
            log.error("fault at the station: %s at %s", type(fault).__name__, place)
            return {"error": FAILED}

    # -- coming and going

    def enter(self, message: Mapping[str, Any]) -> Reply:
        if not self._office.is_set_up():
            return {"screen": "unset", "html": self._screens.unset(self._settings), "place": "", "day": "", "demonstration": ""}
        village = self._office.village()
        today = self._today()
        advisor = self._office.advisor_on(village.id, today) if village else None
        return {
            "screen": "home",
            "html": self._screens.home(advisor),
            "place": village.name if village else "",
            "day": f"{today.month}月{today.day}日\n{weekday(today)}",
            "demonstration": "yes" if self._office.demonstration() else "",
        }

    def done(self, message: Mapping[str, Any]) -> Reply:
        self._visits.wipe(_text(message, "visit", 64))
        return {**self.enter({}), "visit": ""}

    def still_here(self, message: Mapping[str, Any]) -> Reply:
        return {} if self._visit(message) else {"screen": "home", "error": GONE, "visit": ""}

    # -- asking

    def matter(self, message: Mapping[str, Any]) -> Reply:
        group = _text(message, "group", 40)
        name = _text(message, "matter", 40)
        offered = self._guides_of(name) if name else ()
        return {"screen": "matter", "html": self._screens.matter(group, name, offered)}

    def ask(self, message: Mapping[str, Any]) -> Reply:
        words = _text(message, "text", MOST_WORDS)
        if not words:
            raise _Unfit("请先把事情说一句，再按“问一问”。")
        visit = self._visit(message) or self._visits.begin()
        today, guide = self._today(), _text(message, "guide", 80)
        chosen = self._open_guide(guide, today) if guide else None
        answer = chosen or self._answer(Question(text=words, asked_on=today, matter=_text(message, "matter", 40) or None))
        if message.get("chosen") is True and visit.question is not None:
            # A choice under an answer: what the person said first stays with it, for the advisor.
            first = visit.question.text.partition(CHOSE)[0]
            words = f"{first}{CHOSE}{words}）"
        question = Question(text=words, asked_on=today, matter=answer.matter or None)
        self._visits.keep(visit.id, question=question, answer=answer)
        return {"screen": "answer", "html": self._screens.answer(question, answer), "visit": visit.id}

    def solved(self, message: Mapping[str, Any]) -> Reply:
        visit = self._visit(message)
        if visit and visit.answer:
            answer = visit.answer
            self._office.resolved_at_station(
                matter=answer.matter, guide=answer.guide, confidence_percent=spoken_percent(answer.confidence)
            )
            self._visits.wipe(visit.id)
        return {"screen": "thanks", "html": self._screens.thanks(), "visit": ""}

    # -- handing over

    def offer(self, message: Mapping[str, Any]) -> Reply:
        visit = self._visit(message)
        if not visit or not visit.question or not visit.answer:
            return {"screen": "home", "error": GONE, "visit": ""}
        village = self._office.village()
        advisor = self._office.advisor_on(village.id, self._today()) if village else None
        return {"screen": "offer", "html": self._screens.offer(visit.question, visit.answer, advisor)}

    def hand_over(self, message: Mapping[str, Any]) -> Reply:
        visit = self._visit(message)
        if not visit or not visit.question or not visit.answer:
            return {"screen": "home", "error": GONE, "visit": ""}
        if message.get("consent") is not True:
            raise _Unfit("要先点“我同意”，才能交给法律顾问。")
        phone = _text(message, "phone", 20).replace(" ", "")
        if phone and not re.fullmatch(r"\+?[0-9-]{3,19}", phone):
            raise _Unfit("电话号码好像不对，请看一看；不想留也可以空着。")
        answer = visit.answer
        receipt = self._office.hand_over(
            visit.question.text,
            matter=answer.matter,
            answer_kind=answer.kind,
            guide=answer.guide,
            citations=[(c.law, c.number) for c in answer.citations],
            confidence_percent=spoken_percent(answer.confidence),
            consent=True,
            person=Person(name=_text(message, "name", MOST_NAME), phone=phone),
        )
        # The words are in the case now; the screen keeps the slip alone, and not even that in the visit.
        self._visits.wipe(visit.id)
        return {"screen": "slip", "html": self._screens.slip(receipt), "visit": ""}

    # -- reading the reply

    def find(self, message: Mapping[str, Any]) -> Reply:
        number, code = _case_number(_text(message, "number", 40)), _text(message, "code", 40)
        if not number or not code:
            raise _Unfit("请把单号和取件码都输上。")
        case = self._office.look_up(number, code)
        visit = self._visit(message) or self._visits.begin()
        self._visits.keep(visit.id, slip=(number, code))
        return {"screen": "thread", "html": self._screens.thread(case, self._advisor_of(case)), "visit": visit.id}

    def more(self, message: Mapping[str, Any]) -> Reply:
        visit = self._visit(message)
        if not visit or not visit.slip:
            return {"screen": "home", "error": GONE, "visit": ""}
        words = _text(message, "text", MOST_WORDS)
        if not words:
            raise _Unfit("请先把要说的话写上。")
        self._office.say_more(*visit.slip, words)
        case = self._office.look_up(*visit.slip)
        return {"screen": "thread", "html": self._screens.thread(case, self._advisor_of(case), sent=True)}

    def _advisor_of(self, case: CaseView) -> Advisor | None:
        """Who answers this case, while he is still the village's advisor."""
        advisor = self._office.advisor_on(case.row.village, self._today())
        return advisor if advisor and advisor.id == case.row.advisor else None

    def _visit(self, message: Mapping[str, Any]) -> Visit | None:
        return self._visits.get(_text(message, "visit", 64))

    def _today(self) -> date:
        return local_day(self._clock.now())


class _Unfit(KioskError):
    """What the person sent cannot be used as it is; the sentence says how."""


def _case_number(typed: str) -> str:
    """As the slip shows it, 26-0001: the digit keys have no hyphen, so 260001 is the same."""
    return f"{typed[:2]}-{typed[2:]}" if typed.isdigit() and len(typed) > 2 else typed


def _text(message: Mapping[str, Any], name: str, most: int) -> str:
    """A text field of the message, without control and direction characters; empty when absent. Too long is refused."""
    value = message.get(name, "")
    if value is None:
        return ""
    if not isinstance(value, str):
        raise _Unfit(FAILED)
    clean = _CONTROL.sub("", value).strip()
    if len(clean) > most:
        raise _Unfit(f"太长了，最多 {most} 个字。请说短一点。")
    return clean
