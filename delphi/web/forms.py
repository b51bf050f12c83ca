"""What every form shares: the button, and cleaning of what was typed."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

LONGEST_TEXT, LONGEST_REASON, LONGEST_THEME = 2000, 1000, 60
MOST_DIGITS = 8  # what any integer column holds


class ButtonForm(FlaskForm):
    """A form that only asks for a decision; it carries the protection against forged requests."""


def typed(control: Field) -> Any:
    """What stands in a field: as it was typed where it could not be taken, else its value."""
    if control.errors and control.raw_data:
        return control.raw_data[0]
    return "" if control.data is None else control.data


def clean(text: str | None, longest: int | None = None) -> str:
    """Clean a typed text for its column: one kind of line end, no NUL, no longer than fits; nothing typed is empty."""
    return (text or "").replace("\r\n", "\n").replace("\0", "").strip()[:longest]


def one_line(text: str | None) -> str:
    """Clean a typed text that stands in one line, such as a name."""
    return " ".join(clean(text).split())


def whole_number(text: str | None) -> int | None:
    """Read a whole number of at most eight digits; None if it is none."""
    digits = (text or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None
