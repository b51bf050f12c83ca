"""The panelist's own answers of a round as a file."""

import io
from collections.abc import Iterable

from delphi.consensus.scale import Scale
from delphi.sheets.writing import write_csv
from rounds.questionnaire.cards import Card

HEAD = ("round", "statement", "section", "text", "answer", "value", "comment", "reason_for_change")


def answers_csv(number: int, cards: Iterable[Card], scale: Scale) -> str:
    """The answers and comments of a round, one row a statement; what was left blank is left out."""
    stream = io.StringIO(newline="")
    rows = [_row(number, card, scale) for card in cards if card.answered or card.comment]
    write_csv(stream, HEAD, rows)
    return stream.getvalue()


def _row(number: int, card: Card, scale: Scale) -> tuple[str | int | None, ...]:
    value = card.answer if isinstance(card.answer, int) else None
    label = scale.opt_out or "" if card.answer else ""
    if value is not None:
        label = scale.labels[value - scale.lo]
    return (number, card.code, card.section, card.text, label, value, card.comment, card.reason)
