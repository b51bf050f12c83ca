"""Archive, delete with a waiting time and undo; the audit trail."""

import csv
import io
from datetime import timedelta
from itertools import pairwise

import pytest
from browsing import fingerprint
from builders import NOW, launched
from sqlalchemy import select

from delphi.model.base import Base
from delphi.model.event import Event
from delphi.model.study import Study
from delphi.studies import retention

ENDING = "/studies/care/ending"


def test_an_archived_study_is_read_and_not_changed(app, ada):
    assert ada.send(f"{ENDING}/archive").location == ENDING
    before = fingerprint(app)
    for path, form in {
        "/studies/care/statements/new": {"text": "New", "kind": "statement", "round": "1"},
        "/studies/care/panel": {"text": "a@x.org"},
        "/studies/care/protocol/edit": {},
        "/studies/care/rounds/1/launch": {},
    }.items():
        page = ada.send(path, form)
        assert (page.status_code, "archived or about to be deleted" in page.text) == (409, True), path
    assert fingerprint(app) == before
    assert "is archived" in ada.get("/studies/care").text
    assert ada.send(f"{ENDING}/restore").status_code == 303
    assert (
        ada.send("/studies/care/statements/new", {"text": "New", "kind": "statement", "round": "1"}).status_code == 303
    )


def test_a_study_is_deleted_after_the_waiting_time_and_not_before(app, pages, ada):
    assert ada.send(f"{ENDING}/delete", {"title": "study care"}).status_code == 409
    assert ada.send(f"{ENDING}/delete", {"title": "Study care"}).status_code == 303
    assert "will be deleted on" in ada.get("/studies/care").text
    assert ada.send(f"{ENDING}/undo").status_code == 303
    assert "will be deleted on" not in ada.get("/studies/care").text
    ada.send(f"{ENDING}/delete", {"title": "Study care"})
    with app.extensions["database"].transaction() as session:
        assert retention.wipe_due(session, at=NOW + timedelta(days=29)) == []
        assert retention.wipe_due(session, at=NOW + timedelta(days=31)) == ["care"]
    assert ada.get("/studies/care").status_code == 404
    with app.extensions["database"].transaction(writing=False) as session:
        for table in Base.metadata.sorted_tables:
            if "study_id" in table.columns:
                assert session.execute(select(table).where(table.c.study_id == 1)).all() == [], table.name
        assert session.scalars(select(Study.slug)).all() == ["other"]


@pytest.mark.parametrize("act", ["archive", "delete"])
def test_nothing_ends_while_a_round_is_open(app, opened, ada, act):
    before = fingerprint(app)
    page = ada.send(f"{ENDING}/{act}", {"title": "Study care"})
    assert (page.status_code, "A round is open" in page.text) == (409, True)
    assert fingerprint(app) == before


@pytest.mark.parametrize("act", ["restore", "undo"])
def test_what_did_not_end_is_not_undone(app, ada, act):
    before = fingerprint(app)
    assert ada.send(f"{ENDING}/{act}").status_code == 409
    assert ada.send(f"{ENDING}/burn").status_code == 404
    assert fingerprint(app) == before


def test_the_trail_is_read_filtered_verified_and_written_out(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        launched(session, session.get_one(Study, pages.study.id))
    page = ada.get("/studies/care/trail").text
    for told in ("round: launched", "protocol: locked", "ada@example.org"):
        assert told in page, told
    assert "protocol: locked</th>" not in ada.get("/studies/care/trail?kind=round:launched").text
    assert "The chain is whole" in ada.get("/studies/care/trail?verify=1").text
    rows = list(csv.DictReader(io.StringIO(ada.send("/studies/care/trail.csv").data.decode("utf-8-sig"))))
    assert [row["kind"] for row in rows][:2] == ["study:created", "protocol:locked"]
    assert rows[-1]["kind"] == "export:made"
    assert all(after["previous_hash"] == before["hash"] for before, after in pairwise(rows))


def test_a_trail_that_was_changed_says_where(app, ada):
    with app.extensions["database"].transaction() as session:
        session.scalars(select(Event).filter_by(study_id=1, sequence=2)).one().data = {"forged": True}
    assert "Event 2 does not fit" in ada.get("/studies/care/trail?verify=1").text
