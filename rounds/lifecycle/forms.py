"""When a round closes, as clean values."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, StringField
from wtforms.validators import DataRequired, Length


class DeadlineForm(FlaskForm):
    """When a round closes, in the study's own time."""

    closes_at = DateTimeLocalField(format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], validators=[DataRequired()])

    def moment(self, zone: str) -> datetime:
        """Give the deadline in UTC; 23:59 means the end of that minute."""
        assert self.closes_at.data is not None
        local = self.closes_at.data.replace(second=59, tzinfo=ZoneInfo(zone))
        return local.astimezone(UTC)


class ExtendForm(DeadlineForm):
    """A later deadline with its reason."""

    reason = StringField(validators=[DataRequired(), Length(max=500)])
