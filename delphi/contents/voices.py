"""Comments in the language they were written in, with what the lead translated beside them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from delphi.contents import translating
from delphi.contents.piece import Piece
from delphi.contents.reading import Contents, Remember, at_once, languages_of
from delphi.model.study import Study
from delphi.model.translation import Translation

Translations = Mapping[str, Mapping[str, str]]  # by item of a comment, then by language


class Voice(Piece):
    """A comment as it was written, and its translation for the reader; None where it needs none or has none."""

    __slots__ = ("translation",)

    translation: Piece | None

    @classmethod
    def of(cls, text: str, language: str, translation: Piece | None = None) -> Self:
        """A comment with its translation."""
        voice = cls(text, language)
        voice.translation = translation
        return voice


def item_of(ticket: UUID) -> str:
    """The id of a comment among the pieces of content."""
    return f"comment.{ticket}"


def translations_of(session: Session, study: Study, *, remember: Remember = at_once) -> Translations:
    """What was translated of comments, by item and language; nothing is asked where nothing was ever translated."""
    if not study.translated:
        return {}
    name = ("translated comments", study.id, study.created_at, study.translated)
    found: Translations = remember(name, lambda: _read(session, study))
    return found


def _read(session: Session, study: Study) -> Translations:
    rows = select(Translation.item, Translation.language, Translation.text)
    found: dict[str, dict[str, str]] = {}
    comments = rows.where(Translation.study_id == study.id, Translation.item.startswith("comment."))
    for item, language, text in session.execute(comments):
        found.setdefault(item, {})[language] = text
    return found


def voice(contents: Contents, translations: Translations, ticket: UUID, text: str, language: str | None) -> Voice:
    """A comment for a reader: in their language where it is translated into it, or else into that of the study."""
    spoken = language or contents.source
    if spoken == contents.language:
        return Voice.of(text, spoken)
    known = translations.get(item_of(ticket), {})
    told = next(((code, known[code]) for code in (contents.language, contents.source) if code in known), None)
    return Voice.of(text, spoken, Piece(told[1], told[0]) if told and told[0] != spoken else None)


def translate(
    session: Session, study: Study, ticket: UUID, source: str, texts: Mapping[str, str], *, by: int, at: datetime
) -> None:
    """Keep what the lead translated of a comment, by language of the study; an empty one is removed."""
    own = {code: text for code, text in texts.items() if code in languages_of(study)}
    key = {"study_id": study.id, "item": item_of(ticket)}
    known = dict(list(session.execute(select(Translation.language, Translation.text).filter_by(**key))))
    if own.items() <= known.items() or not (known or any(own.values())):
        return
    session.execute(delete(Translation).filter_by(**key).where(Translation.language.in_(own)))
    session.add_all(
        Translation(**key, language=code, text=text, source=source, by=by, at=at) for code, text in own.items() if text
    )
    session.flush()
    translating.changed_once_more(session, study)
