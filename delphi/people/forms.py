"""Forms in which panelists write their names: apart from the other forms, since nothing that reads answers may come here."""

from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, StringField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from delphi.model.acknowledgement import Acknowledgement
from delphi.people.acknowledgements import valid_orcid
from delphi.people.declarations import Expertise, Questions, SelfDescription
from delphi.people.panel_files import cells
from delphi.people.panel_files.heads import TARGETS
from delphi.people.panel_files.reading import PANEL, PanelChoices
from delphi.people.panel_list.chosen import Act
from delphi.people.panel_list.lines import Order, Wanted
from delphi.people.panel_list.standing import Standing
from delphi.web.forms import LONGEST_TEXT, clean, one_line
from delphi.web.language import gettext as _
from delphi.web.uploads import chosen_columns


class NamingForm(FlaskForm):
    """How somebody wants to be named as a member of the panel."""

    wanted = StringField()
    name = StringField(validators=[Length(max=200)])
    affiliation = StringField(validators=[Length(max=300)])
    orcid = StringField(validators=[Length(max=60)])
    certificate = BooleanField()

    def fill(self, chosen: Acknowledgement | None, name: str) -> None:
        """Show what was chosen, or the name as it is known."""
        self.wanted.data = "yes" if chosen else "no"
        self.name.data = chosen.name if chosen else name
        if chosen:
            self.affiliation.data, self.orcid.data = chosen.affiliation, chosen.orcid
            self.certificate.data = chosen.certificate

    def values(self) -> dict[str, Any]:
        """The columns of an acknowledgement."""
        return {
            "name": one_line(self.name.data),
            "affiliation": one_line(self.affiliation.data),
            "orcid": self._orcid(),
            "certificate": bool(self.certificate.data),
        }

    def _orcid(self) -> str:
        return clean(self.orcid.data).removeprefix("https://orcid.org/")

    def validate_wanted(self, field: Field) -> None:
        """Ask for a decision; a name is needed only to be named."""
        if field.data not in ("yes", "no"):
            raise ValidationError(_("Choose whether you want to be named. Nothing was saved."))
        if field.data == "yes" and not one_line(self.name.data):
            raise ValidationError(_("Write your name as it is to be printed. What you wrote is still here."))
        if field.data == "yes" and self._orcid() and not valid_orcid(self._orcid()):
            raise ValidationError(
                _(
                    "This ORCID is not complete or has a wrong digit. Write it as 0000-0002-1825-0097, or leave it empty."
                )
            )


class NewPersonForm(FlaskForm):
    """One person who joins the panel."""

    name = StringField(validators=[DataRequired(), Length(max=120)])
    email = StringField(validators=[Length(max=254)])
    group = StringField()

    def validate_email(self, field: Field) -> None:
        """Take what a letter can be addressed to, or nothing."""
        if not clean(field.data):
            return
        try:
            cells.address(clean(field.data))
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def row(self) -> dict[str, str]:
        """The person as the row of a file."""
        email = clean(self.email.data)
        row = {"name": one_line(self.name.data), "email": cells.address(email) if email else ""}
        return row | ({"group": group} if (group := clean(self.group.data)) else {})


def wanted_of(args: Mapping[str, str], language: str) -> Wanted:
    """Read from an address which lines of the roster are asked for; what makes no sense asks for all."""
    standing, order = args.get("standing", ""), args.get("order", "")
    return Wanted(
        search=one_line(args.get("search")),
        group=clean(args["group"]) if args.get("group", "all") != "all" else None,
        standing=Standing(standing) if standing in set(Standing) else None,
        order=Order(order) if order in set(Order) else Order.NAME,
        language=language,
    )


def act_of(word: str) -> Act | None:
    """What is to be done with those who are ticked."""
    return Act(word) if word in set(Act) else None


class NameForm(FlaskForm):
    """The own name, corrected."""

    name = StringField(validators=[DataRequired(), Length(max=200)])

    def value(self) -> str:
        """The name in one line."""
        return one_line(self.name.data)


class LostLinkForm(FlaskForm):
    """The address to which the personal link was sent."""

    email = StringField(validators=[DataRequired(), Length(max=254), Email(allow_smtputf8=False)])

    def address(self) -> str:
        """The address as the roster keeps it."""
        return clean(self.email.data).lower()


def read_choices(form: Mapping[str, str]) -> PanelChoices:
    """Read what was chosen at the preview of a file."""
    columns = chosen_columns(form, TARGETS, PANEL.limits.columns)
    return PanelChoices(form.get("sheet", ""), form.get("encoding", ""), columns, form.get("unaddressed") == "y")


LONGEST_CHARACTERISTIC = 200


def read_description(form: Mapping[str, str], questions: Questions) -> tuple[SelfDescription, dict[str, str]]:
    """Read what a panelist says about themselves; what is too long is left out with a message, the rest is kept."""
    errors: dict[str, str] = {}

    def short(name: str, text: str, longest: int) -> str:
        if len(text) <= longest:
            return text
        errors[name] = _("This is longer than %(n)s characters and was not saved.") % {"n": longest}
        return ""

    characteristics = {}
    for question in questions.characteristics:
        name = f"c-{question.key}"
        text = one_line(form.get(name))
        allowed = text if not question.options or text in question.options else ""
        characteristics[question.key] = short(name, allowed, LONGEST_CHARACTERISTIC)
    levels = {section: form.get(f"e-{n}", "") for n, section in enumerate(questions.sections)}
    description = SelfDescription(
        group=form.get("group") or None,
        characteristics=characteristics,
        expertise={section: Expertise(level) for section, level in levels.items() if level in set(Expertise)},
        conflict={"yes": True, "no": False}.get(form.get("conflict", "")),
        conflict_text=short("conflict_text", clean(form.get("conflict_text")), LONGEST_TEXT),
        conflict_published=form.get("conflict_published") == "yes",
    )
    return description, errors


def read_letter(form: Mapping[str, str]) -> tuple[str, str]:
    """Read the subject and the text of a letter; a subject is one line."""
    return one_line(form.get("subject")), clean(form.get("body"))
