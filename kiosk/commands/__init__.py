"""The commands, one module for each group, imported only when called."""

from __future__ import annotations

import argparse
from datetime import date


def day(text: str) -> date:
    """For argparse: a refusal in plain Chinese."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，要写成 2026-11-23 这样") from None
