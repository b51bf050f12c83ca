"""The protocol as a form: typed fields for the method, one text field for each thing a lead writes."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # the stubs describe an older WTForms
    BooleanField,
    DateField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from delphi.consensus.rules import RULES
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Denominator, Feedback
from delphi.model.study import Settled, Study, Unsettled
from delphi.protocol.method import METHOD, TEXTS
from delphi.web.language import gettext as _

LONGEST = 5000
SETTING = "set."  # what the names of a rule's settings begin with in the form
SHARES = ("consensus_share", "stable_share", "response_floor")


def _words(vocabulary: Iterable[str]) -> list[SelectChoice]:
    """Give the choices of a closed vocabulary; the page names them."""
    return [SelectChoice(str(word), str(word)) for word in vocabulary]


def share(_form: FlaskForm, field: Field) -> None:
    """Take a share in per cent, or nothing."""
    if field.data and not re.fullmatch(r"100(\.0+)?|[0-9]{1,2}(\.[0-9]{1,4})?", field.data):
        raise ValidationError(_("Write a share between 0 and 100, such as 75 or 66.7."))


class ProtocolForm(FlaskForm):
    """Everything of the protocol but the settings of the rule, whose names depend on the rule."""

    scale = SelectField(choices=[SelectChoice(key, scale.name) for key, scale in SCALES.items()])
    rule = SelectField(choices=[SelectChoice(key, rule.name) for key, rule in RULES.items()])
    denominator = SelectField(choices=_words(Denominator))
    quantile_type = IntegerField(validators=[NumberRange(1, 9)])
    minimum_n = IntegerField(validators=[NumberRange(1, 1000)])
    smallest_cell = IntegerField(validators=[NumberRange(3, 100)])
    maximum_rounds = IntegerField(validators=[NumberRange(1, 20)])
    consensus_share = StringField(validators=[share])
    stable_share = StringField(validators=[share])
    response_floor = StringField(validators=[share])
    settled = SelectField(choices=_words(Settled))
    unsettled = SelectField(choices=_words(Unsettled))
    feedback_plan = SelectMultipleField(choices=_words(Feedback))

    @classmethod
    def of(cls, study: Study) -> "ProtocolForm":
        """Fill the form with the protocol of a study, unless it was sent."""
        data = {name: getattr(study, name) for name in METHOD if name not in ("rule_settings", "stopping_rule")}
        return cls(data={**data, **study.stopping_rule, **study.texts})

    def wanted(self, settings: Mapping[str, str]) -> dict[str, Any]:
        """Give the protocol that the form asks for, by column or text."""
        plain = ("scale", "rule", "denominator", "quantile_type", "minimum_n", "smallest_cell", "maximum_rounds")
        return {
            **{name: self[name].data for name in plain},
            "rule_settings": dict(settings),
            "stopping_rule": {name: self[name].data for name in SHARES if self[name].data},
            "settled": Settled(self.settled.data),
            "unsettled": Unsettled(self.unsettled.data),
            "feedback_plan": [word.value for word in Feedback if word.value in (self.feedback_plan.data or ())],
            **{name: (self[name].data or "").replace("\r\n", "\n").strip() for name in TEXTS},
        }


for _name in TEXTS:
    setattr(ProtocolForm, _name, TextAreaField(validators=[Length(max=LONGEST)]))


class AmendmentForm(ProtocolForm):
    """The protocol after its lock: a change says why."""

    reason = TextAreaField(validators=[DataRequired(), Length(max=2000)])


def settings_sent(form: Mapping[str, str]) -> dict[str, str]:
    """Read the settings of a rule from what was sent."""
    sent = {name.removeprefix(SETTING): text for name, text in form.items() if name.startswith(SETTING)}
    return {name: text.strip() for name, text in sent.items()}


class PanelSideForm(FlaskForm):
    """What panelists may write, how they may leave, which days are planned."""

    open_round = BooleanField()
    proposals = BooleanField()
    open_question = TextAreaField(validators=[Length(max=2000)])
    keep = BooleanField()
    remove_open = BooleanField()
    remove_unreleased = BooleanField()
    opens_on = DateField(validators=[Optional()])
    names_until = DateField(validators=[Optional()])
