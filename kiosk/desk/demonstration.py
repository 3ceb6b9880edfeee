"""A demonstration to look at: a village, an advisor and cases that are plainly made up. Their law is real."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.casework.office import Office
from kiosk.casework.values import Advisor, Person, Receipt, Village

SIGN_IN = "yanshi"
PASSWORD = "yanshi-2026"  # shown on the page: nothing here is anyone's

VILLAGE = Village("demo-village", "演示村", "演示镇", "演示县", remote=True)
ADVISOR = Advisor("demo-advisor", "演示律师", "演示律师事务所", "00000000（演示）", "000-0000-0000")

CIVIL, LABOUR, ARBITRATION = "中华人民共和国民法典", "中华人民共和国劳动合同法", "中华人民共和国劳动争议调解仲裁法"


@dataclass(frozen=True, slots=True)
class Scene:
    """One made-up conversation that the station hands over; `reply` empty: the advisor has not answered yet."""

    matter: str
    question: str
    kind: str
    citations: tuple[tuple[str, str], ...]
    confidence_percent: int
    person: Person
    reply: str = ""


SCENES = (
    Scene(
        "邻里与相邻权",
        "隔壁新砌了一道墙，正好挡住我家灶间的窗户，白天也要开灯。我去说了两次，他说砌在自己地上谁也管不着。这事有没有说法？",
        "articles",
        ((CIVIL, "第二百八十八条"), (CIVIL, "第二百九十三条")),
        71,
        Person("演示村民甲", "000-0000-0001"),
        "您好。在自己的地上砌墙，也不能妨碍邻居家的通风、采光和日照（民法典第二百九十三条）；邻里之间要按有利生产、方便生活、团结互助、公平合理的原则办（民法典第二百八十八条）。\n"
        "建议您先做三件事：一、白天不开灯时把灶间和墙拍下来；二、量一量墙高和离窗的距离，记下来；三、请村调解员约上对方，三方一起到现场看。谈不拢再来找我，我帮您看下一步。",
    ),
    Scene(
        "民间借贷",
        "前年借给表弟两万块钱，有他写的借条，没写哪天还。现在找他要，他总说再等等。我能不能现在就叫他还？",
        "articles",
        ((CIVIL, "第六百七十五条"), (CIVIL, "第六百七十六条")),
        78,
        Person("演示村民乙", "000-0000-0002"),
    ),
    Scene(
        "欠薪与农民工",
        "在镇上的厂里做了半年，厂里欠我两个月工钱，上个月我不做了。工钱还要得回来吗，是不是有个期限？",
        "abstain",
        ((LABOUR, "第三十条"), (ARBITRATION, "第二十七条")),
        32,
        Person(),
    ),
)


def seed(office: Office) -> tuple[Receipt, ...]:
    """Set an empty office up as a demonstration. The receipts come back so that the page can show how a villager reads a reply."""
    office.set_up(VILLAGE, ADVISOR, sign_in=SIGN_IN, password=PASSWORD, demonstration=True)
    return tuple(_play(office, scene) for scene in SCENES)


def _play(office: Office, scene: Scene) -> Receipt:
    receipt = office.hand_over(
        scene.question,
        matter=scene.matter,
        answer_kind=scene.kind,
        guide="",
        citations=scene.citations,
        confidence_percent=scene.confidence_percent,
        consent=True,
        person=scene.person,
    )
    if scene.reply:
        office.reply(ADVISOR.id, receipt.number, scene.reply)
        _confirm_diary(office, receipt.number, scene)
    return receipt


def _confirm_diary(office: Office, number: str, scene: Scene) -> None:
    for entry in office.diary(ADVISOR.id):
        if entry.case == number and entry.status == "draft":
            fields = replace(
                entry.fields,
                start="",
                end="",
                place="演示村公共法律服务站",
                served="村民",
                people=1,
                advised=scene.reply,
                citations=scene.citations,
                result="当场答复",
                tenths=5,
            )
            office.confirm(ADVISOR.id, entry.id, fields)
            return
