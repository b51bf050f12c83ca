"""Translations of a study: what is present, missing or stale in each language, and keeping them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from delphi import audit
from delphi.contents.piece import ContentItem, State, seen_of
from delphi.contents.reading import Contents, Wording, wordings_in
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import QuestionnaireItem, Round
from delphi.model.study import Consent, Study
from delphi.model.translation import Translation


@dataclass(frozen=True, slots=True)
class TranslatedItem:
    """A piece beside what there is of it in a language; ``made_from`` is the wording that a stale one was made from."""

    item: str
    source: str
    about: str
    state: State
    text: str
    made_from: str | None

    @property
    def seen(self) -> str:
        """The name of the source wording of today."""
        return seen_of(self.source)


def states(session: Session, study: Study, items: Sequence[ContentItem], language: str) -> list[TranslatedItem]:
    """Say of each piece how it stands in a language, in the order given."""
    contents = Contents(study.language, language, wordings_in(session, study, language))
    return [_state(contents, one) for one in items]


def _state(contents: Contents, one: ContentItem) -> TranslatedItem:
    said = _said(contents, one)
    if said.language != contents.language:
        return TranslatedItem(one.item, one.source, one.about, State.MISSING, "", None)
    state = State.STALE if said.is_stale else State.PRESENT
    return TranslatedItem(one.item, one.source, one.about, state, str(said), said.made_from)


def _said(contents: Contents, one: ContentItem) -> Any:
    """What a panelist reads for a piece, by its id."""
    kind, _dot, rest = one.item.partition(".")
    if kind == "statement":
        number, _version, field = rest.split(".", 2)
        return contents.statement(int(number), field, one.source)
    if kind == "section":
        return contents.section(one.source, [int(rest)])
    return contents.say(one.item, one.source)


def counts(listed: Iterable[TranslatedItem]) -> dict[State, int]:
    """How many pieces stand how."""
    counted = Counter(one.state for one in listed)
    return {state: counted[state] for state in State}


def write(
    session: Session,
    study: Study,
    language: str,
    texts: Mapping[str, Wording],
    *,
    by: int | None,
    at: datetime,
) -> int:
    """Keep translations by item, each with the source wording it was made from; an empty one is removed.

    What is there already stays as it is; the answer is how many changed. What the panel has been asked in a launched
    round does not change any more.

    Raises
    ------
    Refused
        The study does not have this language, or a wording was shown to the panel already.
    """
    if language not in study.languages:
        raise Refused("The study does not have this language; nothing was changed. Choose it first.")
    known = wordings_in(session, study, language)
    changed = {item: wording for item, wording in texts.items() if known.get(item, Wording("", "")) != wording}
    changed = {item: wording for item, wording in changed.items() if wording.text or item in known}
    _refuse_shown(session, study, changed.keys() & known.keys())
    _store(session, study, language, changed, by=by, at=at)
    if changed:
        facts = {"language": language, "pieces": len(changed)}
        audit.record(session, study.id, EventKind.TEXTS_TRANSLATED, by=by, at=at, **facts)
    return len(changed)


def shown_to_the_panel(session: Session, study: Study, items: Iterable[str]) -> set[str]:
    """Say which of these pieces were asked in a launched round, or agreed to: their translations do not change."""
    asked, agreed = {}, {}
    for item in items:
        kind, _dot, rest = item.partition(".")
        if kind == "statement":
            asked[item] = tuple(map(int, rest.split(".")[:2]))
        elif kind == "document":
            agreed[item] = int(rest.split(".")[0])
    launched = _launched(session, study) if asked else set()
    consented = _agreed(session, study) if agreed else set()
    shown = {item for item, wording in asked.items() if wording in launched}
    return shown | {item for item, version in agreed.items() if version in consented}


def _refuse_shown(session: Session, study: Study, items: Iterable[str]) -> None:
    """Refuse to change what the panel was shown; adding what was missing is no change."""
    if shown_to_the_panel(session, study, items):
        raise Refused(
            "A wording that was shown to the panel stays as it was; nothing was changed. Reword the statement for the next "
            "round, or publish a new version of the information, instead."
        )


def _launched(session: Session, study: Study) -> set[tuple[int, int]]:
    """The wordings that were asked in a launched round."""
    launched = (Round.study_id == QuestionnaireItem.study_id) & (Round.number == QuestionnaireItem.round)
    asked = select(QuestionnaireItem.statement, QuestionnaireItem.version).join(Round, launched)
    rows = session.execute(asked.where(QuestionnaireItem.study_id == study.id, Round.opened_at.is_not(None)))
    return {(statement, version) for statement, version in rows}


def _agreed(session: Session, study: Study) -> set[int]:
    """The versions of the information to which somebody agreed."""
    return set(session.scalars(select(Consent.version).where(Consent.study_id == study.id).distinct()))


def _store(
    session: Session, study: Study, language: str, texts: Mapping[str, Wording], *, by: int | None, at: datetime
) -> None:
    if not texts:
        return
    session.execute(
        delete(Translation).where(
            Translation.study_id == study.id, Translation.language == language, Translation.item.in_(texts)
        )
    )
    key = {"study_id": study.id, "language": language, "by": by, "at": at}
    session.add_all(
        Translation(item=item, text=text, source=source, **key) for item, (text, source) in texts.items() if text
    )
    session.flush()
    changed_once_more(session, study)


def changed_once_more(session: Session, study: Study) -> None:
    """Let every process read the translations of a study anew."""
    session.execute(update(Study).where(Study.id == study.id).values(translated=Study.translated + 1))
    session.refresh(study, ["translated"])


def forget(session: Session, study: Study, items: Sequence[str]) -> None:
    """Remove what was translated of pieces that are gone."""
    session.execute(delete(Translation).where(Translation.study_id == study.id, Translation.item.in_(items)))
    changed_once_more(session, study)
