"""Bytes to clean values at the desk: decisions, rulings on comments, the parts of a split."""

from collections.abc import Mapping
from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # the stubs describe an older WTForms
    BooleanField,
    FieldList,
    Form,
    FormField,
    IntegerField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from delphi.consensus.vocabulary import Decided, Proposal
from delphi.errors import Refused
from delphi.statements.statements import NewStatement
from delphi.web.forms import LONGEST_REASON, clean
from rounds.revision.decisions import By

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
