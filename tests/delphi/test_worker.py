"""Work beside the pages: loops that end when told, and rows that one worker at a time holds."""

import threading
from datetime import timedelta
from uuid import uuid4

import pytest
from builders import NOW, Cast

from delphi import worker
from delphi.failures import WritersBusy
from delphi.model.job import ExportJob
from delphi.studies import retention
from delphi.studies.retention import Deleting
from delphi.worker import LEASE, Loop


class Counting(Loop):
    """A loop that says that it turned, and that it ended."""

    title = "counting"
    pause = 0.01

    def __init__(self):
        super().__init__(database=None)
        self.turned, self.ended = threading.Event(), False

    def work(self, *, at):  # noqa: ARG002 (interface)
        self.turned.set()

    def run(self):
        super().run()
        self.ended = True


def test_each_loop_works_in_a_thread_and_stops_when_told():
    loops = [Counting(), Counting()]
    threads = worker.start_loops(loops)
    assert all(loop.turned.wait(5) for loop in loops)
    assert all(thread.daemon for thread in threads)
    worker.stop_loops(loops, threads)
    assert [loop.ended for loop in loops] == [True, True]


def test_what_does_not_end_in_time_is_left(monkeypatch):
    class Deaf(Counting):
        def run(self):
            released.wait(30)

    released, loop = threading.Event(), Deaf()
    monkeypatch.setattr(worker, "SECONDS_TO_STOP", 0.05)
    threads = worker.start_loops([loop])
    worker.stop_loops([loop], threads)
    assert threads[0].is_alive()
    released.set()
    threads[0].join(5)


def test_a_loop_pauses_only_when_nothing_was_to_do():
    class Busy(Counting):
        pause = 30
        left = 3

        def work(self, *, at):  # noqa: ARG002 (interface)
            self.left -= 1
            if not self.left:
                self.stop.set()
            return True

    loop = Busy()
    thread = worker.start_loops([loop])[0]
    thread.join(5)
    assert (loop.left, thread.is_alive()) == (0, False)


def test_studies_are_deleted_again_and_again_in_spite_of_failures(database, monkeypatch, caplog):
    turns = []

    def wipe_due(_session, *, at):
        turns.append(at)
        if len(turns) == 1:
            raise ValueError
        deleting.stop.set()
        return ["care"]

    monkeypatch.setattr(retention, "wipe_due", wipe_due)
    monkeypatch.setattr(Deleting, "pause", 0.01)
    deleting = Deleting(database)
    deleting.run()
    assert [record.getMessage() for record in caplog.records] == [
        "deleting",
        "study deleted after its waiting time: care",
    ]


@pytest.fixture
def jobs(session):
    """Two orders, of which the second has the earlier name, and one that is done."""
    cast = Cast.enter(session)
    facts = {"study_id": cast.study.id, "account": cast.ada.id, "format": "csv", "profile": "public"}
    reports = ("table", "agreement", "analysis")
    listed = [ExportJob(id=uuid4(), report=report, asked_at=NOW, attempts=0, **facts) for report in reports]
    listed[2].failed_at = NOW
    session.add_all(listed)
    session.flush()
    return listed


def take(session, *, by, at=NOW, most=1):
    query = worker.due(ExportJob, ExportJob.unfinished, (ExportJob.report,), at=at)
    return worker.claim(session, query, by=by, at=at, most=most)


def test_what_is_first_in_order_is_taken_first(session, jobs):
    (job,) = take(session, by="one")
    assert (job, job.claimed_by, job.attempts) == (jobs[1], "one", 1)
    assert job.claimed_until == NOW + LEASE


def test_what_is_held_is_taken_only_after_its_lease(session, jobs):
    assert take(session, by="one", most=9) == [jobs[1], jobs[0]]
    assert take(session, by="two", at=NOW + LEASE, most=9) == []
    later = take(session, by="two", at=NOW + LEASE + timedelta(seconds=1))
    assert [(job, job.claimed_by, job.attempts) for job in later] == [(jobs[1], "two", 2)]


def test_what_is_let_go_is_due_again(session, jobs):
    take(session, by="one", most=9)
    jobs[0].release()
    session.flush()
    assert take(session, by="two", most=9) == [jobs[0]]


def test_a_database_that_is_away_is_two_lines_in_the_log(caplog):
    class Failing(Counting):
        left = 5

        def work(self, *, at):  # noqa: ARG002 (interface)
            self.left -= 1
            if self.left > 0:
                raise WritersBusy
            self.turned.set()

    loop = Failing()
    threads = worker.start_loops([loop])
    assert loop.turned.wait(5)
    worker.stop_loops([loop], threads)
    lines = ["counting waits for the database: busy", "counting goes on"]
    assert [record.getMessage() for record in caplog.records] == lines
