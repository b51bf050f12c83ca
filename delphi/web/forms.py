"""What every form shares: the button, and cleaning of text."""

from flask_wtf import FlaskForm


class ButtonForm(FlaskForm):
    """A form that only asks for a decision; it carries the protection against forged requests."""


LONGEST_TEXT, LONGEST_REASON, LONGEST_THEME = 2000, 1000, 60


def clean(text: str, longest: int | None = None) -> str:
    """A typed text as it is stored: one kind of line end, no NUL, no longer than its column."""
    return text.replace("\r\n", "\n").replace("\0", "").strip()[:longest]
