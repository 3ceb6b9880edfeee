"""The form of a diary entry: its fields as text, and text back to DiaryFields with a plain sentence for each fault."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date, time

from kiosk.casework.values import MODES, RESULTS, DiaryFields, Person
from kiosk.desk.cited import CitationRefused, read_citations, written_citations
from kiosk.desk.wording import hours_words
from kiosk.law.book import LawBook

SERVED = ("村民", "村委会", "村集体经济组织", "企业", "个体户", "外来务工人员")

ORDER = (
    "day", "start", "end", "hours", "place", "mode", "result",
    "served", "people", "name", "phone", "matter", "asked", "advised", "citations",
)  # fmt: skip

# how long each written field may be, in characters
LONGEST = {"place": 60, "served": 40, "name": 40, "phone": 40, "matter": 40, "asked": 4000, "advised": 4000, "citations": 2000}


class EntryRefused(Exception):
    """`faults`: field to one plain sentence, in the order of the form."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)


def as_text(fields: DiaryFields) -> dict[str, str]:
    """A draft knows one moment only, when the reply went out: it is shown as the end, and the start is left to the advisor."""
    return {
        "day": fields.day.isoformat(),
        "start": "" if fields.start == fields.end else fields.start,
        "end": fields.end,
        "place": fields.place,
        "mode": fields.mode,
        "served": fields.served,
        "name": fields.person.name,
        "phone": fields.person.phone,
        "people": str(fields.people),
        "matter": fields.matter,
        "asked": fields.asked,
        "advised": fields.advised,
        "citations": written_citations(fields.citations),
        "result": fields.result,
        "hours": hours_words(fields.tenths) if fields.tenths else "",
    }


def blank(today: date) -> dict[str, str]:
    """The fields of an entry that is not begun yet."""
    return {name: "" for name in ORDER} | {"day": today.isoformat(), "served": "村民", "people": "1"}


class EntryReader:
    """Reads one form. The rules:

    - day: a day, not after today
    - start and end: end not before start; where one is empty it is counted from the other and the hours; both may be empty
    - mode and result: one of the lists; place, served, matter, asked, advised: something is written
    - people: a whole number from 1 to 9999
    - hours: more than 0, at most 24, at most one digit after the point, not longer than from start to end
    - citations: see read_citations; checked against the law of that day
    """

    def __init__(self, typed: Mapping[str, str], today: date, law: LawBook | None) -> None:
        self._typed, self._today, self._law = typed, today, law
        self._faults: dict[str, str] = {}

    def read(self) -> DiaryFields:
        """EntryRefused with every fault at once."""
        day = self._day()
        tenths = self._tenths()
        start, end = self._span(tenths)
        place = self._written("place", "请写在哪里服务，例如“村公共法律服务站”。")
        mode = self._choice("mode", MODES, "请选服务方式。")
        served = self._written("served", "请写服务对象，例如“村民”。")
        person = Person(self._written("name", ""), self._written("phone", ""))
        people = self._people()
        matter = self._written("matter", "请写事项类别。")
        asked = self._written("asked", "请写咨询的内容。")
        advised = self._written("advised", "请写您的解答意见。")
        citations = self._citations(day or self._today)
        result = self._choice("result", RESULTS, "请选处理结果。")
        if self._faults or day is None:
            raise EntryRefused({name: self._faults[name] for name in ORDER if name in self._faults})
        return DiaryFields(day, start, end, place, mode, served, person, people, matter, asked, advised, citations, result, tenths)

    def _plain(self, name: str) -> str:
        return unicodedata.normalize("NFKC", self._typed.get(name, "")).strip()

    def _written(self, name: str, missing: str) -> str:
        value = self._typed.get(name, "").strip()
        if not value and missing:
            self._faults[name] = missing
        elif len(value) > LONGEST[name]:
            self._faults[name] = f"这里最多写 {LONGEST[name]} 个字，现在是 {len(value)} 个。"
        return value

    def _choice(self, name: str, among: tuple[str, ...], missing: str) -> str:
        value = self._typed.get(name, "")
        if value not in among:
            self._faults[name] = missing
        return value

    def _day(self) -> date | None:
        try:
            match = re.fullmatch(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", self._plain("day"))
            day = date(*map(int, match.groups())) if match else date.fromisoformat(self._plain("day"))
        except ValueError:
            self._faults["day"] = "请写服务的日期，例如 2026-11-23。"
            return None
        if day > self._today:
            self._faults["day"] = "服务的日期还没有到。日志只记已经做了的服务。"
            return None
        return day

    def _clock(self, name: str, word: str) -> str:
        value = self._plain(name)
        if not value:
            return ""
        match = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?", value)
        try:
            return f"{time(int(match[1]), int(match[2])):%H:%M}" if match else self._no_clock(name, word)
        except ValueError:
            return self._no_clock(name, word)

    def _no_clock(self, name: str, word: str) -> str:
        self._faults[name] = f"{word}时间请写成 09:30 这样。"
        return ""

    def _people(self) -> int:
        value = self._plain("people")
        if not re.fullmatch(r"[0-9]{1,4}", value) or int(value) < 1:
            self._faults["people"] = "服务人数请写 1 到 9999 的整数。"
            return 0
        return int(value)

    def _citations(self, on: date) -> tuple[tuple[str, str], ...]:
        if len(self._typed.get("citations", "")) > LONGEST["citations"]:
            self._faults["citations"] = f"这里最多写 {LONGEST['citations']} 个字。"
            return ()
        try:
            return read_citations(self._typed.get("citations", ""), on, self._law)
        except CitationRefused as refused:
            self._faults["citations"] = str(refused)
            return ()

    def _tenths(self) -> int:
        match = re.fullmatch(r"([0-9]{1,2})(?:\.([0-9]))?", self._plain("hours").removesuffix("小时").strip())
        tenths = int(match[1]) * 10 + int(match[2] or 0) if match else 0
        if not 0 < tenths <= 240:
            self._faults["hours"] = "用时请写小时数，例如 0.5 或 2，最多一位小数，不超过 24。"
        return tenths

    def _span(self, tenths: int) -> tuple[str, str]:
        start, end = self._clock("start", "开始"), self._clock("end", "结束")
        if self._faults.keys() & {"start", "end", "hours"} or not (start or end):
            return start, end
        begins = _minutes(start) if start else _minutes(end) - tenths * 6
        ends = _minutes(end) if end else begins + tenths * 6
        if begins < 0 or ends >= 24 * 60 or ends < begins:
            self._faults["end" if start else "start"] = "开始和结束要在同一天，结束不能早于开始。跨过半夜的服务请分成两条记。"
        elif tenths * 6 - 6 >= max(ends - begins, 1):
            self._faults["hours"] = "用时比开始到结束的时间还长，请核对。"
        return f"{begins // 60:02}:{begins % 60:02}", f"{ends // 60:02}:{ends % 60:02}"


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
