"""Leaving the panel: what happens to the answers given, to unsent letters, to links and to the name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from delphi import access, audit, progress
from delphi.database import locked
from delphi.errors import Refused
from delphi.letters import outbox
from delphi.model.event import EventKind
from delphi.model.letter import LetterKind
from delphi.model.panel import Panelist
from delphi.model.rating import ChangeReason, Comment, Rating, SaveRequest
from delphi.model.round import Participation, Round, State
from delphi.model.statement import StatementProposal
from delphi.model.study import Study, Withdrawal
from rounds.participation import consent
from rounds.participation.taking_part import TakingPart, hold, invited_rounds

Forget = Callable[[Session, Study, Panelist], None]
ANSWERS: tuple[Any, ...] = (Rating, Comment, ChangeReason, SaveRequest)
REMOVED = {
    Withdrawal.KEEP: (),
    Withdrawal.REMOVE_OPEN: (State.OPEN,),
}


@dataclass(frozen=True, slots=True)
class Effect:
    """What a choice means in numbers: answers that go, that were counted and stay, and that are to be counted, by round."""

    choice: Withdrawal
    removed: dict[int, int]
    counted: dict[int, int]
    kept: dict[int, int]


def effects(session: Session, study: Study, panelist: Panelist) -> list[Effect]:
    """What each choice that the protocol promises would do; one that empties no round is not offered beside others."""
    answers = progress.answered_by_round(session, study.id, panelist.id)
    rounds = invited_rounds(session, study, panelist)
    promised = [choice for choice in Withdrawal if choice.value in study.withdrawal_choices]
    exist = [choice for choice in promised if choice is Withdrawal.KEEP or _emptied(choice, rounds)]
    return [_effect(choice, answers, rounds) for choice in exist or promised[:1]]


def _emptied(choice: Withdrawal, rounds: Iterable[Round]) -> set[int]:
    return {round_.number for round_ in rounds if round_.state in REMOVED[choice]}


def _effect(choice: Withdrawal, answers: Mapping[int, int], rounds: Iterable[Round]) -> Effect:
    emptied, over = _emptied(choice, rounds), {round_.number for round_ in rounds if round_.closed_at}
    return Effect(
        choice,
        removed={number: n for number, n in answers.items() if number in emptied},
        counted={number: n for number, n in answers.items() if number in over},
        kept={number: n for number, n in answers.items() if number not in emptied | over},
    )


def withdraw(
    session: Session,
    study: Study,
    panelist: Panelist,
    choice: Withdrawal,
    *,
    forget: Forget,
    at: datetime,
    by: int | None = None,
) -> None:
    """Leave the panel, with what is to become of the answers. One transaction; it cannot be taken back.

    ``by`` is the member of the team to whom the panelist said it. Names stand on the other side: ``forget`` deletes that
    of this panelist, once the receipt is queued.
    """
    if panelist.withdrawn_on is not None or choice.value not in study.withdrawal_choices:
        raise Refused("This is not one of the choices of this study; nothing was changed.")
    today = at.date()
    _remove_all(session, study, panelist, choice)
    panelist.withdrawn_on = today
    consent.stop_mail(session, panelist, at=at)
    access.revoke_links(session, study.id, panelist.id)
    outbox.queue(session, LetterKind.WITHDRAWAL, study.id, None, [panelist.id], at=at)
    forget(session, study, panelist)
    # A date, no pseudonym, no time of day: the trail tells that somebody left.
    day = datetime.combine(today, time(), at.tzinfo)
    audit.record(session, study.id, EventKind.PANELIST_WITHDREW, by=by, at=day)
    session.flush()


def _remove_all(session: Session, study: Study, panelist: Panelist, choice: Withdrawal) -> None:
    """Remove the answers that the choice takes away; what was counted stays."""
    for number in [round_.number for round_ in invited_rounds(session, study, panelist)]:
        part = TakingPart(study.id, number, panelist.id)
        participation = hold(session, part)
        round_ = locked(session, Round, (study.id, number))
        if round_ is not None and round_.state in REMOVED[choice]:
            _remove_answers(session, part)
            participation.submitted_on = None


def _remove_answers(session: Session, part: TakingPart) -> None:
    """Delete what was given in a round; a suggestion that became a statement is not the panelist's alone any more."""
    for table in ANSWERS:
        session.execute(delete(table).filter_by(**part.columns))
    session.execute(delete(StatementProposal).filter_by(**part.columns, statement=None))


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
