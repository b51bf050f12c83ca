"""Work beside the pages: loops in threads of their own, and the lease on which one of them holds a piece of work.

A row is held until its lease is over; whoever took it and died leaves it to the next one. A loop writes nothing of a row that
is somebody else's by now.
"""

import logging
import secrets
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Select, SQLColumnExpression, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from delphi import clock
from delphi.database import Database
from delphi.failures import Failure, failure_of
from delphi.model.base import Leased

LEASE = timedelta(seconds=120)
SECONDS_TO_STOP = 30
log = logging.getLogger(__name__)
Task = TypeVar("Task", bound=Leased)


class Loop(ABC):
    """Does its work again and again beside the pages, until its event is set."""

    title: ClassVar[str]
    pause = 1.0  # seconds, when there was nothing to do
    waits = False  # for a database that cannot be used

    def __init__(self, database: Database) -> None:
        self.database = database
        self.name = secrets.token_hex(8)
        self.stop = threading.Event()

    def run(self) -> None:
        """Work until told to stop; a failure is logged and tried again."""
        self.name = secrets.token_hex(8)  # the server may have forked since this was made
        while not self.stop.is_set():
            try:
                worked = self.work(at=clock.now())
                self._note(None)
            except Exception as error:
                worked = False
                failure = failure_of(error)
                self._note(failure)
                if failure is None:
                    log.exception(self.title)
            if not worked:
                self.stop.wait(self.pause)

    def _note(self, failure: Failure | None) -> None:
        """Say in one line that the database cannot be used, and in another that it can again."""
        if failure and not self.waits:
            log.warning("%s waits for the database: %s", self.title, failure.value)
        elif self.waits and not failure:
            log.warning("%s goes on", self.title)
        self.waits = failure is not None

    @abstractmethod
    def work(self, *, at: datetime) -> bool:
        """Do what is due; False if there was nothing, and the loop pauses."""


def start_loops(loops: Iterable[Loop]) -> list[threading.Thread]:
    """Start each loop in a thread of its own, that ends with the process."""
    threads = [threading.Thread(target=loop.run, name=type(loop).__name__, daemon=True) for loop in loops]
    for thread in threads:
        thread.start()
    return threads


def stop_loops(loops: Iterable[Loop], threads: Iterable[threading.Thread]) -> None:
    """Let each loop finish the piece of work in its hands; what takes longer is begun anew by the next one."""
    for loop in loops:
        loop.stop.set()
    end = time.monotonic() + SECONDS_TO_STOP
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))


def due(
    table: type[Task], ready: SQLColumnExpression[bool], order: Sequence[InstrumentedAttribute[Any]], *, at: datetime
) -> Select[Task]:
    """Select the rows that are ready and that nobody holds, in their order."""
    free = or_(table.claimed_until.is_(None), table.claimed_until < at)
    return select(table).where(ready, free).order_by(*order)


def claim(session: Session, query: Select[Task], *, by: str, at: datetime, most: int = 1) -> Sequence[Task]:
    """Take a lease on the first rows that are due; what another worker is taking at this moment is passed over."""
    rows = session.scalars(query.limit(most).with_for_update(skip_locked=True)).all()
    for row in rows:
        row.claimed_by, row.claimed_until, row.attempts = by, at + LEASE, row.attempts + 1
    session.flush()
    return rows
