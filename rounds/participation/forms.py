"""What a panelist agrees to, and says on leaving, as clean values."""

from collections.abc import Mapping

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import Length

from delphi.model.study import Document


class LeavingForm(FlaskForm):
    """Why somebody leaves, if they want to say it."""

    because = TextAreaField(validators=[Length(max=2000)])


def ticked_items(form: Mapping[str, str], document: Document) -> list[int]:
    """The numbers of the items of the consent that are ticked."""
    return [n for n in range(len(document.items)) if form.get(f"item-{n}")]
