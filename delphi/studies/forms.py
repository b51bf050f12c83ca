"""What is typed of a study, as clean values."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from flask import request
from flask_wtf import FlaskForm
from wtforms import (  # type: ignore[attr-defined]  # the stubs describe an older WTForms
    BooleanField,
    Field,
    IntegerField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, Length, NumberRange, Optional, Regexp, ValidationError

from delphi.consensus.rules import RULES
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import EVERYBODY, Denominator
from delphi.contents import scale_words
from delphi.contents.piece import seen_of
from delphi.contents.reading import Wording
from delphi.contents.translating import TranslatedItem
from delphi.model.study import StaleMark, Study
from delphi.protocol.groups import WantedGroup
from delphi.studies.designs import StudyPlan
from delphi.web import language as spoken
from delphi.web.forms import clean, whole_number
from delphi.web.language import gettext as _

LONGEST_WORD, LONGEST_PIECE = 100, 50_000
NOTHING = SelectChoice("", "")


def known_zone(_form: FlaskForm, field: Field) -> None:
    """Take only zones that the clock knows."""
    if field.data not in available_timezones():
        raise ValidationError(_("This time zone is not known. Write it as Europe/Amsterdam."))


def offered_choices() -> list[SelectChoice]:
    """The languages of this installation."""
    return [SelectChoice(code, name) for code, name in spoken.offered().items()]


class StudyForm(FlaskForm):
    """A new study; method fields left empty take what the template says."""

    template = StringField(validators=[DataRequired()])
    title = StringField(validators=[Length(max=300)])
    slug = StringField(validators=[DataRequired(), Length(max=60), Regexp(r"[a-z0-9]+(-[a-z0-9]+)*$")])
    lead_name = StringField(validators=[DataRequired(), Length(max=200)])
    contact_email = StringField(validators=[DataRequired(), Length(max=254), Email(allow_smtputf8=False)])
    language = SelectField(choices=offered_choices, default=spoken.language)
    time_zone = StringField(validators=[DataRequired(), known_zone], default="Europe/Amsterdam")
    simulated = BooleanField()
    scale = SelectField(
        choices=[NOTHING, *(SelectChoice(key, scale.name) for key, scale in SCALES.items())], default=""
    )
    rule = SelectField(choices=[NOTHING, *map(SelectChoice, RULES)], default="")
    rule_settings = StringField(validators=[Length(max=500)])
    denominator = SelectField(choices=[NOTHING, *map(SelectChoice, Denominator)], default="")
    quantile_type = IntegerField(validators=[Optional(), NumberRange(1, 9)])
    minimum_n = IntegerField(validators=[Optional(), NumberRange(1, 1000)])
    smallest_cell = IntegerField(validators=[Optional(), NumberRange(3, 100)])
    maximum_rounds = IntegerField(validators=[Optional(), NumberRange(1, 20)])

    def method(self) -> dict[str, Any]:
        """What was filled in of the method, by column of the study."""
        names = ("scale", "rule", "denominator", "quantile_type", "minimum_n", "smallest_cell", "maximum_rounds")
        chosen: dict[str, Any] = {name: self[name].data for name in names if self[name].data}
        pairs = [pair.partition("=") for pair in (self.rule_settings.data or "").split(";") if pair.strip()]
        if pairs:
            chosen["rule_settings"] = {name.strip(): value.strip() for name, _sign, value in pairs}
        return chosen

    def plan(self) -> StudyPlan:
        """What the lead decided beside the design."""
        return StudyPlan(
            slug=self.slug.data or "",
            title=self.title.data or "",
            lead_name=self.lead_name.data or "",
            contact_email=self.contact_email.data or "",
            language=self.language.data or "en",
            time_zone=self.time_zone.data or "UTC",
            simulated=bool(self.simulated.data),
            method=self.method(),
        )


class LanguagesForm(FlaskForm):
    """The languages beside that of the source, and how a translation of an earlier wording is marked."""

    languages = SelectMultipleField(choices=offered_choices)
    stale_mark = SelectField(choices=[SelectChoice(mark.value, mark.value) for mark in StaleMark])

    @classmethod
    def of(cls, study: Study) -> "LanguagesForm":
        """Fill the form with what is chosen, unless it was sent."""
        return cls(data={"languages": study.languages, "stale_mark": study.stale_mark.value})


def read_words(form: Mapping[str, str], study: Study) -> dict[str, str]:
    """Read the words of the scale; one that is left empty, or as it came, is none of the study's own."""
    came = scale_words.words_of(SCALES[study.scale])
    typed = {item: clean(form.get(f"word-{item}"), LONGEST_WORD) for item in came}
    return {item: word for item, word in typed.items() if word and word != came[item]}


def read_translations(form: Mapping[str, str], pieces: Iterable[TranslatedItem]) -> tuple[dict[str, Wording], int]:
    """Read the translations that were sent, and how many belong to a wording that is not that of today any more.

    A stale one that is sent as it was stays stale, unless it is said to fit still.
    """
    texts, passed = {}, 0
    for one in pieces:
        text = clean(form.get(f"text-{one.item}"), LONGEST_PIECE)
        if f"text-{one.item}" not in form or (text == one.text and f"fits-{one.item}" not in form):
            continue
        if form.get(f"seen-{one.item}") != seen_of(one.source):
            passed += 1
        else:
            texts[one.item] = Wording(text, one.source)
    return texts, passed


class FactsForm(FlaskForm):
    """What a study is called and who answers questions."""

    title = StringField(validators=[DataRequired(), Length(max=300)])
    lead_name = StringField(validators=[DataRequired(), Length(max=200)])
    contact_email = StringField(validators=[DataRequired(), Length(max=254), Email(allow_smtputf8=False)])
    time_zone = StringField(validators=[DataRequired(), known_zone])

    def values(self) -> dict[str, str]:
        """The facts by column of the study."""
        return {name: clean(self[name].data) for name in ("title", "lead_name", "contact_email", "time_zone")}


QUESTION = re.compile(r"^\s*([A-Za-z0-9_ -]{1,60}):\s*([^|]{1,200})(?:\|([^|]{0,200}))?(?:\|(.{0,2000}))?$")
FLAGS = ("group_chosen", "asks_expertise", "asks_conflicts")
MOST_GROUPS, LARGEST_TARGET = 200, 99_999


class GroupsForm(FlaskForm):
    """New groups, and what panelists are asked; the rows of the present groups are read beside it."""

    new = TextAreaField(validators=[Length(max=5000)])
    asked = TextAreaField(validators=[Length(max=10_000)])
    group_chosen = BooleanField()
    asks_expertise = BooleanField()
    asks_conflicts = BooleanField()

    wanted: list[WantedGroup]
    questions: list[dict[str, Any]]

    @classmethod
    def of(cls, study: Study) -> "GroupsForm":
        """Fill the form with what a study asks, unless it was sent."""
        flags = {name: getattr(study, name) for name in FLAGS}
        return cls(data=flags | {"asked": "\n".join(map(_as_line, study.asked_characteristics))})

    def validate(self, extra_validators: Mapping[str, Any] | None = None) -> bool:
        """Check the fields, and read the groups and the questions, one a line."""
        valid = super().validate(extra_validators)
        self.wanted, self.questions = self._groups(request.form), self._questions()
        return valid and not self.form_errors

    def values(self) -> dict[str, Any]:
        """What panelists are asked, by column of the study."""
        flags = {name: bool(self[name].data) for name in FLAGS}
        return {"asked_characteristics": self.questions, **flags}

    def _groups(self, sent: Mapping[str, str]) -> list[WantedGroup]:
        """Read the groups that are there, in their rows, and the new ones, one a line."""
        groups = []
        for number in range(MOST_GROUPS):
            key = clean(sent.get(f"key-{number}"))
            if key and f"remove-{number}" not in sent:
                target = self._target(sent.get(f"target-{number}", ""))
                groups.append(WantedGroup(key, target, f"public-{number}" in sent))
        for line in clean(self.new.data).splitlines():
            key, _colon, target_text = (part.strip() for part in line.partition(":"))
            if key:
                groups.append(WantedGroup(key, self._target(target_text)))
        names = [group.key for group in groups]
        if any(len(name) > 60 or name == EVERYBODY for name in names) or len(set(names)) < len(names):
            self.form_errors.append(
                _("A group has a name of its own, of at most 60 characters, and is not called “all”.")
            )
        return groups

    def _target(self, text: str) -> int | None:
        target = whole_number(text)
        if text and not (target and target <= LARGEST_TARGET):
            self.form_errors.append(_("A target is a whole number above 0."))
            return None
        return target

    def _questions(self) -> list[dict[str, Any]]:
        """Read what is asked, one a line: name: question | purpose | option; option."""
        questions = []
        for line in filter(str.strip, clean(self.asked.data).splitlines()):
            match = QUESTION.match(line)
            if match is None:
                message = _("This line is not of the form “name: question | purpose | options”:")
                self.form_errors.append(f"{message} {line[:60]}")
                continue
            key, label, purpose, options = (part.strip() if part else "" for part in match.groups())
            listed = [option.strip() for option in options.split(";") if option.strip()]
            questions.append({"key": key, "label": label, "purpose": purpose, "options": listed})
        return questions


def _as_line(question: Mapping[str, Any]) -> str:
    """Write a question as it is typed."""
    label = f"{question['key']}: {question.get('label') or question['key']}"
    parts = [label, question.get("purpose", ""), "; ".join(question.get("options", ()))]
    return " | ".join(parts).rstrip(" |")


class DocumentForm(FlaskForm):
    """A new version of information and consent."""

    information = TextAreaField(validators=[DataRequired(), Length(max=50_000)])
    consent = TextAreaField(validators=[DataRequired(), Length(max=10_000)])
    material = BooleanField()
    reason = TextAreaField(validators=[Length(max=2000)])

    def texts(self) -> dict[str, Any]:
        """The new version, as it is published."""
        texts = {name: clean(self[name].data) for name in ("information", "consent", "reason")}
        return {**texts, "material": bool(self.material.data)}
