"""How a rehearsal is played, as clean values."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from rounds.rehearsal.answers import RehearsalSettings


class RehearsalForm(FlaskForm):
    """How a simulated panel plays."""

    size = IntegerField(validators=[NumberRange(5, 100)], default=24)
    attrition = IntegerField(validators=[InputRequired(), NumberRange(0, 90)], default=10)
    disagreement = IntegerField(validators=[InputRequired(), NumberRange(0, 100)], default=25)

    def settings(self) -> RehearsalSettings:
        """How the simulated panel plays."""
        return RehearsalSettings(self.size.data or 0, self.attrition.data or 0, self.disagreement.data or 0)
