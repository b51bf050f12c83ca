"""Statements that panelists write themselves: in the open round, and where the protocol lets them propose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.errors import NotFound, Refused
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.statement import Statement, StatementProposal
from delphi.model.study import Study
from rounds.participation.taking_part import TakingPart, hold, hold_open, latest_taking_part

MOST = 50


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One statement as its page sends it; ``seen`` is the version that the page knew, 0 for a new suggestion."""

    id: UUID
    text: str
    reason: str = ""
    source: str = ""
    section: str = ""
    seen: int = 0


@dataclass(frozen=True)
class SuggestionSheet:
    """The page on which a panelist writes suggestions: the round, the participation, the sections to choose from."""

    study: Study
    round: Round
    part: TakingPart
    sections: list[str]


def open_sheet(session: Session, study: Study, panelist: Panelist, *, at: datetime) -> SuggestionSheet | None:
    """The page for suggestions in the round that takes answers; None for who may not write in it.

    Raises
    ------
    RoundClosed
        The round does not take answers any more.
    """
    round_, part = latest_taking_part(session, study, panelist, at=at) or (None, None)
    if round_ is None or not may_write(study, round_.number):
        return None
    handed_links.refuse_withheld(session, round_.number)
    return None if part is None else SuggestionSheet(study, round_, part, _sections(session, study))


def _sections(session: Session, study: Study) -> list[str]:
    """The sections into which a statement can be put, in order."""
    sections = select(Statement.section).where(Statement.study_id == study.id, Statement.section != "")
    return list(dict.fromkeys(session.scalars(sections.order_by(Statement.number))))


def may_write(study: Study, number: int) -> bool:
    """Whether the protocol lets panelists write statements in this round."""
    return number in study.proposal_rounds


def written_by(session: Session, part: TakingPart) -> list[StatementProposal]:
    """List what a panelist wrote in a round; nobody else's is shown."""
    own = select(StatementProposal).filter_by(**part.columns)
    return list(session.scalars(own.order_by(StatementProposal.section, StatementProposal.id)))


def write(
    session: Session, study: Study, part: TakingPart, written: Sequence[Suggestion], removed: Sequence[UUID]
) -> list[UUID]:
    """Save what a page sent, and delete what it removes; those that another window had changed meanwhile."""
    _hold(session, study, part)
    known = {row.id: row for row in written_by(session, part)}
    conflicts = []
    for suggestion in written:
        row = known.get(suggestion.id)
        if row is None and suggestion.seen == 0:
            _add(session, part, suggestion)
        elif row is None or (row.version != suggestion.seen and not _same(row, suggestion)):
            conflicts.append(suggestion.id)
        elif not _same(row, suggestion):
            row.text, row.reason, row.source = suggestion.text, suggestion.reason, suggestion.source
            row.section, row.version = suggestion.section, row.version + 1
    for id_ in removed:
        if id_ in known:
            session.delete(known[id_])
    session.flush()
    return conflicts


def _same(row: StatementProposal, suggestion: Suggestion) -> bool:
    stored = (row.text, row.reason, row.source, row.section)
    return stored == (suggestion.text, suggestion.reason, suggestion.source, suggestion.section)


def _add(session: Session, part: TakingPart, suggestion: Suggestion) -> None:
    """Keep a new statement under the id that its page drew: sent twice it is kept once."""
    if session.get(StatementProposal, (part.study, suggestion.id)) is not None:
        raise NotFound
    written = select(func.count()).select_from(StatementProposal)
    count = session.scalar(written.filter_by(**part.columns)) or 0
    if count >= MOST:
        raise Refused("You wrote 50 statements, which is the limit. What you sent now was not saved; shorten the list.")
    session.add(
        StatementProposal(
            **part.columns,
            id=suggestion.id,
            section=suggestion.section,
            text=suggestion.text,
            reason=suggestion.reason,
            source=suggestion.source,
            version=1,
        )
    )
    session.flush()


def _hold(session: Session, study: Study, part: TakingPart) -> None:
    """Hold the participation and the round, if the panel writes in it."""
    participation = hold(session, part)
    if not may_write(study, part.round):
        raise NotFound
    hold_open(session, part)
    handed_links.answer(session, participation)
