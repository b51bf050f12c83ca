"""Bytes to clean values for running a round; no decision and no write here."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # the stubs describe an older WTForms
    BooleanField,
    DateTimeLocalField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from delphi.consensus.scale import Scale
from delphi.model.rating import AnswerKind
from rounds.ballot import Answer, Remark
from rounds.cards import Card
from rounds.feedback.evidence import NOT_QUALIFIED

LONGEST_COMMENT = 2000


class ButtonForm(FlaskForm):
    """A form that only asks for a decision; it carries the protection against forged requests."""


class DeadlineForm(FlaskForm):
    """When a round closes, in the study's own time."""

    closes_at = DateTimeLocalField(format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], validators=[DataRequired()])

    def moment(self, zone: str) -> datetime:
        """Give the deadline in UTC; 23:59 means the end of that minute."""
        assert self.closes_at.data is not None
        local = self.closes_at.data.replace(second=59, tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)


class ExtendForm(DeadlineForm):
    """A later deadline with its reason."""

    reason = StringField(validators=[DataRequired(), Length(max=500)])


class RewordForm(FlaskForm):
    """A new wording."""

    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])
    reason = StringField(validators=[DataRequired(), Length(max=1000)])
    same_meaning = BooleanField()


class ReasonForm(FlaskForm):
    """Why a statement is dropped."""

    reason = StringField(validators=[DataRequired(), Length(max=1000)])


class AddForm(FlaskForm):
    """A new statement at the desk."""

    code = StringField(validators=[DataRequired(), Length(max=120)])
    kind = SelectField(choices=[SelectChoice("statement"), SelectChoice("recommendation")])
    section = StringField(validators=[Length(max=200)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])
    reason = StringField(validators=[DataRequired(), Length(max=1000)])


@dataclass(frozen=True, slots=True)
class Ballot:
    """What a page of cards sent: answers and remarks that can be saved, and messages for those that cannot."""

    answers: list[Answer]
    remarks: list[Remark]
    errors: dict[int, str]
    request: str


def read_ballot(form: Mapping[str, str], page: list[Card], scale: Scale) -> Ballot:
    """Read a page of cards; a card without a choice keeps what is stored."""
    answers, remarks, errors = [], [], {}
    for card in page:
        n = card.statement
        chosen = form.get(f"answer-{n}", "")
        if chosen:
            answers.append(_answer(n, chosen, scale, _number(form.get(f"seen-{n}"))))
        text = form.get(f"comment-{n}", card.comment).replace("\r\n", "\n").replace("\0", "").strip()
        if len(text) > LONGEST_COMMENT:
            errors[n] = text
        elif text != card.comment:
            remarks.append(Remark(n, text, _number(form.get(f"comment-seen-{n}"))))
    return Ballot(answers, remarks, errors, _key(form.get("request", "")))


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
