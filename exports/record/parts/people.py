"""The panel in numbers, as its rounds were sealed, with what became of invitations; and who asked to be named."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.sealed_counts import UNSHOWN, Composition
from delphi.consensus.vocabulary import EVERYBODY
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.seal import SealKind
from delphi.model.study import Consent, Study
from delphi.people import acknowledgements
from exports.record.facts import NamedMember, PanelCharacteristic, PanelFacts, Response
from rounds.seal import chain, reading


class Invited(NamedTuple):
    """What became of one invitation, of somebody in a group."""

    group: str
    sent: bool
    bounced: bool
    declined: bool
    consented: bool


Deliveries = Mapping[tuple[int | None, UUID], tuple[datetime | None, datetime | None]]


def responses(session: Session, study: Study, rounds: Sequence[Round]) -> list[Response]:
    """Tell who took part in closed rounds: of the panel, of each group that a round shows, and of all others."""
    letters = _deliveries(session, study)
    return [one for round_ in rounds for one in _responses(session, study, round_, letters)]


def _responses(session: Session, study: Study, round_: Round, letters: Deliveries) -> list[Response]:
    sealed = reading.sealed_of(session, study, round_.number)
    if sealed is None or round_.closed_at is None:
        return []
    mail = _mail(session, study, round_.number, round_.closed_at, letters)

    def response(one: Composition) -> Response:
        everybody, group = one.people == EVERYBODY, one.people
        within = [m for m in mail if everybody or (m.group if m.group in sealed.shown else UNSHOWN) == group]
        return Response(
            round_.number,
            one.people,
            one.invited,
            sent=sum(m.sent for m in within),
            bounced=sum(m.bounced for m in within),
            declined=sum(m.declined for m in within),
            consented=sum(m.consented for m in within),
            started=one.counted,
            complete=one.submitted,
            stayed=one.stayed,
            left=one.left,
            joined=one.joined,
        )

    return [response(one) for one in sealed.composition]


def _mail(session: Session, study: Study, number: int, closed_at: datetime, letters: Deliveries) -> list[Invited]:
    """What became of each invitation until the round closed: what comes later changes nothing here."""
    on = closed_at.date()
    agreed = set(session.scalars(select(Consent.panelist).where(Consent.study_id == study.id, Consent.given_on <= on)))
    invited = session.execute(
        select(Participation.panelist, Participation.counted, Participation.counted_group, Panelist.declined_on)
        .join(Panelist, (Panelist.study_id == Participation.study_id) & (Panelist.id == Participation.panelist))
        .where(Participation.study_id == study.id, Participation.round == number)
    )
    times = ((*letters.get((number, row[0]), (None, None)), row) for row in invited)
    return [
        Invited(
            group or UNSHOWN,
            sent=_by_then(sent, closed_at),
            bounced=_by_then(failed, closed_at),
            declined=declined_on is not None and declined_on <= on and not counted,
            consented=who in agreed,
        )
        for sent, failed, (who, counted, group, declined_on) in times
    ]


def _by_then(moment: datetime | None, closed_at: datetime) -> bool:
    """Whether something was at the close or before; a close is known to the second, letters are more exactly."""
    return moment is not None and moment.replace(microsecond=0) <= closed_at


def _deliveries(session: Session, study: Study) -> Deliveries:
    """Find when the letters of invitation left or came back, by round and person."""
    letters = select(Letter.round, Letter.panelist, Letter.sent_at, Letter.failed_at).where(
        Letter.study_id == study.id, Letter.kind == LetterKind.INVITATION
    )
    return {(number, who): (sent, failed) for number, who, sent, failed in session.execute(letters)}


def panel_facts(session: Session, study: Study) -> PanelFacts | None:
    """Read the characteristics of the panel as they were sealed at the finish; the last, where it was finished again."""
    described = [seal for seal in chain.entries_of(session, study.id, SealKind.PANEL) if "people" in seal.content]
    if not described:
        return None
    content = described[-1].content
    return PanelFacts(
        content["people"],
        tuple(
            PanelCharacteristic(
                one["label"],
                tuple((answer, n) for answer, n in one["counts"]),
                one["others"],
                one["distinct"],
            )
            for one in content["characteristics"]
        ),
    )


def named_members(session: Session, study: Study) -> list[NamedMember]:
    """Read who asked to be named, as they wrote themselves."""
    listed = acknowledgements.named(session, study)
    return [NamedMember(one.name, one.affiliation, one.orcid, one.certificate) for one in listed]
