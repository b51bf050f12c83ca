"""When a round closes and who is told, as clean values."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import BooleanField, DateTimeLocalField, StringField
from wtforms.validators import DataRequired, Length

from delphi.web.forms import clean
from rounds.lifecycle.invitations import Audience

LONGEST_REASON = 2000
FAR = timedelta(days=120)


class DeadlineForm(FlaskForm):
    """When a round closes, in the study's own time."""

    closes_at = DateTimeLocalField(format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], validators=[DataRequired()])

    far = BooleanField()  # a deadline far away was looked at again

    def is_far(self, zone: str, *, at: datetime) -> bool:
        """Whether a deadline is so far away that its year may be wrong, and nobody has said that it is right."""
        return not self.far.data and self.moment(zone) > at + FAR

    def moment(self, zone: str) -> datetime:
        """The deadline in UTC; 23:59 means the end of that minute."""
        assert self.closes_at.data is not None
        local = self.closes_at.data.replace(second=59, tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)


class ExtendForm(DeadlineForm):
    """A later deadline with its reason."""

    reason = StringField(validators=[DataRequired(), Length(max=500)])


class FinishForm(FlaskForm):
    """The end of a study, with its reason; where it publishes single answers, that this was read."""

    reason = StringField(filters=[lambda text: clean(text or "", LONGEST_REASON)])
    publish = BooleanField()

    def agrees(self, *, publishes: bool) -> bool:
        """Whether what cannot be taken back was agreed to, where there is any."""
        if publishes and not self.publish.data:
            self.publish.errors = [*self.publish.errors, "required"]
        return not self.errors


def audience_of(form: Mapping[str, str], name: str) -> Audience | None:
    """The audience that was chosen in a field; None for none."""
    word = form.get(name, "")
    return Audience(word) if word in set(Audience) else None
