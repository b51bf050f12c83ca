"""What takes long is done while others may save: reading a file, hashing a password, writing a file (SQLite)."""

import pytest
from databases import one_engine
from flask_security.utils import hash_password
from uploads import PANEL, STATEMENTS, preview, stored

from delphi.model.account import Account
from delphi.model.event import Event, EventKind
from delphi.web.accounts import one_time_link

pytestmark = one_engine
PASSWORD = "seven quiet herons by the weir"
PEOPLE = "name,email,group\nMax,max@panel.example.org,\n"
SHEET = "code,text\nA1,First\n"


@pytest.fixture
def watched(app, monkeypatch):
    """Make a function say whether others could have saved each time that it was called."""
    calls = []

    def watch(function, name):
        def call(*args, **options):
            writers = app.extensions["database"].writers
            writers.enter(0.2)  # would raise
            writers.leave()
            calls.append(name)
            return function(*args, **options)

        monkeypatch.setattr(name, call)
        return calls

    return watch


def watch(watched, name: str):
    module, _, attribute = name.rpartition(".")
    return watched(getattr(__import__(module, fromlist=["*"]), attribute), name)


@pytest.mark.parametrize(
    ("path", "file", "read"),
    [
        (PANEL, PEOPLE, "delphi.people.roster_files.read"),
        (STATEMENTS, SHEET, "delphi.statements.files.read"),
    ],
)
def test_a_file_is_read_while_others_save(ada, watched, path, file, read):
    calls = watch(watched, read)
    watch(watched, "delphi.web.uploads.render_template")
    assert preview(ada, path, file).status_code == 200
    assert ada.send(f"{path}/import", {"data": file}).status_code == 303
    assert calls == [read, "delphi.web.uploads.render_template", read]


def test_who_may_not_import_has_no_file_read(app, pages, watched):
    cleo = app.test_client().sign_in(pages.cleo)
    calls = watch(watched, "delphi.people.roster_files.read")
    assert cleo.send(f"{PANEL}/import", {"data": PEOPLE}).status_code == 404
    assert calls == []


@pytest.mark.parametrize("path", ["/studies/care/panel.xlsx", "/studies/care/trail.xlsx"])
def test_a_list_is_written_as_a_file_while_others_save(app, ada, watched, path):
    calls = watch(watched, "delphi.web.uploads.xlsx_bytes")
    assert ada.send(path).status_code == 200
    assert len(calls) == 1
    assert stored(app, Event.kind, study_id=1)[-1] is EventKind.EXPORTED


def test_a_report_is_written_while_others_save(ada, watched):
    calls = watch(watched, "exports.files.jobs.write")
    answer = ada.send("/studies/care/exports", {"report": "audit", "format": "csv", "profile": "analyst"})
    assert (answer.status_code, len(calls)) == (200, 1)


def test_passwords_are_hashed_while_others_save(app, pages, watched):
    with app.test_request_context(), app.extensions["database"].transaction() as session:
        session.get_one(Account, pages.ada.id).password = hash_password(PASSWORD)
    calls = watch(watched, "flask_security.core.verify_and_update_password")
    for password, status in (("wrong", 200), (PASSWORD, 302)):
        answer = app.test_client().send("/account/sign-in", {"email": "ada@example.org", "password": password})
        assert answer.status_code == status
    assert len(calls) == 2


def test_a_new_password_is_hashed_while_others_save(app, pages, watched):
    with app.app_context():
        link = one_time_link(app.extensions["database"], app.extensions["settings"], "ada@example.org", new=False)
    calls = watch(watched, "flask_security.recoverable.hash_password")
    path = link.partition("example.org")[2]
    answer = app.test_client().send(path, {"password": PASSWORD, "password_confirm": PASSWORD, "submit": "1"})
    assert (answer.status_code, len(calls)) == (302, 1)
