"""The words in which the desk says states, days and hours. Days and times are shown as in China (UTC+8, no summer time since 1991)."""

from __future__ import annotations

from datetime import date, datetime

from kiosk.casework.values import CaseRow, CaseStatus, DiaryStatus
from kiosk.ledger.clock import LOCAL

CASE_STATUS: dict[CaseStatus, str] = {"open": "待答复", "replied": "已答复", "resolved": "已办结"}
DIARY_STATUS: dict[DiaryStatus, str] = {"draft": "待确认", "confirmed": "已确认", "superseded": "已被更正"}
AUTHORS = {"villager": "来问的人", "advisor": "法律顾问"}
ANSWERS = {
    "danger": "先提示了危险和求助电话",
    "guide": "给出了办事指引",
    "articles": "给出了法律条文",
    "clarify": "请对方再说清楚一点",
    "abstain": "没有答上来",
}
MATTERS = (
    "离婚", "彩礼", "赡养", "抚养", "继承", "家庭暴力", "邻里与相邻权", "宅基地与农房", "土地承包与流转", "征地补偿", "山林水", "民间借贷",
    "欠薪与农民工", "工伤", "交通事故", "人身损害", "消费与假农资", "电信诈骗", "医疗与社保", "低保与救助", "残疾人与老年人权益",
    "未成年与留守儿童", "村委会选举与村务公开", "集体经济组织成员身份", "合同", "行政复议与信访", "治安与刑事", "环境", "养殖与农产品",
    "法律援助", "人民调解", "公证与司法鉴定",
)  # fmt: skip

DONE = {
    "reply": "答复已经存好。来问的人凭案件编号和取件码就能看到，工作日志里也起草了一条，请去确认。",
    "resolve": "案件已经办结。",
    "confirm": "这条日志已经确认。",
    "correct": "更正已经存好，原来的一条保留并标明已被更正。",
    "password": "密码已经换好。",
    "set-up": "设置好了。请用刚才定的登录名和密码登录。",
    "signed-out": "已经退出登录。",
    "erased": "这个案件的内容和个人信息已经抹去，无法恢复。",
}


def day_words(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def moment_words(at: datetime) -> str:
    local = at.astimezone(LOCAL)
    return f"{day_words(local.date())} {local:%H:%M}"


def short_moment(at: datetime) -> str:
    local = at.astimezone(LOCAL)
    return f"{local:%Y-%m-%d %H:%M}"


def hours_words(tenths: int) -> str:
    """Tenths of an hour as people write hours: 5 is 0.5, 10 is 1."""
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest}" if rest else str(whole)


def month_words(month: str) -> str:
    return f"{int(month[:4])}年{int(month[5:])}月"


def is_overdue(row: CaseRow, today: date) -> bool:
    return row.status == "open" and row.answer_by < today


def answer_by_words(row: CaseRow, today: date) -> str:
    """How much time is left for an open case; empty for one that was answered."""
    if row.status != "open":
        return ""
    left = (row.answer_by - today).days
    if left < 0:
        return f"已超期 {-left} 天"
    return "今天到期" if left == 0 else f"还有 {left} 天"
