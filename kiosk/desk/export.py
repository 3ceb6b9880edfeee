"""The diary as an Excel file. Whatever a person typed is written as text and can never become a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from urllib.parse import quote

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from kiosk.casework.values import DiaryEntry
from kiosk.desk.cited import written_citations
from kiosk.desk.wording import DIARY_STATUS, short_moment

FILE_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL_LONGEST = 32767  # characters that Excel takes in a cell

# head and width in characters
COLUMNS = (
    ("编号", 16), ("状态", 10), ("村（社区）", 14), ("日期", 12), ("开始", 8), ("结束", 8), ("地点", 18), ("服务方式", 12),
    ("服务对象", 10), ("姓名", 10), ("电话", 15), ("人数", 6), ("事项类别", 14), ("咨询内容", 42), ("解答意见", 52),
    ("引用法条", 28), ("处理结果", 12), ("用时（小时）", 12), ("案件编号", 14), ("确认人", 10), ("确认时间", 17), ("更正说明", 34),
)  # fmt: skip
ERASED = "（内容已抹去）"

_THIN = Side(style="thin", color="BFC8CC")
_EDGES = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_GREY = Font(name="宋体", size=10, color="8A8F94", strike=True)
_PLAIN = Font(name="宋体", size=10)


def file_name(village: str, month: str, *, demonstration: bool) -> str:
    """Percent-encoded, for Content-Disposition. Characters that a file system refuses are left out."""
    name = "_".join(part for part in ("演示" if demonstration else "", "工作日志", village, month) if part)
    return quote(re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", name) + ".xlsx", safe="")


def diary_sheet(entries: Iterable[DiaryEntry], villages: Mapping[str, str], people: Mapping[str, str], *, demonstration: bool) -> bytes:
    """One row for each entry in the order given: heads in row 1 (in a demonstration row 1 says so and the heads follow).

    Superseded entries stay in, marked in words and struck through. `villages` and `people`: id to name.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "工作日志"
    if demonstration:
        sheet.append(["演示数据：这里的村、人、案件都是编出来的，不能作为工作记录。"])
        sheet.cell(1, 1).font = Font(name="黑体", size=11, bold=True, color="B3261E")
    _heads(sheet)
    for entry in entries:
        _row(sheet, entry, villages, people)
    sheet.freeze_panes = f"D{_head_row(demonstration) + 1}"
    sheet.auto_filter.ref = f"A{_head_row(demonstration)}:{get_column_letter(len(COLUMNS))}{sheet.max_row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{_head_row(demonstration)}:{_head_row(demonstration)}"
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _head_row(demonstration: bool) -> int:
    return 2 if demonstration else 1


def _heads(sheet: Worksheet) -> None:
    sheet.append([word for word, _ in COLUMNS])
    for column, (_, width) in enumerate(COLUMNS, 1):
        sheet.column_dimensions[get_column_letter(column)].width = width
        head = sheet.cell(sheet.max_row, column)
        head.font = Font(name="黑体", size=10, bold=True)
        head.fill = PatternFill("solid", fgColor="E6EEF0")
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        head.border = _EDGES


def _row(sheet: Worksheet, entry: DiaryEntry, villages: Mapping[str, str], people: Mapping[str, str]) -> None:
    fields = entry.fields
    row = sheet.max_row + 1
    person = (fields.person.name, fields.person.phone) if entry.readable else ("", "")
    words = (fields.asked, fields.advised) if entry.readable else (ERASED, ERASED)
    values: tuple[str | int | float, ...] = (
        entry.id, DIARY_STATUS[entry.status], villages.get(entry.village, entry.village), fields.day.isoformat(),
        fields.start, fields.end, fields.place, fields.mode, fields.served, *person, fields.people, fields.matter, *words,
        written_citations(fields.citations), fields.result, fields.tenths / 10, entry.case,
        people.get(entry.confirmed_by, entry.confirmed_by), short_moment(entry.confirmed_at) if entry.confirmed_at else "",
        _correction(entry),
    )  # fmt: skip
    for column, value in enumerate(values, 1):
        cell = sheet.cell(row, column)
        assert isinstance(cell, Cell)  # not a merged one: nothing is merged here
        cell.font = _GREY if entry.status == "superseded" else _PLAIN
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        cell.border = _EDGES
        if isinstance(value, str):
            _write_text(cell, value)
        else:
            cell.value = value
            cell.number_format = "0.0" if isinstance(value, float) else "0"


def _correction(entry: DiaryEntry) -> str:
    said = []
    if entry.corrects:
        said.append(f"更正 {entry.corrects}，原因：{entry.why}")
    if entry.corrected_by:
        said.append(f"已被 {entry.corrected_by} 更正")
    return "；".join(said)


def _write_text(cell: Cell, text: str) -> None:
    """As text whatever it begins with: openpyxl alone would make a formula of =…, and a spreadsheet one of + - @ when it is edited."""
    if not text:
        return
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:CELL_LONGEST]
    cell.data_type = "s"
    cell.number_format = "@"
    if text.lstrip()[:1] in ("=", "+", "-", "@"):
        cell.quotePrefix = True
