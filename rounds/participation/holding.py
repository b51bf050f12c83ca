"""Who saves, found by the grant of a browser and held, in one statement: the way of a save, which loads no object.

It is Core and not ORM, so no session narrows it (`delphi.handed_links`); it reads no answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.access import sha256
from delphi.errors import NotFound
from delphi.fixed_sql import FixedStatement
from delphi.model.panel import Panelist, PanelistSession
from delphi.model.round import Participation, Round
from delphi.model.study import Consent, Document, Study
from rounds.participation.taking_part import TakingPart, closed, takes_answers


@dataclass(frozen=True, slots=True)
class Holder:
    """A participation that is locked for a save, with what is asked of it.

    ``opened_at`` names the questionnaire. ``link`` is the handed link through which answers come now, and ``answered_by`` the one through
    which they came before; None is a link of the panelist's own.
    """

    part: TakingPart
    scale: str
    study_created_at: datetime
    opened_at: datetime
    link: str | None
    answered_by: str | None
    language: str | None


def _query() -> Select[Any]:
    """A browser's grant, its panelist, study, consent and participation in the round launched last, which is locked."""
    grant: Any = PanelistSession.__table__
    who: Any = Panelist.__table__
    study: Any = Study.__table__
    round_: Any = Round.__table__
    part: Any = Participation.__table__
    consent: Any = Consent.__table__
    document: Any = Document.__table__
    launched = round_.alias()
    latest = select(func.max(launched.c.number)).where(
        launched.c.study_id == grant.c.study_id, launched.c.opened_at.is_not(None)
    )
    agreed = select(func.max(consent.c.version)).where(
        consent.c.study_id == who.c.study_id, consent.c.panelist == who.c.id
    )
    needed = select(func.max(document.c.version)).where(document.c.study_id == who.c.study_id, document.c.material)
    source = grant.join(who, and_(who.c.study_id == grant.c.study_id, who.c.id == grant.c.panelist))
    source = source.join(study, study.c.id == grant.c.study_id)
    source = source.join(
        round_, and_(round_.c.study_id == grant.c.study_id, round_.c.number == latest.scalar_subquery())
    )
    own = (part.c.study_id == grant.c.study_id, part.c.round == round_.c.number, part.c.panelist == who.c.id)
    columns = (
        *(grant.c.study_id, who.c.id, who.c.language, grant.c.handed_link, part.c.handed_link.label("answered_by")),
        *(study.c.scale, study.c.created_at, round_.c.number),
        *(round_.c.opened_at, round_.c.closes_at, round_.c.closed_at),
        *(agreed.scalar_subquery().label("agreed"), needed.scalar_subquery().label("needed")),
    )
    valid = (grant.c.grant_sha256 == bindparam("grant"), grant.c.expires_on >= bindparam("today"))
    member = (who.c.withdrawn_on.is_(None), who.c.declined_on.is_(None), study.c.names_destroyed_at.is_(None))
    query = select(*columns).select_from(source.join(part, and_(*own))).where(*valid, *member)
    return query.with_for_update(of=part)


QUERY = FixedStatement(_query())


def hold_by_grant(connection: Connection, grant: str | None, *, at: datetime, session: Callable[[], Session]) -> Holder:
    """Lock the participation of a browser's panelist in the round that takes answers.

    Begun by a handed link, the session sees little of that panelist from here on, as with `delphi.access.session_holder`;
    it is opened for that alone.

    Raises
    ------
    NotFound
        Nobody is behind the grant who may answer now.
    RoundClosed
        The round does not take answers any more.
    Withheld
        Answers were given through another link, and this session may not see them.
    """
    rows = QUERY.rows(connection, _parameters(grant, at.date())) if grant else []
    row = rows[0] if rows else None
    if row is None or not row.number or row.agreed is None or row.agreed < (row.needed or 0):
        raise NotFound
    if not takes_answers(row, at=at):
        raise closed(row.number)
    if row.handed_link is not None:
        handed_links.restrict(session(), row.handed_link, row.study_id, row.id)
        handed_links.refuse_withheld(session(), row.number)
    part = TakingPart(row.study_id, row.number, row.id)
    return Holder(part, row.scale, row.created_at, row.opened_at, row.handed_link, row.answered_by, row.language)


def _parameters(grant: str, today: date) -> dict[str, Any]:
    return {"grant": sha256(grant), "today": today}
