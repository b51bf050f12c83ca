"""Files as people really make them: a preview with what would change, named errors or a refusal; never a half import."""

import io
import zipfile

import pytest
import xlsxwriter
from browsing import fingerprint
from builders import NOW, lead_of, open_to_all, panel_of, vote
from sqlalchemy import func, select
from uploads import PANEL, STATEMENTS, preview, stored, upload
from workbooks import PARTS

from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.statement import Statement, StatementVersion
from delphi.model.study import Study
from rounds.lifecycle import lifecycle

HOSTILE = ("=1+1", "'=1+1", "''-x", "-5 degrees", "@home", "+x", '“quoted”, "twice"; and\ttabbed', "'tis fine", "ünï")


def book(fill) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as made:
        fill(made.add_worksheet())
    return stream.getvalue()


def merged_head(sheet):
    sheet.merge_range("A1:E1", "Statements of our study, version 3")
    sheet.write_row("A3", ["ID", "Statement", "Theme", "Remarks"])
    sheet.write_row("A5", ["X1", "Nurses are needed.", "Staff", "keep"])
    sheet.write("A8", "X2")
    sheet.write_formula("B8", '=CONCATENATE("Peers"," help.")', value="Peers help.")


def test_a_title_above_the_head_blank_rows_and_formulas_with_values_are_understood(app, ada):
    before = fingerprint(app)
    page = preview(ada, STATEMENTS, book(merged_head))
    assert "2 new" in page.text
    assert "Peers help." in page.text
    assert fingerprint(app) == before
    assert upload(ada, STATEMENTS, book(merged_head)).status_code == 303
    assert stored(app, Statement.section, code="X1") == ["Staff"]
    assert "Peers help." in stored(app, StatementVersion.text, study_id=1)


def test_windows_1252_semicolons_and_other_names_are_understood(app, ada):
    file = "Panel of March, first list\n\nE-Mail;Full name;Stakeholder;Land\nZoe@x.org;Zoë Äß;peers;Österreich\n;;;\n"
    assert upload(ada, PANEL, file, "cp1252").status_code == 303
    assert stored(app, Identity.name, email="zoe@x.org") == ["Zoë Äß"]
    assert stored(app, Identity.characteristics, email="zoe@x.org") == [{"Land": "Österreich"}]


def bomb() -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in PARTS.items():
            packed.writestr(name, content)
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("path", "file", "told"),
    [
        (STATEMENTS, "code,text\nX1,=A2&B2\n", "is a formula"),
        (STATEMENTS, "code,text\nX1,#REF!\n", "failed formula"),
        (STATEMENTS, book(lambda sheet: sheet.write_row(0, 0, ["only", "one", "line"])), "no rows below its head"),
        (STATEMENTS, bomb(), "too large when unpacked"),
        (STATEMENTS, "code,text\n" + "".join(f"X{i},T\n" for i in range(1001)), "more than 1000 rows"),
        (PANEL, bomb(), "too large when unpacked"),
        (PANEL, "name,email\n" + "".join(f"P,p{i}@x.org\n" for i in range(10_001)), "more than 10000 rows"),
        (PANEL, "name,email\n" + "".join(f"P,p{i}\n" for i in range(10_000)), "10000 cells cannot be taken"),
        (PANEL, "name,email,field\nEve,eve@x.org," + "x" * 201 + "\n", "at most 200 fit"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else "bytes",
)
def test_what_cannot_be_taken_is_refused_whole_and_named(app, ada, path, file, told):
    before = fingerprint(app)
    page = preview(ada, path, file)
    assert (page.status_code, told in page.text) == (422, True)
    assert len(page.data) < 200_000
    assert fingerprint(app) == before


def test_ten_thousand_people_are_previewed_and_taken(app, ada):
    rows = "".join(f"Person {i},p{i}@x.org,peers,Country {i % 30}\n" for i in range(10_000))
    page = preview(ada, PANEL, f"name,email,group,country\n{rows}")
    assert "10000 new" in page.text
    assert "and 9950 more" in page.text
    assert upload(ada, PANEL, f"name,email,group,country\n{rows}").status_code == 303
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalar(select(func.count()).select_from(Panelist).filter_by(study_id=1)) == 10_006


def test_nobody_but_a_lead_may_send_much(app, pages):
    page = app.test_client().send("/account/sign-in", {"email": "x" * 1_100_000})
    assert page.status_code == 413


def export(ada, path, suffix) -> bytes:
    page = ada.get(f"{path}.{suffix}") if path == STATEMENTS else ada.send(f"{path}.{suffix}")
    assert page.status_code == 200
    return page.data


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_what_was_written_out_changes_nothing_when_it_comes_back(app, ada, suffix):
    for number, text in enumerate(HOSTILE):
        form = {
            "code": f"H{number}",
            "text": text,
            "kind": "statement",
            "section": text[:9],
            "help": text,
            "round": "1",
        }
        assert ada.send(f"{STATEMENTS}/new", form).status_code == 303
    upload(ada, PANEL, "name,email,country,years\n\"O'Neill, Zoë\",zoe@x.org,'=AT,7\n-Max,max@x.org,,\n")
    for path in (STATEMENTS, PANEL):
        file, before = export(ada, path, suffix), fingerprint(app)
        assert "The file changes nothing" in preview(ada, path, file).text
        assert fingerprint(app) == before


def test_an_export_of_the_panel_is_an_event_and_that_of_statements_is_none(app, ada):
    from delphi.model.event import Event

    export(ada, STATEMENTS, "csv")
    export(ada, PANEL, "csv")
    assert stored(app, Event.data, kind="export:made") == [{"report": "panel", "format": "csv", "rows": 6}]


def test_only_what_a_file_names_is_changed(app, ada):
    page = preview(ada, STATEMENTS, "code,text\nSTMT1.1,Better words.\nSTMT1.2,Service 2 is needed.\n")
    for told in ("1 changed", "1 stays as it is", "Service 1 is needed.", "Better words."):
        assert told in page.text
    upload(ada, STATEMENTS, "code,text\nSTMT1.1,Better words.\n")
    assert "Better words." in stored(app, StatementVersion.text, study_id=1)
    assert stored(app, Statement.section, study_id=1, code="STMT1.1") == ["Services"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("1. First thing\n2) Second thing\n\n- Third thing", ["3 new", "S1", "Third thing"]),
        ("code\ttext\nP1\tPasted from a sheet", ["1 new", "P1"]),
    ],
)
def test_statements_can_be_pasted(ada, text, told):
    page = ada.send(STATEMENTS, {"text": text}).text
    assert not [word for word in told if word not in page]


def test_people_can_be_pasted(ada):
    page = ada.send(PANEL, {"text": "Zoë Äß <Zoe@x.org>\nmax@x.org\n"}).text
    assert "2 new" in page
    assert "zoe@x.org" in page
    wrong = ada.send(PANEL, {"text": "Zoë\nmax@x.org\n"})
    assert (wrong.status_code, "is no name with a mail address" in wrong.text) == (422, True)


def count_answers(session, made):
    open_to_all(session, made)
    round_ = session.get_one(Round, (made.id, 1))
    for who in panel_of(session, made):
        vote(session, round_, who, {1: 4})
    lifecycle.close(session, round_, by=lead_of(session, made), at=NOW)


def test_a_person_whose_answers_were_counted_stays_in_their_group(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        count_answers(session, session.get_one(Study, pages.study.id))
    before = fingerprint(app)
    page = preview(ada, PANEL, "name,email,group\nPanelist 1,panelist1@panel.example.org,nurses\n")
    assert (page.status_code, "the group stays" in page.text) == (422, True)
    assert fingerprint(app) == before
    assert upload(ada, PANEL, "name,email\nDr One,panelist1@panel.example.org\n").status_code == 303
    assert "Dr One" in stored(app, Identity.name, study_id=1)


def test_a_person_who_was_only_invited_changes_group(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        open_to_all(session, session.get_one(Study, pages.study.id))
    assert upload(ada, PANEL, "name,email,group\nPanelist 1,panelist1@panel.example.org,nurses\n").status_code == 303
    who = stored(app, Identity.panelist, email="panelist1@panel.example.org")[0]
    assert stored(app, Panelist.stakeholder_group, id=who) == ["nurses"]


FORM = {"text": "A new one", "kind": "recommendation", "section": "Staff", "help": "", "evidence": "DOI", "round": "2"}


def test_a_statement_is_written_changed_and_removed(app, ada):
    assert ada.send(f"{STATEMENTS}/new", FORM).location == STATEMENTS
    assert "A new one" in ada.get(STATEMENTS).text
    number = stored(app, Statement.number, code="S1")[0]
    assert "DOI" in ada.get(f"{STATEMENTS}/{number}").text
    assert ada.send(f"{STATEMENTS}/{number}", FORM | {"text": "Other words", "round": "1"}).status_code == 303
    assert "Other words" in ada.get(STATEMENTS).text
    assert ada.send(f"{STATEMENTS}/{number}/remove").status_code == 303
    assert stored(app, Statement.code, code="S1") == []


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("new", FORM | {"text": ""}, 422),
        ("new", FORM | {"code": "STMT1.1"}, 422),
        ("1", FORM | {"round": "0"}, 422),
        ("99", FORM, 404),
        ("99/remove", {}, 404),
    ],
)
def test_a_statement_that_cannot_be_is_not_written(app, ada, path, form, status):
    before = fingerprint(app)
    page = ada.send(f"{STATEMENTS}/{path}", form)
    assert page.status_code == status
    assert fingerprint(app) == before


@pytest.mark.parametrize("path", ["new", "1", "1/remove"])
def test_what_was_asked_cannot_be_edited(app, opened, ada, path):
    before = fingerprint(app)
    page = ada.send(f"{STATEMENTS}/{path}", FORM)
    assert (page.status_code, "Round 1 was launched" in page.text) == (409, True)
    assert fingerprint(app) == before
