"""Everything that is held about one panelist, for that panelist: plain values, in the order of the page."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from delphi import audit, handed_links
from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.errors import NotFound, Refused
from delphi.model.event import EventKind
from delphi.model.identity import Declaration, Identity
from delphi.model.letter import Letter
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating
from delphi.model.round import Participation
from delphi.model.statement import StatementProposal
from delphi.model.study import Consent, Document, Study
from delphi.people import acknowledgements
from delphi.statements.questionnaire import asked_in

Facts = dict[str, Any]  # what one row of a table holds, by the name of the field


def gather(session: Session, study: Study, who: Panelist, *, acknowledgement: str) -> dict[str, list[Facts]]:
    """Collect all rows about a panelist by section; the key of the acknowledgement is given, since no row leads there."""
    links = _rows_of(session, AccessLink, who, AccessLink.minted_on)
    devices = _rows_of(session, PanelistSession, who, PanelistSession.expires_on)
    return {
        "person": _person(session, who),
        "declaration": _declaration(session, who),
        "acknowledgement": _named(session, study, acknowledgement),
        "consents": _consents(session, who),
        "links": [{"minted_on": link.minted_on.isoformat(), "handed": link.handed} for link in links],
        "devices": [_device(device) for device in devices],
        "rounds": _rounds(session, who),
        "answers": _answers(session, study, who),
        "proposals": _proposals(session, who),
        "letters": _letters(session, who),
    }


def company(session: Session, study: Study, who: Panelist) -> tuple[int, int]:
    """How many people are in this panelist's group, oneself among them, and how many of them were added after round 1.

    A team that invents panelists is not stopped by it, but seen: so many of the group never were in the first round.
    """
    begun = exists().where(Participation.study_id == study.id, Participation.round == 1)
    first = exists().where(
        Participation.study_id == Panelist.study_id, Participation.panelist == Panelist.id, Participation.round == 1
    )
    ours = (
        select(func.count(), func.count().filter(begun & ~first))
        .select_from(Panelist)
        .where(Panelist.study_id == study.id, Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
        .where(Panelist.stakeholder_group.is_not_distinct_from(who.stakeholder_group))
    )
    everybody, later = session.execute(ours).one()
    return everybody, later


def _device(device: PanelistSession) -> Facts:
    return {"signed_in_until": device.expires_on.isoformat(), "handed": device.handed_link is not None}


def handed_devices(session: Session, who: Panelist) -> list[PanelistSession]:
    """List the devices that were signed in by a link that the team handed out, for a device that sees everything."""
    if handed_links.is_handed(session):
        return []
    devices = _rows_of(session, PanelistSession, who, PanelistSession.expires_on, PanelistSession.grant_sha256)
    return [device for device in devices if device.handed_link is not None]


def answer_for_device(session: Session, who: Panelist, grant_sha256: str, *, own: bool) -> None:
    """Let a device that a handed link signed in show everything, or sign it out; only an own device says which."""
    if handed_links.is_handed(session):
        raise handed_links.Withheld
    for device in handed_devices(session, who):
        if device.grant_sha256 == grant_sha256:
            if own:
                device.handed_link = None
            else:
                session.delete(device)
            session.flush()
            return
    raise Refused("This device is not signed in any more. Nothing was changed.")


def _consents(session: Session, who: Panelist) -> list[Facts]:
    return [
        {"version": one.version, "items": _agreed(session, one), "given_on": one.given_on.isoformat()}
        for one in _rows_of(session, Consent, who, Consent.version)
    ]


def _rounds(session: Session, who: Panelist) -> list[Facts]:
    return [
        {"round": one.round, "finished_on": one.submitted_on.isoformat() if one.submitted_on else None}
        for one in _rows_of(session, Participation, who, Participation.round)
    ]


def _proposals(session: Session, who: Panelist) -> list[Facts]:
    names = ("round", "section", "text", "reason", "source")
    written = _rows_of(session, StatementProposal, who, StatementProposal.round, StatementProposal.text)
    return [{name: getattr(one, name) for name in names} for one in written]


def _letters(session: Session, who: Panelist) -> list[Facts]:
    return [
        {"kind": letter.kind.value, "round": letter.round, "sent_at": letter.sent_at.isoformat()}
        for letter in _rows_of(session, Letter, who, Letter.sent_at)
        if letter.sent_at
    ]


def correct_name(session: Session, study: Study, panelist: Panelist, name: str, *, at: datetime) -> None:
    """Correct a panelist's name; the trail tells that one was corrected and on which day, never whose it is."""
    identity = session.get(Identity, (panelist.study_id, panelist.id))
    if identity is None:
        raise NotFound
    if identity.name == name:
        return
    identity.name = name
    day = datetime.combine(at.date(), time(), at.tzinfo)
    audit.record(session, study.id, EventKind.PANELIST_CORRECTED, by=None, at=day)


def as_rows(data: dict[str, list[Facts]]) -> Iterator[tuple[str, int, str, str]]:
    """Flatten what is held into rows of section, number, field, value."""
    for section, rows in data.items():
        for number, row in enumerate(rows, 1):
            for name, value in row.items():
                yield section, number, name, "" if value is None else str(value)


def _rows_of(session: Session, table: Any, who: Panelist, *order: Any) -> list[Any]:
    query = select(table).where(table.study_id == who.study_id, table.panelist == who.id)
    return list(session.scalars(query.order_by(*order)))


def _agreed(session: Session, consent: Consent) -> list[str]:
    """List the items of a consent in words."""
    document = session.get_one(Document, (consent.study_id, consent.version))
    return [document.items[n] for n in consent.items]


def _person(session: Session, who: Panelist) -> list[Facts]:
    person = session.get(Identity, (who.study_id, who.id))
    known: Facts = {"name": person.name, "email": person.email} | person.characteristics if person else {}
    if person and person.changed_by_team:
        known["changed_by_team"] = True
    membership = {
        "stakeholder_group": who.stakeholder_group,
        "declined_on": who.declined_on.isoformat() if who.declined_on else None,
        "left_because": who.left_because or None,
    }
    return [known | {name: value for name, value in membership.items() if value}]


def _declaration(session: Session, who: Panelist) -> list[Facts]:
    declared = session.get(Declaration, (who.study_id, who.id))
    if declared is None or handed_links.is_handed(session):
        return []
    conflict = {
        "conflict_of_interest": declared.conflict,
        "conflict_text": declared.conflict_text,
        "conflict_published": declared.conflict_published,
    }
    return [{f"expertise: {section}": level for section, level in declared.expertise.items()} | conflict]


def _named(session: Session, study: Study, key: str) -> list[Facts]:
    chosen = acknowledgements.find(session, study, key)
    if chosen is None:
        return []
    return [{name: getattr(chosen, name) for name in ("name", "affiliation", "orcid", "certificate")}]


def _unrated(rating: Rating, scale: Scale) -> str:
    return (scale.opt_out or "") if rating.kind is AnswerKind.NOT_QUALIFIED else rating.kind.value


def _answers(session: Session, study: Study, who: Panelist) -> list[Facts]:
    """List answers, comments and reasons for change by round, in the order asked, each with the wording that was shown."""
    scale = SCALES[study.scale]
    given: dict[tuple[int, int], Facts] = {}
    for table in (Rating, Comment, ChangeReason):
        for entry in _rows_of(session, table, who, table.round, table.statement):
            row = given.setdefault((entry.round, entry.statement), {"answer": None})
            if isinstance(entry, Rating):
                row["answer"] = (
                    scale.labels[entry.value - scale.lo] if entry.value is not None else _unrated(entry, scale)
                )
                row |= {"value": entry.value} if entry.kind is AnswerKind.RATED else {}
            elif entry.text:
                row["comment" if isinstance(entry, Comment) else "reason_for_change"] = entry.text
    asked = asked_in(session, study.id, {number for number, _ in given})
    return [
        {"round": one.round, "statement": one.code, "wording": one.text, **given[one.round, one.statement]}
        for one in asked
        if (one.round, one.statement) in given
    ]


def by_statement(answers: Iterable[Facts]) -> list[tuple[str, str, list[Facts]]]:
    """The answers to each statement together: its code, the wording shown last, what was given in each round."""
    statements: dict[str, list[Facts]] = {}
    for row in answers:
        statements.setdefault(row["statement"], []).append(row)
    return [(code, rows[-1]["wording"], rows) for code, rows in statements.items()]
