"""A record of articles that guides cite and that are not held: digest and numbers, so that the check of guides can trace a
number to its article without the project carrying the text."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from kiosk.errors import KnowledgeError
from kiosk.law.corrections import load_aliases
from kiosk.law.draft import Draft
from kiosk.law.imports import read_file, source_files
from kiosk.law.names import COURT, key
from kiosk.law.numerals import canonical, order
from kiosk.law.quantities import quantities

_FRONT = re.compile(r"---\n(.*?)\n---\n", re.DOTALL)


def text_digest(text: str) -> str:
    """SHA-256 of the words without any white space: two prints of one text have one digest."""
    return hashlib.sha256(re.sub(r"\s", "", text).encode()).hexdigest()


def record_referenced(paths: Iterable[Path], guides: Path, out: Path) -> tuple[int, list[str]]:
    """Write `out` anew: {title: {number: {"sha256": …, "numbers": […]}}}. Returns how many, and what the sources lack.

    Counts are the articles that the `cites` of any guide name of a law in its `unheld`. SourceRefused for a bad source,
    KnowledgeError for a guide whose front matter cannot be read.
    """
    sources = _by_name([read_file(p) for p in source_files(paths)], out.with_name("aliases.toml"))
    recorded: dict[str, dict[str, Any]] = {}
    missing = []
    for law, number in sorted(_cited(guides)):
        source = sources.get(key(law))
        article = source.find(number) if source else None
        if source is None or article is None:
            missing.append(f"《{law}》{number}")
            continue
        recorded.setdefault(source.title, {})[number] = {"sha256": text_digest(article.text), "numbers": list(quantities(article.text))}
    ordered = {law: dict(sorted(recorded[law].items(), key=lambda item: order(item[0]))) for law in sorted(recorded)}
    draft = out.with_name(f".{out.name}")
    draft.write_text(json.dumps(ordered, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    os.replace(draft, out)
    return sum(len(articles) for articles in ordered.values()), missing


def _by_name(drafts: list[Draft], aliases: Path) -> dict[str, Draft]:
    names = {key(d.title): d for d in drafts}
    for draft in drafts:
        names.setdefault(key(draft.title.removeprefix(COURT)), draft)
    for law in load_aliases(aliases).known if aliases.is_file() else ():
        if key(law.title) in names:
            for name in law.names:
                names.setdefault(key(name), names[key(law.title)])
    return names


def _cited(guides: Path) -> set[tuple[str, str]]:
    cited: set[tuple[str, str]] = set()
    for path in sorted(guides.glob("*.md")):
        front = _FRONT.match(path.read_text(encoding="utf-8"))
        try:
            fields = yaml.safe_load(front[1]) if front else None
            if not isinstance(fields, dict):
                raise ValueError("no front matter")
            unheld = {key(str(name)) for name in fields.get("unheld") or ()}
            for cite in fields.get("cites") or ():
                law, *numbers = str(cite).split()
                if key(law) in unheld:
                    cited |= {(law, canonical(number)) for number in numbers}
        except (yaml.YAMLError, ValueError) as cause:
            raise KnowledgeError(f"指引 {path.name} 的开头读不懂：{cause}。") from cause
    return cited
