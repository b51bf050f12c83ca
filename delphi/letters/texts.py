"""Texts of letters that a study wrote itself, by kind and language; where it wrote none, that of the catalogues holds."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session, aliased

from delphi import audit
from delphi.contents.reading import languages_of
from delphi.database import remembered
from delphi.errors import Refused
from delphi.letters import filling
from delphi.letters.kinds.kind import Kind, Text
from delphi.letters.values import Words
from delphi.model.event import EventKind
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.model.translation import Translation
from delphi.translations import N_

ITEM = "letter."
PARTS = ("subject", "body")


class WrongText(Refused):
    """A text has placeholders that its kind does not know, lacks some, or is empty or too long."""


def _items(kind: str) -> list[str]:
    return [f"{ITEM}{kind}.{part}" for part in PARTS]


def own(session: Session, study_id: int, kind: str, language: str) -> Text | None:
    """The text that a study wrote itself; None if it wrote none in this language."""
    known = remembered(session, "letters")
    if (study_id, kind) not in known:
        known[study_id, kind] = _all_own(session, study_id, kind)
    found: dict[str, Text] = known[study_id, kind]
    return found.get(language)


def _all_own(session: Session, study_id: int, kind: str) -> dict[str, Text]:
    """The texts of a kind that a study wrote itself, by language."""
    subject, body = aliased(Translation), aliased(Translation)
    names = dict(zip(PARTS, _items(kind), strict=True))
    rows = (
        select(subject.language, subject.text, body.text)
        .join(body, (body.study_id == subject.study_id) & (body.language == subject.language))
        .where(subject.study_id == study_id, subject.item == names["subject"], body.item == names["body"])
    )
    return {language: Text(first, rest) for language, first, rest in session.execute(rows)}


def usual(study: Study, kind: Kind, language: str) -> Text:
    """The text of the catalogues, with the study's noun for what is rated."""
    return kind.text(Words(language, study.item_noun).translate)


def text_of(session: Session, study: Study, kind: Kind, language: str) -> Text:
    """The text of a kind as it holds in a language."""
    return own(session, study.id, kind.name, language) or usual(study, kind, language)


def edited(session: Session, study: Study) -> set[tuple[str, str]]:
    """List kind and language of the texts that the study wrote itself."""
    rows = select(Translation.item, Translation.language).where(
        Translation.study_id == study.id, Translation.item.startswith(ITEM, autoescape=True)
    )
    return {(item.split(".")[1], language) for item, language in session.execute(rows)}


def languages(session: Session, study: Study) -> list[str]:
    """The languages in which the panel may get letters: those of the study, and those of its people."""
    spoken = select(Panelist.language).where(Panelist.study_id == study.id, Panelist.language.is_not(None)).distinct()
    return list(dict.fromkeys([*languages_of(study), *sorted(filter(None, session.scalars(spoken)))]))


def keep(session: Session, study: Study, kind: Kind, language: str, text: Text, *, by: int, at: datetime) -> bool:
    """Keep a text; that of the catalogues is kept by writing nothing. False if all stands already as it is written.

    Raises
    ------
    WrongText
        It cannot be sent as it is; what is wrong is named.
    """
    _check(session, study, kind, language, text)
    known = text_of(session, study, kind, language)
    if text == known:
        return False
    default = usual(study, kind, language)
    _forget(session, study, kind, language)
    if text != default:
        source = default if language == study.language else text_of(session, study, kind, study.language)
        key = {"study_id": study.id, "language": language, "by": by, "at": at}
        session.add_all(
            Translation(item=item, text=written, source=made_from, **key)
            for item, written, made_from in zip(_items(kind.name), text, source, strict=True)
        )
    facts = {"letter": kind.name, "language": language, "own": text != default}
    audit.record(session, study.id, EventKind.LETTERS_CHANGED, by=by, at=at, **facts)
    return True


def _forget(session: Session, study: Study, kind: Kind, language: str) -> None:
    own_text = (Translation.study_id == study.id, Translation.language == language)
    session.execute(delete(Translation).where(*own_text, Translation.item.in_(_items(kind.name))))


def _check(session: Session, study: Study, kind: Kind, language: str, text: Text) -> None:
    if kind.fixed or language not in languages(session, study):
        raise WrongText(N_("This letter cannot be changed here. Nothing was changed."))
    if not text.subject or not text.body:
        raise WrongText(N_("A letter needs a subject and a text. Nothing was changed; what you typed is still here."))
    if len(text.subject) > filling.LONGEST_SUBJECT or len(text.body) > filling.LONGEST_BODY:
        raise WrongText(N_("This is too long for a letter. Nothing was changed; what you typed is still here."))
    if unknown := filling.unknown(kind, text):
        raise WrongText(
            N_("This letter has no value for %(names)s. Nothing was changed; what you typed is still here."),
            names=_named(unknown),
        )
    if missing := filling.missing(kind, text):
        raise WrongText(
            N_("This letter needs %(names)s in its text. Nothing was changed; what you typed is still here."),
            names=_named(missing),
        )


def _named(names: Sequence[str]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
