"""The form in which the team corrects one person of the panel."""

from collections.abc import Iterable, Mapping
from uuid import UUID, uuid4

from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from delphi.people.forms import LONGEST_CHARACTERISTIC
from delphi.people.panel_files import cells
from delphi.people.person.changes import Correction
from delphi.people.person.reading import Details
from delphi.web.forms import LONGEST_TEXT, clean, one_line


class PersonForm(FlaskForm):
    """Name, address, group, note and characteristics; what it was filled with goes along."""

    name = StringField(validators=[DataRequired(), Length(max=200)])
    email = StringField(validators=[Length(max=254)])
    group = StringField()
    language = StringField()
    note = TextAreaField(validators=[Length(max=LONGEST_TEXT)])
    end_links = BooleanField()
    seen = StringField()
    addressed = True  # whether the person has an address by now: it is changed, and not taken away

    def fill(self, stored: Details) -> None:
        """Show what is stored; links of a wrong address end unless somebody says otherwise."""
        self.name.data, self.email.data = stored.name, stored.email
        self.group.data, self.note.data, self.end_links.data = stored.group, stored.note, True
        self.language.data = stored.language

    def validate_email(self, field: Field) -> None:
        """Take what a letter can be addressed to; whoever has no address may go on without."""
        if not clean(field.data) and not self.addressed:
            return
        try:
            cells.address(clean(field.data).lower())
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def correction(self, characteristics: Mapping[str, str]) -> Correction:
        """What is asked for."""
        group, note = clean(self.group.data), clean(self.note.data)
        email = clean(self.email.data).lower()
        language = clean(self.language.data)
        wanted = Details(one_line(self.name.data), email, group, note, characteristics, language)
        return Correction(wanted, clean(self.seen.data), bool(self.end_links.data))


def read_other(form: Mapping[str, str]) -> tuple[str, str]:
    """The other entry of a person who stands on the panel twice: the code of its page, or its mail address."""
    return clean(form.get("other")), clean(form.get("email")).lower()


def read_characteristics(form: Mapping[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Read what is known about a person by the place of each key; what is empty is not kept."""
    read = {key: one_line(form.get(f"c-{n}"))[:LONGEST_CHARACTERISTIC] for n, key in enumerate(keys)}
    return {key: value for key, value in read.items() if value}


def form_key(form: Mapping[str, str]) -> UUID:
    """The key of a form that was sent; of one without a key, a new one."""
    try:
        return UUID(form.get("form", ""))
    except ValueError:
        return uuid4()
