"""Bytes to clean values at the desk: decisions, new wordings, the parts of a split."""

from collections.abc import Mapping
from datetime import datetime

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
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
from delphi.model.statement import Kind
from delphi.statements.statements import NewStatement
from delphi.web.forms import LONGEST_REASON, clean
from delphi.web.language import gettext as _
from rounds.revision.decisions import DecidedBy

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

    def wordings(self) -> list[tuple[str, str]]:
        """Code and wording of each part."""
        return [(part["code"].strip(), part["text"].strip()) for part in self.parts.data]


class SuggestionForm(FlaskForm):
    """What becomes of a statement that a panelist suggested."""

    code = StringField(validators=[Length(max=120)])
    text = TextAreaField(validators=[Length(max=5000)])
    section = StringField(validators=[Length(max=200)])
    statement = IntegerField(validators=[Optional()])
    reason = StringField(validators=[DataRequired(), Length(max=1000)])

    def new_statement(self) -> NewStatement:
        """The statement to be asked; without code and wording there is none."""
        code, text = (self.code.data or "").strip(), (self.text.data or "").strip()
        if not code or not text:
            raise Refused("Taking a suggestion up needs a code and a wording; nothing was changed.")
        return NewStatement(code=code, text=text, section=(self.section.data or "").strip())


def read_decisions(
    form: Mapping[str, str], proposed: Mapping[int, Proposal], *, by: int, at: datetime
) -> dict[int, tuple[Decided, DecidedBy]]:
    """Read what the desk chose, by statement; "accept" follows the proposal, and nothing chosen decides nothing."""
    chosen = {}
    for statement, proposal in proposed.items():
        word = form.get(f"decide-{statement}", "")
        word = proposal.value if word == "accept" else word
        if word in set(Decided):
            reason = clean(form.get(f"reason-{statement}", ""), LONGEST_REASON)
            chosen[statement] = (Decided(word), DecidedBy(by, at, reason, proposal))
    return chosen


class RewordForm(FlaskForm):
    """A new wording."""

    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])
    reason = StringField(validators=[DataRequired(), Length(max=1000)])
    same_meaning = BooleanField()


class ReasonForm(FlaskForm):
    """Why a statement is dropped or asked again."""

    reason = StringField(validators=[DataRequired(), Length(max=1000)])


class AddForm(FlaskForm):
    """A new statement at the desk."""

    code = StringField(validators=[DataRequired(), Length(max=120)])
    kind = SelectField(choices=[SelectChoice("statement"), SelectChoice("recommendation")])
    section = StringField(validators=[Length(max=200)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])
    reason = StringField(validators=[DataRequired(), Length(max=1000)])

    def statement(self) -> NewStatement:
        """The statement to be added."""
        return NewStatement(
            code=(self.code.data or "").strip(),
            text=(self.text.data or "").strip(),
            kind=Kind(self.kind.data),
            section=(self.section.data or "").strip(),
        )


def read_reason() -> str:
    """The reason that was sent; without one the decision is refused."""
    form = ReasonForm()
    if not form.validate():
        raise Refused(_("This decision needs a reason; nothing was changed."))
    return form.reason.data or ""


def read_parents(form: MultiDict[str, str]) -> list[int]:
    """The statements that are to be merged."""
    return [int(value) for value in form.getlist("merge") if value.isdigit()]
