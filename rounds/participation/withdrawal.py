"""Leaving the panel: what happens to the answers given, to unsent letters, to links; the name goes after the receipt."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from delphi import access, audit
from delphi.database import locked
from delphi.errors import Refused
from delphi.letters import outbox
from delphi.model.event import EventKind
from delphi.model.job import ExportJob
from delphi.model.letter import LetterKind
from delphi.model.panel import Panelist
from delphi.model.rating import ChangeReason, Comment, Rating, SaveRequest
from delphi.model.round import Participation, Round, State
from delphi.model.statement import StatementProposal
from delphi.model.study import Study, Withdrawal
from rounds.participation import consent
from rounds.results.counts import digest_of

ANSWERS: tuple[Any, ...] = (Rating, Comment, ChangeReason, SaveRequest)
REMOVED = {
    Withdrawal.KEEP: (),
    Withdrawal.REMOVE_OPEN: (State.OPEN,),
    Withdrawal.REMOVE_UNRELEASED: (State.OPEN, State.CLOSED),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a choice means in numbers: answers that go, and answers that stay, by round."""

    choice: Withdrawal
    removed: dict[int, int]
    kept: dict[int, int]


def effects(session: Session, study: Study, who: Panelist) -> list[Effect]:
    """Say what each choice that the protocol promises would do."""
    counted = (
        select(Rating.round, func.count().label("n"))
        .where(Rating.study_id == study.id, Rating.panelist == who.id, Rating.given)
        .group_by(Rating.round)
    )
    given = {row.round: row.n for row in session.execute(counted)}
    rounds = _rounds(session, study, who)
    made = []
    for choice in [one for one in Withdrawal if one.value in study.withdrawal_choices]:
        goes = {r.number for r in rounds if r.state in REMOVED[choice]}
        made.append(
            Effect(
                choice,
                {n: given[n] for n in sorted(given) if n in goes},
                {n: given[n] for n in sorted(given) if n not in goes},
            )
        )
    return made


def withdraw(session: Session, study: Study, who: Panelist, choice: Withdrawal, *, at: datetime) -> None:
    """Leave the panel, with what is to become of the answers. One transaction; it cannot be taken back."""
    if who.withdrawn_on is not None or choice.value not in study.withdrawal_choices:
        raise Refused("This is not one of the choices of this study; nothing was changed.")
    today = at.date()
    rehashed = {}
    for number in [round_.number for round_ in _rounds(session, study, who)]:
        taking_part = locked(session, Participation, (study.id, number, who.id))
        round_ = locked(session, Round, (study.id, number))
        if taking_part is not None and round_ is not None and round_.state in REMOVED[choice]:
            _remove_answers(session, taking_part)
            if round_.closed_at:
                round_.input_sha256 = rehashed[number] = digest_of(session, round_)
    # Files that were made hold the answers still.
    session.execute(delete(ExportJob).where(ExportJob.study_id == study.id))
    who.withdrawn_on = today
    consent.stop_mail(session, who, at=at)
    access.revoke_links(session, study.id, who.id)
    outbox.queue(session, LetterKind.WITHDRAWAL, study.id, None, [who.id], at=at)
    # A date, no pseudonym, no time of day: the trail tells that somebody left, and which inputs changed.
    day = datetime.combine(today, time(), at.tzinfo)
    audit.record(session, study.id, EventKind.PANELIST_WITHDREW, by=None, at=day, input_sha256=_by_round(rehashed))
    session.flush()


def _by_round(hashes: dict[int, str]) -> dict[str, str]:
    return {str(number): digest for number, digest in sorted(hashes.items())}


def _rounds(session: Session, study: Study, who: Panelist) -> list[Round]:
    """List the rounds this panelist was invited to."""
    mine = (
        select(Round)
        .join(Participation, (Participation.study_id == Round.study_id) & (Participation.round == Round.number))
        .where(Round.study_id == study.id, Participation.panelist == who.id)
    )
    return list(session.scalars(mine.order_by(Round.number)))


def _remove_answers(session: Session, taking_part: Participation) -> None:
    """Delete what was given in a round; a proposal that became a statement is not the panelist's alone any more."""
    key = {"study_id": taking_part.study_id, "round": taking_part.round, "panelist": taking_part.panelist}
    for table in ANSWERS:
        session.execute(delete(table).filter_by(**key))
    session.execute(delete(StatementProposal).filter_by(**key, statement=None))
    taking_part.submitted_on = None


def left_since(session: Session, round_: Round) -> int:
    """Count who left the panel after the results of a round were released: the released totals still hold them."""
    if round_.released_at is None:
        return 0
    released_on: date = round_.released_at.date()
    left = (
        select(func.count())
        .select_from(Panelist)
        .join(Participation, (Participation.study_id == Panelist.study_id) & (Participation.panelist == Panelist.id))
        .where(Panelist.study_id == round_.study_id, Participation.round == round_.number)
        .where(Panelist.withdrawn_on >= released_on)
    )
    return session.scalar(left) or 0
