"""A guide's file as it stands on disk: fields and lines with the place of each, before anything is judged.

The check of guides wants every fault with its line; the program wants a whole guide or none. Both read this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kiosk.errors import KnowledgeError

SECTIONS = ("一句话", "怎么办", "带什么", "去哪里", "到什么时候", "要花多少", "什么时候找法律顾问")
HEADLINE, STEPS, BRING, WHERE, DEADLINE, COST, ADVISOR = SECTIONS
LARGEST = 64 * 1024


class _Loader(yaml.SafeLoader):
    """Without the `on`, `off`, `yes`, `no` of YAML 1.1, which would make the day of review (`on`) a truth value."""

    yaml_implicit_resolvers = {  # noqa: RUF012
        first: [(tag, rule) for tag, rule in rules if tag != "tag:yaml.org,2002:bool"]
        for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_MARK = re.compile(r"\s*(?:\d{1,2}[.、．]|[-*•])\s+")


@dataclass(frozen=True, slots=True)
class Line:
    """One item or paragraph of a section without its list mark; lines that continue it are joined to it. `number` counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """`fields`: the front matter as YAML gives it. `lines_of`: the line of each top field. `sections`: by heading, in the file's order."""

    path: Path
    fields: dict[str, Any]
    lines_of: dict[str, int]
    sections: dict[str, tuple[Line, ...]]
    headings: dict[str, int]

    def line_of(self, field: str, words: str = "") -> int:
        """The line of a field; with `words`, of the first line in or below it that has them."""
        start = self.lines_of.get(field, 1)
        if words:
            for number, text in enumerate(self.path.read_text(encoding="utf-8").splitlines()[start - 1 :], start):
                if text.strip() == "---":
                    break
                if words in text:
                    return number
        return start


def refused(path: Path, line: int, why: str) -> KnowledgeError:
    return KnowledgeError(f"{path.name}：第 {line} 行：{why}。")


def read_draft(path: Path) -> Draft:
    """KnowledgeError for a file that is too large, not UTF-8, or without a front matter that YAML can read."""
    try:
        if path.stat().st_size > LARGEST:
            raise refused(path, 1, f"文件太大，最多 {LARGEST // 1024} KB")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as cause:
        raise refused(path, 1, "文件打不开，或者不是 UTF-8 文字") from cause
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---":
        raise refused(path, 1, "开头应当是 ---")
    end = next((i for i, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise refused(path, 1, "开头的 --- 没有结尾")
    try:
        fields = yaml.load("\n".join(lines[1:end]), Loader=_Loader)
    except yaml.MarkedYAMLError as cause:
        at = cause.problem_mark.line + 2 if cause.problem_mark else 1
        raise refused(path, at, f"开头读不懂：{cause.problem or '不是 YAML'}") from cause
    except (yaml.YAMLError, ValueError) as cause:
        raise refused(path, 1, f"开头读不懂：{str(cause).splitlines()[0]}") from cause
    if not isinstance(fields, dict):
        raise refused(path, 2, "开头应当是“名字: 值”")
    lines_of = {m[1]: i for i, line in enumerate(lines[:end], 1) if (m := re.match(r"(\w+):", line))}
    sections, headings = _sections(lines, end + 1)
    return Draft(path, {str(k): v for k, v in fields.items()}, lines_of, sections, headings)


def _sections(lines: list[str], start: int) -> tuple[dict[str, tuple[Line, ...]], dict[str, int]]:
    found: dict[str, list[Line]] = {}
    headings: dict[str, int] = {}
    current: list[Line] = []
    apart = True
    for number, raw in enumerate(lines[start:], start + 1):
        if raw.startswith("#"):
            name = raw.lstrip("#").strip()
            headings.setdefault(name, number)
            current = found.setdefault(name, [])
            apart = True
            continue
        text = raw.strip()
        if not text:
            apart = True
        elif _MARK.match(raw) or apart or not current:
            current.append(Line(number, _MARK.sub("", raw, count=1).strip()))
            apart = False
        else:
            current[-1] = Line(current[-1].number, current[-1].text + text)
    return {name: tuple(items) for name, items in found.items()}, headings
