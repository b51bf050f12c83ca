"""The worker: makes what was ordered, one file at a time, in a process that may be killed."""

import io
import logging
import time
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from delphi import clock, worker
from delphi.database import Database, locked
from delphi.errors import Refused
from delphi.model.job import ExportJob
from delphi.model.study import Study
from delphi.worker import LEASE, Loop
from exports.files.jobs import ATTEMPTS, TELLING, forget, order_of, write
from exports.files.orders import Order, WrittenFile

log = logging.getLogger(__name__)


class Overtaken(Exception):
    """The job is somebody else's by now, or was taken back."""


class Exporter(Loop):
    """Makes the files that were ordered, one after the other, until told to stop."""

    title = "exporter"

    def __init__(self, database: Database, secret: str) -> None:
        super().__init__(database)
        self.secret = secret

    def work(self, *, at: datetime) -> bool:
        """Take the oldest order and make its file; False if nothing is to do."""
        return self.make_next(at=at)

    def make_next(self, *, at: datetime) -> bool:
        """Take the oldest order and make its file; False if nothing is to do."""
        with self.database.transaction(writing=False) as session:
            idle = session.scalar(_due(at).limit(1)) is None
        if idle:
            return False
        with self.database.transaction() as session:
            forget(session, at=at)
            jobs = worker.claim(session, _due(at), by=self.name, at=at)
            if not jobs:
                return False
            (job,) = jobs
            if job.attempts > ATTEMPTS:  # whoever tried it died of it
                job.release()
                job.failed_at = at
                return True
            key, order, last = (job.study_id, job.id), order_of(job), job.attempts == ATTEMPTS
        self._make(key, order, last=last)
        return True

    def _make(self, key: tuple[int, UUID], order: Order, *, last: bool) -> None:
        """Make a file and write down how it ended; what failed for no reason of its own is tried again."""
        try:
            file, content = self._write_file(key, order)
        except Overtaken:
            return
        except Refused as error:
            self._end(key, failed_at=clock.now(), message=str(error)[:500])
        except Exception:
            log.exception("file not made: %s as %s", order.report, order.format)
            self._end(key, **({"failed_at": clock.now()} if last else {}))
        else:
            self._end(key, made_at=clock.now(), content=content, sha256=file.sha256, rows=file.rows)

    def _write_file(self, key: tuple[int, UUID], order: Order) -> tuple[WrittenFile, bytes]:
        """Make a file in memory, reading only."""
        stream, last_report = io.BytesIO(), time.monotonic()

        def tell(progress: str) -> None:
            nonlocal last_report
            if time.monotonic() - last_report >= TELLING:
                last_report = time.monotonic()
                self._tell(key, progress)

        with self.database.transaction(writing=False) as session:
            rows = write(session, session.get_one(Study, key[0]), order, stream, tell, secret=self.secret)
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
                job.release()
                for name, value in ending.items():
                    setattr(job, name, value)
        except Overtaken:
            log.warning("file no longer wanted")

    def _mine(self, session: Session, key: tuple[int, UUID]) -> ExportJob:
        job = locked(session, ExportJob, key)
        if job is None or job.claimed_by != self.name:
            raise Overtaken
        return job


def _due(at: datetime) -> Select[ExportJob]:
    return worker.due(ExportJob, ExportJob.unfinished, (ExportJob.asked_at, ExportJob.id), at=at)
