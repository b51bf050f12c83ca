"""Everything of a study that is to be translated, and what of it is missing or stale before a round is launched."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from delphi.contents import items, translating
from delphi.contents.piece import ContentItem, State
from delphi.contents.translating import TranslatedItem
from delphi.errors import Issue
from delphi.model.study import Study
from delphi.statements.questionnaire import versions_asked
from delphi.translations import LANGUAGES, N_

MISSING = N_("%(language)s: %(n)s pieces of what the panel reads are not translated.")
STALE = N_(
    "%(language)s: %(n)s translations were made of an earlier wording. Panelists read the last one that was valid, marked "
    "as the study asks for."
)


@dataclass(frozen=True, slots=True)
class LanguageStanding:
    """How the translation into one language stands."""

    code: str
    name: str
    counts: dict[State, int]


def pieces_of(session: Session, study: Study, number: int | None = None) -> list[ContentItem]:
    """List what is to be translated; for the launch of a round only the statements that it asks, and what stands around."""
    listed = items.items_of(session, study)
    if number is None:
        return listed
    asked = {f"statement.{statement}." for statement, _version in versions_asked(session, study.id, number)}
    return [one for one in listed if not one.item.startswith("statement.") or one.item.startswith(tuple(asked))]


def translated(session: Session, study: Study, language: str, number: int | None = None) -> list[TranslatedItem]:
    """List the pieces with what there is of them in a language."""
    return translating.states(session, study, pieces_of(session, study, number), language)


def standings(session: Session, study: Study, number: int | None = None) -> list[LanguageStanding]:
    """Say of each language how many pieces are present, missing or stale."""
    if not study.languages:
        return []
    pieces: Sequence[ContentItem] = pieces_of(session, study, number)
    return [
        LanguageStanding(
            code, LANGUAGES.get(code, code), translating.counts(translating.states(session, study, pieces, code))
        )
        for code in study.languages
    ]


def missing(session: Session, study: Study, number: int) -> Iterator[Issue]:
    """List the languages in which a round cannot be launched yet; a rehearsal shows what there is."""
    for one in standings(session, study, number) if study.rehearsal_of is None else ():
        if one.counts[State.MISSING]:
            facts = {"language": one.name, "n": one.counts[State.MISSING]}
            yield Issue("translation_missing", MISSING, "languages.show", values=facts)


def stale(session: Session, study: Study, number: int) -> Iterator[Issue]:
    """List the languages in which a round would show translations of earlier wordings."""
    for one in standings(session, study, number):
        if one.counts[State.STALE]:
            facts = {"language": one.name, "n": one.counts[State.STALE]}
            yield Issue("translation_stale", STALE, "languages.show", False, facts)
