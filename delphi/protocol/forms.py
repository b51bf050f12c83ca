"""The protocol as a form: typed fields for the method, one text field for each thing a lead writes."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Self

from flask import request
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
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional, ValidationError

from delphi.consensus.analysis import Definition
from delphi.consensus.rules import RULES
from delphi.consensus.rules.example import example_counts, example_options, judge_example
from delphi.consensus.rules.settings import Setting, settings_of
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Denominator, Feedback
from delphi.model.round import Round
from delphi.model.study import (
    CLOSING_HOURS,
    NAMES_KEPT_DAYS,
    ORDINARY,
    Harm,
    ItemNoun,
    Level,
    PersonNoun,
    Settled,
    Study,
    Turnout,
    Unsettled,
    Withdrawal,
)
from delphi.protocol.anonymity import CONTACT, Anonymity, proposal
from delphi.protocol.method import METHOD, TEXTS, definition_from
from delphi.protocol.panelist_options import PanelistOptions
from delphi.web.forms import clean, whole_number
from delphi.web.language import gettext as _

LONGEST, MOST_VOTES = 5000, 100_000
LONGEST_KEPT_DAYS = 3660  # ten years
LONGEST_CLOSING_HOURS = 72
SETTING = "set."  # what the names of a rule's settings begin with in the form
SHARES = ("consensus_share", "stable_share", "response_floor")


def _words(vocabulary: Iterable[str]) -> list[SelectChoice]:
    """The choices of a closed vocabulary; the page names them."""
    return [SelectChoice(str(word), str(word)) for word in vocabulary]


def share(_form: FlaskForm, field: Field) -> None:
    """Take a share in per cent, or nothing."""
    if field.data and not re.fullmatch(r"100(\.0+)?|[0-9]{1,2}(\.[0-9]{1,4})?", field.data):
        raise ValidationError(_("Write a share between 0 and 100, such as 75 or 66.7."))


def _text() -> TextAreaField:
    return TextAreaField(validators=[Length(max=LONGEST)])


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
    aim = _text()
    rationale = _text()
    steering = _text()
    panel = _text()
    statements = _text()
    rule_rationale = _text()
    registration = _text()
    incentives = _text()
    accessibility = _text()
    ethics = _text()
    funding = _text()
    conflicts = _text()
    retention = _text()

    @classmethod
    def of(cls, study: Study) -> Self:
        """Fill the form with the protocol of a study, unless it was sent."""
        data = {name: getattr(study, name) for name in METHOD if name not in ("rule_settings", "stopping_rule")}
        return cls(data={**data, **study.stopping_rule, **study.texts})

    def shown(self) -> str:
        """Name the scale and the rule whose settings the page shows."""
        return f"{self.scale.data} {self.rule.data}"

    def asks_to_save(self) -> bool:
        """Whether the page was sent with the settings of the chosen rule, and not to see those of another."""
        return self.is_submitted() and self._shows_chosen_rule() and "show" not in request.form

    def _shows_chosen_rule(self) -> bool:
        return request.form.get("shown") == self.shown()

    def settings(self, study: Study) -> Mapping[str, str]:
        """Read the settings of the rule as they were sent; none if another rule was chosen."""
        if not self.is_submitted():
            return study.rule_settings
        return settings_sent(request.form) if self._shows_chosen_rule() else {}

    def rule_settings(self, settings: Mapping[str, str]) -> list[Setting]:
        """List the settings of the chosen rule; none if it does not fit the scale."""
        try:
            return settings_of(self.rule.data, SCALES[self.scale.data], settings)
        except (KeyError, ValueError) as error:
            self.form_errors.append(str(error))
            return []

    def rule_works(self, settings: Mapping[str, str]) -> bool:
        """Whether the rule can be applied; if not, the form says why."""
        try:
            definition_from(self.wanted(settings))
        except ValueError as error:
            self.form_errors.append(str(error))
            return False
        return True

    def wanted(self, settings: Mapping[str, str]) -> dict[str, Any]:
        """The protocol that the form asks for, by column or text."""
        plain = ("scale", "rule", "denominator", "quantile_type", "minimum_n", "smallest_cell", "maximum_rounds")
        return {
            **{name: self[name].data for name in plain},
            "rule_settings": dict(settings),
            "stopping_rule": {name: self[name].data for name in SHARES if self[name].data},
            "settled": Settled(self.settled.data),
            "unsettled": Unsettled(self.unsettled.data),
            "feedback_plan": [word.value for word in Feedback if word.value in (self.feedback_plan.data or ())],
            **{name: clean(self[name].data) for name in TEXTS},
        }


class AmendmentForm(ProtocolForm):
    """The protocol after its lock: a change says why."""

    reason = TextAreaField(validators=[DataRequired(), Length(max=2000)])


def settings_sent(form: Mapping[str, str]) -> dict[str, str]:
    """Read the settings of a rule from what was sent."""
    return {name.removeprefix(SETTING): clean(text) for name, text in form.items() if name.startswith(SETTING)}


def example_sent(definition: Definition, names: Sequence[str], args: Mapping[str, str]) -> dict[str, Any]:
    """Judge the counts of the address, or those to begin with."""
    options, begin = example_options(definition.scale), example_counts(definition.scale)

    def count(name: str, default: int) -> int:
        number = whole_number(args.get(name))
        return default if number is None else min(number, MOST_VOTES)

    ratings = [{v: count(f"n{g}_{v}", begin[v]) for v in options} for g in range(len(names))]
    opted_out = [count(f"nq{g}", 0) for g in range(len(names))]
    try:
        judged = judge_example(definition, ratings, opted_out, names)
    except (ValueError, KeyError):  # the rule asks groups that are not declared yet
        judged = None
    return {"options": options, "groups": names, "ratings": ratings, "opted_out": opted_out, "judged": judged}


class PanelistOptionsForm(FlaskForm):
    """What panelists may write, how they may leave, which days are planned."""

    open_round = BooleanField()
    proposals = BooleanField()
    open_question = TextAreaField(validators=[Length(max=2000)])
    keep = BooleanField()
    remove_open = BooleanField()
    opens_on = DateField(validators=[Optional()])
    names_until = DateField(validators=[Optional()])
    names_kept_days = IntegerField(validators=[Optional(), NumberRange(min=1, max=LONGEST_KEPT_DAYS)])
    closing_hours = IntegerField(validators=[Optional(), NumberRange(min=0, max=LONGEST_CLOSING_HOURS)])
    item_noun = SelectField(choices=_words(ItemNoun), default=ItemNoun.STATEMENT)
    person_noun = SelectField(choices=_words(PersonNoun), default=PersonNoun.PANELIST)

    @classmethod
    def of(cls, study: Study, draft: Round | None) -> Self:
        """Fill the form with what is decided, unless it was sent; what the lock holds stays as it is even then."""
        form = cls(data={"opens_on": draft.opens_on if draft else None, "names_until": study.names_until})
        if study.protocol_locked_at or not form.is_submitted():
            form.open_round.data = 0 in study.proposal_rounds
            form.proposals.data = any(study.proposal_rounds)
            form.open_question.data = study.open_question
            form.names_kept_days.data = study.names_kept_days
            form.closing_hours.data = study.closing_hours
            form.item_noun.data, form.person_noun.data = study.item_noun.value, study.person_noun.value
            for choice in Withdrawal:
                form[choice.value].data = choice.value in study.withdrawal_choices
        elif not form.names_kept_days.raw_data or not form.names_kept_days.raw_data[0].strip():
            form.names_kept_days.data = NAMES_KEPT_DAYS
        return form

    def wanted(self) -> PanelistOptions:
        """What the lead decided."""
        return PanelistOptions(
            open_round=bool(self.open_round.data),
            proposals=bool(self.proposals.data),
            open_question=clean(self.open_question.data),
            withdrawal_choices=tuple(choice for choice in Withdrawal if self[choice.value].data),
            opens_on=self.opens_on.data,
            names_until=self.names_until.data,
            names_kept_days=self.names_kept_days.data,
            closing_hours=CLOSING_HOURS if self.closing_hours.data is None else self.closing_hours.data,
            item_noun=ItemNoun(self.item_noun.data),
            person_noun=PersonNoun(self.person_noun.data),
        )


class AnonymityForm(FlaskForm):
    """How far answers are kept from everybody; after the lock only the contact for data protection can change."""

    harm = SelectField(choices=_words(Harm), validate_choice=False)
    level = SelectField(choices=_words(Level))
    caution = IntegerField(validators=[NumberRange(1, 3)])
    smallest_cell = IntegerField(validators=[NumberRange(3, 100)])
    group_chosen = BooleanField()
    turnout = SelectField(choices=_words(Turnout))
    data_protection_name = StringField(validators=[Length(max=200)])
    data_protection_email = StringField(validators=[Optional(), Length(max=254), Email(allow_smtputf8=False)])

    @classmethod
    def of(cls, study: Study, harm: Harm | None) -> Self:
        """Fill the form with what is chosen, or with what the answer proposes; what the lock holds stays as it is."""
        names = ("level", "caution", "smallest_cell", "group_chosen", "turnout", *CONTACT)
        chosen = {name: getattr(study, name) for name in names} | {"harm": harm}
        if harm is not study.harm and harm is not None:
            chosen["level"], chosen["caution"] = proposal(harm)
        form = cls(data=chosen)
        if study.protocol_locked_at:
            for name in (*set(names) - CONTACT, "harm"):
                form[name].data = getattr(study, name)
        return form

    def wanted(self) -> Anonymity:
        """What the team chose."""
        return Anonymity(
            harm=Harm(self.harm.data) if self.harm.data in set(Harm) else None,
            level=Level(self.level.data),
            caution=self.caution.data or ORDINARY,
            smallest_cell=self.smallest_cell.data or 0,
            group_chosen=bool(self.group_chosen.data),
            turnout=Turnout(self.turnout.data),
            data_protection_name=clean(self.data_protection_name.data) or None,
            data_protection_email=clean(self.data_protection_email.data) or None,
        )
