"""Statements that panelists write themselves: in the open round, and where the protocol lets them propose."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.database import database_now, locked
from delphi.errors import NotFound, Refused
from delphi.model.round import Participation, Round
from delphi.model.statement import StatementProposal
from delphi.model.study import Study
from rounds.participation.taking_part import Key, closed

MOST = 50


@dataclass(frozen=True, slots=True)
class Written:
    """One statement as its page sends it; ``seen`` is the version that the page knew, 0 for a new one."""

    id: UUID
    text: str
    reason: str = ""
    source: str = ""
    section: str = ""
    seen: int = 0


def may_write(study: Study, round_: Round) -> bool:
    """Whether the protocol lets panelists write statements in this round."""
    return round_.number in study.proposal_rounds


def mine(session: Session, key: Key) -> list[StatementProposal]:
    """List what a panelist wrote in a round; nobody else's is shown."""
    study_id, number, who = key
    own = select(StatementProposal).filter_by(study_id=study_id, round=number, panelist=who)
    return list(session.scalars(own.order_by(StatementProposal.section, StatementProposal.id)))


def write(session: Session, study: Study, key: Key, written: Sequence[Written], removed: Sequence[UUID]) -> list[UUID]:
    """Save what a page sent, and take away what it removes; gives those that another window had changed meanwhile."""
    _hold(session, study, key)
    known = {one.id: one for one in mine(session, key)}
    conflicts = []
    for one in written:
        stored = known.get(one.id)
        if stored is None and one.seen == 0:
            _add(session, key, one)
        elif stored is None or (stored.version != one.seen and not _same(stored, one)):
            conflicts.append(one.id)
        elif not _same(stored, one):
            stored.text, stored.reason, stored.source = one.text, one.reason, one.source
            stored.section, stored.version = one.section, stored.version + 1
    for gone in removed:
        if gone in known:
            session.delete(known[gone])
    session.flush()
    return conflicts


def _same(stored: StatementProposal, one: Written) -> bool:
    now = (stored.text, stored.reason, stored.source, stored.section)
    return now == (one.text, one.reason, one.source, one.section)


def _add(session: Session, key: Key, one: Written) -> None:
    """Keep a new statement under the id that its page drew: sent twice it is one."""
    if session.get(StatementProposal, (key[0], one.id)) is not None:
        raise NotFound
    written = select(func.count()).select_from(StatementProposal)
    count = session.scalar(written.filter_by(study_id=key[0], round=key[1], panelist=key[2])) or 0
    if count >= MOST:
        raise Refused("You wrote 50 statements, which is the limit. What you sent now was not saved; shorten the list.")
    session.add(
        StatementProposal(
            study_id=key[0],
            round=key[1],
            panelist=key[2],
            id=one.id,
            section=one.section,
            text=one.text,
            reason=one.reason,
            source=one.source,
            version=1,
        )
    )
    session.flush()


def _hold(session: Session, study: Study, key: Key) -> None:
    """Hold the participation and the round, then ask the database's clock."""
    if locked(session, Participation, key) is None:
        raise NotFound
    round_ = locked(session, Round, key[:2], share=True)
    if round_ is None or not may_write(study, round_):
        raise NotFound
    if not round_.accepts(at=database_now(session)):
        raise closed(round_)
