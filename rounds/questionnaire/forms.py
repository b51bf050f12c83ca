"""Bytes to clean values for running a round; no decision and no write here."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from delphi.consensus.shipped_scales import Scale
from delphi.errors import Refused
from delphi.model.rating import AnswerKind
from delphi.translations import N_
from delphi.web.language import gettext as _
from rounds.feedback.evidence import NOT_QUALIFIED
from rounds.questionnaire.ballot import Answer, Remark
from rounds.questionnaire.cards import MOST_OPTIONS, Card

LONGEST_TEXT = 2000  # of a comment, of a reason


class StaleSheet(Refused):
    """The form was made for another round, or for the link of another person."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This page belongs to another round, or another personal link was opened in this browser since. "
                "Nothing of it was saved. Open your own link again."
            )
        )


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a page of cards sent: what can be saved, and messages for the fields that cannot.

    ``typed`` holds the fields as they were sent, for a page that has to be shown again.
    """

    answers: list[Answer]
    remarks: list[Remark]
    reasons: list[Remark]
    errors: dict[str, str]
    typed: Mapping[str, str]
    request: str


def read_ballot(form: Mapping[str, str], page: list[Card], scale: Scale) -> Ballot:
    """Read cards; a card without a choice keeps what is stored."""
    read = Ballot([], [], [], {}, form, _key(form.get("request", "")))
    for card in page:
        _read_answer(read, card, scale)
        _read_text(read, card, "comment", read.remarks)
        _read_text(read, card, "reason", read.reasons)
    return read


def _read_answer(read: Ballot, card: Card, scale: Scale) -> None:
    name = f"answer-{card.statement}"
    chosen = read.typed.get(name, "").strip()
    if not chosen:
        return
    if scale.K > MOST_OPTIONS and chosen not in (NOT_QUALIFIED, "clear", *map(str, scale.values)):
        words = _("“%(chosen)s” is no whole number from %(lo)s to %(hi)s. Your other answers are saved; write another.")
        read.errors[name] = words % {"chosen": chosen[:20], "lo": scale.lo, "hi": scale.hi}
    else:
        read.answers.append(_answer(card.statement, chosen, scale, _number(read.typed.get(f"seen-{name}"))))


def _read_text(read: Ballot, card: Card, kind: str, texts: list[Remark]) -> None:
    name, stored = f"{kind}-{card.statement}", getattr(card, kind)
    text = read.typed.get(name, stored).replace("\r\n", "\n").replace("\0", "").strip()
    if len(text) > LONGEST_TEXT:
        words = _(
            "This text has %(n)s characters; the limit is %(most)s. Your rating is saved and the text is still here. "
            "Shorten it by %(over)s characters."
        )
        numbers = {"n": len(text), "most": LONGEST_TEXT, "over": len(text) - LONGEST_TEXT}
        read.errors[name] = words % numbers
    elif text != stored:
        texts.append(Remark(card.statement, text, _number(read.typed.get(f"seen-{name}"))))


def _answer(statement: int, chosen: str, scale: Scale, seen: int) -> Answer:
    if chosen == NOT_QUALIFIED and scale.opt_out:
        return Answer(statement, AnswerKind.NOT_QUALIFIED, None, seen)
    if chosen == "clear":
        return Answer(statement, AnswerKind.CLEARED, None, seen)
    # What is no number of the scale goes on as no value: the operation refuses it with a message.
    return Answer(statement, AnswerKind.RATED, int(chosen) if chosen in map(str, scale.values) else None, seen)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 0


def _key(text: str) -> str:
    """Give the save key of the page; a page without one gets a new one, and is saved."""
    try:
        return str(UUID(text))
    except ValueError:
        return str(uuid4())
