"""The roster as the team reads it, a page at a time: names, addresses, and where each stands in the round launched last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import Study, Turnout

MOST_NAMES = 10
MEMBER = and_(Panelist.study_id == Identity.study_id, Panelist.id == Identity.panelist)


class Standing(StrEnum):
    """What the team reads of a person in the round that was opened last."""

    FINISHED = "finished"
    NOT_FINISHED = "not_finished"
    INVITED = "invited"
    RETURNED = "returned"  # the mail server refused the invitation
    DECLINED = "declined"
    NOT_INVITED = "not_invited"


@dataclass(frozen=True, slots=True)
class RosterLine:
    """A person of the panel; the standing is None before a round was launched."""

    name: str
    email: str
    group: str | None
    page_code: str | None
    standing: Standing | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one person, before it is decided what may be told."""

    invited: bool
    submitted_on: date | None
    declined: bool
    returned: bool


def count(session: Session, study: Study, search: str = "") -> int:
    """Count the people whose name or address has these letters; everybody where there are none."""
    return session.scalar(_found(select(func.count()).select_from(Identity), study, search)) or 0


def lines(
    session: Session, study: Study, round_: Round | None, *, today: date, search: str = "", first: int = 0, most: int
) -> list[RosterLine]:
    """List a part of the people by name, with where they stand as far as the study's turnout setting allows."""
    columns = (Identity.name, Identity.email, Panelist.stakeholder_group, Panelist.page_code)
    order = _found(select(*columns).join(Panelist, MEMBER), study, search).order_by(Identity.name, Identity.email)
    part = order.offset(first).limit(most)
    if round_ is None:
        return [RosterLine(name, email, group, code, None) for name, email, group, code in session.execute(part)]
    told = study.turnout is Turnout.KEPT and _missing_are_told(session, study, round_, today)
    rows = session.execute(_with_standing(part, round_))
    return [
        RosterLine(name, email, group, code, _standing(study, _Known(*known), today, told=told))
        for name, email, group, code, *known in rows
    ]


def same_names(session: Session, study: Study) -> list[str]:
    """List the names that stand on the panel more than once, under two addresses."""
    name = func.lower(Identity.name)
    twice = select(func.min(Identity.name)).where(Identity.study_id == study.id).group_by(name)
    return list(session.scalars(twice.having(func.count() > 1).order_by(name).limit(MOST_NAMES)))


def names_known(session: Session, study: Study, names: Sequence[str]) -> list[str]:
    """List those of some names that the panel has already."""
    wanted = {name.lower() for name in names}
    known = select(Identity.name).where(Identity.study_id == study.id).order_by(Identity.name)
    return [name for name in session.scalars(known) if name.lower() in wanted][:MOST_NAMES]


def not_invited(session: Session, round_: Round) -> int:
    """Count the members of the panel who are not invited to a round."""
    here = (Participation.study_id == Panelist.study_id, Participation.panelist == Panelist.id)
    invited = select(Participation.panelist).where(*here, Participation.round == round_.number).exists()
    member = (Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
    query = select(func.count()).select_from(Panelist).where(Panelist.study_id == round_.study_id, *member, ~invited)
    return session.scalar(query) or 0


def _found(query: Any, study: Study, search: str) -> Any:
    own = query.where(Identity.study_id == study.id)
    if not search:
        return own
    return own.where(
        or_(Identity.name.icontains(search, autoescape=True), Identity.email.icontains(search, autoescape=True))
    )


def _joined(query: Any, round_: Round) -> Any:
    """Join the participation in a round of who was invited to it."""
    here = and_(Participation.study_id == Identity.study_id, Participation.panelist == Identity.panelist)
    return query.outerjoin(Participation, here & (Participation.round == round_.number))


def _with_standing(people: Any, round_: Round) -> Any:
    own = (Letter.study_id == Identity.study_id, Letter.panelist == Identity.panelist)
    invitation = (Letter.round == round_.number, Letter.kind == LetterKind.INVITATION)
    refused = select(Letter.id).where(*own, *invitation, Letter.failed_at.is_not(None)).exists()
    invited, declined = Participation.round.is_not(None), Panelist.declined_on.is_not(None)
    return _joined(people.add_columns(invited, Participation.submitted_on, declined, refused), round_)


def _missing_are_told(session: Session, study: Study, round_: Round, today: date) -> bool:
    """Whether it is told who had not finished by yesterday: where they are many, and so are the others."""
    done = func.count().filter(Participation.submitted_on < today)
    asked = _joined(select(func.count(), done).select_from(Identity).join(Panelist, MEMBER), round_).where(
        Identity.study_id == study.id, Participation.round.is_not(None), Panelist.declined_on.is_(None)
    )
    everybody, finished = session.execute(asked).one()
    return bool(min(finished, everybody - finished) >= study.smallest_cell)


def _standing(study: Study, known: _Known, today: date, *, told: bool) -> Standing:
    if study.turnout is Turnout.SHOWN and known.submitted_on:
        return Standing.FINISHED
    if known.declined:
        return Standing.DECLINED
    if study.turnout is Turnout.SHOWN and known.invited and not known.returned:
        return Standing.NOT_FINISHED
    if told and known.invited and not (known.submitted_on and known.submitted_on < today):
        return Standing.NOT_FINISHED
    if known.returned:
        return Standing.RETURNED
    return Standing.INVITED if known.invited else Standing.NOT_INVITED
