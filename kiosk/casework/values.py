"""What station and desk see of villages, cases and diaries. Times are UTC; days are local (Asia/Shanghai)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

CaseStatus = Literal["open", "replied", "resolved"]
DiaryStatus = Literal["draft", "confirmed", "superseded"]

MODES = ("值班", "上门走访", "电话", "微信群", "视频", "邮件", "讲座", "审查", "调解", "代理", "列席会议", "自助机转办")
RESULTS = ("当场答复", "转法律援助", "转人民调解", "转其他部门", "跟进中", "无法联系")


@dataclass(frozen=True, slots=True)
class Village:
    """A village (村、社区). `remote` is 偏远山区村; `underdeveloped` is none, city or county (欠发达村)."""

    id: str
    name: str
    township: str
    county: str
    remote: bool = False
    underdeveloped: Literal["none", "city", "county"] = "none"


@dataclass(frozen=True, slots=True)
class Advisor:
    """A village's legal advisor (村法律顾问): a lawyer or a grass-roots legal worker."""

    id: str
    name: str
    firm: str
    licence: str
    phone: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """An advisor for a village from `since` on, until the day before `until` (None: open)."""

    village: str
    advisor: str
    since: date
    until: date | None
    override_by: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. Both may be empty: a case can be anonymous."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the villager takes home. `code` is shown once and kept nowhere in clear."""

    number: str
    code: str = field(repr=False)
    advisor: Advisor
    answer_by: date


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a case. `author` is villager or advisor."""

    at: datetime
    author: Literal["villager", "advisor"]
    text: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case in a list: nothing personal in it."""

    number: str
    village: str
    matter: str
    status: CaseStatus
    opened_at: datetime
    answer_by: date
    advisor: str


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case opened: the sealed parts in clear. `readable` False: its key was destroyed (erased) or is not here."""

    row: CaseRow
    person: Person
    messages: tuple[Message, ...]
    answer_kind: str
    guide: str
    citations: tuple[tuple[str, str], ...]
    readable: bool = True


@dataclass(frozen=True, slots=True)
class DiaryFields:
    """What an entry of the diary (工作日志) records. Hours are in tenths of an hour: a ledger carries no floats."""

    day: date
    start: str
    end: str
    place: str
    mode: str
    served: str
    person: Person
    people: int
    matter: str
    asked: str
    advised: str
    citations: tuple[tuple[str, str], ...]
    result: str
    tenths: int


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """One service, one entry. A correction is a new entry that names the old one in `corrects`."""

    id: str
    village: str
    advisor: str
    status: DiaryStatus
    fields: DiaryFields
    case: str = ""
    corrects: str = ""
    corrected_by: str = ""
    why: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None
    readable: bool = True
