"""What the project carries for villagers: guides, danger signs, matters, lay words, phone lines."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from kiosk.guidance.check import GuideCheck, Referenced
from kiosk.guidance.danger import DangerSigns
from kiosk.guidance.draft import read_draft
from kiosk.guidance.guide import load_guides
from kiosk.guidance.lay import LayWords
from kiosk.guidance.matters import load_hotlines, load_matters
from kiosk.law.book import LawBook
from kiosk.law.verify import verify
from kiosk.settings import knowledge_dir

KNOWLEDGE = knowledge_dir()
SIGNS = DangerSigns.load(KNOWLEDGE / "danger")
MATTERS = load_matters(KNOWLEDGE / "matters.toml")
WRITTEN = date(2026, 11, 23)


@pytest.mark.parametrize("danger", SIGNS.dangers, ids=lambda danger: danger.id)
def test_every_example_of_a_danger_is_caught_and_no_near_miss(danger) -> None:  # type: ignore[no-untyped-def]
    assert [text for text in danger.examples if SIGNS.match(text) is None] == []
    assert [text for text in danger.near_misses if danger.seen_in(text) or SIGNS.match(text) is not None] == []
    assert danger.calls
    assert danger.first_steps


@pytest.mark.parametrize("danger", SIGNS.dangers, ids=lambda danger: danger.id)
def test_first_steps_rest_on_law_in_force(danger, law_book: LawBook) -> None:  # type: ignore[no-untyped-def]
    verdicts = verify("\n".join([danger.headline, *danger.first_steps]), law_book, WRITTEN)
    assert [verdict.reason for verdict in verdicts if not verdict.good] == []


def test_numbers_to_call_are_hot_lines() -> None:
    lines = {line.number for line in load_hotlines(KNOWLEDGE / "hotlines.toml")}
    assert {call.number for danger in SIGNS.dangers for call in danger.calls} <= lines


def test_there_are_the_thirty_two_matters() -> None:
    assert len(MATTERS) == 32
    assert all(matter.line and matter.words for matter in MATTERS)


def test_every_matter_has_two_guides_at_least() -> None:
    count = Counter(guide.matter for guide in load_guides(KNOWLEDGE / "guides"))
    assert [matter.name for matter in MATTERS if count[matter.name] < 2] == []
    assert set(count) <= {matter.name for matter in MATTERS}


def test_no_guide_has_a_fault_on_the_day_of_its_law(law_book: LawBook) -> None:
    check = GuideCheck(
        law_book,
        Referenced.load(KNOWLEDGE / "statutes" / "referenced.json"),
        WRITTEN,
        (matter.name for matter in MATTERS),
        (line.number for line in load_hotlines(KNOWLEDGE / "hotlines.toml")),
    )
    assert [fault for path in sorted((KNOWLEDGE / "guides").glob("*.md")) for fault in check.check(read_draft(path))] == []


def test_lay_words_lead_to_words_of_the_law(law_book: LawBook) -> None:
    words = LayWords.load(KNOWLEDGE / "lay.toml")
    assert len(words.table) >= 250
    law = "\n".join(article.text for article in law_book.in_force(WRITTEN))
    assert [lay for lay, into in words.table.items() if not any(word in law for word in into)] == []


def test_no_slip_is_words_of_the_law(law_book: LawBook) -> None:
    words = LayWords.load(KNOWLEDGE / "lay.toml")
    law = "\n".join(article.text for article in law_book.in_force(WRITTEN))
    assert [slip for slip in words.slips if slip in law] == []
    assert [slip for slip, right in words.slips.items() if words.mend(right) != right] == []
