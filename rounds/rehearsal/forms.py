"""How a rehearsal is played, as clean values."""

from flask_wtf import FlaskForm
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from rounds.rehearsal.answers import Scene


class RehearsalForm(FlaskForm):
    """How a simulated panel plays."""

    size = IntegerField(validators=[NumberRange(5, 100)], default=24)
    attrition = IntegerField(validators=[InputRequired(), NumberRange(0, 90)], default=10)
    disagreement = IntegerField(validators=[InputRequired(), NumberRange(0, 100)], default=25)

    def scene(self) -> Scene:
        """How the simulated panel plays."""
        return Scene(self.size.data or 0, self.attrition.data or 0, self.disagreement.data or 0)
