"""Bytes to clean values for running a round; no decision and no write here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (  # type: ignore[attr-defined]  # the stubs describe an older WTForms
    BooleanField,
    DateTimeLocalField,
    FieldList,
    Form,
    FormField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length

from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import Decided, Proposal
from delphi.model.rating import AnswerKind, Comment, Moderation
from rounds.ballot import Answer, Remark
from rounds.cards import Card
from rounds.decisions import By
from rounds.feedback.evidence import NOT_QUALIFIED
from rounds.moderation import TAGS, Ruling

LONGEST_COMMENT, LONGEST_REASON, LONGEST_THEME = 2000, 1000, 60


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


class PartForm(Form):
    """One of the statements that a split makes."""

    code = StringField(validators=[DataRequired(), Length(max=120)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])


class SplitForm(FlaskForm):
    """Two or more statements in the place of one."""

    parts = FieldList(FormField(PartForm), min_entries=2, max_entries=6)
    reason = StringField(validators=[DataRequired(), Length(max=1000)])


class AddForm(FlaskForm):
    """A new statement at the desk."""

    code = StringField(validators=[DataRequired(), Length(max=120)])
    kind = SelectField(choices=[SelectChoice("statement"), SelectChoice("recommendation")])
    section = StringField(validators=[Length(max=200)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])
    reason = StringField(validators=[DataRequired(), Length(max=1000)])


def read_decisions(
    form: Mapping[str, str], proposed: Mapping[int, Proposal], *, by: int, at: datetime
) -> dict[int, tuple[Decided, By]]:
    """Read what the desk chose, by statement; "accept" follows the proposal, and nothing chosen decides nothing."""
    chosen = {}
    for statement, proposal in proposed.items():
        word = form.get(f"decide-{statement}", "")
        word = proposal.value if word == "accept" else word
        if word in set(Decided):
            reason = _clean(form.get(f"reason-{statement}", ""), LONGEST_REASON)
            chosen[statement] = (Decided(word), By(by, at, reason, proposal))
    return chosen


def read_rulings(form: MultiDict[str, str], comments: Iterable[Comment]) -> dict[UUID, Ruling]:
    """Read the decisions on the comments of a page, by ticket; one without a choice stays as it is."""
    rulings = {}
    for comment in comments:
        word = form.get(f"comment-{comment.ticket}", "")
        if word in set(Moderation):
            theme = _clean(form.get(f"theme-{comment.ticket}", ""), LONGEST_THEME)
            known = [tag for tag in TAGS if tag in form.getlist(f"tag-{comment.ticket}")]
            rulings[comment.ticket] = Ruling(
                Moderation(word),
                text=_clean(form.get(f"text-{comment.ticket}", ""), LONGEST_COMMENT),
                note=_clean(form.get(f"note-{comment.ticket}", ""), LONGEST_REASON),
                tags=(*known, *([theme] if theme else [])),
            )
    return rulings


def _clean(text: str, longest: int) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()[:longest]


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
