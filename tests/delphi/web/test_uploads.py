"""Files of statements and of the panel: all rows or none, and every error named at once."""

import pytest
from browsing import fingerprint
from sqlalchemy import select, text
from uploads import PANEL, STATEMENTS, stored, upload

from delphi.model.event import Event
from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.round import QuestionnaireItem
from delphi.model.statement import Statement, StatementVersion

GOOD = "code,text,kind,section,help,round\nA1,First é,statement,One,Hint,1\nA2,Second,recommendation,Two,,2\n"
BAD = """code,text,kind,section,help,round
B1,,poem,,,0
B2,Fine,,,,one
,No code,,,,
"""
PEOPLE = "name,email,group,country\nZoë Äß,Zoe@panel.example.org,nurses,Austria\nMax,max@panel.example.org,,\n"
BAD_PEOPLE = """name,email,group
,nobody@panel.example.org,
Eve,not an address,
Max,max@panel.example.org,all
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_statements_are_read_as_people_save_them(app, ada, encoding, separator):
    answer = upload(ada, STATEMENTS, GOOD.replace(",", separator), encoding)
    assert answer.status_code == 303
    assert "Statements: 2 were imported." in ada.get(STATEMENTS).text
    assert "First é" in stored(app, StatementVersion.text, study_id=1)


def test_only_what_enters_now_is_asked_now(app, ada):
    upload(ada, STATEMENTS, GOOD)
    assert len(stored(app, Statement.code, study_id=1)) == 5
    assert len(stored(app, QuestionnaireItem.statement, study_id=1, round=1)) == 4
    assert stored(app, Event.kind, study_id=1)[-1] == "statements:imported"


def test_every_bad_cell_is_named_and_nothing_is_imported(app, ada):
    before = fingerprint(app)
    page = upload(ada, STATEMENTS, BAD)
    assert page.status_code == 422
    assert "5 cells cannot be taken, so nothing was imported" in page.text
    for told in ("neither statement nor recommendation", "round 0 does not exist", "is not a whole number"):
        assert told in page.text
    assert page.text.count("this cell may not be empty") == 2
    assert fingerprint(app) == before


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("code,text\nC1,One\nC1,Two\n", "stands on line 2 already"),
        ("code,words\nC1,One\n", "Say first which column holds the statements"),
        ("code,text\nC1,One,more,cells\n", "4 cells under 2 column names"),
        ("code,text\n", "no rows below its head"),
        (b"c\x00o\x00", "this is not a text file"),
        (b"PK\x03\x04\x00\x00", "the file is damaged"),
        ('code,text\nC1,"One\n', "quotes of this line"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(app, ada, file, told):
    before = fingerprint(app)
    page = upload(ada, STATEMENTS, file)
    assert (page.status_code, told in page.text) == (422, True)
    assert fingerprint(app) == before


def test_what_the_tables_cannot_hold_is_named(app, ada):
    before = fingerprint(app)
    page = upload(ada, STATEMENTS, f"code,text,section,round\nC1,One,{'x' * 201},\nC2,Two,,99999999999\n")
    assert page.status_code == 422
    assert "201 characters; at most 200 fit" in page.text
    assert "round 99999999999 does not exist" in page.text
    assert fingerprint(app) == before


def test_statements_of_a_launched_round_are_fixed(app, opened, ada):
    before = fingerprint(app)
    page = upload(ada, STATEMENTS, GOOD)
    assert page.status_code == 409
    assert "Round 1 was launched" in page.text
    assert fingerprint(app) == before
    assert "Show what it would change" not in ada.get(STATEMENTS).text


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
@pytest.mark.parametrize("separator", [",", ";"])
def test_people_are_read_as_people_save_them(app, ada, encoding, separator):
    assert upload(ada, PANEL, PEOPLE.replace(",", separator), encoding).status_code == 303
    page = ada.get(PANEL).text
    assert "People of the panel: 2 were added." in page
    assert "Zoë Äß" in page
    assert "zoe@panel.example.org" in stored(app, Identity.email, study_id=1)
    assert {"country": "Austria"} in stored(app, Identity.characteristics, study_id=1)


def test_every_bad_person_is_named_and_nobody_is_imported(app, ada):
    before = fingerprint(app)
    page = upload(ada, PANEL, BAD_PEOPLE)
    assert page.status_code == 422
    for told in ("3 cells cannot be taken", "may not be empty", "is not a mail address", "cannot name a group"):
        assert told in page.text
    assert fingerprint(app) == before


@pytest.mark.parametrize(
    "address", ["a..b@x.org", "zoë@x.org", "a(b)@x.org", ".a@x.org", "a@x.org.", "a@x", "a[b@x.org"]
)
def test_an_address_that_no_letter_can_carry_is_named(app, ada, address):
    before = fingerprint(app)
    page = upload(ada, PANEL, f"name,email\nEve,{address}\n")
    assert "is not a mail address" in page.text
    assert fingerprint(app) == before


def test_a_line_break_in_a_name_becomes_a_space(app, ada):
    upload(ada, PANEL, 'name,email\n"Eve\nBcc: evil@example.org",eve.o\'hara+panel@x.org\n')
    assert "Eve Bcc: evil@example.org" in stored(app, Identity.name, study_id=1)


def test_nobody_is_on_the_panel_twice(app, ada):
    before = fingerprint(app)
    page = upload(ada, PANEL, "name,email\nOne,new@panel.example.org\nTwo,New@panel.example.org\n")
    assert "stands on line 2 already" in page.text
    assert fingerprint(app) == before


def test_the_same_person_may_sit_on_two_panels(app, ada, pages):
    assert len(stored(app, Identity.email, email="panelist1@panel.example.org")) == 2


def test_codes_tell_nothing_and_the_order_of_rows_is_lost(app, ada):
    upload(ada, PANEL, "name,email\n" + "".join(f"P{i},p{i:02}@panel.example.org\n" for i in range(30)))
    codes = stored(app, Panelist.code, study_id=1)
    assert len(set(codes)) == 36
    with app.extensions["database"].transaction(writing=False) as session:
        place = text("rowid" if session.get_bind().dialect.name == "sqlite" else "ctid")
        emails = list(session.scalars(select(Identity.email).where(Identity.name != "Panelist 1").order_by(place)))
    imported = [email for email in emails if "panelist" not in email]
    assert sorted(imported) != imported
    assert len(imported) == 30


def test_the_roster_shows_names_and_never_codes(app, ada):
    page = ada.get(PANEL).text
    assert "Panelist 1" in page
    assert not [code for code in stored(app, Panelist.code, study_id=1) if code in page]


@pytest.mark.parametrize("path", [STATEMENTS, PANEL])
def test_no_file_is_no_import(app, ada, path):
    before = fingerprint(app)
    page = ada.send(path)
    assert (page.status_code, "there is no file" in page.text) == (422, True)
    assert fingerprint(app) == before
