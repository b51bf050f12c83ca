"""The outbox: a letter is queued in the transaction of the decision that sends it."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, insert, select, update
from sqlalchemy.orm import Session

from delphi.model.letter import Letter, LetterKind, TeamLetter, TeamLetterKind
from delphi.model.study import Membership, Role


def queue(
    session: Session,
    kind: LetterKind,
    study_id: int,
    round_: int | None,
    panelists: Iterable[UUID],
    *,
    at: datetime,
    turn: int | str = 1,
    not_before: datetime | None = None,
) -> None:
    """Queue one letter a panelist, due ``at`` a moment; the same letter queued twice is refused by the database.

    ``not_before`` is when the postman looks at it first: earlier, where the hour of the person decides.
    """
    facts = {"study_id": study_id, "kind": kind, "round": round_, "due_at": at, "attempts": 0}
    facts["run_after"] = min(at, not_before or at)
    rows = [
        {"id": uuid4(), "panelist": panelist, "dedupe_key": f"{kind}:{round_}:{turn}:{panelist}", **facts}
        for panelist in panelists
    ]
    if rows:
        session.execute(insert(Letter), rows)


def queue_for_team(
    session: Session,
    kind: TeamLetterKind,
    study_id: int,
    roles: Collection[Role],
    *,
    at: datetime,
    about: str | None = None,
    but: Collection[int] = (),
) -> None:
    """Queue one letter to each member of the team with one of these roles."""
    members = select(Membership.account).where(Membership.study_id == study_id, Membership.role.in_(roles))
    for account in session.scalars(members.where(Membership.account.not_in(but))).all():
        key = {"study_id": study_id, "id": uuid4(), "account": account}
        session.add(TeamLetter(**key, kind=kind, about=about, run_after=at, attempts=0))
    session.flush()


def drop(session: Session, study_id: int, *which: ColumnElement[bool], at: datetime) -> int:
    """Drop letters of a study that have not left; the answer is how many."""
    query = update(Letter).where(Letter.study_id == study_id, Letter.unsent, *which)
    dropped = session.execute(query.values(dropped_at=at, claimed_by=None, claimed_until=None))
    return dropped.rowcount  # type: ignore[attr-defined,no-any-return]  # an UPDATE's result counts its rows
