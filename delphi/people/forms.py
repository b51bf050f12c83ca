"""Forms in which panelists write their names: apart from the other forms, since nothing that reads answers may come here."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, StringField
from wtforms.validators import DataRequired, Email, Length, ValidationError

from delphi.model.acknowledgement import Acknowledgement
from delphi.people.acknowledgements import valid_orcid
from delphi.web.language import gettext as _


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
        """Give the columns of an acknowledgement."""
        return {
            "name": " ".join((self.name.data or "").split()),
            "affiliation": " ".join((self.affiliation.data or "").split()),
            "orcid": self._orcid(),
            "certificate": bool(self.certificate.data),
        }

    def _orcid(self) -> str:
        return (self.orcid.data or "").strip().removeprefix("https://orcid.org/")

    def validate_wanted(self, field: Field) -> None:
        """Ask for a decision; a name is needed only to be named."""
        if field.data not in ("yes", "no"):
            raise ValidationError(_("Choose whether you want to be named. Nothing was saved."))
        if field.data == "yes" and not (self.name.data or "").strip():
            raise ValidationError(_("Write your name as it is to be printed. What you wrote is still here."))
        if field.data == "yes" and self._orcid() and not valid_orcid(self._orcid()):
            raise ValidationError(
                _(
                    "This ORCID is not complete or has a wrong digit. Write it as 0000-0002-1825-0097, or leave it empty."
                )
            )


class NameForm(FlaskForm):
    """The own name, corrected."""

    name = StringField(validators=[DataRequired(), Length(max=200)])


class LostLinkForm(FlaskForm):
    """The address to which the personal link was sent."""

    email = StringField(validators=[DataRequired(), Length(max=254), Email(allow_smtputf8=False)])
