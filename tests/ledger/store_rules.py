"""What every store of the ledger keeps to. `test_store` runs it on SQLite, `test_postgresql` on PostgreSQL."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from kiosk.errors import ChainBroken, EventRefused
from kiosk.identity.keys import NodeKey
from kiosk.ledger.clock import SetClock
from kiosk.ledger.event import Event, fingerprint, make, new_id
from kiosk.ledger.store import Entry, Ledger, Overtaken
from kiosk.ledger.verify import verify

Opener = Callable[[NodeKey], Ledger]


def said(ledger: Ledger, words: str) -> Event:
    return ledger.append("note.made", "s1", {"words": words}, "station")


def texts(ledger: Ledger) -> list[str]:
    return [event.text() for _, event in ledger.events()]


@contextmanager
def tampering(ledger: Ledger) -> Iterator[Callable[[str], None]]:
    with ledger.engine.connect() as connection:
        yield lambda statement: (connection.execute(text(statement)), connection.commit())[0] and None


class StoreRules:
    """`ledger` is a fresh one, `other` a second node's, each in a database of its own."""

    def test_a_chain_begins_with_the_nodes_key_and_has_no_gap(self, ledger: Ledger, key: NodeKey) -> None:
        made = [said(ledger, str(number)) for number in range(3)]
        stored = [event for _, event in ledger.events()]
        assert [event.kind for event in stored] == ["node.joined", "note.made", "note.made", "note.made"]
        assert [event.seq for event in stored] == [1, 2, 3, 4]
        assert [event.prev for event in stored] == ["", *(event.digest for event in stored[:-1])]
        assert {event.node for event in stored} == {fingerprint(key.public)}
        assert stored[1:] == made
        assert verify(ledger).events == 4

    def test_order_never_comes_from_the_clock(self, ledger: Ledger, clock: SetClock) -> None:
        said(ledger, "2026")
        clock.at = datetime(1970, 1, 1, 0, 0, 5, tzinfo=UTC)
        said(ledger, "1970")
        clock.move(timedelta(days=365 * 80))
        said(ledger, "2050")
        events = sorted((event for _, event in ledger.events()), key=lambda event: event.order)
        assert [event.body.get("words") for event in events] == [None, "2026", "1970", "2050"]
        assert events[2].at == "1970-01-01T00:00:05.000Z"
        verify(ledger)

    def test_all_of_a_batch_or_nothing(self, ledger: Ledger) -> None:
        said(ledger, "before")
        with pytest.raises(EventRefused, match="太长"):
            ledger.append_many(
                [Entry("note.made", "s1", "station", {"words": "kept?"}), Entry("note.made", "s1", "station", {"words": "长" * 400_000})]
            )
        assert len(texts(ledger)) == 2
        assert len(ledger.unsent()) == 2
        said(ledger, "after")
        assert verify(ledger).events == 3

    def test_a_decision_that_was_overtaken_is_refused(self, ledger: Ledger) -> None:
        seen = ledger.position()
        said(ledger, "somebody else")
        with pytest.raises(Overtaken):
            ledger.append_many([Entry("note.made", "s1", "station")], expected=seen)
        ledger.append_many([Entry("note.made", "s1", "station")], expected=ledger.position())

    @pytest.mark.parametrize("words", ["\x00", "<script>alert(1)</script>'; DROP TABLE event; --", "\u202e\ufeff👵🏻", "\r\n\t\x1b[2J"])
    def test_hostile_text_comes_back_as_it_was(self, ledger: Ledger, words: str) -> None:
        assert said(ledger, words).body["words"] == words
        assert [event for _, event in ledger.events()][-1].body["words"] == words
        verify(ledger)

    @pytest.mark.parametrize("body", [{"a": 0.5}, {"a": "\ud800"}, {"a": 2**60}, {"a": {1: 2}}, {"a": b"x"}, {"a": "文" * 350_000}])
    def test_what_a_ledger_cannot_hold_is_refused(self, ledger: Ledger, body: dict[str, object]) -> None:
        with pytest.raises(EventRefused):
            ledger.append("note.made", "s1", body, "station")
        assert texts(ledger) == []

    def test_a_row_without_its_outbox_row_cannot_be(self, ledger: Ledger) -> None:
        said(ledger, "one")
        assert [position for position, _ in ledger.unsent()] == [position for position, _ in ledger.events()]
        first = ledger.unsent()[0][0]
        ledger.acknowledge([first])
        ledger.acknowledge([first])
        assert [event.kind for _, event in ledger.unsent()] == ["note.made"]
        assert len(texts(ledger)) == 2

    def test_writers_at_the_same_time_leave_no_gap(self, ledger: Ledger) -> None:
        threads = [threading.Thread(target=lambda: [said(ledger, str(number)) for number in range(8)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert verify(ledger).events == 33

    def test_merging_is_a_union_whatever_the_order_and_however_often(self, ledger: Ledger, other: Ledger) -> None:
        for number in range(3):
            said(ledger, f"a{number}")
            said(other, f"b{number}")
        report = ledger.merge(reversed(texts(other)))
        assert (report.taken, report.quarantined) == (4, 0)
        assert other.merge(texts(ledger)).known == 4
        assert ledger.merge(texts(other)).taken == 0
        assert set(texts(ledger)) == set(texts(other))
        assert verify(ledger).nodes == verify(other).nodes == 2
        assert len(ledger.unsent()) == 4  # its own alone

    def test_an_event_says_which_heads_its_writer_had_seen(self, ledger: Ledger, other: Ledger) -> None:
        last = said(other, "b")
        ledger.merge(texts(other))
        answer = said(ledger, "a")
        joined = next(event for _, event in ledger.events() if event.node == ledger.node)
        assert joined.after == (last.digest,)
        assert answer.after == ()  # it stands behind prev
        assert answer.lamport > last.lamport

    def test_events_after_a_gap_wait(self, ledger: Ledger, other: Ledger) -> None:
        for number in range(3):
            said(other, str(number))
        sent = texts(other)
        assert ledger.merge([sent[0], sent[3]]).waiting == 1
        assert ledger.merge(sent[1:]).taken == 3
        verify(ledger)

    def test_a_ledger_restored_from_yesterday_takes_its_own_events_back(self, ledger: Ledger, key: NodeKey, open_ledger: Opener) -> None:
        for number in range(3):
            said(ledger, str(number))
        restored = open_ledger(key)
        restored.merge(texts(ledger)[:2])
        assert restored.merge(texts(ledger)).taken == 2
        assert said(restored, "goes on").seq == 5

    def test_the_same_id_with_another_digest_goes_into_quarantine(self, ledger: Ledger, other: Ledger, other_key: NodeKey) -> None:
        first = said(other, "true")
        ledger.merge(texts(other))
        forged = {name: getattr(first, name) for name in Event.__dataclass_fields__ if name not in ("digest", "signature")}
        twin = make(other_key, **{**forged, "body": {"words": "another"}})
        later = said(other, "later")
        report = ledger.merge([twin.text(), later.text()])
        assert (report.taken, report.quarantined) == (1, 1)
        assert ledger.merge([twin.text()]).quarantined == 1
        (alarm,) = ledger.alarms()
        assert "同号而内容不同" in alarm.why
        assert json.loads(alarm.content)["body"] == {"words": "another"}
        assert verify(ledger).alarms == 1
        assert "another" not in "".join(texts(ledger))

    def test_a_forged_event_goes_into_quarantine(self, ledger: Ledger, other: Ledger) -> None:
        said(other, "b")
        joined, event = texts(other)
        stranger = NodeKey.generate()
        parts = {name: value for name, value in json.loads(event).items() if name not in ("digest", "signature")}
        wrong_key = make(stranger, **{**parts, "after": tuple(parts["after"])}).text()
        changed = event.replace('"b"', '"c"')
        report = ledger.merge([joined, wrong_key, changed, "no event", "\x00", "{" * 5_000, "[" + "9" * 6_000 + "]"])
        assert (report.taken, report.quarantined) == (1, 6)
        assert ledger.merge([event]).taken == 1
        verify(ledger)

    def test_a_link_to_another_past_goes_into_quarantine(self, ledger: Ledger, other: Ledger, other_key: NodeKey) -> None:
        said(other, "b")
        ledger.merge(texts(other))
        parts = {name: value for name, value in json.loads(texts(other)[-1]).items() if name not in ("digest", "signature")}
        forked = make(other_key, **{**parts, "id": new_id(), "seq": 3, "lamport": 9, "prev": "ab" * 32})
        late = make(other_key, **{**parts, "id": new_id(), "seq": 3, "lamport": 2, "prev": said(other, "c").prev})
        assert ledger.merge([forked.text(), late.text()]).quarantined == 2
        verify(ledger)

    @pytest.mark.parametrize(
        "tamper",
        [
            "UPDATE event SET content = replace(content, 'one', 'two') WHERE seq = 2",
            "UPDATE event SET content = substr(content, 1, 100) WHERE seq = 2",
            "UPDATE event SET lamport = 99 WHERE seq = 2",
            "UPDATE event SET subject = 'other' WHERE seq = 2",
            "DELETE FROM event WHERE seq = 2",
            "DELETE FROM event WHERE seq = 1",
        ],
    )
    def test_a_tampered_row_breaks_the_chain(self, ledger: Ledger, tamper: str) -> None:
        said(ledger, "one")
        said(ledger, "three")
        ledger.acknowledge(position for position, _ in ledger.unsent())
        with tampering(ledger) as run:
            run(tamper)
        with pytest.raises(ChainBroken):
            verify(ledger)

    def test_nothing_is_chained_to_a_damaged_head(self, ledger: Ledger, key: NodeKey) -> None:
        said(ledger, "one")
        with tampering(ledger) as run:
            run("UPDATE event SET content = replace(content, 'one', 'two')")
        with pytest.raises(ChainBroken):
            Ledger(ledger.engine, key, ledger.clock)

    def test_a_kept_projection_that_was_damaged_is_not_used(self, ledger: Ledger) -> None:
        said(ledger, "one")
        ledger.save_projection("p", 1, "old")
        ledger.save_projection("p", 2, "new")
        assert ledger.load_projection("p") == (2, "new")
        with tampering(ledger) as run:
            run("UPDATE projection SET content = 'torn'")
        assert ledger.load_projection("p") is None
        ledger.save_projection("p", 900, "of events that are not there")
        assert ledger.load_projection("p") is None
