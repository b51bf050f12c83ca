"""Bytes to clean values for preparing a study."""

from zoneinfo import available_timezones

from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Field, StringField
from wtforms.validators import DataRequired, Email, Length, Regexp, ValidationError

from delphi.web.texts import gettext as _


class ButtonForm(FlaskForm):
    """A form that only asks for a decision."""


class StudyForm(FlaskForm):
    """A new study."""

    template = StringField(validators=[DataRequired()])
    title = StringField(validators=[Length(max=300)])
    slug = StringField(validators=[DataRequired(), Length(max=60), Regexp(r"[a-z0-9]+(-[a-z0-9]+)*$")])
    lead_name = StringField(validators=[DataRequired(), Length(max=200)])
    contact_email = StringField(validators=[DataRequired(), Length(max=254), Email()])
    time_zone = StringField(validators=[DataRequired()], default="Europe/Amsterdam")
    simulated = BooleanField()

    def validate_time_zone(self, field: Field) -> None:
        """Take only zones that the clock knows."""
        if field.data not in available_timezones():
            raise ValidationError(_("This time zone is not known. Write it as Europe/Amsterdam."))


class FileForm(FlaskForm):
    """A file to import."""

    file = FileField(validators=[FileRequired()])
