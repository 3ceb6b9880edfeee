"""What a person does at the station, until they leave. In memory only: nothing here is written to a disk.

The page knows a visit by an opaque id. A visit ends by `wipe` (the person pressed 完成) or when it was not touched for
`keep_seconds`; then its words are gone, and the id means nothing any more.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from kiosk.answering.answer import Answer, Question

LIMIT = 64  # a station has one screen; more visits than this are somebody filling memory


@dataclass(frozen=True, slots=True)
class Visit:
    """`slip` is number and pick-up code of the case that this person may read, once shown or entered correctly."""

    id: str
    question: Question | None = None
    answer: Answer | None = None
    slip: tuple[str, str] | None = None


class Visits:
    """Thread-safe. `ticks` is a monotonic clock in seconds: a corrected wall clock must not keep words alive."""

    def __init__(self, keep_seconds: float, ticks: Callable[[], float] = time.monotonic) -> None:
        self._keep = keep_seconds
        self._ticks = ticks
        self._lock = threading.Lock()
        self._visits: dict[str, tuple[float, Visit]] = {}  # ordered by last touch, oldest first

    def begin(self) -> Visit:
        """A new visit. The oldest goes when there are too many."""
        with self._lock:
            self._sweep()
            while len(self._visits) >= LIMIT:
                del self._visits[next(iter(self._visits))]
            visit = Visit(secrets.token_urlsafe(24))
            self._visits[visit.id] = (self._ticks(), visit)
            return visit

    def get(self, visit_id: str) -> Visit | None:
        """The visit, counted as touched now; None when unknown, wiped or expired."""
        with self._lock:
            self._sweep()
            found = self._visits.pop(visit_id, None)
            if found is None:
                return None
            self._visits[visit_id] = (self._ticks(), found[1])
            return found[1]

    def keep(
        self,
        visit_id: str,
        *,
        question: Question | None = None,
        answer: Answer | None = None,
        slip: tuple[str, str] | None = None,
    ) -> bool:
        """Replace what is named; False when the visit ended meanwhile (then nothing is kept)."""
        with self._lock:
            found = self._visits.pop(visit_id, None)
            if found is None:
                return False
            visit = found[1]
            changed = replace(visit, question=question or visit.question, answer=answer or visit.answer, slip=slip or visit.slip)
            self._visits[visit_id] = (self._ticks(), changed)
            return True

    def wipe(self, visit_id: str) -> None:
        with self._lock:
            self._visits.pop(visit_id, None)

    def sweep(self) -> None:
        """Drop what expired. Called every few seconds, so that words do not wait for the next visitor to be dropped."""
        with self._lock:
            self._sweep()

    def wipe_all(self) -> None:
        with self._lock:
            self._visits.clear()

    def __len__(self) -> int:
        with self._lock:
            return len(self._visits)

    def _sweep(self) -> None:
        limit = self._ticks() - self._keep
        for visit_id in [i for i, (touched, _) in self._visits.items() if touched < limit]:
            del self._visits[visit_id]
