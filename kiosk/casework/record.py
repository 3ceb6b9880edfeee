"""The ledger as casework sees it: a State to look at, and a way to append what was decided on it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from kiosk.casework.projection import Projection
from kiosk.casework.state import State
from kiosk.errors import LedgerError
from kiosk.ledger.store import Entry, Ledger, Overtaken
from kiosk.ledger.verify import Verified, verify

TRIES = 20  # to append a decision that others keep overtaking


class Record:
    """Safe for threads."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self._lock = threading.RLock()
        self._projection = Projection(ledger)

    @contextmanager
    def looking(self) -> Iterator[State]:
        """The State with everything that has arrived. It is not to be kept beyond the block; the records in it may be."""
        with self._lock:
            yield self._projection.refresh()

    def write(self, decide: Callable[[State], list[Entry]]) -> None:
        """Append what `decide` makes of the State, all or none. It is asked again when another process has appended in between."""
        with self._lock:
            for _ in range(TRIES):
                entries = decide(self._projection.refresh())
                try:
                    self.ledger.append_many(entries, expected=self._projection.position)
                except Overtaken:
                    continue
                return
        raise LedgerError("账本太忙，刚才这一步没有记下。请再做一次。")

    def verify(self) -> tuple[Verified, str]:
        """Check the whole ledger and every projection. Returns what was found and the State's digest; raises ChainBroken."""
        found = verify(self.ledger)
        with self._lock:
            return found, self._projection.compare()

    def rebuild(self) -> str:
        """Throw every projection away and fold it anew. Returns the State's digest."""
        with self._lock:
            return self._projection.rebuild().digest()
