"""A question to an answer. Pure: law, guides, search and danger signs are handed in; nothing is written or remembered.

The order of the way is the order of `answer`: danger, search, weigh, compose. Every citation is looked up by law, number and day
before it is shown; a guide whose articles are not the text it was written on is not shown as a guide.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Protocol

from kiosk.answering.answer import Answer, Call, Citation, Question, Suggestion
from kiosk.answering.confidence import Confidence
from kiosk.guidance.danger import Danger
from kiosk.guidance.guide import Guide
from kiosk.law.book import Finding
from kiosk.law.citations import find
from kiosk.search.searcher import ArticleHit, Found, GuideHit

MOST_ARTICLES = 5
SHORT_QUESTION = 5  # characters; a word or two may mean many things
OWN_WORDS = 0.985  # likeness from which a question is a guide's own phrasing, whatever else the signals say
ONE_WORD = 3
SURE = 0.6  # from here only a single word needs a clarifying question
MAYBE_LINE = 0.1  # below it not even "maybe" is offered
LONGEST_NAME = 30
_SOURCE = re.compile("条例|规定|解释|办法|法")
STAGES = dict[str, float]

LEGAL_LINE = Call("12348", "法律服务热线")


class Law(Protocol):
    """The part of a law book that answering reads."""

    def article(self, law: str, number: str, on: date) -> Finding: ...

    def known_title(self, name: str) -> str | None: ...

    def resolve(self, name: str) -> str | None: ...


class Answerer:
    """`find(text, day, limit)` searches; `danger(text)` gives the sign that a text carries; `normalise` mends how people write."""

    def __init__(
        self,
        law: Law,
        find: Callable[[str, date, int], Found],
        danger: Callable[[str], Danger | None],
        confidence: Confidence,
        normalise: Callable[[str], str],
    ) -> None:
        self._law, self._find, self._danger, self._confidence, self._normalise = law, find, danger, confidence, normalise

    def answer(self, question: Question, stages: STAGES | None = None) -> Answer:
        stages = {} if stages is None else stages
        start = time.perf_counter()
        text = self._normalise(question.text)
        danger = self._danger(text)
        stages["danger"] = (time.perf_counter() - start) * 1e3
        if not text:
            return self._abstain(question, (), 0.0, "没有听到问题。请说一说：谁、什么事、想要什么。")
        found = self._find(text, question.on, 20)
        stages.update(found.stages)
        start = time.perf_counter()
        signals = found.signals.vector()
        own_words = bool(found.guides) and found.guides[0].cosine >= OWN_WORDS
        alike = bool(found.guides) and found.guides[0].cosine >= self._confidence.likeness_line
        in_scope = self._confidence.in_scope.probability(signals)
        if alike:
            in_scope = max(in_scope, self._confidence.scope_line)
        guide_right = 1.0 if own_words else self._confidence.guide_right.probability(signals)
        named, why_not = self._named(text, question.on)
        if danger is not None:
            made = self._in_danger(question, danger, found)
        elif named:
            made = self._named_articles(question, text, named, found)
        elif why_not:
            made = self._abstain(question, found.guides[:3] if in_scope >= MAYBE_LINE else (), 1.0, why_not)
        elif len(text) <= (SHORT_QUESTION if guide_right < SURE else ONE_WORD) and (about := self._about(text, found)):
            made = self._clarify(question, about, in_scope)
        elif not found.articles:
            made = self._abstain(question, (), in_scope, "那一天的法律，本机没有收录。")
        elif in_scope < self._confidence.scope_line:
            made = self._abstain(question, found.guides[:3] if in_scope >= MAYBE_LINE else (), in_scope, self._not_held_note(text))
        else:
            made = self._in_law(question, text, found, in_scope, guide_right)
        stages["compose"] = (time.perf_counter() - start) * 1e3
        return made

    def open_guide(self, guide: Guide, on: date) -> Answer:
        """A guide chosen by name (a clarifying choice, a tile): nothing is weighed."""
        question = Question(guide.title, on)
        return self._guided(question, guide, (), 1.0, ()) or self._abstain(question, (), 0.0, "这篇指南引用的法律有变动，正在修订。")

    def _in_law(self, question: Question, text: str, found: Found, in_scope: float, guide_right: float) -> Answer:
        if found.guides and guide_right >= self._confidence.guide_line:
            first = found.guides[0].guide
            guided = self._guided(question, first, found.articles, guide_right, found.guides[1:4])
            if guided is not None:
                return guided
            if question.on < question.asked_on:
                return self._articles_of_then(question, first, in_scope, found)
        return self._articles(question, text, found, in_scope)

    @staticmethod
    def _about(text: str, found: Found) -> tuple[GuideHit, ...]:
        """The guides that a word or two may mean; empty where one of them is meant and no other, or none is."""
        about = tuple(h for h in found.guides if any(w in text or text in w for w in (*h.guide.words, h.guide.matter)))
        exact = any(text in h.guide.asks or text == h.guide.title for h in about)
        return () if exact or len(about) < 2 else about

    def _named(self, text: str, on: date) -> tuple[tuple[Citation, ...], str]:
        """The articles that a question names by number and that can be shown; where none can, why not."""
        if "条" not in text and not any(c.isdigit() for c in text):
            return (), ""
        cited = dict.fromkeys((c.law, c.number) for c in find(text, self._law.resolve))
        looked_up = [self._cite(law, number, on) for law, number in cited]
        shown = tuple(citation for citation, _ in looked_up if citation is not None)
        return shown, "" if shown else "".join(dict.fromkeys(finding.note for _, finding in looked_up))

    def _named_articles(self, question: Question, text: str, named: tuple[Citation, ...], found: Found) -> Answer:
        held = [c for c in named if c.held]
        headline = "您问的条文，原文在下面。" if held else "您问的条文，本机没有收录原文。可以问村法律顾问。"
        wanted = {(c.law, c.number) for c in named}
        about = [h.guide for h in found.guides if any((self._law.resolve(c.law) or c.law, c.number) in wanted for c in h.guide.cites)]
        maybe = tuple(Suggestion(guide.id, guide.title) for guide in about[:3])
        return Answer(
            "articles" if held else "abstain",
            headline,
            question.on,
            1.0,
            citations=named,
            maybe=maybe,
            calls=() if held else (LEGAL_LINE,),
            note=self._not_held_note(text),
        )

    def _cite(self, law: str, number: str, on: date) -> tuple[Citation | None, Finding]:
        finding = self._law.article(law, number, on)
        article = finding.article
        if finding.status == "in_force" and article is not None:
            days = (article.valid_from, article.valid_to, article.start_proved)
            return Citation(article.law, article.number, article.text, article.chapter, *days, article.source), finding
        if finding.status == "not_held":
            return Citation(finding.law, finding.number, "", "", None, None, False, "", held=False, why_not=finding.note), finding
        return None, finding

    def _guided(
        self, question: Question, guide: Guide, hits: Sequence[ArticleHit], confidence: float, others: Sequence[GuideHit]
    ) -> Answer | None:
        """None when the law the guide was written on is not the law of that day."""
        citations: list[Citation] = []
        for cite in guide.cites:
            citation, _ = self._cite(cite.law, cite.number, question.on)
            if citation is None or (citation.held and not self._same_text(cite.law, cite.number, guide.written, citation)):
                return None
            if not citation.held and self._law.resolve(cite.law) is not None:
                return None
            citations.append(citation)
        place = {(h.law, h.number): i for i, h in enumerate(hits)}
        citations.sort(key=lambda c: place.get((c.law, c.number), len(hits)))
        missing = sorted({c.law for c in citations if not c.held})
        return Answer(
            "guide",
            guide.headline,
            question.on,
            confidence,
            title=guide.title,
            guide=guide.id,
            matter=guide.matter,
            steps=guide.steps,
            bring=guide.bring,
            where=guide.where,
            deadline=guide.deadline,
            cost=guide.cost,
            see_advisor=guide.advisor,
            citations=tuple(citations),
            reviewed_by=guide.reviewed_by,
            reviewed_on=guide.reviewed_on,
            maybe=tuple(Suggestion(h.guide.id, h.guide.title) for h in others),
            note=f"本机没有收录{'、'.join(f'《{name}》' for name in missing)}的原文。" if missing else "",
        )

    def _same_text(self, law: str, number: str, written: date, citation: Citation) -> bool:
        if (
            citation.valid_from is not None
            and citation.valid_from <= written
            and (citation.valid_to is None or written < citation.valid_to)
        ):
            return True
        then = self._law.article(law, number, written).article
        return then is not None and then.text == citation.text

    def _articles(self, question: Question, text: str, found: Found, confidence: float) -> Answer:
        citations: list[Citation] = []
        for hit in found.articles:
            citation, _ = self._cite(hit.law, hit.number, question.on)
            if citation is not None and citation.held:
                citations.append(citation)
            if len(citations) == MOST_ARTICLES:
                break
        if not citations:
            return self._abstain(question, found.guides[:3], confidence, "那一天的法律，本机没有收录。")
        return Answer(
            "articles",
            "没有现成的指南。下面几条法律原文与您问的最接近，请对照着看；拿不准的，交给村法律顾问。",
            question.on,
            confidence,
            citations=tuple(citations),
            maybe=tuple(Suggestion(h.guide.id, h.guide.title) for h in found.guides[:3]),
            note=self._not_held_note(text),
        )

    def _articles_of_then(self, question: Question, guide: Guide, confidence: float, found: Found) -> Answer:
        """What the guide's first articles said on a past day: without them nothing else that is found is an answer."""
        cited = (self._cite(cite.law, cite.number, question.on)[0] for cite in guide.cites[:MOST_ARTICLES])
        held = tuple(citation for citation in cited if citation is not None and citation.held)
        if not held:
            return self._abstain(question, found.guides[:3], confidence, "管这件事的法律，那一天的文本本机没有收录。")
        return Answer(
            "articles",
            "指南写的是现在的法律，那一天不一样。下面是那一天有效、本机收录的条文，可能不全；拿不准的，交给村法律顾问。",
            question.on,
            confidence,
            citations=held,
            maybe=tuple(Suggestion(h.guide.id, h.guide.title) for h in found.guides[:3]),
        )

    def _not_held_note(self, text: str) -> str:
        """Names a source that the question names and the station does not hold."""
        for ending in _SOURCE.finditer(text):
            for start in range(max(0, ending.end() - LONGEST_NAME), ending.start()):
                name = text[start : ending.end()]
                title = self._law.known_title(name)
                if title and self._law.resolve(name) is None:
                    return f"您问到的《{title}》，本机没有收录原文。"
        return ""

    def _clarify(self, question: Question, about: Sequence[GuideHit], confidence: float) -> Answer:
        choices = tuple(Suggestion(h.guide.id, h.guide.title) for h in about[:5])
        return Answer("clarify", "您问的是下面哪一件？点一下就行；都不是，请多说几句。", question.on, confidence, choices=choices)

    def _abstain(self, question: Question, guides: Sequence[GuideHit], confidence: float, note: str) -> Answer:
        return Answer(
            "abstain",
            "这件事我答不了，不敢乱说。可以交给村法律顾问，也可以打法律服务热线 12348。",
            question.on,
            confidence,
            maybe=tuple(Suggestion(h.guide.id, h.guide.title) for h in guides),
            calls=(LEGAL_LINE,),
            note=note,
        )

    def _in_danger(self, question: Question, danger: Danger, found: Found) -> Answer:
        return Answer(
            "danger",
            danger.headline,
            question.on,
            1.0,
            title=danger.title,
            steps=danger.first_steps,
            calls=tuple(Call(c.number, c.name) for c in danger.calls),
            maybe=tuple(Suggestion(h.guide.id, h.guide.title) for h in found.guides[:3]),
        )
