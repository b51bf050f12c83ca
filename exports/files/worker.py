"""The worker: makes what was ordered, one file at a time, in a process that may be killed."""

import io
import logging
import secrets
import threading
import time
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from delphi import clock
from delphi.database import Database, locked
from delphi.errors import Refused
from delphi.model.job import ExportJob
from delphi.model.study import Study
from exports.files.jobs import ATTEMPTS, LEASE, TELLING, UNFINISHED, forget, order_of, write
from exports.files.orders import Order, WrittenFile

log = logging.getLogger(__name__)


class Overtaken(Exception):
    """The job is somebody else's by now, or was taken back."""


class Exporter:
    """Makes the files that were ordered, one after the other, until told to stop."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.name = secrets.token_hex(8)
        self.stop = threading.Event()

    def run(self, pause: float = 1.0) -> None:
        """Work for ever; a failure is logged, and the next order taken."""
        self.name = secrets.token_hex(8)  # the server may have forked since this was made
        while not self.stop.is_set():
            try:
                worked = self.make_next(at=clock.now())
            except Exception:
                log.exception("exporter")
                worked = False
            if not worked:
                self.stop.wait(pause)

    def make_next(self, *, at: datetime) -> bool:
        """Take the oldest order and make its file; False if nothing is to do."""
        with self.database.transaction(writing=False) as session:
            idle = session.scalar(_due(at)) is None
        if idle:
            return False
        with self.database.transaction() as session:
            forget(session, at=at)
            job = session.scalar(_due(at).with_for_update(skip_locked=True))
            if job is None:
                return False
            if job.attempts >= ATTEMPTS:  # whoever tried it died of it
                job.claimed_by, job.claimed_until, job.failed_at = None, None, at
                return True
            job.claimed_by, job.claimed_until, job.attempts = self.name, at + LEASE, job.attempts + 1
            key, order, last = (job.study_id, job.id), order_of(job), job.attempts >= ATTEMPTS
        try:
            made, content = self._made(key, order)
        except Overtaken:
            return True
        except Refused as error:
            self._end(key, failed_at=clock.now(), message=str(error)[:500])
        except Exception:
            log.exception("file not made: %s as %s", order.report, order.format)
            self._end(key, **({"failed_at": clock.now()} if last else {}))
        else:
            self._end(key, made_at=clock.now(), content=content, sha256=made.sha256, rows=made.rows)
        return True

    def _made(self, key: tuple[int, UUID], order: Order) -> tuple[WrittenFile, bytes]:
        """Make a file in memory, reading only."""
        stream, told = io.BytesIO(), time.monotonic()

        def tell(progress: str) -> None:
            nonlocal told
            if time.monotonic() - told >= TELLING:
                told = time.monotonic()
                self._tell(key, progress)

        with self.database.transaction(writing=False) as session:
            rows = write(session, session.get_one(Study, key[0]), order, stream, tell)
        content = stream.getvalue()
        return WrittenFile.of(rows, content), content

    def _tell(self, key: tuple[int, UUID], progress: str) -> None:
        """Say how far a file is, and keep the job for longer."""
        with self.database.transaction() as session:
            job = self._mine(session, key)
            job.progress, job.claimed_until = progress[:100], clock.now() + LEASE

    def _end(self, key: tuple[int, UUID], **ending: object) -> None:
        """Write down how a job ended; without an ending somebody tries again."""
        try:
            with self.database.transaction() as session:
                job = self._mine(session, key)
                job.claimed_by = job.claimed_until = None
                for name, value in ending.items():
                    setattr(job, name, value)
        except Overtaken:
            log.warning("file no longer wanted")

    def _mine(self, session: Session, key: tuple[int, UUID]) -> ExportJob:
        job = locked(session, ExportJob, key)
        if job is None or job.claimed_by != self.name:
            raise Overtaken
        return job


def _due(at: datetime) -> Select[Any]:
    free = or_(ExportJob.claimed_until.is_(None), ExportJob.claimed_until < at)
    return select(ExportJob).where(*UNFINISHED, free).order_by(ExportJob.asked_at, ExportJob.id).limit(1)
