"""Files that take long: ordered, made beside the pages, taken with the same rights, and never half there."""

import csv
import hashlib
import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from datetime import timedelta
from unittest.mock import Mock

import pytest
from browsing import SECRET
from played import play, with_open_rows
from sqlalchemy import select

from delphi import cli, clock
from delphi.database import Database
from delphi.errors import Refused
from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.job import ExportJob
from delphi.model.panel import Panelist
from delphi.model.study import Level, Study, Withdrawal
from delphi.people.postman import Postman
from delphi.people.severing import Severing
from delphi.statements.statements import NewStatement
from delphi.studies.retention import Deleting
from delphi.worker import LEASE
from exports.files import jobs
from exports.files.orders import Order
from exports.files.worker import Exporter
from exports.record.reader_profile import Profile
from exports.results.figures_worker import Figuring
from rounds.lifecycle import finishing
from rounds.lifecycle.alarm import ResponseAlarm
from rounds.lifecycle.closing import Closing
from rounds.lifecycle.monitor import StopsOfTheDay
from rounds.participation import withdrawal
from rounds.seal.worker import Sealing

FILES = "/studies/care/exports"
WORKER = "import sys; from delphi.model import load_tables; load_tables(); from delphi.database import Database;"
WORKER += " from exports.files import worker; worker.TELLING = 0;"
WORKER += " worker.Exporter(Database(sys.argv[1]), sys.argv[2]).run()"


@pytest.fixture
def worker(app):
    return Exporter(app.extensions["database"], SECRET)


def order(browser, report="agreement", format_="csv", profile="analyst"):
    answer = browser.send(FILES, {"report": report, "format": format_, "profile": profile})
    assert answer.status_code == 303, answer.text
    return answer.location


@pytest.mark.parametrize(("report", "format_"), [("agreement", "csv"), ("agreement", "docx")])
def test_a_long_file_is_ordered_made_and_taken(app, public, ada, worker, report, format_):
    page = order(ada, report, format_)
    assert "waits for its turn" in ada.get(page).text
    assert ada.send(page, {}).location == page  # there is nothing to take yet
    assert worker.make_next(at=clock.now())
    assert not worker.make_next(at=clock.now())
    assert "The file is ready" in ada.get(page).text
    assert page in ada.get(FILES).text
    answer = ada.send(page, {})
    assert answer.headers["Content-Disposition"].startswith(f"attachment; filename=care_{report}_all_analyst_")
    with app.extensions["database"].transaction(writing=False) as session:
        event = session.scalars(select(Event).where(Event.kind == "export:made")).one()
        assert event.data["sha256"] == hashlib.sha256(answer.data).hexdigest()
        assert (event.data["report"], event.data["format"], event.actor) == (report, format_, public.ada.id)
        if format_ == "csv":
            assert len(list(csv.DictReader(io.StringIO(answer.text)))) == event.data["rows"]


@pytest.mark.parametrize("format_", ["zip", "csv", "xlsx"])
def test_single_ratings_and_the_bundle_of_a_large_study_are_ordered(
    app, public, ada, worker, tmp_path, format_, monkeypatch
):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, public.study.id)
        study.level = Level.OPEN_ROWS
        finishing.finish(session, study, reason="enough", by=public.ada.id, at=clock.now())
    assert ada.send(FILES, {"report": "ratings", "format": format_, "profile": "analyst"}).status_code == 200
    monkeypatch.setattr(jobs, "MOST_RATINGS", 1)
    page = order(ada, "ratings", format_)
    bundle = ada.send("/studies/care/bundle", {"profile": "public"}).location
    assert worker.make_next(at=clock.now())
    assert worker.make_next(at=clock.now())
    assert len(ada.send(page, {}).data) > 100
    (tmp_path / "care.zip").write_bytes(ada.send(bundle, {}).data)
    assert "ratings/long.csv" in zipfile.ZipFile(tmp_path / "care.zip").namelist()


def test_single_ratings_of_a_sealed_study_are_refused_in_words(public, ada):
    assert "ratings" not in ada.get(FILES).text.split("<main")[1].partition('name="report" value="ratings"')[1]
    answer = ada.send(FILES, {"report": "ratings", "format": "zip", "profile": "analyst"})
    assert answer.status_code == 409
    assert "This study is sealed: its panel was told that nobody sees single ratings" in answer.text


def test_who_may_not_have_a_file_does_not_see_its_order(app, public, ada, worker, monkeypatch):
    monkeypatch.setattr(jobs, "MOST_RATINGS", 1)
    page, trail = order(ada), order(ada, "audit", "csv")
    worker.make_next(at=clock.now())
    worker.make_next(at=clock.now())
    may = {"ben": (200, 404), "mia": (404, 404), "vic": (404, 404), "cleo": (404, 404)}
    for name, expected in may.items():
        with app.extensions["database"].transaction(writing=False) as session:
            account = session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()
            session.expunge_all()
        mine = app.test_client().sign_in(account)
        for path, status in zip((page, trail), expected, strict=True):
            assert mine.get(path).status_code == mine.send(path, {}).status_code == status
            assert (path in mine.get(FILES).text) == (status == 200)


def test_a_study_waits_for_three_files_at_most(public, ada, worker):
    pages = [order(ada) for _ in range(3)]
    refused = ada.send(FILES, {"report": "agreement", "format": "csv", "profile": "analyst"})
    assert (refused.status_code, "nothing was ordered" in refused.text) == (409, True)
    worker.make_next(at=clock.now())
    order(ada)
    assert sum("The file is ready" in ada.get(page).text for page in pages) == 1


def test_after_a_week_a_file_is_gone(app, public, ada, worker):
    page = order(ada)
    worker.make_next(at=clock.now())
    with app.extensions["database"].transaction() as session:
        session.scalars(select(ExportJob)).one().asked_at -= jobs.KEPT
    assert ada.get(page).status_code == ada.send(page, {}).status_code == 404
    order(ada)
    worker.make_next(at=clock.now())
    with app.extensions["database"].transaction(writing=False) as session:
        assert len(session.scalars(select(ExportJob)).all()) == 1


def test_what_cannot_be_made_says_why_and_what_breaks_is_tried_again(app, public, ada, worker, monkeypatch):
    def refuse(*_, secret):
        raise Refused("There is no font for this.")

    monkeypatch.setattr("exports.files.worker.write", refuse)
    page = order(ada)
    worker.make_next(at=clock.now())
    assert "There is no font for this." in ada.get(page).text

    def broken(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("exports.files.worker.write", broken)
    page = order(ada)
    for _ in range(jobs.ATTEMPTS):
        assert "waits for its turn" in ada.get(page).text
        assert worker.make_next(at=clock.now())
    assert "could not be made" in ada.get(page).text
    assert not worker.make_next(at=clock.now())


def test_who_was_overtaken_changes_nothing_and_who_dies_of_a_file_is_not_followed_for_ever(app, public, ada, worker):
    page, late = order(ada), Exporter(worker.database, SECRET)
    made = worker._write_file

    def slow(key, wanted):
        assert late.make_next(at=clock.now() + LEASE + timedelta(seconds=1))
        return made(key, wanted)[0], b"from the one that was too slow"

    worker._write_file = slow
    assert worker.make_next(at=clock.now())
    assert b"too slow" not in ada.send(page, {}).data
    page = order(ada)
    with app.extensions["database"].transaction() as session:
        session.scalars(select(ExportJob).where(ExportJob.made_at.is_(None))).one().attempts = jobs.ATTEMPTS
    worker._write_file = tried = Mock()
    assert worker.make_next(at=clock.now())
    assert "could not be made" in ada.get(page).text
    assert not tried.called


def test_a_file_that_was_made_stays_when_somebody_leaves(app, public, ada, worker):
    page = order(ada)
    worker.make_next(at=clock.now())
    before = ada.send(page, {}).data
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, public.study.id)
        who = session.get_one(Panelist, (study.id, public.panel[0]))
        withdrawal.withdraw(
            session, study, who, Withdrawal(study.withdrawal_choices[0]), forget=lambda *_: None, at=clock.now()
        )
    assert ada.send(page, {}).data == before


def test_the_exporter_is_one_of_the_loops(app):
    assert [type(loop) for loop in cli.loops_of(app)] == [
        Postman,
        Severing,
        Deleting,
        Exporter,
        Closing,
        Sealing,
        Figuring,
        StopsOfTheDay,
        ResponseAlarm,
    ]


def test_a_killed_worker_leaves_nothing_and_another_makes_the_file(template, tmp_path):
    with template.copy() as url:
        database = Database(url)
        asked = tuple(NewStatement(f"S{n}", f"Statement {n}.") for n in range(150))
        with database.transaction() as session:
            study = with_open_rows(session, play(session, panelists=40, rounds=1, statements=asked, groups=()))
            by = session.scalars(select(Account.id)).first()
            wanted = Order("agreement", "csv", Profile.ANALYST)
            key = (study.id, jobs.ask(session, study, wanted, by=by, at=clock.now()).id)
        left = tmp_path / "left"
        left.mkdir()
        process = subprocess.Popen(
            [sys.executable, "-P", "-c", WORKER, url, SECRET], env={**os.environ, "TMPDIR": str(left)}, cwd="."
        )
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until and not job_of(database, key).progress:
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
        finally:
            process.kill()
            process.wait()
        job = job_of(database, key)
        assert (job.progress[-1], job.made_at, job.content, job.sha256) == ("%", None, None, None)
        assert list(left.iterdir()) == []
        second = Exporter(database, SECRET)
        assert not second.make_next(at=clock.now())  # the first might still be at it
        assert second.make_next(at=clock.now() + LEASE + timedelta(seconds=1))
        job = job_of(database, key)
        assert job.sha256 == hashlib.sha256(job.content).hexdigest()
        assert job.attempts == 2
        database.engine.dispose()


def job_of(database, key):
    with database.transaction(writing=False) as session:
        job = session.get_one(ExportJob, key)
        assert job.content is None or job.rows
        session.expunge(job)
    return job
