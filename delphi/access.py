"""From an id in a URL to an object: who may see or change it. "Not yours" looks like "not there"."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, delete, select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.errors import NotFound, Refused
from delphi.model.account import Account
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.round import Round, find_round, keep_rounds
from delphi.model.study import Membership, Role, Study

LARGEST_NUMBER = 2**31  # what an integer column holds; beyond it a database raises


class SignedOut(NotFound):
    """No panelist is behind this browser's grant, or it has none."""


class Capability(StrEnum):
    """What a role allows (TRUST 5.6)."""

    READ = "read"
    DESK = "desk"
    RUN = "run"
    LEAD = "lead"
    ROSTER = "roster"
    ANALYSE = "analyse"
    MODERATE = "moderate"
    AUDIT = "audit"
    OWN = "own"
    ROWS = "rows"
    TRANSLATE = "translate"


CHANGING = frozenset({Capability.LEAD, Capability.RUN, Capability.ROSTER, Capability.MODERATE, Capability.TRANSLATE})
ALLOWED: dict[Role, frozenset[Capability]] = {
    Role.OWNER: frozenset(Capability) - {Capability.ROWS},
    Role.ANALYST: frozenset({Capability.READ, Capability.DESK, Capability.ANALYSE}),
    Role.MODERATOR: frozenset({Capability.READ, Capability.DESK, Capability.ANALYSE, Capability.MODERATE}),
    Role.PANEL_MANAGER: frozenset({Capability.READ, Capability.DESK, Capability.RUN, Capability.ROSTER}),
    Role.VIEWER: frozenset({Capability.READ, Capability.DESK}),
    Role.STATISTICIAN: frozenset({Capability.READ, Capability.DESK, Capability.ANALYSE, Capability.ROWS}),
    Role.TRANSLATOR: frozenset({Capability.TRANSLATE}),
}
SEES_NAMES = frozenset(
    role for role, may in ALLOWED.items() if may & {Capability.LEAD, Capability.ROSTER, Capability.MODERATE}
)


def allowed(role: Role, confirmed_by: int | None) -> frozenset[Capability]:
    """What a member may do; a statistician whom no second owner has confirmed only reads."""
    waits = role is Role.STATISTICIAN and confirmed_by is None
    return frozenset({Capability.READ}) if waits else ALLOWED[role]


def sha256(secret: str) -> str:
    """Hash a random secret: 256 random bits need no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def studies_of(session: Session, account: Account) -> list[Study]:
    """List the studies of an account, newest first."""
    query = select(Study).join(Membership, Membership.study_id == Study.id).where(Membership.account == account.id)
    return list(session.scalars(query.order_by(Study.created_at.desc(), Study.id.desc())))


def with_study(session: Session, accounts: Any, slug: str) -> Any:
    """Ask, with an account, for the study of this name and its membership there.

    A session that only reads gets the rounds of the study, too: then a page begins with one statement of SQL. One that
    writes asks for each round when it is locked.
    """
    member = and_(Membership.study_id == Study.id, Membership.account == Account.id)
    query = accounts.outerjoin(Study, Study.slug == slug).outerjoin(Membership, member).add_columns(Study, Membership)
    if session.info.get("writing", True):
        return query
    return query.outerjoin(Round, Round.study_id == Membership.study_id).add_columns(Round).order_by(Round.number)


def keep_entrance(session: Session, account_id: int, slug: str, rows: Sequence[Any]) -> None:
    """Keep for `study_for` what `with_study` was answered."""
    study, membership = (rows[0].Study, rows[0].Membership) if rows else (None, None)
    entrance = None if study is None or membership is None else (study, membership)
    session.info.setdefault("entrances", {})[account_id, slug] = entrance
    if entrance is not None and not session.info.get("writing", True):
        keep_rounds(session, entrance[0].id, [row.Round for row in rows if row.Round is not None])


def study_for(session: Session, account: Account, slug: str, *, to: Capability) -> Study:
    """Find the study of this name if the account may do this there."""
    entrances = session.info.get("entrances", {})
    if (account.id, slug) not in entrances:
        own = select(Account.id).select_from(Account).where(Account.id == account.id)
        keep_entrance(session, account.id, slug, session.execute(with_study(session, own, slug)).all())
    entrance: tuple[Study, Membership] | None = session.info["entrances"][account.id, slug]
    if entrance is None or to not in allowed(entrance[1].role, entrance[1].confirmed_by):
        raise NotFound
    study = entrance[0]
    if to in CHANGING and session.info.get("for_change") and (study.archived_at or study.deletion_due_at):
        raise Refused(
            "This study is archived or about to be deleted, so nothing in it changes. Its owner can undo that."
        )
    return study


def check_translates(session: Session, account: Account, study: Study, language: str) -> None:
    """See to it that a translator opens no language but the own one.

    Raises
    ------
    NotFound
        The account translates this study into another language.
    """
    membership = session.get(Membership, (study.id, account.id))
    if membership is None or membership.language not in (None, language):
        raise NotFound


def translated_by(session: Session, account: Account) -> dict[int, str]:
    """The studies of which an account is a translator, each with its language."""
    query = select(Membership.study_id, Membership.language).filter_by(account=account.id, role=Role.TRANSLATOR)
    return {study_id: language or "" for study_id, language in session.execute(query)}


def capabilities(session: Session, account: Account, study: Study) -> frozenset[Capability]:
    """List what an account may do in a study."""
    membership = session.get(Membership, (study.id, account.id))
    return allowed(membership.role, membership.confirmed_by) if membership else frozenset()


def statisticians(session: Session, study: Study) -> list[str]:
    """The mail addresses of those who may read single answers now."""
    confirmed = (Membership.role == Role.STATISTICIAN, Membership.confirmed_by.is_not(None))
    members = select(Account.email).join(Membership, Membership.account == Account.id)
    return list(session.scalars(members.where(Membership.study_id == study.id, *confirmed).order_by(Account.email)))


def round_for(session: Session, account: Account, slug: str, number: int, *, to: Capability) -> tuple[Study, Round]:
    """Find a round of a study if the account may do this there."""
    study = study_for(session, account, slug, to=to)
    return study, round_numbered(session, study, number)


def round_numbered(session: Session, study: Study, number: int) -> Round:
    """Find a round of a study by its number.

    Raises
    ------
    NotFound
        The study has no such round.
    """
    round_ = find_round(session, study.id, number) if number < LARGEST_NUMBER else None
    if round_ is None:
        raise NotFound
    return round_


def panelist_coded(session: Session, study: Study, code: str) -> Panelist:
    """Find a member of the panel by the code in an address of the team's pages, which is in no answer's row.

    Raises
    ------
    NotFound
        Nobody has this code, or whoever had it has left.
    """
    query = select(Panelist).where(Panelist.study_id == study.id, Panelist.page_code == code)
    found = session.scalars(query.where(Panelist.withdrawn_on.is_(None))).first()
    if found is None:
        raise NotFound
    return found


def panelists_coded(session: Session, study: Study, codes: Collection[str]) -> list[Panelist]:
    """Find the members of the panel whom these codes name, in the order in which rows are locked; unknown ones are left out."""
    query = select(Panelist).where(Panelist.study_id == study.id, Panelist.page_code.in_(codes))
    return list(session.scalars(query.where(Panelist.withdrawn_on.is_(None)).order_by(Panelist.id)))


def link_holder(session: Session, token: str) -> tuple[Study, Panelist] | None:
    """Find whose personal link this is; the hash index makes the time say nothing."""
    holder = link_holder_among(session, [token])
    return None if holder is None else holder[1:]


def link_holder_among(session: Session, tokens: Sequence[str]) -> tuple[str, Study, Panelist] | None:
    """Find the one personal link among what may be one, with its holder; none where links of two people are among it."""
    by_hash = {sha256(token): token for token in tokens}
    query = _panelists(AccessLink).add_columns(AccessLink.token_sha256)
    rows = session.execute(query.where(AccessLink.token_sha256.in_(by_hash))).all()
    if len({(study.id, panelist.id) for study, panelist, _hash in rows}) != 1:
        return None
    study, panelist, first = min(rows, key=lambda row: tokens.index(by_hash[row[2]]))
    return by_hash[first], study, panelist


def session_holder(session: Session, grant: str | None, *, today: date) -> tuple[Study, Panelist]:
    """Find the panelist behind a browser's grant; begun by a handed link, the session sees little of that panelist."""
    if grant is not None:
        valid = (PanelistSession.grant_sha256 == sha256(grant)) & (PanelistSession.expires_on >= today)
        row = session.execute(_panelists(PanelistSession).add_columns(PanelistSession.handed_link).where(valid)).first()
        if row is not None:
            study, panelist, begun_by = row
            if begun_by is not None:
                handed_links.restrict(session, begun_by, study.id, panelist.id)
            return study, panelist
    raise SignedOut


def handed(session: Session, token: str) -> str | None:
    """The hash of a personal link whose way the team chose; None of every other link."""
    link = (AccessLink.token_sha256 == sha256(token)) & AccessLink.handed
    return session.scalar(select(AccessLink.token_sha256).where(link))


def _panelists(key: type[AccessLink] | type[PanelistSession]) -> Select[Study, Panelist]:
    """Ask for panelists who are in the panel, with their study, by what opens it for them."""
    return (
        select(Study, Panelist)
        .join(Panelist, Panelist.study_id == Study.id)
        .join(key, (key.study_id == Panelist.study_id) & (key.panelist == Panelist.id))
        .where(Panelist.withdrawn_on.is_(None), Study.names_destroyed_at.is_(None))
    )


SESSION_DAYS = 180


def start_session(
    session: Session, study_id: int, panelist: UUID, *, today: date, handed_link: str | None = None
) -> str:
    """Let a browser in, and give its grant; nothing is recorded about the person."""
    grant = secrets.token_urlsafe(32)
    expires = today + timedelta(days=SESSION_DAYS)
    begun = PanelistSession(study_id=study_id, grant_sha256=sha256(grant), panelist=panelist, expires_on=expires)
    begun.handed_link = handed_link
    session.add(begun)
    return grant


def holds_full_session(session: Session, panelist: Panelist, grant: str | None, *, today: date) -> bool:
    """Whether a browser is signed in as this panelist by a link that was mailed to an address of the panelist's own."""
    row = session.get(PanelistSession, (panelist.study_id, sha256(grant))) if grant else None
    return row is not None and row.panelist == panelist.id and row.expires_on >= today and row.handed_link is None


def end_session(session: Session, study_id: int, grant: str) -> None:
    """Sign one browser out."""
    session.execute(
        delete(PanelistSession).where(
            PanelistSession.study_id == study_id, PanelistSession.grant_sha256 == sha256(grant)
        )
    )


def revoke_links(session: Session, study_id: int, panelist: UUID) -> None:
    """End every link and every session of a panelist."""
    for table in (AccessLink, PanelistSession):
        session.execute(delete(table).where(table.study_id == study_id, table.panelist == panelist))
