"""What a letter says, decided again when it is sent: facts for its template, or nothing if it has become needless."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import access, progress
from delphi.contents.information import document_in
from delphi.contents.reading import contents_of
from delphi.dates import in_words, locale_of
from delphi.letters import reminders
from delphi.model.event import Event, EventKind
from delphi.model.letter import REMINDERS, Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Round, State, find_round
from delphi.model.study import Consent, Document, Study
from delphi.statements.duration import reading_of

Facts = dict[str, Any]
WITHOUT_LINK = {LetterKind.CONSENT, LetterKind.WITHDRAWAL, LetterKind.ADDRESS_CHANGED, LetterKind.THANKS}
WITH_LINK = frozenset(LetterKind) - WITHOUT_LINK

NEAR = timedelta(hours=24)  # of a deadline: its last day

WITHHELD: Facts = {
    "done": 0,
    "counted": {},
    "kept": {},
    "withheld": True,
}  # of what was answered, to an address of the team


def facts_of(session: Session, letter: Letter, study: Study, panelist: Panelist, *, at: datetime) -> Facts | None:
    """Collect what the text of a letter needs beside the link, in the language of its reader; None drops the letter."""
    facts = _facts_of(session, letter, study, panelist, at=at)
    if facts is None:
        return None
    language = language_of(study, panelist)
    title = contents_of(session, study, language).say("study.title", study.title)
    return {"language": language, "title": title, **facts}


def language_of(study: Study, panelist: Panelist) -> str:
    """The language in which somebody gets letters: their own, else that of the study."""
    return panelist.language or study.language


def _facts_of(session: Session, letter: Letter, study: Study, panelist: Panelist, *, at: datetime) -> Facts | None:
    match letter.kind:
        case LetterKind.WITHDRAWAL:
            return _left(session, study, panelist)
        case LetterKind.ADDRESS_CHANGED:
            return {"study": study}
        case LetterKind.LINK:
            return {"study": study} if panelist.withdrawn_on is None else None
        case LetterKind.CONSENT:
            return _consent(session, study, panelist)
    if not panelist.taking_part or (letter.kind in REMINDERS and panelist.reminders_stopped):
        return None
    return _for_the_panel(session, letter, study, locale_of(language_of(study, panelist)), at=at)


def _for_the_panel(session: Session, letter: Letter, study: Study, locale: str, *, at: datetime) -> Facts | None:
    """Collect what only members of the panel get."""
    match letter.kind:
        case LetterKind.STATISTICIAN:
            return _statistician(session, study)
        case LetterKind.INFORMATION:
            return _information(session, letter, study)
        case LetterKind.CLOSING_EARLY:
            return _closed_early(session, letter, study, locale)
        case LetterKind.NEWS | LetterKind.RESULTS | LetterKind.THANKS:
            return _after(session, letter, study, at=at)
        case LetterKind.FINISHED | LetterKind.ACKNOWLEDGEMENT:
            return {"study": study} if fits(session, study, letter.kind, None, at=at) else None
    return _round(session, letter, study, locale, at=at)


def fits(session: Session, study: Study, kind: LetterKind, round_: Round | None, *, at: datetime) -> bool:
    """Whether a letter that a lead sends to the panel says what is true now, of the study or of a round."""
    if study.names_destroyed_at is not None:
        return False
    if kind is LetterKind.FINISHED:
        return study.finished_at is not None
    if kind is LetterKind.ACKNOWLEDGEMENT:
        return study.names_until is None or at.date() <= study.names_until
    if round_ is None or kind is LetterKind.RESULTS:
        return round_ is not None and round_.released_at is not None
    following = find_round(session, study.id, round_.number + 1)
    return round_.closed_at is not None and (following is None or following.opened_at is None)


def _after(session: Session, letter: Letter, study: Study, *, at: datetime) -> Facts | None:
    """Collect what a letter says of a round that is over, and of the one that is planned next."""
    assert letter.round is not None
    round_ = session.get_one(Round, (letter.study_id, letter.round))
    if not fits(session, study, letter.kind, round_, at=at):
        return None
    following = find_round(session, study.id, letter.round + 1)
    return {"study": study, "round": round_, "opens": following.opens_on if following else None}


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


def _closed_early(session: Session, letter: Letter, study: Study, locale: str) -> Facts | None:
    """Collect what a letter says of a round that was closed before its deadline."""
    round_ = session.get_one(Round, (letter.study_id, letter.round))
    if round_.closed_at is None or round_.closes_at is None:
        return None
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
    shown = document_in(contents_of(session, study, language_of(study, panelist)), document)
    items = [shown.items[n] for n in consent.items]
    return {"study": study, "consent": consent, "document": shown, "items": items}


def _statistician(session: Session, study: Study) -> Facts | None:
    """Name who reads single answers; if nobody does any more, the letter is needless."""
    named = access.statisticians(session, study)
    return {"study": study, "named": named} if named else None


def _information(session: Session, letter: Letter, study: Study) -> Facts:
    """Collect what is new in the information of a study, for those who need not agree again."""
    versions = select(Document).where(Document.study_id == study.id).order_by(Document.version.desc())
    panelist = session.get_one(Panelist, (letter.study_id, letter.panelist))
    said = contents_of(session, study, language_of(study, panelist))
    return {"study": study, "document": document_in(said, session.scalars(versions.limit(1)).one())}


def template_of(letter: Letter, facts: Facts) -> str:
    """Choose the text: a reminder says to each what fits, and to an address of the team that nothing was done."""
    if letter.kind in REMINDERS:
        return _reminder(letter, facts)
    if letter.kind is LetterKind.INVITATION:
        number = facts["round"].number
        return "next_round" if number > 1 else "invitation" if number else "invitation_open"
    return letter.kind.value


def _reminder(letter: Letter, facts: Facts) -> str:
    if facts["last_day"]:
        return "last_day"
    started = letter.kind is not LetterKind.NOT_STARTED and facts["done"]
    return "unfinished" if started else "not_started"


def _round(session: Session, letter: Letter, study: Study, locale: str, *, at: datetime) -> Facts | None:
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
        "closes": in_words(round_.closes_at, study.time_zone, locale=locale),
        "last_day": round_.closes_at - at <= NEAR,
    }


def _reason(session: Session, letter: Letter) -> str:
    """The reason of the last extension of the round."""
    extensions = select(Event).filter_by(study_id=letter.study_id, kind=EventKind.ROUND_EXTENDED)
    reasons = {
        event.data["round"]: event.data["reason"] for event in session.scalars(extensions.order_by(Event.sequence))
    }
    return str(reasons.get(letter.round, ""))
