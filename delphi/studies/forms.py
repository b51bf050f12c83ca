"""What is typed of a study, as clean values."""

from typing import Any
from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, IntegerField, SelectChoice, SelectField, StringField, TextAreaField  # type: ignore[attr-defined]  # the stubs describe an older WTForms
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional, Regexp, ValidationError

from delphi.consensus.rules import RULES
from delphi.consensus.shipped_scales import SCALES
from delphi.web.language import gettext as _

NOTHING = SelectChoice("", "")


def known_zone(_form: FlaskForm, field: Field) -> None:
    """Take only zones that the clock knows."""
    if field.data not in available_timezones():
        raise ValidationError(_("This time zone is not known. Write it as Europe/Amsterdam."))


class StudyForm(FlaskForm):
    """A new study; method fields left empty take what the template says."""

    template = StringField(validators=[DataRequired()])
    title = StringField(validators=[Length(max=300)])
    slug = StringField(validators=[DataRequired(), Length(max=60), Regexp(r"[a-z0-9]+(-[a-z0-9]+)*$")])
    lead_name = StringField(validators=[DataRequired(), Length(max=200)])
    contact_email = StringField(validators=[DataRequired(), Length(max=254), Email(allow_smtputf8=False)])
    time_zone = StringField(validators=[DataRequired(), known_zone], default="Europe/Amsterdam")
    simulated = BooleanField()
    scale = SelectField(
        choices=[NOTHING, *(SelectChoice(key, scale.name) for key, scale in SCALES.items())], default=""
    )
    rule = SelectField(choices=[NOTHING, *map(SelectChoice, RULES)], default="")
    rule_settings = StringField(validators=[Length(max=500)])
    denominator = SelectField(choices=[NOTHING, *map(SelectChoice, ("rated", "answered", "shown"))], default="")
    quantile_type = IntegerField(validators=[Optional(), NumberRange(1, 9)])
    minimum_n = IntegerField(validators=[Optional(), NumberRange(1, 1000)])
    smallest_cell = IntegerField(validators=[Optional(), NumberRange(3, 100)])
    maximum_rounds = IntegerField(validators=[Optional(), NumberRange(1, 20)])

    def method(self) -> dict[str, Any]:
        """Give what was filled in of the method, by column of the study."""
        names = ("scale", "rule", "denominator", "quantile_type", "minimum_n", "smallest_cell", "maximum_rounds")
        chosen: dict[str, Any] = {name: self[name].data for name in names if self[name].data}
        pairs = [pair.partition("=") for pair in (self.rule_settings.data or "").split(";") if pair.strip()]
        if pairs:
            chosen["rule_settings"] = {name.strip(): value.strip() for name, _sign, value in pairs}
        return chosen


class FactsForm(FlaskForm):
    """What a study is called and who answers questions."""

    title = StringField(validators=[DataRequired(), Length(max=300)])
    lead_name = StringField(validators=[DataRequired(), Length(max=200)])
    contact_email = StringField(validators=[DataRequired(), Length(max=254), Email(allow_smtputf8=False)])
    time_zone = StringField(validators=[DataRequired(), known_zone])


class GroupsForm(FlaskForm):
    """New groups, and what panelists are asked; the rows of the present groups are read beside it."""

    new = TextAreaField(validators=[Length(max=5000)])
    asked = TextAreaField(validators=[Length(max=10_000)])
    group_chosen = BooleanField()
    asks_expertise = BooleanField()
    asks_conflicts = BooleanField()


class DocumentForm(FlaskForm):
    """A new version of information and consent."""

    information = TextAreaField(validators=[DataRequired(), Length(max=50_000)])
    consent = TextAreaField(validators=[DataRequired(), Length(max=10_000)])
    material = BooleanField()
    reason = TextAreaField(validators=[Length(max=2000)])
