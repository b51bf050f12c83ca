"""Everything that is held about one panelist, for that panelist: plain values, in the order of the page."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.model.identity import Declaration, Identity
from delphi.model.letter import Letter
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating
from delphi.model.round import Participation
from delphi.model.statement import Statement, StatementProposal
from delphi.model.study import Consent, Document, Study
from delphi.people import acknowledgements

Row = dict[str, Any]


def gather(session: Session, study: Study, who: Panelist, *, acknowledgement: str) -> dict[str, list[Row]]:
    """Collect all rows about a panelist by section; the key of the acknowledgement is given, since no row leads there."""
    return {
        "person": _person(session, who),
        "declaration": _declaration(session, who),
        "acknowledgement": _named(session, study, acknowledgement),
        "consents": [
            {"version": one.version, "items": _agreed(session, one), "given_on": one.given_on.isoformat()}
            for one in _mine(session, Consent, who, Consent.version)
        ],
        "links": [
            {"minted_on": one.minted_on.isoformat()} for one in _mine(session, AccessLink, who, AccessLink.minted_on)
        ],
        "devices": [
            {"signed_in_until": one.expires_on.isoformat()}
            for one in _mine(session, PanelistSession, who, PanelistSession.expires_on)
        ],
        "rounds": [
            {"round": one.round, "finished_on": one.submitted_on.isoformat() if one.submitted_on else None}
            for one in _mine(session, Participation, who, Participation.round)
        ],
        "answers": _answers(session, study, who),
        "proposals": [
            {"round": one.round, "section": one.section, "text": one.text, "reason": one.reason, "source": one.source}
            for one in _mine(session, StatementProposal, who, StatementProposal.round, StatementProposal.text)
        ],
        "letters": [
            {"kind": one.kind.value, "round": one.round, "sent_at": one.sent_at.isoformat()}
            for one in _mine(session, Letter, who, Letter.sent_at)
            if one.sent_at
        ],
    }


def as_rows(data: dict[str, list[Row]]) -> Iterator[tuple[str, int, str, str]]:
    """Flatten what is held into rows of section, number, field, value."""
    for section, rows in data.items():
        for number, row in enumerate(rows, 1):
            for name, value in row.items():
                yield section, number, name, "" if value is None else str(value)


def _mine(session: Session, table: Any, who: Panelist, *order: Any) -> list[Any]:
    mine = select(table).where(table.study_id == who.study_id, table.panelist == who.id)
    return list(session.scalars(mine.order_by(*order)))


def _agreed(session: Session, consent: Consent) -> list[str]:
    """Give the items of a consent in words."""
    document = session.get_one(Document, (consent.study_id, consent.version))
    return [document.items[n] for n in consent.items]


def _person(session: Session, who: Panelist) -> list[Row]:
    person = session.get(Identity, (who.study_id, who.id))
    known: Row = {"name": person.name, "email": person.email} | person.characteristics if person else {}
    told = {
        "stakeholder_group": who.stakeholder_group,
        "declined_on": who.declined_on.isoformat() if who.declined_on else None,
        "left_because": who.left_because or None,
    }
    return [known | {name: value for name, value in told.items() if value}]


def _declaration(session: Session, who: Panelist) -> list[Row]:
    declared = session.get(Declaration, (who.study_id, who.id))
    if declared is None:
        return []
    conflict = {
        "conflict_of_interest": declared.conflict,
        "conflict_text": declared.conflict_text,
        "conflict_published": declared.conflict_published,
    }
    return [{f"expertise: {section}": level for section, level in declared.expertise.items()} | conflict]


def _named(session: Session, study: Study, key: str) -> list[Row]:
    chosen = acknowledgements.find(session, study, key)
    if chosen is None:
        return []
    return [{name: getattr(chosen, name) for name in ("name", "affiliation", "orcid", "certificate")}]


def _unrated(rating: Rating, scale: Scale) -> str:
    return (scale.opt_out or "") if rating.kind is AnswerKind.NOT_QUALIFIED else rating.kind.value


def _answers(session: Session, study: Study, who: Panelist) -> list[Row]:
    """Give answers, comments and reasons for change by round and statement."""
    codes = {s.number: s.code for s in session.scalars(select(Statement).where(Statement.study_id == study.id))}
    scale = SCALES[study.scale]
    found: dict[tuple[int, int], Row] = {}
    for table in (Rating, Comment, ChangeReason):
        for one in _mine(session, table, who, table.round, table.statement):
            row = found.setdefault(
                (one.round, one.statement), {"round": one.round, "statement": codes[one.statement], "answer": None}
            )
            if isinstance(one, Rating):
                row["answer"] = scale.labels[one.value - scale.lo] if one.value is not None else _unrated(one, scale)
                row |= {"value": one.value} if one.kind is AnswerKind.RATED else {}
            elif one.text:
                row["comment" if isinstance(one, Comment) else "reason_for_change"] = one.text
    return [found[key] for key in sorted(found)]
