"""Bytes to clean values at the desk: decisions, rulings on comments, the parts of a split."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, IntegerField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from delphi.consensus.vocabulary import Decided, Proposal
from delphi.errors import Refused
from delphi.model.rating import Comment, Moderation
from delphi.statements.statements import NewStatement
from rounds.moderation.rulings import TAGS, Ruling
from rounds.revision.decisions import By

LONGEST_TEXT, LONGEST_REASON, LONGEST_THEME = 2000, 1000, 60


OTHERS = ("settled_in", "settled_out", "rate_again")
# What the desk offers beside following the rule; what the rule proposes to revise cannot just be followed.
CHOICES = {
    proposal: (
        *(("accept",) if proposal is not Proposal.REVISE else ()),
        *(word for word in OTHERS if word != proposal),
    )
    for proposal in Proposal
}


class PartForm(Form):
    """One of the statements that a split makes."""

    code = StringField(validators=[DataRequired(), Length(max=120)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])


class SplitForm(FlaskForm):
    """Two or more statements in the place of one."""

    parts = FieldList(FormField(PartForm), min_entries=2, max_entries=6)
    reason = StringField(validators=[DataRequired(), Length(max=1000)])


class SuggestionForm(FlaskForm):
    """What becomes of a statement that a panelist proposed."""

    code = StringField(validators=[Length(max=120)])
    text = TextAreaField(validators=[Length(max=5000)])
    section = StringField(validators=[Length(max=200)])
    statement = IntegerField(validators=[Optional()])
    reason = StringField(validators=[DataRequired(), Length(max=1000)])

    def statement_of(self) -> NewStatement:
        """Give the new statement; without code and wording there is none."""
        code, text = (self.code.data or "").strip(), (self.text.data or "").strip()
        if not code or not text:
            raise Refused("Taking a proposal up needs a code and a wording; nothing was changed.")
        return NewStatement(code=code, text=text, section=(self.section.data or "").strip())


def read_decisions(
    form: Mapping[str, str], proposed: Mapping[int, Proposal], *, by: int, at: datetime
) -> dict[int, tuple[Decided, By]]:
    """Read what the desk chose, by statement; "accept" follows the proposal, and nothing chosen decides nothing."""
    chosen = {}
    for statement, proposal in proposed.items():
        word = form.get(f"decide-{statement}", "")
        word = proposal.value if word == "accept" else word
        if word in set(Decided):
            reason = clean(form.get(f"reason-{statement}", ""), LONGEST_REASON)
            chosen[statement] = (Decided(word), By(by, at, reason, proposal))
    return chosen


def read_rulings(form: MultiDict[str, str], comments: Iterable[Comment]) -> dict[UUID, Ruling]:
    """Read the decisions on the comments of a page, by ticket; one without a choice stays as it is."""
    rulings = {}
    for comment in comments:
        word = form.get(f"comment-{comment.ticket}", "")
        if word in set(Moderation):
            theme = clean(form.get(f"theme-{comment.ticket}", ""), LONGEST_THEME)
            known = [tag for tag in TAGS if tag in form.getlist(f"tag-{comment.ticket}")]
            rulings[comment.ticket] = Ruling(
                Moderation(word),
                text=clean(form.get(f"text-{comment.ticket}", ""), LONGEST_TEXT),
                note=clean(form.get(f"note-{comment.ticket}", ""), LONGEST_REASON),
                tags=(*known, *([theme] if theme else [])),
            )
    return rulings


def clean(text: str, longest: int) -> str:
    """Give a typed text as it is stored: one kind of line end, no NUL, no longer than its column."""
    return text.replace("\r\n", "\n").replace("\0", "").strip()[:longest]


class RehearsalForm(FlaskForm):
    """How a simulated panel plays."""

    size = IntegerField(validators=[NumberRange(5, 100)], default=24)
    attrition = IntegerField(validators=[InputRequired(), NumberRange(0, 90)], default=10)
    disagreement = IntegerField(validators=[InputRequired(), NumberRange(0, 100)], default=25)
