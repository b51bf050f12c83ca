"""What a moderator chose, as clean values."""

from collections.abc import Iterable
from uuid import UUID

from werkzeug.datastructures import MultiDict

from delphi.model.rating import Moderation
from delphi.web.forms import LONGEST_REASON, LONGEST_TEXT, LONGEST_THEME, clean
from rounds.moderation.rulings import TAGS, Ruling
from rounds.seal.texts import WrittenComment


def read_rulings(form: MultiDict[str, str], comments: Iterable[WrittenComment]) -> dict[UUID, Ruling]:
    """Read the decisions on the comments of a page, by ticket; one without a choice stays as it is."""
    rulings = {}
    for comment in comments:
        word = form.get(f"comment-{comment.ticket}", "")
        if word in set(Moderation):
            theme = clean(form.get(f"theme-{comment.ticket}", ""), LONGEST_THEME)
            known = [tag for tag in TAGS if tag in form.getlist(f"tag-{comment.ticket}")]
            rulings[comment.ticket] = Ruling(
                Moderation(word),
                text=clean(form.get(f"text-{comment.ticket}", ""), LONGEST_TEXT),
                note=clean(form.get(f"note-{comment.ticket}", ""), LONGEST_REASON),
                tags=(*known, *([theme] if theme else [])),
                translations=_translations(form, comment.ticket),
            )
    return rulings


def _translations(form: MultiDict[str, str], ticket: UUID) -> dict[str, str]:
    """Read what was translated of a comment, by language."""
    begin = f"translation-{ticket}-"
    return {name.removeprefix(begin): clean(form[name], LONGEST_TEXT) for name in form if name.startswith(begin)}
