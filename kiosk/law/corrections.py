"""knowledge/statutes/corrections.toml: what is wrong in the statutes' data, corrected with reason and source.

Tables of the file, each entry with `law`, `reason` and `source` (`published` picks one edition of a law that has several):

start      `from`: the first day of an edition; `proved` (default true)
end        `on`: the first day on which an edition, or the law, no longer stands; `by`: what ended it
superseded `on`, `by`: a source that the statutes' data lacks and that no longer stands, held or not; `replaced` true when a newer
           text of the same title took its place
standing   the data marks the law as repealed: it is not
amend      `number`, `from`, `by`, `item`: the article's text from that day on stands in quotation marks in the item of an
           amendment that the data holds; `paragraph` where only that one was changed
lost       `number`, `glued_to`, `begins`: the article is lost, its torn rest hangs at another article from these words on
reflow     blanks and line breaks of a print column, in one article (`number`) or the whole law
heading    `text`: the heading before the first article, which the data has lost
one_text   the pieces that the data took for articles are one text
first      titles (`laws`) whose text held is the first that ever was: before it there was no such law
accepted   `rule`, `number`: what a rule of kiosk.law.faults finds there is right as it stands

`proof` in an entry (`law`, `number`, `says`) names a held text that bears it out; building fails when it does not say so.
aliases.toml has `names` (name → full title) and `known` (laws that are not held: title, names, perhaps `ended` and `note`).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError
from kiosk.law.draft import Draft, DraftArticle, Mended, titled
from kiosk.law.mending import reflow

_FIELDS: dict[str, dict[str, bool]] = {
    "start": {"from": True, "proved": False, "published": False},
    "end": {"on": True, "by": True, "published": False, "replaced": False},
    "superseded": {"on": True, "by": True, "replaced": False},
    "standing": {"published": False},
    "amend": {"number": True, "from": True, "by": True, "item": True, "paragraph": False},
    "lost": {"number": True, "glued_to": True, "begins": True},
    "reflow": {"number": False},
    "heading": {"text": True},
    "one_text": {},
    "first": {},
    "accepted": {"rule": True, "number": False},
}


@dataclass(frozen=True, slots=True)
class Correction:
    """One entry. `line` is for messages; `values` are its own fields, checked."""

    table: str
    law: str
    reason: str
    source: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Corrections:
    entries: tuple[Correction, ...]

    def of(self, table: str) -> Iterator[Correction]:
        return (e for e in self.entries if e.table == table)

    def laws(self, table: str) -> frozenset[str]:
        return frozenset(e.law for e in self.of(table))


@dataclass(frozen=True, slots=True)
class KnownLaw:
    """A law by name that is not held. `ended`: the day on which it was repealed, where that is known."""

    title: str
    names: tuple[str, ...]
    ended: date | None
    note: str


@dataclass(frozen=True, slots=True)
class Aliases:
    names: Mapping[str, str]
    known: tuple[KnownLaw, ...]


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        raise KnowledgeError(f"找不到 {path}。") from cause
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as cause:
        raise KnowledgeError(f"{path.name} 读不懂：{cause}。") from cause


def load_corrections(path: Path) -> Corrections:
    """KnowledgeError names the entry that is wrong: an unknown table or field, a missing reason or source."""
    entries = []
    for table, rows in _table(path).items():
        if table not in _FIELDS:
            raise KnowledgeError(f"{path.name}：不认识的表 [[{table}]]。")
        for row in rows:
            allowed = _FIELDS[table]
            laws = row.get("laws") or [row.get("law")]
            unknown = set(row) - set(allowed) - {"law", "laws", "reason", "source", "proof"}
            missing = [f for f in ("reason", "source") if not row.get(f)] + [f for f, needed in allowed.items() if needed and f not in row]
            if unknown or missing or not all(laws):
                what = "、".join(sorted(unknown) + missing) or "law"
                raise KnowledgeError(f"{path.name}：[[{table}]] {laws[0]} 的字段不对：{what}。")
            entries += [Correction(table, law, row["reason"], row["source"], row) for law in laws]
    return Corrections(tuple(entries))


def load_aliases(path: Path) -> Aliases:
    table = _table(path)
    known = tuple(KnownLaw(k["title"], tuple(k.get("names", ())), k.get("ended"), k.get("note", "")) for k in table.get("known", ()))
    names = {name: title for title, names in table.get("names", {}).items() for name in names}
    return Aliases(names, known)


def _edition(drafts: list[Draft], correction: Correction) -> Draft:
    editions = titled(drafts, correction.law)
    published = correction.values.get("published")
    if published is not None:
        editions = [d for d in editions if d.published == published]
    if not editions:
        raise KnowledgeError(f"corrections.toml：[[{correction.table}]] 说的《{correction.law}》不在法律数据里。")
    return editions[-1]


def _article(draft: Draft, number: str) -> DraftArticle:
    article = draft.find(number)
    if article is None:
        raise KnowledgeError(f"corrections.toml：《{draft.title}》没有{number}。")
    return article


def check_proofs(drafts: list[Draft], corrections: Corrections) -> None:
    """Every `proof` must stand in the held text that it names."""
    for entry in corrections.entries:
        proof = entry.values.get("proof")
        if proof:
            texts = [a.text for d in titled(drafts, proof["law"]) for a in d.articles if a.number == proof["number"]]
            if not any(re.sub(r"\s", "", proof["says"]) in re.sub(r"\s", "", t) for t in texts):
                where = f"{proof['law']}{proof['number']}"
                raise KnowledgeError(f"corrections.toml：[[{entry.table}]] {entry.law} 的证明不成立：{where}里没有“{proof['says']}”。")


def restore_texts(drafts: list[Draft], corrections: Corrections) -> list[Mended]:
    """Lost articles, and pieces that are one text. Before the general mending, which needs whole articles."""
    mended = []
    for entry in corrections.of("lost"):
        draft = _edition(drafts, entry)
        host, number = _article(draft, entry.values["glued_to"]), entry.values["number"]
        kept, found, _ = host.text.partition("\n" + entry.values["begins"])
        if not found or draft.find(number) is not None:
            raise KnowledgeError(f"corrections.toml：[[lost]] {draft.title}{number}：数据里的情形已经变了。")
        host.text = kept
        draft.holes[number] = f"《{draft.title}》{number}的开头在来源数据里残缺，本站没有收录这一条的完整条文。"
        mended.append(Mended(draft.title, number, f"残缺的条文从{host.number}末尾剪下，不作为法律条文使用", entry.reason, entry.source))
    for entry in corrections.of("one_text"):
        draft = _edition(drafts, entry)
        text = "\n".join(a.text if a.number == "全文" else f"{a.number} {a.text}" for a in draft.articles)
        draft.articles = [DraftArticle("全文", text)]
        mended.append(Mended(draft.title, "全文", "被误认作若干条的内容合为一篇", entry.reason, entry.source))
    return mended


def reflow_texts(drafts: list[Draft], corrections: Corrections) -> list[Mended]:
    """Lines broken by print columns, joined. After the general mending: a heading on its own line must be gone by then."""
    mended = []
    for entry in corrections.of("reflow"):
        draft = _edition(drafts, entry)
        only = entry.values.get("number")
        for article in draft.articles:
            flowed = reflow(article.text) if only in (None, article.number) else article.text
            if flowed != article.text:
                mended.append(Mended(draft.title, article.number, "接上了句中断开的行，去掉了多余的空格", entry.reason, entry.source))
                article.text = flowed
    return mended


def amend(drafts: list[Draft], corrections: Corrections) -> list[Mended]:
    """Lay the new text of single articles over the old one, which ends on that day."""
    mended = []
    for entry in corrections.of("amend"):
        draft = _edition(drafts, entry)
        by = titled(drafts, entry.values["by"])
        old = _article(draft, entry.values["number"])
        new = _quoted(_article(by[-1], entry.values["item"]).text) if by else ""
        if not new:
            raise KnowledgeError(
                f"corrections.toml：[[amend]] {draft.title}{old.number}：{entry.values['by']}{entry.values['item']}里没有引号中的新条文。"
            )
        paragraph = entry.values.get("paragraph")
        if paragraph:
            paragraphs = old.text.split("\n")
            paragraphs[paragraph - 1] = new
            new = "\n".join(paragraphs)
        start = entry.values["from"]
        old.valid_to = start
        after = DraftArticle(old.number, new, old.chapter, start, None, f"{draft.source}；{entry.values['by']}{entry.values['item']}")
        draft.articles.insert(draft.articles.index(old) + 1, after)
        mended.append(
            Mended(
                draft.title,
                old.number,
                f"自{start.isoformat()}起换成{entry.values['by']}{entry.values['item']}的文本",
                entry.reason,
                entry.source,
            )
        )
    return mended


def _quoted(item: str) -> str:
    """The words between the quotation marks of an amending item; each paragraph there opens with a mark of its own."""
    match = re.search(r"修改为[：:][\"“](.*)[\"”]\s*$", item, re.DOTALL)
    return "" if match is None else "\n".join(line.strip().lstrip('"“') for line in match[1].split("\n"))


def edition_of(drafts: list[Draft], correction: Correction) -> Draft:
    """The edition that an entry speaks of; KnowledgeError when the data has none."""
    return _edition(drafts, correction)
