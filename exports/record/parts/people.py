"""The panel: every invitation and what became of it, by a key without meaning elsewhere; and who asked to be named."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation
from delphi.model.study import Consent, Study
from delphi.people import acknowledgements
from exports.record.facts import Invitation, NamedMember


class Delivery(NamedTuple):
    """What became of a letter."""

    sent: bool
    bounced: bool


def invitations(session: Session, study: Study, numbers: Sequence[int]) -> list[Invitation]:
    """Read every invitation of these rounds: one query a table."""
    letters, unsent = _deliveries(session, study), Delivery(sent=False, bounced=False)
    agreed = set(session.scalars(select(Consent.panelist).where(Consent.study_id == study.id)))
    invited = session.execute(
        select(Participation.round, Participation.submitted_on, Participation.counted, Panelist)
        .join(Panelist, (Panelist.study_id == Participation.study_id) & (Panelist.id == Participation.panelist))
        .where(Participation.study_id == study.id, Participation.round.in_(numbers))
        .order_by(Participation.round)
    )
    return [
        Invitation(
            round=number,
            person=who.id,
            group=who.stakeholder_group or "",
            sent=letters.get((number, who.id), unsent).sent,
            bounced=letters.get((number, who.id), unsent).bounced,
            declined=who.declined_on is not None,
            consented=who.id in agreed,
            started=bool(counted),
            complete=submitted is not None and bool(counted),
        )
        for number, submitted, counted, who in invited
    ]


def _deliveries(session: Session, study: Study) -> dict[tuple[int | None, UUID], Delivery]:
    """Find what became of the letters of invitation, by round and person."""
    letters = select(Letter.round, Letter.panelist, Letter.sent_at, Letter.failed_at).where(
        Letter.study_id == study.id, Letter.kind == LetterKind.INVITATION
    )
    return {
        (number, who): Delivery(sent=sent is not None, bounced=failed is not None)
        for number, who, sent, failed in session.execute(letters)
    }


def named_members(session: Session, study: Study) -> list[NamedMember]:
    """Read who asked to be named, as they wrote themselves."""
    listed = acknowledgements.named(session, study)
    return [NamedMember(one.name, one.affiliation, one.orcid, one.certificate) for one in listed]
