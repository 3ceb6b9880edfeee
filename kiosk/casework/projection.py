"""The State of a ledger, kept up to date as events arrive, and kept in the ledger so that a start is fast."""

from __future__ import annotations

import json

from kiosk.casework.fold import fold, step
from kiosk.casework.state import FORM, State
from kiosk.errors import ChainBroken
from kiosk.ledger.store import Ledger

NAME = "casework"
KEEP_EVERY = 500  # events since the last kept State, or a quarter of all when that is more
MANY = 5_000  # new events that are not held in memory to be sorted


class Projection:
    """`state` is what the events up to `position` add up to. Not safe for threads: its owner locks."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.state, self.position, self._kept = State(), 0, 0
        self._restore()

    def refresh(self) -> State:
        """Fold what has arrived since. What belongs before an event already folded makes the fold begin anew."""
        last = self._ledger.position()
        if last - self.position > MANY:
            self._begin_anew(last)
        elif last > self.position:
            new = [event for _, event in self._ledger.events(self.position, last)]
            if min(event.order for event in new) > self.state.order:
                fold(new, self.state)
                self.position = last
            else:
                self._begin_anew(last)
        if last - self._kept >= max(KEEP_EVERY, last // 4):
            self.keep()
        return self.state

    def _begin_anew(self, last: int) -> None:
        self.state, self.position = fresh(self._ledger, last), last

    def keep(self) -> None:
        self._ledger.save_projection(NAME, self.position, f'{{"form":{FORM},"state":{self.state.text()}}}')
        self._kept = self.position

    def rebuild(self) -> State:
        """Throw the kept State away and fold everything from the first event on."""
        self._begin_anew(self._ledger.position())
        self.keep()
        return self.state

    def compare(self) -> str:
        """The digest of the State, which is that of a fresh fold. Raises ChainBroken when they differ."""
        self.refresh()
        digest = self.state.digest()
        if digest != fresh(self._ledger, self.position).digest():
            raise ChainBroken("案件和日志的汇总跟账本对不上。请运行 kiosk ledger rebuild 重建。")
        return digest

    def _restore(self) -> None:
        kept = self._ledger.load_projection(NAME)
        if kept is None:
            return
        position, content = kept
        try:
            data = json.loads(content)
            if data["form"] == FORM:
                self.state = State.from_plain(data["state"])
                self.position = self._kept = position
        except (KeyError, TypeError, ValueError):
            self.state = State()  # of an older program: folded anew


def fresh(ledger: Ledger, until: int) -> State:
    """Everything up to `until`, folded from nothing."""
    state = State()
    for event in ledger.in_order(until):
        step(state, event)
    return state
