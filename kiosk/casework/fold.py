"""From events to a State. Pure: no clock, no keys, no database.

Rules, in the order (lamport, node, seq), which is the same for everyone who holds the same events:
    1.  An event whose kind or version is not known here, whose body does not fit, or which speaks of something that is not
        there, goes aside and blocks nothing. Nothing of it is used.
    2.  A village or advisor that is entered again replaces the one before. A node stands where it was placed last.
    3.  An assignment that meets another for the same village on one day goes aside, and is a conflict; one that gives an
        advisor a sixth village without override stands, and is a conflict: two offices cannot have seen each other.
    4.  The first opening of a case or entry stands; another with the same id goes aside.
    5.  Turns of a case stand in order. The last turn or result gives the status: villager → open, advisor → replied,
        result → resolved. Only the advisor whose case it is then replies, resolves and opens; it can be given to another.
    6.  Erasing is final, whatever comes after it.
    7.  A draft is confirmed once, by its advisor; a second confirmation goes aside, and is a conflict.
    8.  A correction makes a new confirmed entry and supersedes the one it names. When two name the same one, the later
        supersedes the earlier as well, and it is a conflict: an hour is never counted twice.
    9.  A conversation resolved at the station is a number for its village and day, never an advisor's hour.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from kiosk.casework import roster
from kiosk.casework.state import Aside, CaseRecord, DiaryRecord, Part, State, Station
from kiosk.casework.values import MODES, RESULTS, Advisor, Assignment, Village
from kiosk.ledger.clock import local_day, read
from kiosk.ledger.event import JOINED, Event


class _Unusable(Exception):
    """Why an event goes aside."""


def fold(events: Iterable[Event], state: State | None = None) -> State:
    """Fold a set of events, given in any order, onto a State whose events are all before them."""
    state = State() if state is None else state
    for event in sorted(events, key=lambda event: event.order):
        step(state, event)
    return state


def step(state: State, event: Event) -> None:
    """One more event, which must be behind the State's last."""
    state.order, state.events = event.order, state.events + 1
    rule, texts = RULES.get((event.kind, event.version), (None, ""))
    try:
        if rule is None:
            raise _Unusable("这个程序还不认识")
        if not all(isinstance(event.body[name], str) for name in texts.split()):
            raise TypeError(texts)
        rule(state, event, dict(event.body))
    except (_Unusable, KeyError, TypeError, ValueError, AttributeError) as why:
        reason = str(why) if isinstance(why, _Unusable) else "内容不合格式"
        state.aside = (*state.aside, Aside(event.id, event.kind, event.version, reason))


def _joined(state: State, event: Event, body: dict[str, Any]) -> None:
    """The node's key: the ledger's own affair."""


def _placed(state: State, event: Event, body: dict[str, Any]) -> None:
    if event.subject not in state.villages:
        raise _Unusable("没有这个村")
    state.stations[event.node] = Station(event.subject, event.at, bool(body["demonstration"]))


def _village(state: State, event: Event, body: dict[str, Any]) -> None:
    state.villages[event.subject] = Village(id=event.subject, **body)


def _advisor(state: State, event: Event, body: dict[str, Any]) -> None:
    state.advisors[event.subject] = Advisor(id=event.subject, **body)


def _assigned(state: State, event: Event, body: dict[str, Any]) -> None:
    new = Assignment(event.subject, body["advisor"], date.fromisoformat(body["since"]), _day(body["until"]), body["override_by"])
    if new.village not in state.villages or new.advisor not in state.advisors:
        raise _Unusable("没有这个村或这位顾问")
    if any(one.village == new.village and roster.overlap(one, new) for one in state.assignments):
        _conflict(state, f"{state.villages[new.village].name}同一天派了两位法律顾问，后一份没有生效。")
        raise _Unusable("同一天派了两位")
    if not new.override_by and roster.most_villages(state.assignments, new)[0] > roster.MOST_VILLAGES:
        _conflict(state, f"{state.advisors[new.advisor].name}超过了 {roster.MOST_VILLAGES} 个村，没有人署名准许。")
    state.assignments = tuple(sorted((*state.assignments, new), key=lambda one: (one.village, one.since)))


def _ended(state: State, event: Event, body: dict[str, Any]) -> None:
    since, until = date.fromisoformat(body["since"]), date.fromisoformat(body["until"])
    found = next((one for one in state.assignments if one.village == event.subject and one.since == since), None)
    if found is None or (found.until is not None and found.until < until):
        raise _Unusable("没有这份指派，或它已经更早结束")
    rest = tuple(one for one in state.assignments if one is not found)
    # ended on the day it began: it never ran
    kept = (replace(found, until=until),) if until > since else ()
    state.assignments = tuple(sorted((*rest, *kept), key=lambda one: (one.village, one.since)))


def _opened(state: State, event: Event, body: dict[str, Any]) -> None:
    if event.subject in state.cases:
        raise _Unusable("这个案件已经有了")
    year, serial = body["number"].split("-")
    date.fromisoformat(body["answer_by"])
    record = CaseRecord(
        id=event.subject,
        node=event.node,
        lamport=event.lamport,
        number=body["number"],
        village=body["village"],
        advisor=body["advisor"],
        matter=body["matter"],
        status="open",
        opened_at=event.at,
        answer_by=body["answer_by"],
        answer_kind=body["answer_kind"],
        guide=body["guide"],
        citations=tuple((str(law), str(number)) for law, number in body["citations"]),
        confidence_percent=int(body["confidence_percent"]),
        person=_sealed(body, "person"),
        parts=(Part(event.at, "villager", f"{event.subject}/text", _sealed(body, "text")),),
    )
    state.serials[f"{event.node}|{year}"] = max(int(serial), state.serials.get(f"{event.node}|{year}", 0))
    state.cases[record.id] = record


def _said(state: State, event: Event, body: dict[str, Any]) -> None:
    case = _case(state, event)
    part = Part(event.at, "villager", f"{case.id}/text", _sealed(body, "text"))
    state.cases[case.id] = replace(case, status="open", parts=(*case.parts, part))


def _replied(state: State, event: Event, body: dict[str, Any]) -> None:
    case = _his(state, event)
    part = Part(event.at, "advisor", f"{case.id}/text", _sealed(body, "text"))
    state.cases[case.id] = replace(case, status="replied", parts=(*case.parts, part))


def _resolved(state: State, event: Event, body: dict[str, Any]) -> None:
    if body["result"] not in RESULTS:
        raise _Unusable("没有这种结果")
    state.cases[event.subject] = replace(_his(state, event), status="resolved", result=body["result"])


def _opened_by(state: State, event: Event, body: dict[str, Any]) -> None:
    case = _his(state, event)
    state.cases[case.id] = _seen(replace(case, openings=case.openings + 1), case.advisor)


def _given(state: State, event: Event, body: dict[str, Any]) -> None:
    if body["advisor"] not in state.advisors:
        raise _Unusable("没有这位顾问")
    state.cases[event.subject] = replace(_case(state, event), advisor=body["advisor"])


def _erased(state: State, event: Event, body: dict[str, Any]) -> None:
    state.cases[event.subject] = replace(_case(state, event), erased=True)


def _drafted(state: State, event: Event, body: dict[str, Any]) -> None:
    if event.subject in state.diary:
        raise _Unusable("这条日志已经有了")
    if body["advisor"] not in state.advisors or (body["case"] and body["case"] not in state.cases):
        raise _Unusable("没有这位顾问或这个案件")
    state.diary[event.subject] = DiaryRecord(
        id=event.subject,
        village=body["village"],
        advisor=body["advisor"],
        status="draft",
        lamport=event.lamport,
        key=body["case"] or event.subject,
        case=body["case"],
        **_content(event, body),
    )


def _confirmed(state: State, event: Event, body: dict[str, Any]) -> None:
    entry = _entry(state, event, event.subject)
    if entry.status != "draft":
        _conflict(state, f"日志 {entry.id} 确认了两次，以先确认的为准。")
        raise _Unusable("已经确认过")
    state.diary[entry.id] = replace(entry, status="confirmed", confirmed_by=entry.advisor, confirmed_at=event.at, **_content(event, body))


def _corrected(state: State, event: Event, body: dict[str, Any]) -> None:
    old = _entry(state, event, body["corrects"])
    if event.subject in state.diary or old.status == "draft":
        raise _Unusable("这条更正已经有了，或原日志还没有确认")
    new = DiaryRecord(
        id=event.subject,
        village=old.village,
        advisor=old.advisor,
        status="confirmed",
        lamport=event.lamport,
        key=old.key,
        case=old.case,
        corrects=old.id,
        confirmed_by=old.advisor,
        confirmed_at=event.at,
        **_content(event, body),
    )
    last = old
    while last.corrected_by:  # somebody else corrected it too
        last = state.diary[last.corrected_by]
    if last is not old:
        _conflict(state, f"日志 {old.id} 更正了两次，以后一次为准。")
    state.diary[last.id] = replace(last, status="superseded", corrected_by=new.id)
    state.diary[new.id] = new


def _diary_opened(state: State, event: Event, body: dict[str, Any]) -> None:
    for case in [state.cases[one] for one in body["cases"]]:
        state.cases[case.id] = _seen(case, event.subject)


def _conversation(state: State, event: Event, body: dict[str, Any]) -> None:
    int(body["confidence_percent"])
    key = "|".join((event.subject, local_day(read(event.at)).isoformat(), body["matter"], body["guide"]))
    state.conversations[key] = state.conversations.get(key, 0) + 1


def _content(event: Event, body: dict[str, Any]) -> dict[str, Any]:
    fields = body["fields"]
    if fields["mode"] not in MODES or fields["result"] not in RESULTS:
        raise _Unusable("日志的方式或结果不对")
    date.fromisoformat(fields["day"])
    shown = {name: fields[name] for name in ("day", "start", "end", "mode", "served", "matter", "result")}
    counts = {name: fields[name] for name in ("people", "tenths")}
    if not all(isinstance(one, str) for one in shown.values()) or not all(isinstance(one, int) for one in counts.values()):
        raise _Unusable("日志的内容不合格式")
    citations = [[str(law), str(number)] for law, number in fields["citations"]]
    kept = {**shown, **counts, "citations": citations}
    return {"fields": kept, "context": f"{event.subject}/words", "sealed": _sealed(body, "words"), "mark": body["mark"]}


def _sealed(body: dict[str, Any], name: str) -> str:
    sealed = body["sealed"][name]
    if not isinstance(sealed, str):
        raise TypeError(name)
    return sealed


def _case(state: State, event: Event) -> CaseRecord:
    case = state.cases.get(event.subject)
    if case is None:
        raise _Unusable("没有这个案件")
    return case


def _his(state: State, event: Event) -> CaseRecord:
    case = _case(state, event)
    if event.actor != f"advisor:{case.advisor}":
        raise _Unusable("不是这位顾问的案件")
    return case


def _entry(state: State, event: Event, entry_id: str) -> DiaryRecord:
    entry = state.diary.get(entry_id)
    if entry is None or event.actor != f"advisor:{entry.advisor}":
        raise _Unusable("没有这条日志，或不是他的")
    return entry


def _seen(case: CaseRecord, advisor: str) -> CaseRecord:
    return case if advisor in case.seen_by else replace(case, seen_by=(*case.seen_by, advisor))


def _conflict(state: State, sentence: str) -> None:
    state.conflicts = (*state.conflicts, sentence)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# kind and version → the rule, and which parts of the body are text
RULES: dict[tuple[str, int], tuple[Callable[[State, Event, dict[str, Any]], None], str]] = {
    (JOINED, 1): (_joined, ""),
    ("station.placed", 1): (_placed, ""),
    ("village.entered", 1): (_village, "name township county underdeveloped"),
    ("advisor.entered", 1): (_advisor, "name firm licence phone"),
    ("assignment.made", 1): (_assigned, "advisor since override_by"),
    ("assignment.ended", 1): (_ended, "advisor since until"),
    ("case.opened", 1): (_opened, "number village advisor matter answer_by answer_kind guide"),
    ("case.said", 1): (_said, ""),
    ("case.replied", 1): (_replied, ""),
    ("case.resolved", 1): (_resolved, "result"),
    ("case.opened_by", 1): (_opened_by, ""),
    ("case.given", 1): (_given, "advisor by"),
    ("case.erased", 1): (_erased, "by"),
    ("diary.drafted", 1): (_drafted, "village advisor case mark"),
    ("diary.confirmed", 1): (_confirmed, "mark"),
    ("diary.corrected", 1): (_corrected, "corrects mark"),
    ("diary.opened_by", 1): (_diary_opened, ""),
    ("conversation.resolved", 1): (_conversation, "matter guide"),
}
