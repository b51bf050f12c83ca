"""What works beside the pages, and servers that are told to end."""

import os
import signal
from contextlib import suppress

import pytest
from saving import Load
from served import children, order, until
from sqlalchemy import select

from delphi.model.job import ExportJob

pytestmark = pytest.mark.timeout(600)
LEASE_AND_SOME = 240


def test_a_file_whose_worker_was_killed_is_made_by_the_next(site, engine, port, figures):
    server = site.serve(port)
    assert site.close(port) == 303
    until(lambda: children(server.pid)["work"])
    order(site)
    until(lambda: site.count(ExportJob, ExportJob.claimed_by.is_not(None)))
    with suppress(ProcessLookupError):
        os.kill(children(server.pid)["work"][0], signal.SIGKILL)
    took = until(lambda: site.count(ExportJob, ExportJob.made_at.is_not(None)), LEASE_AND_SOME)
    with site.database.transaction(writing=False) as session:
        attempts = session.scalars(select(ExportJob.attempts)).one()
    figures.say(f"{engine}: a file whose worker was killed was made after {took:.0f} s, by attempt {attempts}.")
    assert attempts == 2


def test_a_server_told_to_end_answers_what_it_has_taken(site, engine, port, figures):
    server = site.serve(port)
    with Load(site, port, fresh=True) as load:
        for _ in range(5):
            before = load.saved
            until(lambda before=before: load.saved > before + 40, 120)
            server.send_signal(signal.SIGTERM)
            assert server.wait(40) == 0
            server = site.serve(port)
    figures.add("5 × SIGTERM", engine, load, load.book.longest)
    assert load.book.answers["broken"] == 0, "a request in flight was dropped"
