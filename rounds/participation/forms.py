"""What a panelist says on leaving, as clean values."""

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length


class LeavingForm(FlaskForm):
    """Why somebody leaves, if they want to say it."""

    because = TextAreaField(validators=[Length(max=2000)])
