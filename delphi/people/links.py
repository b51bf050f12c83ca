"""Personal links: minted for a letter of the server, or handed out by the team."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from delphi import audit
from delphi.access import sha256
from delphi.model.event import EventKind
from delphi.model.identity import Identity
from delphi.model.panel import AccessLink
from delphi.model.study import Study


def mint(
    session: Session,
    study: Study,
    panelist: UUID,
    *,
    at: datetime,
    handed_by: int | None = None,
    form: str | None = None,
    token: str | None = None,
) -> str:
    """Make a new link of a panelist, and give its token; earlier links go on working.

    Parameters
    ----------
    handed_by
        The account that prints, copies or merges the link instead of having it mailed; that is an event.
    form, token
        The key of the form that hands out a link, and its token: a form that is sent twice makes one link.

    Notes
    -----
    A link that goes to an address which the team changed is as good as handed: the team chose its way.
    """
    token = token or secrets.token_urlsafe(32)
    person = session.get(Identity, (study.id, panelist))
    handed = handed_by is not None or (person is not None and person.changed_by_team)
    link = AccessLink(study_id=study.id, token_sha256=sha256(token), panelist=panelist, minted_on=at.date())
    link.handed = handed
    session.add(link)
    if handed_by is not None:
        audit.record(session, study.id, EventKind.LINK_HANDED, by=handed_by, at=at, **({"form": form} if form else {}))
    return token
