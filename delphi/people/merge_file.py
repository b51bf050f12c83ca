"""A file for a mail merge: who has to send from an own mail program gets the links of the panel, each a handed one."""

import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit, progress
from delphi.access import sha256
from delphi.database import locked
from delphi.dates import in_words, locale_of
from delphi.errors import Refused
from delphi.letters import content
from delphi.letters.values import VALUES, Words
from delphi.model.event import EventKind
from delphi.model.identity import Identity
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Participation, Round, latest_round
from delphi.model.study import Level, Study
from delphi.people.person.changes import By

HEAD = ("name", "email", "language", "greeting", "round", "closes", "link")
Row = list[str]


def refuse_late(session: Session, study: Study, *, at: datetime) -> Round:
    """Find the round that the file would be about.

    Raises
    ------
    Refused
        No round takes answers, or in a sealed study somebody has answered: links of the team come before that alone.
    """
    round_ = latest_round(session, study)
    if round_ is None or not round_.accepts(at=at):
        raise Refused("No round takes answers now, so there is nothing to send. No link was made.")
    if study.level is Level.SEALED and progress.any_answer(session, study.id):
        raise Refused(
            "In a sealed study the team gets links in a file only before the first answer. No link was made; the server "
            "goes on sending its letters."
        )
    return round_


def rows(session: Session, study: Study, *, form: UUID, secret: str, url: str, by: By) -> list[Row]:
    """Make a link for everybody invited to the open round, and write a row each; the same form gives the same links.

    A link of this file takes answers and shows none that was given through another one.
    """
    locked(session, Study, (study.id,))
    round_ = refuse_late(session, study, at=by.at)
    people = _people(session, round_)
    tokens = {panelist.id: _token(secret, study, panelist.id, form) for panelist, _identity in people}
    _hand(session, study, tokens, form, by)
    return [_row(study, round_, panelist, person, f"{url}/p/{tokens[panelist.id]}") for panelist, person in people]


def _people(session: Session, round_: Round) -> Sequence[tuple[Panelist, Identity]]:
    here = (Participation.study_id == Panelist.study_id) & (Participation.panelist == Panelist.id)
    person = (Identity.study_id == Panelist.study_id) & (Identity.panelist == Panelist.id)
    query = (
        select(Panelist, Identity)
        .join(Participation, here)
        .join(Identity, person)
        .where(Participation.study_id == round_.study_id, Participation.round == round_.number)
        .where(Panelist.declined_on.is_(None), Panelist.withdrawn_on.is_(None))
        .order_by(Identity.name, Identity.email)
    )
    return [(panelist, identity) for panelist, identity in session.execute(query)]


def _token(secret: str, study: Study, panelist: UUID, form: UUID) -> str:
    return hmac.new(secret.encode(), f"merged link/{study.id}/{panelist}/{form}".encode(), "sha256").hexdigest()


def _hand(session: Session, study: Study, tokens: dict[UUID, str], form: UUID, by: By) -> None:
    """Keep the links that are not there yet, as links whose way the team chose; one event says how many."""
    hashes = {sha256(token): panelist for panelist, token in tokens.items()}
    known = select(AccessLink.token_sha256).where(AccessLink.study_id == study.id, AccessLink.token_sha256.in_(hashes))
    there = set(session.scalars(known))
    new = [(hashed, panelist) for hashed, panelist in hashes.items() if hashed not in there]
    for hashed, panelist in new:
        link = AccessLink(study_id=study.id, token_sha256=hashed, panelist=panelist, minted_on=by.at.date())
        link.handed = True
        session.add(link)
    session.flush()
    if new:
        facts = {"form": form.hex, "count": len(new)}
        audit.record(session, study.id, EventKind.LINK_HANDED, by=by.account, at=by.at, **facts)


def _row(study: Study, round_: Round, panelist: Panelist, person: Identity, link: str) -> Row:
    language = content.language_of(study, panelist)
    words, facts = Words(language), {"name": person.name, "round": round_}
    assert round_.closes_at is not None
    closes = in_words(round_.closes_at, study.time_zone, locale=locale_of(language))
    said = [VALUES[name](facts, words) for name in ("greeting", "round")]
    return [person.name, person.email or "", language, *said, closes, link]
