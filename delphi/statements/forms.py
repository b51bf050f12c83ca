"""What is typed of a statement, as clean values."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectChoice, SelectField, StringField, TextAreaField  # type: ignore[attr-defined]  # the stubs describe an older WTForms
from wtforms.validators import DataRequired, Length, NumberRange

from delphi.model.statement import Kind, Statement, StatementVersion
from delphi.sheets.lists.source import Choices
from delphi.statements.heads import TARGETS
from delphi.statements.reading import STATEMENTS
from delphi.web.forms import clean, one_line
from delphi.web.uploads import chosen_columns

LONGEST_SECTION = 200


class StatementForm(FlaskForm):
    """One statement as it is written on the page."""

    code = StringField(validators=[Length(max=120)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])
    kind = SelectField(choices=[SelectChoice(word.value, word.value) for word in Kind], default=Kind.STATEMENT)
    section = StringField(validators=[Length(max=LONGEST_SECTION)])
    help = TextAreaField(validators=[Length(max=5000)])
    evidence = TextAreaField(validators=[Length(max=5000)])
    round = IntegerField(validators=[NumberRange(1, 100)], default=1)

    @classmethod
    def of(cls, statement: Statement, version: StatementVersion) -> "StatementForm":
        """Fill the form with a statement, unless it was sent."""
        facts = {"kind": statement.kind, "section": statement.section, "round": statement.enters_round}
        return cls(data=facts | {"text": version.text, "help": version.help, "evidence": version.evidence})

    def values(self) -> dict[str, Any]:
        """What a statement holds beside its code."""
        short = {name: one_line(self[name].data) for name in ("text", "section")}
        long = {name: clean(self[name].data) for name in ("help", "evidence")}
        return {**short, **long, "kind": Kind(self.kind.data), "round": self.round.data}

    def row(self) -> dict[str, Any]:
        """The statement as the row of a file; without a code it gets the next free one."""
        code = clean(self.code.data)
        return self.values() | ({"code": code} if code else {})


def read_choices(form: Mapping[str, str]) -> Choices:
    """Read what was chosen at the preview of a file."""
    columns = chosen_columns(form, TARGETS, STATEMENTS.limits.columns)
    return Choices(form.get("sheet", ""), form.get("encoding", ""), columns)
