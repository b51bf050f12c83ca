"""When a round closes and who is told, as clean values."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, DateTimeLocalField, StringField
from wtforms.validators import DataRequired, Length

from delphi.web.forms import clean, whole_number
from rounds.lifecycle.reminder_plan import AT_HOUR, MOST, MOST_DAYS, Audience, PlannedReminder

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


def read_plan(form: MultiDict[str, str], groups: Collection[str]) -> list[PlannedReminder] | None:
    """Read the rows of a plan; a row without a number of days is none. None if a number is wrong."""
    plan = []
    for n in range(MOST):
        if not form.get(f"days-{n}", "").strip():
            continue
        one = _planned(form, n, groups)
        if one is None:
            return None
        plan.append(one)
    return plan


def _planned(form: MultiDict[str, str], n: int, groups: Collection[str]) -> PlannedReminder | None:
    days, hour = whole_number(form.get(f"days-{n}")), whole_number(form.get(f"hour-{n}", str(AT_HOUR)))
    if days is None or days > MOST_DAYS or hour is None or hour > 23:
        return None
    return PlannedReminder(
        days,
        after_opening=form.get(f"from-{n}") == "opening",
        to=audience_of(form, f"to-{n}") or Audience.NOT_SUBMITTED,
        hour=hour,
        groups=tuple(group for group in form.getlist(f"groups-{n}") if group in groups),
    )
