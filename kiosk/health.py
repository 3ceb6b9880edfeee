"""The health of a station: what works, what is missing and how to get it, in plain words.

Nothing is mended or made here, except that a ledger which is there is opened as at every start.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from kiosk.errors import KioskError
from kiosk.settings import Settings, knowledge_dir, model_table

if TYPE_CHECKING:
    from kiosk.law.book import LawBook
    from kiosk.models.embedder import Embedder

FIRST_DAY = date(2026, 1, 1)  # a clock that shows less is wrong: this program is younger
LEAST_FREE_MB = 500
SET_UP = "运行 kiosk setup"

State = Literal["works", "missing", "wanting"]


@dataclass(frozen=True, slots=True)
class Check:
    """`missing`: without it the station cannot serve. `wanting`: it serves, with less. `remedy`: what to do; empty when it works."""

    name: str
    state: State
    found: str
    remedy: str = ""


def can_serve(checks: tuple[Check, ...]) -> bool:
    return all(check.state != "missing" for check in checks)


def examine(settings: Settings) -> tuple[Check, ...]:
    """Every check in the order in which a technician mends. A failure of one never hides the next."""
    return tuple(_Examination(settings).checks())


def _works(name: str, found: str) -> Check:
    return Check(name, "works", found)


def _missing(name: str, found: object, remedy: str) -> Check:
    return Check(name, "missing", str(found), remedy)


def _wanting(name: str, found: object, remedy: str) -> Check:
    return Check(name, "wanting", str(found), remedy)


class _Examination:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._book: LawBook | None = None
        self._embedder: Embedder | None = None
        self._indexed = False

    def checks(self) -> Iterator[Check]:
        every: tuple[tuple[str, Callable[[], Check]], ...] = (
            ("Python", self._python),
            ("数据文件夹", self._folder),
            ("时钟", self._clock),
            ("法律库", self._law),
            ("导入的来源", self._sources),
            ("语义模型", self._model),
            ("模型试运行", self._embed),
            ("索引", self._index),
            ("指引", self._guides),
            ("回答", self._answer),
            ("账本", self._ledger),
            ("村和法律顾问", self._roster),
            ("终端端口", self._station_port),
            ("工作台端口", self._desk_port),
            ("中文字体", self._fonts),
            ("浏览器", self._browser),
        )
        for name, check in every:
            try:
                yield check()
            except KioskError as error:
                yield _missing(name, error, "照上面说的做，再运行 kiosk doctor")
            except Exception as fault:  # a damaged file may break anything; the rest is still worth knowing
                yield _missing(name, f"检查时出错：{type(fault).__name__}：{fault}", f"{SET_UP}；还不行，把这一行告诉技术支持")
        if self._book is not None:
            self._book.close()

    def _python(self) -> Check:
        version = ".".join(map(str, sys.version_info[:3]))
        if sys.version_info[:2] != (3, 11):
            return _missing("Python", version, "装 Python 3.11，重新建虚拟环境")
        return _works("Python", version)

    def _folder(self) -> Check:
        folder = self._settings.data
        if not folder.is_dir():
            return _missing("数据文件夹", f"{folder} 还没有", SET_UP)
        if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            remedy = f"用运行终端的那个用户来运行 kiosk doctor，或把文件夹交给他：chown -R kiosk {folder}"
            return _missing("数据文件夹", f"{folder} 不能读写", remedy)
        free = shutil.disk_usage(folder).free // 1_000_000
        if free < LEAST_FREE_MB:
            return _missing("数据文件夹", f"{folder}，只剩 {free} MB", f"腾出空间：至少要有 {LEAST_FREE_MB} MB")
        if folder.stat().st_mode & 0o077:
            return _wanting("数据文件夹", f"{folder}，别的用户也能看", f"chmod 700 {folder}")
        return _works("数据文件夹", f"{folder}，还剩 {free // 1000} GB" if free >= 10_000 else f"{folder}，还剩 {free} MB")

    def _clock(self) -> Check:
        from kiosk.ledger.clock import SystemClock, local_day

        today = local_day(SystemClock().now())
        if today < FIRST_DAY:
            return _missing("时钟", f"今天是 {today}，不对", "校准时间：timedatectl set-time；常走慢的，换主板电池")
        return _works("时钟", f"今天是 {today}（北京时间）")

    def _law(self) -> Check:
        from kiosk.law.book import LawBook
        from kiosk.preparation import law_is_ready

        self._book = book = LawBook.open(self._settings.law_db)
        laws = book.laws()
        published = [e.published for law in laws for e in book.editions(law.title) if e.published]
        if not laws or not published:
            return _missing("法律库", "是空的", "运行 kiosk law build")
        found = f"{len(laws)} 部，{sum(law.articles for law in laws)} 条，最新公布于 {max(published)}"
        if not law_is_ready(self._settings):
            return _wanting("法律库", f"{found}；更正、来源或程序在建库以后变过", SET_UP)
        return _works("法律库", found)

    def _sources(self) -> Check:
        from kiosk.law.imports import kept_sources

        kept = self._settings.data / "sources"
        if not kept.is_dir() or not (found := kept_sources(kept)):
            return _wanting("导入的来源", "没有（法规、司法解释不在自带的数据里）", "kiosk law import 文件夹")
        return _works("导入的来源", f"{len(found)} 部")

    def _model(self) -> Check:
        from kiosk.models.build import is_ready
        from kiosk.models.embedder import model_digest
        from kiosk.models.table import read_table

        model = read_table(model_table()).serving
        folder = self._settings.models / model.id
        if not is_ready(folder):
            return _missing("语义模型", f"{model.id} 还没有准备好", f"{SET_UP}；没有网络时 kiosk setup --offline 说要带什么文件")
        stored = (folder / "digest").read_text(encoding="ascii").strip()
        if stored != model_digest(folder):
            return _missing("语义模型", f"{model.id} 的文件和摘要对不上，坏了或被换过", f"删掉 {folder}，再{SET_UP}")
        return _works("语义模型", f"{model.id}，摘要 {stored}")

    def _embed(self) -> Check:
        import numpy as np

        from kiosk.models.table import open_embedder, read_table

        kind, threads = self._settings.embedder, self._settings.threads
        self._embedder = embedder = open_embedder(read_table(model_table()), self._settings.models, kind, threads=threads)
        near, far = embedder.queries(["老板拖欠工资怎么办", "今天天气好"]) @ embedder.passages(["用人单位应当及时支付劳动报酬。"])[0]
        if not np.isfinite(near) or near <= far:
            return _missing("模型试运行", "算出来的结果不对", f"删掉 {self._settings.models} 里的模型文件夹，再{SET_UP}")
        return _works("模型试运行", "能把一句话变成向量，结果合理")

    def _index(self) -> Check:
        from kiosk.search import vectors
        from kiosk.search.corpus import Corpus

        if self._book is None or self._embedder is None:
            return _missing("索引", "先要有法律库和模型", SET_UP)
        digest, texts = self._embedder.digest, Corpus(self._book.all_articles()).passages
        held = vectors.read(knowledge_dir() / "vectors", digest) | vectors.read(self._settings.index, digest)
        lacking = sum(key not in held for key in texts)
        if lacking:
            remedy = f"{SET_UP}（约 {max(1, lacking // 1500)} 分钟）；不做，下次启动时会先做"
            return _wanting("索引", f"{len(texts)} 条里有 {lacking} 条还没有向量", remedy)
        self._indexed = True
        return _works("索引", f"{len(texts)} 条都有向量，和法律库、模型相符")

    def _guides(self) -> Check:
        from kiosk.guidance.guide import load_guides

        guides = load_guides(knowledge_dir() / "guides")
        if not guides:
            return _missing("指引", "一篇也没有", "重新安装程序，或检查 knowledge 文件夹")
        unreviewed = sum(not guide.reviewed_by for guide in guides)
        if unreviewed:
            return _wanting("指引", f"{len(guides)} 篇，其中 {unreviewed} 篇还没有律师审阅（屏幕上会写明）", "请律师审阅后在指引里签名")
        return _works("指引", f"{len(guides)} 篇，都经律师审阅")

    def _answer(self) -> Check:
        from kiosk.answering.answer import Question
        from kiosk.assembly import open_rooms

        if not self._indexed:
            return _wanting("回答", "没有试：索引还不全", SET_UP)
        rooms = open_rooms(self._settings)
        try:
            answer = rooms.answerer.answer(Question("借给亲戚的钱，有借条，他不还怎么办", date.today()))
        finally:
            rooms.book.close()
        return _works("回答", f"试问一句，答了：{answer.title or answer.headline}")

    def _has_ledger(self) -> bool:
        return bool(self._settings.database) or (self._settings.data / "ledger.sqlite").is_file()

    def _ledger(self) -> Check:
        from kiosk.casework.office import Office
        from kiosk.ledger.verify import verify

        if not self._has_ledger():
            return _wanting("账本", "还没有，第一次启动时建立", "运行 kiosk serve")
        office = Office.open(self._settings)
        try:
            found, lost = verify(office.record.ledger), office.unreadable()
        finally:
            office.close()
        if lost:
            return _wanting("账本", f"{found.events} 条记录完好；{lost} 个案件的钥匙不见了，打不开", "用备份恢复 keystore.sqlite")
        if found.alarms:
            return _wanting("账本", f"{found.events} 条记录完好；{found.alarms} 条来路不对的没有收下", "运行 kiosk ledger verify 看是哪些")
        return _works("账本", f"{found.events} 条记录，链和签名都对")

    def _roster(self) -> Check:
        from kiosk.casework.office import Office

        desk = f"http://{self._settings.desk_host}:{self._settings.desk_port}/"
        if not self._has_ledger():
            return _wanting("村和法律顾问", "还没有填", f"kiosk serve 以后，打开 {desk} 填写")
        office = Office.open(self._settings)
        try:
            village = office.village()
            if village is None or not office.is_set_up():
                return _wanting("村和法律顾问", "还没有填", f"kiosk serve 以后，打开 {desk} 填写")
            advisor = office.advisor_on(village.id, office.today())
            mark = "（演示）" if office.demonstration() else ""
        finally:
            office.close()
        if advisor is None:
            return _wanting("村和法律顾问", f"{village.name}{mark}，今天没有法律顾问，转不了案件", "kiosk roster assign 指定一位")
        return _works("村和法律顾问", f"{village.name}{mark}，{advisor.name}")

    def _station_port(self) -> Check:
        host, port = self._settings.host, self._settings.port
        return port_check("终端端口", host, port, "port", "/", f"{self._shown()}:{port}")

    def _desk_port(self) -> Check:
        host, port = self._settings.desk_host, self._settings.desk_port
        return port_check("工作台端口", host, port, "desk_port", "/sign-in", f"{self._shown()}:{port}")

    def _shown(self) -> str:
        return self._settings.allowed_hosts.split(",")[0].strip()

    def _fonts(self) -> Check:
        if shutil.which("fc-list") is None:
            return _wanting("中文字体", "没有 fc-list，看不了", "sudo apt-get install fontconfig fonts-noto-cjk")
        found = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, text=True, check=False).stdout.split("\n")
        families = sorted({line.split(",")[0] for line in found if line.strip()})
        if not families:
            return _wanting("中文字体", "没有，汉字会变成方框", "sudo apt-get install fonts-noto-cjk")
        noto = next((family for family in families if "Noto Sans CJK" in family), families[0])
        return _works("中文字体", noto)

    def _browser(self) -> Check:
        found = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
        if found is None:
            return _wanting("浏览器", "没有 Chromium", "sudo apt-get install chromium")
        return _works("浏览器", str(Path(found)))


def port_check(name: str, host: str, port: int, setting: str, page: str, shown: str, *, patience: float = 5) -> Check:
    """Free, served by this program, or held by another. `shown` is the Host header that the server answers; `patience` in seconds."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # someone listens there: the page says whether it is this program
            probe.bind((host, port))
            return _works(name, f"{host}:{port} 空着，可以用")
    connection = http.client.HTTPConnection("127.0.0.1" if host in ("0.0.0.0", "") else host, port, timeout=patience)
    try:
        connection.request("GET", page, headers={"Host": shown})
        reply = connection.getresponse()
        body = reply.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return _missing(name, f"{host}:{port} 不能用，或被别的程序占着", f"停掉那个程序，或用设置 {setting} 换一个端口")
    finally:
        connection.close()
    if "自助机" in body or "工作台" in body or reply.getheader("location", "") == "/first-start":
        return _works(name, f"{host}:{port} 正在服务")
    return _missing(name, f"{host}:{port} 被别的程序占着", f"停掉那个程序，或用设置 {setting} 换一个端口")
