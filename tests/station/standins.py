"""Hand-made answers of every kind and an office in memory, for looking at the screens without the other rooms."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from kiosk.answering.answer import Answer, Call, Citation, Question, Suggestion
from kiosk.casework.values import Advisor, CaseRow, CaseView, Message, Person, Receipt, Village
from kiosk.errors import CaseNotFound, CaseworkError
from kiosk.guidance.matters import load_matters
from kiosk.settings import knowledge_dir

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)

MATTERS = load_matters(knowledge_dir() / "matters.toml")

ARBITRATION = Citation(
    law="中华人民共和国劳动争议调解仲裁法",
    number="第二十七条",
    text="劳动争议申请仲裁的时效期间为一年。仲裁时效期间从当事人知道或者应当知道其权利被侵害之日起计算。\n"
    "前款规定的仲裁时效，因当事人一方向对方当事人主张权利，或者向有关部门请求权利救济，或者对方当事人同意履行义务而中断。"
    "从中断时起，仲裁时效期间重新计算。\n"
    "因不可抗力或者有其他正当理由，当事人不能在本条第一款规定的仲裁时效期间申请仲裁的，仲裁时效中止。"
    "从中止时效的原因消除之日起，仲裁时效期间继续计算。\n"
    "劳动关系存续期间因拖欠劳动报酬发生争议的，劳动者申请仲裁不受本条第一款规定的仲裁时效期间的限制；"
    "但是，劳动关系终止的，应当自劳动关系终止之日起一年内提出。",
    chapter="第三章 仲裁 第二节 申请和受理",
    valid_from=date(2008, 5, 1),
    valid_to=None,
    start_proved=True,
    source="国家法律法规数据库",
)
FREE = replace(
    ARBITRATION,
    number="第五十三条",
    text="劳动争议仲裁不收费。劳动争议仲裁委员会的经费由财政予以保障。",
    chapter="第四章 附则",
    start_proved=False,
)
UNHELD = replace(
    ARBITRATION,
    law="保障农民工工资支付条例",
    number="第三十条",
    text="",
    chapter="",
    valid_from=None,
    held=False,
    why_not="这是国务院的条例，本机没有收存原文，请让法律顾问核对。",
)
AGRICULTURE = replace(
    FREE,
    law="中华人民共和国农业法",
    number="第十条",
    text="国家实行农村土地承包经营制度，依法保障农村土地承包关系的长期稳定，保护农民对承包土地的使用权。",
    chapter="第二章 农业生产经营体制",
    valid_from=date(2013, 1, 1),
    valid_to=date(2027, 1, 1),
)

WAGES = Answer(
    kind="guide",
    headline="工地欠的工钱，可以向总包单位要：分包欠的，总包先付〔保障农民工工资支付条例第三十条〕；申请仲裁不收钱〔劳动争议调解仲裁法第五十三条〕。",
    as_of=DAY,
    confidence=0.93,
    title="工地干活，包工头不给工钱",
    guide="qianxin-gongdi-baogongtou",
    matter="欠薪与农民工",
    steps=(
        "1. **先把账留住。** 记工本、微信记录、工友名字、工地牌子，都用手机拍下来。",
        "2. **找项目部（总包）。** 说清哪个班组、做了几天、欠多少；分包欠的，总包应当先清偿〔保障农民工工资支付条例第三十条〕。",
        "3. **不给，就投诉。** 到工地所在地的劳动监察，本人就能去【本地：劳动监察电话】。",
        "4. **还不给，就申请仲裁。** 申请仲裁不收费〔劳动争议调解仲裁法第五十三条〕。",
    ),
    bring=("身份证", "记工的任何凭据：本子、微信、转账、照片", "两个以上工友的名字和电话", "工地名称和总包单位的名字（大门牌子上有）"),
    where=("工地所在地的劳动监察大队【本地：劳动监察地址】", "没钱请律师的，去法律援助中心【本地：法律援助中心地址】"),
    deadline=("**离开工地的，一年之内要去申请仲裁**〔劳动争议调解仲裁法第二十七条第四款〕；催过的，从那天起重新算〔劳动争议调解仲裁法第二十七条第二款〕。",),
    cost=("申请仲裁不收费〔劳动争议调解仲裁法第五十三条〕；打官司的诉讼费能不能减免：【问法律顾问】",),
    see_advisor=("一点记工凭据都没有", "离开工地快满一年", "老板说您是合伙人"),
    citations=(ARBITRATION, FREE, UNHELD),
)
BEATEN = Answer(
    kind="danger",
    headline="先离开打人的人，再打 110；警察到了可以要求出具告诫书〔反家庭暴力法第十六条〕。",
    as_of=DAY,
    confidence=0.99,
    title="家里有人正在打人",
    matter="家庭暴力",
    steps=(
        "**马上离开那间屋，带上孩子，到邻居家或者有人的地方去。**",
        "打 110，只说三句：我在哪里、谁在打人、有没有刀。",
        "伤了就去医院，病历和片子都留着；把伤拍下来。",
        "不敢回去的，可以向法院申请人身安全保护令〔反家庭暴力法第二十三条〕。",
    ),
    where=("派出所；妇女可以打 12338。",),
    citations=(
        replace(
            FREE,
            law="中华人民共和国反家庭暴力法",
            number="第二十三条",
            text="当事人因遭受家庭暴力或者面临家庭暴力的现实危险，向人民法院申请人身安全保护令的，人民法院应当受理。\n"
            "当事人是无民事行为能力人、限制民事行为能力人，或者因受到强制、威吓等原因无法申请人身安全保护令的，"
            "其近亲属、公安机关、妇女联合会、居民委员会、村民委员会、救助管理机构可以代为申请。",
            chapter="第四章 人身安全保护令",
            start_proved=True,
            valid_from=date(2016, 3, 1),
        ),
    ),
    calls=(Call("110", "报警：有人正在打人"), Call("120", "有人受了伤"), Call("12338", "妇女维权热线")),
)
ARTICLES = Answer(
    kind="articles",
    headline="没有写好的指南，下面是与您的事最相关的法律原文。",
    as_of=DAY,
    confidence=0.61,
    matter="土地承包与流转",
    citations=(AGRICULTURE, ARBITRATION),
    note="这些条文是机器找出来的，对不对得上您的事，请让法律顾问看一看。",
)
CLARIFY = Answer(
    kind="clarify",
    headline="您说的借钱，是哪一种？",
    as_of=DAY,
    confidence=0.48,
    matter="民间借贷",
    choices=(
        Suggestion("a", "我借给别人钱，他不还"),
        Suggestion("b", "我欠别人钱，利息太高"),
        Suggestion("c", "替别人担保，现在找我要钱"),
        Suggestion("d", "网上贷款、被骗贷款"),
    ),
)
ABSTAIN = Answer(
    kind="abstain",
    headline="这件事我没有查到可靠的法律依据，不能乱答。",
    as_of=DAY,
    confidence=0.12,
    note="规定可能在本机没有收存的部门规章里。",
    maybe=(
        Suggestion("a", "隔壁盖房占了我家的地"),
        Suggestion("b", "村里修路占了承包地，补偿怎么算"),
        Suggestion("c", "宅基地被别人占了怎么办"),
    ),
    calls=(Call("12348", "法律服务热线，不要钱"), Call("12345", "政府热线")),
)


def answer(question: Question) -> Answer:
    text = question.text
    if "打我" in text or "寻短见" in text:
        return BEATEN
    if text.startswith("借钱"):
        return CLARIFY
    if "火星" in text or "<" in text:
        return replace(ABSTAIN, note=f"没有查到：{text[:40]}")
    if "承包" in text:
        return ARTICLES
    return WAGES


def guides_of(matter: str) -> tuple[Suggestion, ...]:
    titles = ("工地干活，包工头不给工钱", "厂里拖欠工资", "没签合同，怎么证明干过活", "老板跑了，工钱找谁要")
    return tuple(Suggestion(str(i), t) for i, t in enumerate(titles)) if matter == "欠薪与农民工" else ()


class OfficeInMemory:
    """As much of an office as a screen needs."""

    def __init__(self, *, set_up: bool = True, demonstration: bool = True, advisor: bool = True) -> None:
        self._set_up, self._demonstration = set_up, demonstration
        self._village = Village("v1", "演示村", "演示镇", "演示县")
        self._advisor = Advisor("a1", "演示律师", "演示律师事务所", "00000000（演示）", "000-0000-0000") if advisor else None
        self._cases: dict[str, tuple[str, CaseView]] = {}
        self._lock = threading.Lock()
        self.resolved: list[dict[str, Any]] = []
        self.handed: list[SimpleNamespace] = []

    def is_set_up(self) -> bool:
        return self._set_up

    def demonstration(self) -> bool:
        return self._demonstration

    def village(self) -> Village | None:
        return self._village if self._set_up else None

    def advisor_on(self, village_id: str, day: date) -> Advisor | None:
        return self._advisor

    def hand_over(self, question: str, *, consent: bool, person: Person = Person(), **rest: Any) -> Receipt:  # noqa: B008
        if not consent or self._advisor is None:
            raise CaseworkError("没有同意，不能转交。")
        with self._lock:
            number = f"26-{len(self._cases) + 1:04d}"
            code = "483920"
            row = CaseRow(number, "v1", rest["matter"], "open", NOW, DAY + timedelta(days=3), "a1")
            messages = (Message(NOW, "villager", question),)
            view = CaseView(row, person, messages, rest["answer_kind"], rest["guide"], tuple(rest["citations"]))
            self._cases[number] = (code, view)
            self.handed.append(SimpleNamespace(question=question, person=person, **rest))
            return Receipt(number, code, self._advisor, row.answer_by)

    def resolved_at_station(self, **what: Any) -> None:
        self.resolved.append(what)

    def look_up(self, number: str, code: str) -> CaseView:
        held = self._cases.get(number)
        if held is None or held[0] != code:
            raise CaseNotFound("没有找到。请核对单号和取件码，一个一个数字对一对。")
        return held[1]

    def say_more(self, number: str, code: str, text: str) -> None:
        view = self.look_up(number, code)
        self._cases[number] = (code, replace(view, messages=(*view.messages, Message(NOW, "villager", text))))

    def answer_case(self, number: str, text: str) -> None:
        code, view = self._cases[number]
        self._cases[number] = (code, replace(view, messages=(*view.messages, Message(NOW, "advisor", text))))
