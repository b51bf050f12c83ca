"""What a letter says, decided again when it is sent: facts for its template, or nothing if it has become needless."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import access, progress
from delphi.dates import in_words, locale_of
from delphi.letters import reminders
from delphi.model.event import Event, EventKind
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Round, State
from delphi.model.study import Consent, Document, Study
from delphi.statements.duration import reading_of

Facts = dict[str, Any]
WITH_LINK = frozenset(LetterKind) - {LetterKind.CONSENT, LetterKind.WITHDRAWAL, LetterKind.ADDRESS_CHANGED}

WITHHELD: Facts = {
    "done": 0,
    "counted": {},
    "kept": {},
    "withheld": True,
}  # of what was answered, to an address of the team


def facts_of(session: Session, letter: Letter, study: Study, panelist: Panelist, *, at: datetime) -> Facts | None:
    """Collect what the template of a letter needs beside the link; None drops the letter."""
    match letter.kind:
        case LetterKind.WITHDRAWAL:
            return _left(session, study, panelist)
        case LetterKind.ADDRESS_CHANGED:
            return {"study": study}
        case LetterKind.LINK:
            return {"study": study} if panelist.withdrawn_on is None else None
        case LetterKind.CONSENT:
            return _consent(session, study, panelist)
    return _for_the_panel(session, letter, study, at=at) if panelist.taking_part else None


def _for_the_panel(session: Session, letter: Letter, study: Study, *, at: datetime) -> Facts | None:
    """Collect what only members of the panel get."""
    match letter.kind:
        case LetterKind.STATISTICIAN:
            return _statistician(session, study)
        case LetterKind.INFORMATION:
            return _information(session, study)
        case LetterKind.CLOSING_EARLY:
            return _closed_early(session, letter, study)
    return _round(session, letter, study, at=at)


def _left(session: Session, study: Study, panelist: Panelist) -> Facts:
    """Collect what is left of whoever left: answers that were counted, and answers that will be, by round."""
    over = select(Round.number).where(Round.study_id == study.id, Round.closed_at.is_not(None))
    closed = set(session.scalars(over))
    answers = progress.answered_by_round(session, study.id, panelist.id)
    return {
        "study": study,
        "withdrawn_on": panelist.withdrawn_on,
        "counted": {number: n for number, n in answers.items() if number in closed},
        "kept": {number: n for number, n in answers.items() if number not in closed},
    }


def _closed_early(session: Session, letter: Letter, study: Study) -> Facts | None:
    """Collect what a letter says of a round that was closed before its deadline."""
    round_ = session.get_one(Round, (letter.study_id, letter.round))
    if round_.closed_at is None or round_.closes_at is None:
        return None
    locale = locale_of(study.language)
    return {
        "study": study,
        "round": round_,
        "done": reminders.answered(session, letter),
        "closed": in_words(round_.closed_at, study.time_zone, locale=locale),
        "closes": in_words(round_.closes_at, study.time_zone, locale=locale),
    }


def _consent(session: Session, study: Study, panelist: Panelist) -> Facts | None:
    """Collect the text a panelist agreed to last, with the items."""
    newest = (
        select(Consent, Document)
        .join(Document, (Document.study_id == Consent.study_id) & (Document.version == Consent.version))
        .where(Consent.study_id == study.id, Consent.panelist == panelist.id)
        .order_by(Consent.version.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    if row is None or not panelist.taking_part:
        return None
    consent, document = row
    items = [document.items[n] for n in consent.items]
    return {"study": study, "consent": consent, "document": document, "items": items}


def _statistician(session: Session, study: Study) -> Facts | None:
    """Name who reads single answers; if nobody does any more, the letter is needless."""
    named = access.statisticians(session, study)
    return {"study": study, "named": named} if named else None


def _information(session: Session, study: Study) -> Facts:
    """Collect what is new in the information of a study, for those who need not agree again."""
    versions = select(Document).where(Document.study_id == study.id).order_by(Document.version.desc())
    return {"study": study, "document": session.scalars(versions.limit(1)).one()}


def template_of(letter: Letter, facts: Facts) -> LetterKind:
    """Choose the text: a reminder to everybody says to each what fits, and to an address of the team nothing was done."""
    if letter.kind not in (LetterKind.REMINDER, LetterKind.UNFINISHED):
        return letter.kind
    return LetterKind.UNFINISHED if facts["done"] else LetterKind.NOT_STARTED


def _round(session: Session, letter: Letter, study: Study, *, at: datetime) -> Facts | None:
    """Collect what a letter says of its round, as long as it is open and there is something to do."""
    round_ = session.get_one(Round, (letter.study_id, letter.round))
    if round_.state is not State.OPEN or reminders.needless(session, letter, at=at):
        return None
    assert round_.closes_at is not None
    reading = reading_of(session, study, round_.number)
    return {
        "study": study,
        "round": round_,
        "items": len(reading.words),
        "done": reminders.answered(session, letter),
        "minutes": reading.minutes(),
        "reason": _reason(session, letter),
        "closes": in_words(round_.closes_at, study.time_zone, locale=locale_of(study.language)),
    }


def _reason(session: Session, letter: Letter) -> str:
    """The reason of the last extension of the round."""
    extensions = select(Event).filter_by(study_id=letter.study_id, kind=EventKind.ROUND_EXTENDED)
    reasons = {
        event.data["round"]: event.data["reason"] for event in session.scalars(extensions.order_by(Event.sequence))
    }
    return str(reasons.get(letter.round, ""))
