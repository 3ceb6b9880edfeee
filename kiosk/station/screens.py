"""The screens as HTML fragments: values in, escaped text out. Templates lie in templates/, and escape by default."""

from __future__ import annotations

from collections.abc import Sequence

from jinja2 import Environment, PackageLoader, StrictUndefined

from kiosk.answering.answer import Answer, Question, Suggestion
from kiosk.casework.values import Advisor, CaseView, Receipt
from kiosk.guidance.matters import Matter
from kiosk.ledger.clock import local_day
from kiosk.settings import Settings
from kiosk.station import wording

# What the 有危险 corner offers, in the words in which it is then asked.
DANGERS = (
    ("hit", "有人正在打人", "有人正在打我"),
    ("despair", "有人想不开", "有人想不开要自杀"),
    ("injury", "重伤、中毒", "刚才被车撞了，人躺在路上不动"),
    ("child", "孩子不见了", "孩子不见了找不到"),
    ("lock", "被关着不让走", "有人把我锁在屋里不让出来"),
    ("fraud", "被骗着转钱", "刚刚被骗转了钱"),
    ("detained", "家里人被抓了", "家里人被公安抓走了"),
    ("clock", "期限快到了", "上诉期明天就到了"),
)
EXAMPLE = "在工地干了三个月，包工头不给钱"

_ICONS = {
    "婚": "family", "家": "family", "土": "land", "房": "land", "地": "land", "邻": "neighbours", "村": "neighbours",
    "工": "work", "活": "work", "钱": "money", "借": "money", "买": "money", "骗": "money", "伤": "injury", "事故": "injury",
    "老": "care", "低保": "care", "医": "care", "社保": "care", "养": "farm", "农": "farm", "环境": "farm", "官": "court", "法": "court",
    "治安": "court", "办事": "court",
}  # fmt: skip


def icon_of(group: str) -> str:
    """The picture of a group of matters, by the words in its name."""
    return next((icon for word, icon in _ICONS.items() if word in group), "court")


class Screens:
    """`matters` in the order in which they are shown."""

    def __init__(self, matters: Sequence[Matter]) -> None:
        self._groups: dict[str, list[Matter]] = {}
        for matter in matters:
            self._groups.setdefault(matter.group, []).append(matter)
        env = Environment(loader=PackageLoader("kiosk.station", "templates"), autoescape=True, undefined=StrictUndefined)
        env.trim_blocks = env.lstrip_blocks = True
        env.filters.update(
            rich=wording.rich,
            unbulleted=wording.unbulleted,
            day=wording.day,
            local_day=local_day,
            weekday=wording.weekday,
            validity=wording.validity,
            tenths=wording.tenths,
            title=wording.title,
            spaced=wording.spaced,
            icon_of=icon_of,
        )
        self._env = env

    def _render(self, template: str, **values: object) -> str:
        return self._env.get_template(template + ".html").render(**values)

    def shell(self, idle_seconds: int) -> str:
        """The frame of all screens; stands once for the life of the page."""
        return self._render("shell", dangers=DANGERS, idle=idle_seconds)

    def unset(self, settings: Settings) -> str:
        return self._render("unset", desk=f"http://{settings.desk_host}:{settings.desk_port}/")

    def home(self, advisor: Advisor | None) -> str:
        return self._render("home", advisor=advisor, groups=self._groups, example=EXAMPLE)

    def matter(self, group: str, matter: str, guides: Sequence[Suggestion]) -> str:
        return self._render("matter", group=group, matter=matter, guides=guides, matters=self._groups.get(group, []))

    def answer(self, question: Question, answer: Answer) -> str:
        facts = [
            ("bring", "带什么", answer.bring),
            ("where", "去哪里", answer.where),
            ("when", "到什么时候", answer.deadline),
            ("cost", "要花多少", answer.cost),
            ("person", "哪些情况要找法律顾问", answer.see_advisor),
        ]
        template = {"clarify": "clarify", "abstain": "abstain"}.get(answer.kind, "answer")
        return self._render(template, question=question, answer=answer, facts=[f for f in facts if f[2]], groups=self._groups)

    def offer(self, question: Question, answer: Answer, advisor: Advisor | None) -> str:
        cited: dict[str, list[str]] = {}
        for one in answer.citations:
            cited.setdefault(wording.title(one.law), []).append(one.number)
        return self._render("offer", question=question, answer=answer, advisor=advisor, cited=cited)

    def slip(self, receipt: Receipt) -> str:
        return self._render("slip", receipt=receipt)

    def thread(self, case: CaseView, advisor: Advisor | None, *, sent: bool = False) -> str:
        return self._render("thread", case=case, advisor=advisor, sent=sent)

    def thanks(self) -> str:
        return self._render("thanks")
