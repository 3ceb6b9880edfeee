"""The documents keep up with the program: every command, setting, page and link."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from kiosk import cli
from kiosk.settings import Settings

from .conftest import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.glob("*.md")])
READERS = ("helper", "advisor", "bureau", "technician", "developer")


def text(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def commands(parser: argparse.ArgumentParser, before: str = "kiosk") -> Iterator[str]:
    """Every command down to its last word: `kiosk law import`."""
    inner = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not inner:
        yield before
    for action in inner:
        for name, one in action.choices.items():
            yield from commands(one, f"{before} {name}")


@pytest.mark.parametrize("command", list(commands(cli.parser())))
def test_every_command_is_documented(command: str) -> None:
    assert any(command in page.read_text(encoding="utf-8") for page in PAGES), f"no document says what `{command}` does"


def test_every_group_that_the_command_names_is_there() -> None:
    there = {path.stem for path in (ROOT / "kiosk" / "commands").glob("*.py")} - {"__init__"}
    assert set(cli.GROUPS) == there


@pytest.mark.parametrize("setting", [f.name for f in fields(Settings)])
def test_every_setting_is_documented_with_its_default(setting: str) -> None:
    line = next((line for line in text("technician.md").splitlines() if line.startswith(f"| `{setting}` ")), None)
    assert line is not None, f"docs/technician.md has no line for the setting {setting}"
    default = getattr(Settings(), setting)
    assert setting == "data" or str(default) in line


INNER = ("help", "debian-run", "debian-test", "test-setup")  # not for people to type
TARGETS = re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


@pytest.mark.parametrize("target", [target for target in TARGETS if target not in INNER])
def test_every_target_of_make_is_documented(target: str) -> None:
    assert f"make {target}" in text("developer.md") + text("technician.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_pictures_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not re.match(r"https?:|mailto:", link):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_readme_leads_every_reader_to_a_page_and_the_index_to_all_pages() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(f"docs/{reader}.md" in readme for reader in READERS)
    assert all(f"({page.name})" in text("index.md") for page in DOCS.glob("*.md") if page.name != "index.md")


def test_help_is_a_page_to_work_from() -> None:
    page = cli.parser().format_help()
    for needed in ("kiosk setup", "kiosk serve", "kiosk doctor", "kiosk ledger verify", "kiosk settings"):
        assert needed in page
