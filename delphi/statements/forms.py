"""What is typed of a statement, as clean values."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import IntegerField, SelectChoice, SelectField, StringField, TextAreaField  # type: ignore[attr-defined]  # the stubs describe an older WTForms
from wtforms.validators import DataRequired, Length, NumberRange

from delphi.model.statement import Kind


class StatementForm(FlaskForm):
    """One statement as it is written on the page."""

    code = StringField(validators=[Length(max=120)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])
    kind = SelectField(choices=[SelectChoice(word.value, word.value) for word in Kind], default=Kind.STATEMENT)
    section = StringField(validators=[Length(max=200)])
    help = TextAreaField(validators=[Length(max=5000)])
    evidence = TextAreaField(validators=[Length(max=5000)])
    round = IntegerField(validators=[NumberRange(1, 100)], default=1)

    def values(self) -> dict[str, Any]:
        """Give what a statement holds beside its code."""
        texts = {name: " ".join((self[name].data or "").split()) for name in ("text", "section")}
        long = {name: (self[name].data or "").replace("\r\n", "\n").strip() for name in ("help", "evidence")}
        return {**texts, **long, "kind": Kind(self.kind.data), "round": self.round.data}
