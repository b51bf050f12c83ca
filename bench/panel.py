"""A study that is open, on a database of its own, and what each of its panelists holds: a grant in a signed cookie."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from bench_pages import second_round
from builders import account, lead_of, open_to_all, panel_of, study
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy import insert, select

from delphi import clock
from delphi.access import sha256
from delphi.database import Database
from delphi.migrations import upgrade_to_head
from delphi.model.panel import PanelistSession
from delphi.model.rating import Rating
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.statements.statements import NewStatement
from rounds.lifecycle import lifecycle

SECRET = "not-secret-" * 4
TEXT = "Every service that the panel was asked about is to be offered in each region, whoever runs it: number {}."
Acknowledged = Mapping[tuple[UUID, int], tuple[int, int]]  # by panelist and statement: version and value


@dataclass(frozen=True)
class Panel:
    """An open round with the cookies of those who answer it."""

    database: Database
    study: int
    round: int
    statements: int
    cookies: Mapping[UUID, str]

    def close(self) -> frozenset[tuple[UUID, int, int, int | None]]:
        """Close the round as a deadline does; every rating that stands then."""
        with self.database.transaction() as session:
            made, round_ = session.get_one(Study, self.study), session.get_one(Round, (self.study, self.round))
            lifecycle.close(session, round_, by=lead_of(session, made), at=clock.now())
        return self.ratings()

    def ratings(self) -> frozenset[tuple[UUID, int, int, int | None]]:
        """What is stored: panelist, statement, version and value."""
        columns = (Rating.panelist, Rating.statement, Rating.version, Rating.value)
        with self.database.transaction(writing=False) as session:
            own = select(*columns).filter_by(study_id=self.study, round=self.round)
            return frozenset(tuple(row) for row in session.execute(own))

    def lost(self, acknowledged: Acknowledged) -> int:
        """How many answers were acknowledged and are not stored."""
        stored = {(who, statement): (version, value) for who, statement, version, value in self.ratings()}
        return sum(stored.get(key) != last for key, last in acknowledged.items())


@contextmanager
def open_panel(url: str, slug: str, *, panelists: int, statements: int, feedback: bool) -> Iterator[Panel]:
    """Make a study and open its first round, or the second with all that is shown of the first."""
    upgrade_to_head(url)
    database = Database(url)
    with database.transaction() as session:
        lead = account(session, f"lead-{slug}")
        if feedback:
            study_id, _somebody = second_round(session, lead.id, slug=slug, panelists=panelists, statements=statements)
        else:
            asked = [NewStatement(f"S{n}", TEXT.format(n), section=f"Section {n // 10}") for n in range(statements)]
            made = study(session, lead, slug, panelists=panelists, statements=tuple(asked))
            open_to_all(session, made)
            study_id = made.id
        everybody = panel_of(session, session.get_one(Study, study_id))
        grants = {who: secrets.token_urlsafe(32) for who in everybody}
        key = {"study_id": study_id, "expires_on": clock.now().date() + timedelta(days=2), "handed_link": None}
        rows = [key | {"panelist": who, "grant_sha256": sha256(grant)} for who, grant in grants.items()]
        session.execute(insert(PanelistSession), rows)
    cookies = dict(zip(grants, _signed(grants.values()), strict=True))
    try:
        yield Panel(database, study_id, 2 if feedback else 1, statements, cookies)
    finally:
        database.engine.dispose()


def _signed(grants: Iterable[str]) -> list[str]:
    """The cookies with which the platform would let these browsers in."""
    app = Flask("signing")
    app.secret_key = SECRET
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return [serializer.dumps({"panelist_grant": grant}) for grant in grants]
