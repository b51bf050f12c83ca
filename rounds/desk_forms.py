"""Bytes to clean values at the desk: decisions, rulings on comments, the parts of a split."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import FieldList, Form, FormField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from delphi.consensus.vocabulary import Decided, Proposal
from delphi.model.rating import Comment, Moderation
from rounds.decisions import By
from rounds.moderation import TAGS, Ruling

LONGEST_TEXT, LONGEST_REASON, LONGEST_THEME = 2000, 1000, 60


class PartForm(Form):
    """One of the statements that a split makes."""

    code = StringField(validators=[DataRequired(), Length(max=120)])
    text = TextAreaField(validators=[DataRequired(), Length(max=5000)])


class SplitForm(FlaskForm):
    """Two or more statements in the place of one."""

    parts = FieldList(FormField(PartForm), min_entries=2, max_entries=6)
    reason = StringField(validators=[DataRequired(), Length(max=1000)])


def read_decisions(
    form: Mapping[str, str], proposed: Mapping[int, Proposal], *, by: int, at: datetime
) -> dict[int, tuple[Decided, By]]:
    """Read what the desk chose, by statement; "accept" follows the proposal, and nothing chosen decides nothing."""
    chosen = {}
    for statement, proposal in proposed.items():
        word = form.get(f"decide-{statement}", "")
        word = proposal.value if word == "accept" else word
        if word in set(Decided):
            reason = _clean(form.get(f"reason-{statement}", ""), LONGEST_REASON)
            chosen[statement] = (Decided(word), By(by, at, reason, proposal))
    return chosen


def read_rulings(form: MultiDict[str, str], comments: Iterable[Comment]) -> dict[UUID, Ruling]:
    """Read the decisions on the comments of a page, by ticket; one without a choice stays as it is."""
    rulings = {}
    for comment in comments:
        word = form.get(f"comment-{comment.ticket}", "")
        if word in set(Moderation):
            theme = _clean(form.get(f"theme-{comment.ticket}", ""), LONGEST_THEME)
            known = [tag for tag in TAGS if tag in form.getlist(f"tag-{comment.ticket}")]
            rulings[comment.ticket] = Ruling(
                Moderation(word),
                text=_clean(form.get(f"text-{comment.ticket}", ""), LONGEST_TEXT),
                note=_clean(form.get(f"note-{comment.ticket}", ""), LONGEST_REASON),
                tags=(*known, *([theme] if theme else [])),
            )
    return rulings


def _clean(text: str, longest: int) -> str:
    return text.replace("\r\n", "\n").replace("\0", "").strip()[:longest]
