"""Where each person stands in the round launched last, as one word: as far as the study's turnout setting lets it be told."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from delphi import progress
from delphi.access import SESSION_DAYS
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist, PanelistSession
from delphi.model.round import Participation, Round
from delphi.model.study import Study, Turnout
from delphi.people.person.reading import of_the_team

MEMBER = and_(Panelist.study_id == Identity.study_id, Panelist.id == Identity.panelist)


class Standing(StrEnum):
    """What the team reads of a person in the round that was opened last."""

    FINISHED = "finished"
    STARTED = "started"
    OPENED = "opened"
    NOT_FINISHED = "not_finished"  # where the server keeps turnout: as of yesterday, and only while they are many
    DELIVERED = "delivered"
    INVITED = "invited"
    RETURNED = "returned"  # the mail server refused the newest letter with a link
    DECLINED = "declined"
    NOT_INVITED = "not_invited"


def joined(query: Any, round_: Round) -> Any:
    """Join the participation in a round of who was invited to it."""
    here = and_(Participation.study_id == Identity.study_id, Participation.panelist == Identity.panelist)
    return query.outerjoin(Participation, here & (Participation.round == round_.number))


def standing_in(session: Session, study: Study, round_: Round, *, today: date) -> ColumnElement[str]:
    """The word for each person of a query that is `joined` to the round, as a column."""
    if study.turnout is Turnout.SHOWN:
        return _word(*_shown(round_))
    told = _missing_are_told(session, study, round_, today)
    done = and_(Participation.submitted_on.is_not(None), Participation.submitted_on < today)
    missing = and_(Participation.round.is_not(None), ~done) if told else literal(value=False)
    newest = _newest_letter(round_, of_the_team())
    return _word(
        (Panelist.declined_on.is_not(None), Standing.DECLINED),
        (missing, Standing.NOT_FINISHED),
        (_refused(newest), Standing.RETURNED),
        (Participation.round.is_not(None), Standing.INVITED),
    )


def _shown(round_: Round) -> list[tuple[ColumnElement[bool], Standing]]:
    """All that can be told, the farthest first."""
    invited = Participation.round.is_not(None)
    begun = progress.has_begun() if round_.number else progress.has_suggested()
    newest = _newest_letter(round_, literal(value=True))
    return [
        (Participation.submitted_on.is_not(None), Standing.FINISHED),
        (Panelist.declined_on.is_not(None), Standing.DECLINED),
        (and_(invited, begun), Standing.STARTED),
        (and_(invited, _opened(round_)), Standing.OPENED),
        (_refused(newest), Standing.RETURNED),
        (newest == Standing.DELIVERED.value, Standing.DELIVERED),
        (invited, Standing.INVITED),
    ]


def _word(*cases: tuple[ColumnElement[bool], Standing]) -> ColumnElement[str]:
    return case(*((condition, word.value) for condition, word in cases), else_=Standing.NOT_INVITED.value)


def _newest_letter(round_: Round, links: ColumnElement[bool]) -> ColumnElement[str]:
    """How far the newest letter got of those that bring a link: the invitation to the round, and links sent since."""
    own = and_(Letter.study_id == Identity.study_id, Letter.panelist == Identity.panelist)
    invitation = and_(Letter.kind == LetterKind.INVITATION, Letter.round == round_.number)
    since = and_(Letter.kind == LetterKind.LINK, Letter.due_at >= round_.opened_at, links)
    how = case(
        (Letter.failed_at.is_not(None), Standing.RETURNED.value),
        (Letter.sent_at.is_not(None), Standing.DELIVERED.value),
    )
    newest = select(how).where(
        own, or_(invitation, since), Participation.round.is_not(None), Letter.dropped_at.is_(None)
    )
    return (
        newest.order_by(Letter.due_at.desc(), Letter.id).limit(1).correlate(Identity, Participation).scalar_subquery()
    )


def _refused(newest: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the newest letter was refused at once, or mail to the address of now came back later."""
    return and_(
        Participation.round.is_not(None), or_(newest == Standing.RETURNED.value, Identity.bounced_on.is_not(None))
    )


def _opened(round_: Round) -> ColumnElement[bool]:
    """Whether a link was opened since the round was: on which day a device came follows from the day its session ends."""
    assert round_.opened_at is not None
    own = and_(PanelistSession.study_id == Identity.study_id, PanelistSession.panelist == Identity.panelist)
    return exists().where(own, PanelistSession.expires_on >= round_.opened_at.date() + timedelta(days=SESSION_DAYS))


def _missing_are_told(session: Session, study: Study, round_: Round, today: date) -> bool:
    """Whether it is told who had not finished by yesterday: where they are many, and so are the others."""
    done = func.count().filter(Participation.submitted_on < today)
    asked = joined(select(func.count(), done).select_from(Identity).join(Panelist, MEMBER), round_).where(
        Identity.study_id == study.id, Participation.round.is_not(None), Panelist.declined_on.is_(None)
    )
    everybody, finished = session.execute(asked).one()
    return bool(min(finished, everybody - finished) >= study.smallest_cell)
