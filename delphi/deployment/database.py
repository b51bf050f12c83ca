"""What the database says: its tables, its clock, and work that should have been done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi.config import CannotStart, Settings
from delphi.database import Database, database_now
from delphi.deployment.findings import Finding, ok, wrong
from delphi.migrations import check_schema
from delphi.model.job import ExportJob
from delphi.model.letter import Letter, TeamLetter
from delphi.model.round import Round
from delphi.model.seal import Seal

PATIENCE = timedelta(minutes=15)  # what waits longer has nobody who does it
CLOCKS_APART = timedelta(seconds=5)


def tables(settings: Settings) -> Iterator[Finding]:
    """Look at whether the tables are those of this version."""
    try:
        check_schema(settings.database_url)
    except CannotStart as error:
        yield wrong(str(error))
    else:
        yield ok("The database answers, and its tables are those of this version.")


def work(database: Database, *, at: datetime) -> Iterator[Finding]:
    """Look at the clocks of host and database, and at what `delphi work` should have done."""
    with database.transaction(writing=False) as session:
        yield from clocks(database_now(session), at)
        yield from waiting(session, at=at)


def clocks(of_database: datetime, of_host: datetime) -> Iterator[Finding]:
    """Compare two clocks."""
    apart = abs(of_database - of_host)
    if apart > CLOCKS_APART:
        yield wrong(
            f"The clocks of this host and of the database are {apart.total_seconds():.0f} s apart: set them by NTP."
        )
    else:
        yield ok("This host and the database agree on the time.")


def waiting(session: Session, *, at: datetime) -> Iterator[Finding]:
    """Count letters, files and seals that wait longer than they should."""
    found = overdue(session, at=at)
    minutes = PATIENCE // timedelta(minutes=1)
    for name, n in found.items():
        if n:
            yield wrong(
                f"{n} {name} wait for more than {minutes} minutes: look at `delphi work`, its log, and MAIL_URL."
            )
    if not any(found.values()):
        yield ok(f"No letter, file or seal waits for more than {minutes} minutes.")


def overdue(session: Session, *, at: datetime) -> dict[str, int]:
    """How many letters, files and rounds wait for longer than they should."""
    before = at - PATIENCE
    return {
        "letters": sum(session.execute(_letters(table, before)).scalar_one() for table in (Letter, TeamLetter)),
        "ordered files": session.execute(_files(before)).scalar_one(),
        "closed rounds without a seal": session.execute(_unsealed(before)).scalar_one(),
    }


def _letters(table: Any, before: datetime) -> Select[int]:
    return select(func.count()).select_from(table).where(table.unsent, table.run_after < before)


def _files(before: datetime) -> Select[int]:
    return select(func.count()).select_from(ExportJob).where(ExportJob.unfinished, ExportJob.asked_at < before)


def _unsealed(before: datetime) -> Select[int]:
    sealed = select(Seal.round).where(Seal.study_id == Round.study_id, Seal.round == Round.number).exists()
    return select(func.count()).select_from(Round).where(Round.closed_at < before, Round.number > 0, ~sealed)
