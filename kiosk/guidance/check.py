"""What a machine can check of a guide before a lawyer reads it. docs/guides.md tells writers the same rules."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.errors import KnowledgeError
from kiosk.guidance.amounts import amounts, keys
from kiosk.guidance.draft import ADVISOR, SECTIONS, Draft, Line
from kiosk.guidance.guide import Cite, Guide, cites_of
from kiosk.law.article import Article, short_name
from kiosk.law.book import LawBook
from kiosk.law.citations import CitationFound, find
from kiosk.law.names import key

FEWEST_ASKS = 8
FIELDS = ("id", "title", "matter", "asks", "words", "cites", "unheld", "local", "see_advisor", "written", "reviewed")
_LISTS = ("asks", "words", "cites", "unheld", "local", "see_advisor")

_BRACKET = re.compile(r"〔([^〔〕]*)〕")
_EXEMPT = re.compile(r"【(?:本地[：:][^】]*|问法律顾问[^】]*)】")
_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?](?:\s*(?:〔[^〕]*〕|【[^】]*】|\*\*|[”」』）)])+)*|$)")
_LEGAL = re.compile(
    r"应当(?!知道)|(?<!不)可以(?:要求|请求|主张)|不得(?!已|不|了)|(?<!没)有权(?!证|属|利人)|必须|(?<!没)有义务"
    r"|无效|无权|禁止|视为|受法律保护|承担[^。，]{0,8}责任|(?:可以处|并处|处以?)(?!罚)[^。，]{0,16}(?:罚款|拘留|有期徒刑)"
)
_PHONE = re.compile(
    r"(?<![0-9.\-第])(?:1[012][0-9](?:[0-9]{2})?|9[0-9]{4}|0[0-9]{2,3}-?[0-9]{7,8}|1[3-9][0-9]{9}|[48]00-?[0-9]{3}-?[0-9]{4})(?![0-9.])"
    r"(?!\s*(?:元|块|天|日|个|年|月|周|人|亩|平|条|号|岁|小时|户|倍|公|斤|%|万|次|页|份))"
)
_LEFT_OVER = re.compile(r"[、；，,;\s以及和]*")


@dataclass(frozen=True, slots=True)
class Fault:
    """`line` counts from 1."""

    file: str
    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Referenced:
    """What is known of articles that are cited and not held: their numbers, no text. `kiosk law record` writes it."""

    articles: Mapping[tuple[str, str], frozenset[tuple[Any, str]]]
    there: bool

    @classmethod
    def load(cls, path: Path) -> Referenced:
        """A file that is not there is no error: every article of it then lacks its record, and the check says so."""
        if not path.is_file():
            return cls({}, False)
        try:
            table = json.loads(path.read_text(encoding="utf-8"))
            rows = ((law, number, entry) for law, articles in table.items() for number, entry in articles.items())
            return cls({(key(law), number): frozenset(keys("；".join(entry["numbers"]))) for law, number, entry in rows}, True)
        except (ValueError, KeyError, AttributeError, TypeError) as cause:
            raise KnowledgeError(f"{path.name} 读不懂：{cause}。运行 kiosk law record 重写。") from cause

    def laws(self) -> set[str]:
        return {law for law, _ in self.articles}


class GuideCheck:
    """Checks files one by one against the law of one day; remembers the phrasings, to find those that two guides share."""

    def __init__(self, book: LawBook, referenced: Referenced, on: date, matters: Iterable[str], hotlines: Iterable[str]) -> None:
        self._book, self._referenced, self._on = book, referenced, on
        self._matters, self._hotlines = frozenset(matters), frozenset(hotlines)
        self._bears: dict[tuple[str, str], frozenset[tuple[Any, str]]] = {}
        self._asked: dict[str, tuple[str, str]] = {}

    def check(self, draft: Draft) -> list[Fault]:
        """All faults of one file by line; each said once."""
        faults = [*self._fields(draft), *self._sections(draft), *self._asks(draft)]
        cites, more = self._front(draft)
        faults += more
        inline, more = self._inline(draft)
        faults += [*more, *self._agree(draft, cites, inline), *self._unheld(draft, {**cites, **inline}), *self._local(draft)]
        for section in SECTIONS:
            for line in draft.sections.get(section, ()):
                faults += [Fault(draft.path.name, line.number, what) for what in self._line(section, line)]
        return sorted(set(faults), key=lambda fault: (fault.line, fault.what))

    def _fields(self, draft: Draft) -> Iterable[Fault]:
        name = draft.path.name
        for field in FIELDS:
            if field not in draft.fields:
                yield Fault(name, 1, f"开头缺 {field}" + ("（没有就写 []）" if field in _LISTS else ""))
        for field in _LISTS:
            value = draft.fields.get(field, [])
            if not isinstance(value, list) or any(isinstance(v, dict | list) or v is None for v in value):
                yield Fault(name, draft.line_of(field), f"{field} 应当是一串短句（句中不用英文冒号）")
        if draft.fields.get("id") not in (None, draft.path.stem):
            yield Fault(name, draft.line_of("id"), f"id“{draft.fields['id']}”与文件名不同")
        if draft.fields.get("matter") is not None and draft.fields["matter"] not in self._matters:
            yield Fault(name, draft.line_of("matter"), f"没有“{draft.fields['matter']}”这一类事（见 knowledge/matters.toml）")
        if "written" in draft.fields and not isinstance(draft.fields["written"], date):
            yield Fault(name, draft.line_of("written"), "written 应当是 2026-11-23 这样的日期")
        reviewed = draft.fields.get("reviewed", {})
        if not isinstance(reviewed, dict) or set(reviewed) != {"by", "on"}:
            if "reviewed" in draft.fields:
                yield Fault(name, draft.line_of("reviewed"), "reviewed 应当写成 {by: , on: }，律师审过再填")
        elif bool(reviewed["by"]) != bool(reviewed["on"]):
            yield Fault(name, draft.line_of("reviewed"), "reviewed 的姓名和日期要么都填，要么都不填")
        words = draft.fields.get("words")
        if isinstance(words, list) and not 3 <= len(words) <= 8:
            yield Fault(name, draft.line_of("words"), f"words 要 3 到 8 个，现在 {len(words)} 个")

    def _sections(self, draft: Draft) -> Iterable[Fault]:
        for section in SECTIONS:
            if section not in draft.headings:
                yield Fault(draft.path.name, 1, f"缺“## {section}”一节")
            elif not draft.sections[section]:
                yield Fault(draft.path.name, draft.headings[section], f"“{section}”一节是空的")
        for heading, line in draft.headings.items():
            if heading not in SECTIONS:
                yield Fault(draft.path.name, line, f"“{heading}”不是规定的节名")

    def _asks(self, draft: Draft) -> Iterable[Fault]:
        asks = draft.fields.get("asks")
        if not isinstance(asks, list):
            return
        if len(asks) < FEWEST_ASKS:
            yield Fault(draft.path.name, draft.line_of("asks"), f"问法只有 {len(asks)} 条，至少 {FEWEST_ASKS} 条")
        for ask in map(str, asks):
            plain = re.sub(r"[\W_]+", "", ask)
            file, first = self._asked.setdefault(plain, (draft.path.name, ask))
            if file != draft.path.name or first is not ask:
                where = "本篇里" if file == draft.path.name else f"{file} 里"
                yield Fault(draft.path.name, draft.line_of("asks", ask), f"问法“{ask}”{where}已经有了")

    def _front(self, draft: Draft) -> tuple[dict[tuple[str, str], int], list[Fault]]:
        if not isinstance(draft.fields.get("cites"), list):
            return {}, []
        try:
            cites = cites_of(draft)
        except KnowledgeError as error:
            what = str(error).split("行：", 1)[-1].rstrip("。")
            return {}, [Fault(draft.path.name, draft.line_of("cites"), what)]
        lines = {cite: draft.line_of("cites", cite.law) for cite in cites}
        faults = [Fault(draft.path.name, lines[c], why) for c in cites if (why := self._stands(c.law, c.number))]
        return {self._key(c.law, c.number): lines[c] for c in cites}, faults

    def _key(self, law: str, number: str) -> tuple[str, str]:
        return key(self._book.known_title(law) or law), number

    def _stands(self, law: str, number: str) -> str | None:
        """Why an article may not be cited on the day; None when it may."""
        finding = self._book.article(law, number, self._on)
        if finding.status == "in_force":
            return None
        if finding.status != "not_held" or self._book.resolve(law) is not None:
            return f"不能引用《{law}》{number}：{finding.note}"
        if self._key(law, number) in self._referenced.articles:
            return None
        if not self._referenced.there:
            return f"《{law}》{number}本站不收录，还没有它的数字记录：运行 kiosk law record 来源文件夹"
        return f"《{law}》{number}不在数字记录里：核对条号，再运行 kiosk law record 来源文件夹"

    def _inline(self, draft: Draft) -> tuple[dict[tuple[str, str], int], list[Fault]]:
        cited: dict[tuple[str, str], int] = {}
        faults: list[Fault] = []
        for section in SECTIONS:
            for line in draft.sections.get(section, ()):
                for bracket in _BRACKET.findall(line.text):
                    found = find(bracket, self._book.known_title)
                    if not found or self._left_over(bracket, found):
                        why = f"〔{bracket}〕没有完全读懂：写成〔法名第…条、第…条；法名第…条〕"
                        faults.append(Fault(draft.path.name, line.number, why))
                    for citation in found:
                        cited.setdefault(self._key(citation.law, citation.number), line.number)
                        reason = self._stands(citation.written, citation.number) or self._part(citation)
                        if reason:
                            faults.append(Fault(draft.path.name, line.number, reason))
                for citation in find(_BRACKET.sub("", line.text), self._book.known_title):
                    faults.append(Fault(draft.path.name, line.number, f"{citation.written}{citation.number}写在〔〕外面"))
        return cited, faults

    @staticmethod
    def _left_over(bracket: str, found: Sequence[CitationFound]) -> bool:
        rest, at = "", 0
        for citation in found:
            rest += bracket[at : citation.start]
            at = max(at, citation.end)
        return _LEFT_OVER.fullmatch(rest + bracket[at:]) is None

    def _part(self, citation: CitationFound) -> str | None:
        article = self._book.article(citation.law, citation.number, self._on).article
        if article is None:
            return None
        paragraphs = [p for p in article.text.split("\n") if not re.match(r"\s*[（(][一二三四五六七八九十]+[)）]", p)]
        if citation.paragraph and citation.paragraph > len(paragraphs):
            return f"《{article.short_law}》{citation.number}没有第{citation.paragraph}款，只有 {len(paragraphs)} 款"
        return None

    def _agree(self, draft: Draft, cites: dict[tuple[str, str], int], inline: dict[tuple[str, str], int]) -> Iterable[Fault]:
        if not cites:
            return
        for law, number in inline.keys() - cites.keys():
            yield Fault(draft.path.name, inline[law, number], f"{law}{number}在文中引用了，开头的 cites 里没有")
        for law, number in cites.keys() - inline.keys():
            yield Fault(draft.path.name, cites[law, number], f"{law}{number}在 cites 里，文中没有引用")

    def _unheld(self, draft: Draft, cited: dict[tuple[str, str], int]) -> Iterable[Fault]:
        listed = draft.fields.get("unheld")
        if not isinstance(listed, list):
            return
        named = {key(self._book.known_title(str(law)) or str(law)): str(law) for law in listed}
        foreign = {law: line for (law, _), line in cited.items() if self._book.resolve(law) is None}
        for law in foreign.keys() - named.keys():
            yield Fault(draft.path.name, foreign[law], f"《{law}》本站不收录，要写进 unheld")
        recorded = self._referenced.laws()
        for law, written in named.items():
            if self._book.resolve(law) is not None and law not in recorded:
                yield Fault(draft.path.name, draft.line_of("unheld"), f"《{written}》本站收录了，不写进 unheld")
            elif law not in {cited_law for cited_law, _ in cited}:
                yield Fault(draft.path.name, draft.line_of("unheld"), f"unheld 里的《{written}》文中没有引用")

    def _local(self, draft: Draft) -> Iterable[Fault]:
        listed = {str(name) for name in draft.fields.get("local") or () if isinstance(name, str)}
        marked: dict[str, int] = {}
        for section in SECTIONS:
            for line in draft.sections.get(section, ()):
                for name in re.findall(r"【本地[：:]([^】]*)】", line.text):
                    marked.setdefault(name.strip(), line.number)
        for name in marked.keys() - listed:
            yield Fault(draft.path.name, marked[name], f"【本地：{name}】没有列在 local 里")
        for name in listed - marked.keys():
            yield Fault(draft.path.name, draft.line_of("local"), f"local 里的“{name}”文中没有【本地：…】")

    def _line(self, section: str, line: Line) -> Iterable[str]:
        words = _EXEMPT.sub("", line.text)
        for number in _PHONE.findall(_BRACKET.sub("", words)):
            if number not in self._hotlines:
                yield f"电话 {number} 不在 knowledge/hotlines.toml 里：写成【本地：…】"
        if section == ADVISOR:
            return
        for sentence in _SENTENCE.findall(words):
            legal = _LEGAL.search(_BRACKET.sub("", sentence))
            if legal and "〔" not in sentence:
                yield f"讲法律的话没有引用：“{_clip(_BRACKET.sub('', sentence))}”（{legal[0]}）"
        yield from self._amounts(words)

    def _amounts(self, words: str) -> Iterable[str]:
        cited = [self._cited(c.law, c.number) for bracket in _BRACKET.findall(words) for c in find(bracket, self._book.known_title)]
        borne = {value for bears in cited if bears for value in bears}
        for amount in amounts(_BRACKET.sub("；", words)):
            if amount.key in borne:
                continue
            unknown = any(bears is None for bears in cited)
            if not cited:
                yield f"“{amount.words}”没有引用条文：补上〔…〕，或者写成【本地：…】【问法律顾问】"
            elif not unknown:
                yield f"“{amount.words}”在同一行引用的条文里没有"

    def _cited(self, law: str, number: str) -> frozenset[tuple[Any, str]] | None:
        """The amounts that an article bears; None when it stands nowhere (which is a fault of its own)."""
        article = self._book.article(law, number, self._on).article
        if article is None:
            return self._referenced.articles.get(self._key(law, number))
        if article.key not in self._bears:
            self._bears[article.key] = frozenset(keys(article.text))
        return self._bears[article.key]


def _clip(sentence: str) -> str:
    plain = sentence.strip(" *\n")
    return plain if len(plain) <= 24 else plain[:23] + "…"


def check_guide(
    draft: Draft, book: LawBook, referenced: Referenced, on: date, matters: Iterable[str] = (), hotlines: Iterable[str] = ()
) -> list[Fault]:
    """One file on its own; phrasings shared with other guides are found by a GuideCheck that sees them all."""
    return GuideCheck(book, referenced, on, matters, hotlines).check(draft)


def due(guides: Iterable[Guide], book: LawBook, on: date) -> list[tuple[Guide, Cite, str]]:
    """Guides whose cited articles are not, on that day, the text that they were written on, with the reason."""
    found = []
    for guide in guides:
        for cite in guide.cites:
            then, now = book.article(cite.law, cite.number, guide.written), book.article(cite.law, cite.number, on)
            if then.article is None and now.article is None and then.status == now.status:
                continue
            if now.article is None:
                found.append((guide, cite, now.note))
            elif then.article is None or _bare(then.article) != _bare(now.article):
                found.append((guide, cite, f"《{short_name(now.law)}》{cite.number}的文字已经变了：{now.note}"))
    return found


def _bare(article: Article) -> str:
    return re.sub(r"\s", "", article.text)

