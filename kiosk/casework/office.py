"""The one door through which station and desk read and write cases, diary and roster. Whatever returns is on the disk."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Self

from kiosk.casework import diary, entries, roster
from kiosk.casework.entries import BUREAU, STATION, actor
from kiosk.casework.record import Record
from kiosk.casework.state import CaseRecord, State
from kiosk.casework.values import RESULTS, Advisor, Assignment, CaseRow, CaseView, DiaryEntry, DiaryFields, Person, Receipt, Village
from kiosk.casework.wording import case_number, digits, needed, short
from kiosk.errors import CaseNotFound, CaseworkError, LedgerError, NotAllowed, RosterRefused, Sealed
from kiosk.identity.keys import Keys
from kiosk.identity.people import Accounts
from kiosk.identity.slowdown import Limit
from kiosk.ledger.clock import Clock, SystemClock, local_day, read
from kiosk.ledger.event import new_id
from kiosk.ledger.keystore import KeyStore
from kiosk.ledger.store import Entry, Ledger
from kiosk.settings import Settings

NO_CASE = "没有这个编号，或者取件码不对。请对照回执再输一次。"
ANY_CASE = Limit(free=40, most=60)  # wrong tries at one station, whatever the number
ANONYMOUS = Person()
PAGE = 500  # cases that one event names


class Office:
    """Safe for threads. `reply_days`: within how many days an advisor answers."""

    def __init__(self, ledger: Ledger, keystore: KeyStore, accounts: Accounts, clock: Clock, *, reply_days: int = 3) -> None:
        self.record, self.keystore, self.accounts = Record(ledger), keystore, accounts
        self._clock, self._reply_days = clock, reply_days
        with self.record.looking() as state:
            erased = [case.id for case in state.cases.values() if case.erased]
        for case_id in erased:  # a power cut, or a restored backup, between the event and its deed
            self.keystore.erase(case_id)

    @classmethod
    def open(cls, settings: Settings, clock: Clock | None = None) -> Self:
        """Open everything under settings.data; made on the first start. Raises LedgerError when a ledger is there and its keys are gone."""
        clock = clock or SystemClock()
        settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not settings.database and not Keys.exist(settings.keys) and (settings.data / "ledger.sqlite").exists():
            raise LedgerError(f"账本在，密钥不在。请先用备份恢复文件夹 {settings.keys}，没有它谁也打不开案件。")
        keys = Keys.load(settings.keys)
        ledger = Ledger.open(settings.ledger_url, keys.node, clock)
        keystore = KeyStore.open(settings.data / "keystore.sqlite", keys.desk, keys.station, keys.recovery)
        return cls(ledger, keystore, Accounts.open(settings, clock.now), clock)

    def close(self) -> None:
        self.record.ledger.close()
        self.keystore.close()
        self.accounts.close()

    def today(self) -> date:
        """In Asia/Shanghai, by this machine's clock."""
        return local_day(self._clock.now())

    def unreadable(self) -> int:
        """Cases that were not erased and that nobody can open: their keys are lost."""
        with self.record.looking() as state:
            kept = [case.id for case in state.cases.values() if not case.erased]
        return sum(not self.keystore.holders(case_id) for case_id in kept)

    # roster

    def is_set_up(self) -> bool:
        with self.record.looking() as state:
            return self.record.ledger.node in state.stations and bool(state.advisors)

    def demonstration(self) -> bool:
        with self.record.looking() as state:
            return any(station.demonstration for station in state.stations.values())

    def set_up(self, village: Village, advisor: Advisor, *, sign_in: str, password: str, demonstration: bool = False) -> None:
        """The first start: village, advisor, assignment from today on, the advisor's account. Raises CaseworkError when already done."""
        if self.is_set_up():
            raise CaseworkError("终端已经设好了。要改村和法律顾问，请用 kiosk roster。")
        self.accounts.remove(sign_in)  # a first start that was cut off may have left one, for nobody
        self.accounts.create(sign_in, password, advisor.id, "advisor")

        def decide(state: State) -> list[Entry]:
            new = Assignment(village.id, advisor.id, self.today(), None)
            placed = Entry("station.placed", village.id, STATION, {"demonstration": demonstration})
            return [entries.village(village), entries.advisor(advisor), entries.assignment(new), placed]

        self.record.write(decide)

    def villages(self) -> tuple[Village, ...]:
        with self.record.looking() as state:
            return tuple(sorted(state.villages.values(), key=lambda one: (one.county, one.township, one.name, one.id)))

    def advisors(self) -> tuple[Advisor, ...]:
        with self.record.looking() as state:
            return tuple(sorted(state.advisors.values(), key=lambda one: (one.name, one.id)))

    def assignments(self) -> tuple[Assignment, ...]:
        with self.record.looking() as state:
            return state.assignments

    def add_village(self, village: Village) -> None:
        """Entered again under the same id, it replaces what was entered before."""
        self.record.write(lambda state: [entries.village(village)])

    def add_advisor(self, advisor: Advisor) -> None:
        """Entered again under the same id, it replaces what was entered before."""
        self.record.write(lambda state: [entries.advisor(advisor)])

    def assign(self, village_id: str, advisor_id: str, since: date, *, until: date | None = None, override_by: str = "") -> None:
        """Raises RosterRefused with the reason; `override_by` names who at the bureau allows more than five villages."""
        new = Assignment(village_id, advisor_id, since, until, short(override_by, "署名"))

        def decide(state: State) -> list[Entry]:
            if village_id not in state.villages or advisor_id not in state.advisors:
                raise RosterRefused("名册里没有这个村或这位法律顾问。")
            roster.check(state.assignments, new)
            return [entries.assignment(new)]

        self.record.write(decide)

    def end_assignment(self, village_id: str, until: date) -> None:
        """The village's running assignment ends the day before `until`. Raises RosterRefused when none runs that day."""

        def decide(state: State) -> list[Entry]:
            running = [one for one in state.assignments_on(until) if one.village == village_id]
            if not running:
                raise RosterRefused("这个村那天没有法律顾问，没有什么可结束。")
            return [entries.assignment_ended(running[0], until)]

        self.record.write(decide)

    def village(self) -> Village | None:
        """Where this station stands."""
        with self.record.looking() as state:
            station = state.stations.get(self.record.ledger.node)
            return state.villages[station.village] if station else None

    def advisor_on(self, village_id: str, day: date) -> Advisor | None:
        with self.record.looking() as state:
            return state.advisor_on(village_id, day)

    # station

    def hand_over(
        self,
        question: str,
        *,
        matter: str,
        answer_kind: str,
        guide: str,
        citations: Sequence[tuple[str, str]],
        confidence_percent: int,
        consent: bool,
        person: Person = ANONYMOUS,
    ) -> Receipt:
        """A new case for today's advisor, with its draft in his diary. Raises CaseworkError without consent or advisor."""
        if not consent:
            raise CaseworkError("没有您的同意，不能把问题交给法律顾问。")
        question = needed(question, "问题")
        person = Person(short(person.name, "姓名"), short(person.phone, "电话"))
        case_id, code, now = new_id(), f"{secrets.randbelow(1_000_000):06d}", self._clock.now()
        with self.record.looking() as state:
            place, advisor = self._here(state)
        key = self.keystore.create(case_id, (advisor.id,), code)
        answer_by = local_day(now) + timedelta(days=self._reply_days)
        body: dict[str, Any] = {
            "village": place.id,
            "advisor": advisor.id,
            "matter": short(matter, "事项"),
            "answer_kind": short(answer_kind, "答案种类"),
            "guide": short(guide, "指引"),
            "citations": [[short(law, "法名"), short(number, "条号")] for law, number in citations],
            "confidence_percent": int(confidence_percent),
            "answer_by": answer_by.isoformat(),
            "consent": True,
        }
        sealed = entries.sealed_question(case_id, key, question, person)
        fields = diary.handed_over(body, now, place.name, person, question)
        about = {"village": place.id, "advisor": advisor.id, "case": case_id}
        drafted = entries.diary_entry("diary.drafted", new_id(), STATION, fields, key, "", **about)
        numbers: list[str] = []

        def decide(state: State) -> list[Entry]:
            numbers.append(state.next_number(self.record.ledger.node, local_day(now).year))
            return [Entry("case.opened", case_id, STATION, {**body, "number": numbers[-1]}, sealed), drafted]

        self.record.write(decide)
        return Receipt(numbers[-1], code, advisor, answer_by)

    def resolved_at_station(self, *, matter: str, guide: str, confidence_percent: int) -> None:
        """Counts for the station. Never words."""
        body = {"matter": short(matter, "事项"), "guide": short(guide, "指引"), "confidence_percent": int(confidence_percent)}
        village = self.village()
        self.record.write(lambda state: [Entry("conversation.resolved", village.id if village else "none", STATION, body)])

    def look_up(self, number: str, code: str) -> CaseView:
        """Raises CaseNotFound, alike for a wrong number, a wrong code and an erased case; slowed after failures."""
        case, key = self._with_code(number, code)
        return entries.view(case, key)

    def say_more(self, number: str, code: str, text: str) -> None:
        """The villager's follow-up: the case is open again."""
        text = needed(text, "内容")
        case, key = self._with_code(number, code)
        sealed = entries.sealed_text(case.id, key, text)
        self.record.write(lambda state: [Entry("case.said", case.id, STATION, sealed=sealed)])

    # desk

    def cases(self, advisor_id: str) -> tuple[CaseRow, ...]:
        """His, newest first."""
        with self.record.looking() as state:
            his = [case for case in state.cases.values() if case.advisor == advisor_id]
        return tuple(entries.row(case) for case in sorted(his, key=lambda case: (case.lamport, case.node), reverse=True))

    def open_case(self, advisor_id: str, number: str) -> CaseView:
        """Raises CaseNotFound, or NotAllowed when it is not his. That he opened it is on record before he sees it."""
        case = self._his(advisor_id, number)
        key = self._key(case.id, advisor_id)
        if key is not None:
            self.record.write(lambda state: [Entry("case.opened_by", case.id, actor(advisor_id))])
        return entries.view(case, key)

    def reply(self, advisor_id: str, number: str, text: str) -> None:
        """The answer, and its draft in the diary. Raises CaseworkError when the case was erased."""
        text, now = needed(text, "回复"), self._clock.now()
        case = self._his(advisor_id, number)
        key = self._key(case.id, advisor_id)
        if key is None:
            raise CaseworkError("这个案件的内容已经清除，不能再回复。")
        view = entries.view(case, key)
        asked = [message.text for message in view.messages if message.author == "villager"][-1]
        with self.record.looking() as state:
            place = state.villages[case.village].name
        fields = diary.replied(case, now, place, view.person, asked, text)
        by, about = actor(advisor_id), {"village": case.village, "advisor": advisor_id, "case": case.id}
        drafted = entries.diary_entry("diary.drafted", new_id(), by, fields, key, self._mark(fields), **about)
        sealed = entries.sealed_text(case.id, key, text)
        self.record.write(lambda state: [Entry("case.replied", case.id, by, sealed=sealed), drafted])

    def resolve(self, advisor_id: str, number: str, result: str) -> None:
        if result not in RESULTS:
            raise CaseworkError("请从列出的结果里选一个。")
        case = self._his(advisor_id, number)
        self.record.write(lambda state: [Entry("case.resolved", case.id, actor(advisor_id), {"result": result})])

    def give(self, number: str, advisor_id: str, by: str) -> None:
        """Give a case to another advisor, a substitute: from now on it is his. `by` names who at the bureau decided it."""
        by, case = needed(short(by, "署名"), "署名"), self._case(number)
        with self.record.looking() as state:
            if advisor_id not in state.advisors:
                raise RosterRefused("名册里没有这位法律顾问。")
        key = self._key(case.id, case.advisor)
        if key is None:
            raise CaseworkError("这个案件的内容已经清除，不能再转交。")
        self.keystore.grant(case.id, key, advisor_id)
        self.record.write(lambda state: [Entry("case.given", case.id, BUREAU, {"advisor": advisor_id, "by": by})])

    def erase(self, number: str, by: str) -> None:
        """Destroy the keys of a case: its words, and those of its diary entries, are gone for good.

        `by` says who did it, and stays for ever: an official's or advisor's name, never the villager's.
        """
        by, case = needed(short(by, "署名"), "署名"), self._case(number)
        self.record.write(lambda state: [Entry("case.erased", case.id, BUREAU, {"by": by})])
        self.keystore.erase(case.id)

    def diary(self, advisor_id: str, since: date | None = None, until: date | None = None) -> tuple[DiaryEntry, ...]:
        """His entries of the days from `since` to `until`, both included, newest first.

        The first time that it shows a case's words to him, that is on record.
        """
        first, last = (since or date.min).isoformat(), (until or date.max).isoformat()
        with self.record.looking() as state:
            records = [one for one in state.diary.values() if one.advisor == advisor_id and first <= one.fields["day"] <= last]
            numbers = {one.case: state.cases[one.case].number for one in records if one.case}
            unseen = sorted(case for case in numbers if advisor_id not in state.cases[case].seen_by)
        keys = self.keystore.open_all_for((one.key for one in records), advisor_id)
        shown = [case for case in unseen if case in keys]
        pages = [shown[first : first + PAGE] for first in range(0, len(shown), PAGE)]
        if pages:
            self.record.write(lambda state: [Entry("diary.opened_by", advisor_id, actor(advisor_id), {"cases": page}) for page in pages])
        records.sort(key=lambda one: (one.fields["day"], one.fields["start"], one.lamport, one.id), reverse=True)
        return tuple(entries.diary_view(one, keys.get(one.key), numbers.get(one.case, "")) for one in records)

    def draft_entry(self, advisor_id: str, village_id: str, fields: DiaryFields) -> str:
        """A service that did not come from a case, to be confirmed. Returns the entry's id."""
        fields, entry_id = diary.checked(fields), new_id()
        with self.record.looking() as state:
            if village_id not in state.villages or advisor_id not in state.advisors:
                raise CaseworkError("名册里没有这个村或这位法律顾问。")
        key = self.keystore.create(entry_id, (advisor_id,))
        about = {"village": village_id, "advisor": advisor_id, "case": ""}
        entry = entries.diary_entry("diary.drafted", entry_id, actor(advisor_id), fields, key, self._mark(fields), **about)
        self.record.write(lambda state: [entry])
        return entry_id

    def confirm(self, advisor_id: str, entry_id: str, fields: DiaryFields) -> None:
        """The draft as the advisor completed it. Raises CaseworkError when it is not a draft of his."""
        fields = diary.checked(fields)
        key = self._entry_key(advisor_id, entry_id)
        entry = entries.diary_entry("diary.confirmed", entry_id, actor(advisor_id), fields, key, self._mark(fields))

        def decide(state: State) -> list[Entry]:
            if state.diary[entry_id].status != "draft":
                raise CaseworkError("这条日志已经确认过，要改请写更正。")
            return [entry]

        self.record.write(decide)

    def correct(self, advisor_id: str, entry_id: str, fields: DiaryFields, why: str) -> None:
        """A new confirmed entry that names the old one. Raises CaseworkError when that is a draft or was corrected already."""
        fields, why = diary.checked(fields), needed(short(why, "更正原因"), "更正原因")
        key = self._entry_key(advisor_id, entry_id)
        by = actor(advisor_id)
        entry = entries.diary_entry("diary.corrected", new_id(), by, fields, key, self._mark(fields), why=why, corrects=entry_id)

        def decide(state: State) -> list[Entry]:
            if state.diary[entry_id].status != "confirmed":
                raise CaseworkError("只有确认过、还没有更正过的日志才能更正。")
            return [entry]

        self.record.write(decide)

    def _here(self, state: State) -> tuple[Village, Advisor]:
        """This station's village and today's advisor. A clock that stands before the set-up is wrong: then the last one assigned."""
        station = state.stations.get(self.record.ledger.node)
        if station is None:
            raise CaseworkError("终端还没有设好村和法律顾问。")
        village, today = state.villages[station.village], self.today()
        advisor = state.advisor_on(village.id, today)
        if advisor is None and today < local_day(read(station.at)):
            advisor = next((state.advisors[one.advisor] for one in reversed(state.assignments) if one.village == village.id), None)
        if advisor is None:
            raise CaseworkError(f"{village.name}今天没有派法律顾问，请打 12348 或找司法所。")
        return village, advisor

    def _with_code(self, number: str, code: str) -> tuple[CaseRecord, bytes]:
        number, code = case_number(number), digits(code)
        by_number = f"case:{number}"
        wait = self.accounts.slow_down.attempt({by_number: Limit(), "look-up": ANY_CASE})
        if wait:
            raise CaseNotFound(f"试错太多次了，请 {wait} 秒后再试。")
        with self.record.looking() as state:
            case = state.case(number, self.record.ledger.node)
        try:
            key = self.keystore.open_with_code(case.id if case else "none", code)
        except Sealed as cause:
            raise CaseNotFound(NO_CASE) from cause
        if case is None:
            raise CaseNotFound(NO_CASE)
        self.accounts.slow_down.succeeded(by_number, uncounted="look-up")
        return case, key

    def _case(self, number: str) -> CaseRecord:
        with self.record.looking() as state:
            case = state.case(case_number(number), self.record.ledger.node)
        if case is None:
            raise CaseNotFound("没有这个编号的案件。")
        return case

    def _his(self, advisor_id: str, number: str) -> CaseRecord:
        case = self._case(number)
        if case.advisor != advisor_id:
            raise NotAllowed("这个案件不是交给您的。")
        return case

    def _key(self, subject: str, advisor_id: str) -> bytes | None:
        try:
            return self.keystore.open_for(subject, advisor_id)
        except Sealed:
            return None

    def _entry_key(self, advisor_id: str, entry_id: str) -> bytes:
        with self.record.looking() as state:
            record = state.diary.get(entry_id)
        if record is None:
            raise CaseworkError("没有这条日志。")
        if record.advisor != advisor_id:
            raise NotAllowed("这条日志不是您的。")
        key = self._key(record.key, advisor_id)
        if key is None:
            raise CaseworkError("这条日志的内容已经清除，不能再改。")
        return key

    def _mark(self, fields: DiaryFields) -> str:
        return self.keystore.mark("advised", fields.advised)
