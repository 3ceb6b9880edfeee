"""Text that people typed, before it goes into the record."""

from __future__ import annotations

import unicodedata

from kiosk.errors import CaseworkError, EventRefused

LONG, SHORT = 4_000, 100


def clean(text: str, what: str, most: int = LONG) -> str:
    """Without control characters (a NUL breaks tables and printers); markup stays as it was typed, screens escape it.

    Raises EventRefused when it is too long: nothing is cut off behind a person's back.
    """
    if len(text) > most:
        raise EventRefused(f"{what}太长（{len(text)} 字，最多 {most} 字），没有记下。请写短一些。")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in lines if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")).strip()


def short(text: str, what: str) -> str:
    """One line."""
    return " ".join(clean(text, what, SHORT).split())


def needed(text: str, what: str) -> str:
    cleaned = clean(text, what)
    if not cleaned:
        raise CaseworkError(f"{what}还是空的，没有记下。")
    return cleaned


def digits(text: str) -> str:
    """What was typed as a code: full-width figures, spaces and dashes do not matter."""
    return "".join(char for char in unicodedata.normalize("NFKC", text[:40]) if char in "0123456789")


def case_number(text: str) -> str:
    """As it stands on the slip: 260001, ２６－０００１ and 26 0001 are 26-0001."""
    figures = digits(text)
    return f"{figures[:2]}-{figures[2:]}"
