"""The preview of a panel: what is read, chosen and left out; taken once."""

import pytest
from browsing import fingerprint
from builders import open_to_all
from panel_sheets import FILES, book, sheet, table
from persons import change
from sqlalchemy import update
from uploads import PANEL, fields_of, preview, stored

from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.study import Study

SOME_WRONG = "Name;Email;Group\nAda;ada@x.org;nurses\nBen;no address;peers\n=1;eve@x.org;peers\n"


def take(ada, page, **other):
    return ada.send(f"{PANEL}/import", fields_of(page) | other)


def imports(app):
    return stored(app, Event.data, study_id=1, kind=EventKind.PANEL_IMPORTED)


def test_good_rows_go_in_if_the_lead_says_so(app, ada):
    page = preview(ada, PANEL, SOME_WRONG)
    assert page.status_code == 422
    for told in (
        "2 cells cannot be taken",
        "leave 2 out",
        "Left out: rows that cannot be taken",
        "Nothing is saved yet",
    ):
        assert told in page.text
    assert take(ada, page).status_code == 303
    assert "1 were added and 2 were left out" in ada.get(PANEL).text
    assert stored(app, Identity.name, email="ada@x.org") == ["Ada"]


def test_the_rest_is_handed_back_as_a_file(app, ada):
    page = preview(ada, PANEL, SOME_WRONG)
    before = fingerprint(app)
    answer = ada.send(f"{PANEL}/rest", fields_of(page))
    assert answer.mimetype == "text/csv"
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0] == '"Name","Email","Group","line","why it was left out"'
    assert [line.split(",")[:4] for line in lines[1:]] == [
        ['"Ben"', '"no address"', '"peers"', '"3"'],
        ['"\'=1"', '"eve@x.org"', '"peers"', '"4"'],
    ]
    assert fingerprint(app) == before


def test_a_form_sent_twice_is_imported_once(app, ada):
    page = preview(ada, PANEL, "name,email\nAda,ada@x.org\n")
    assert take(ada, page).status_code == 303
    change(app, update(Identity).where(Identity.email == "ada@x.org").values(email="right@x.org"))
    assert take(ada, page).status_code == 303
    assert "This was imported already" in ada.get(PANEL).text
    assert stored(app, Identity.email, study_id=1, name="Ada") == ["right@x.org"]
    assert [facts["count"] for facts in imports(app)] == [1]


def test_the_same_file_chosen_again_is_another_form(app, ada):
    for name in ("Ada", "Ada B", "Ada"):
        assert take(ada, preview(ada, PANEL, f"name,email\n{name},ada@x.org\n")).status_code == 303
    assert stored(app, Identity.name, email="ada@x.org") == ["Ada"]
    assert len(imports(app)) == 3


def test_an_encoding_is_chosen_at_the_preview(app, ada):
    page = preview(ada, PANEL, FILES["Czech in cp1250"][0])
    assert "not saved as UTF-8" in page.text
    assert "Dvořák" in page.text
    fields = fields_of(page)
    assert fields["encoding"] == "cp1250"
    other = ada.send(PANEL, fields | {"encoding": "iso8859_2"})
    assert fields_of(other)["encoding"] == "iso8859_2"
    assert "Eliška" not in other.text
    back = ada.send(PANEL, fields_of(other) | {"encoding": "cp1250"})
    assert take(ada, back).status_code == 303
    assert stored(app, Identity.name, email="e@x.org") == ["Eliška Nováková"]


def test_columns_are_matched_by_hand_and_stay_so(app, ada):
    page = preview(ada, PANEL, "Wer;Land;Kontakt\nAda;NL;ada@x.org\nBen;BE;ben@x.org\n")
    assert (page.status_code, "Import all of it" in page.text) == (422, False)
    assert take(ada, page).status_code == 409
    chosen = ada.send(PANEL, fields_of(page) | {"column-0": "name", "column-1": "group"})
    assert (chosen.status_code, "Groups that are new: BE and NL." in chosen.text) == (200, True)
    assert fields_of(chosen)["column-0"] == "name"
    assert take(ada, chosen).status_code == 303
    assert stored(app, Identity.name, email="ben@x.org") == ["Ben"]


def test_what_was_not_shown_is_not_imported(app, ada):
    page = preview(ada, PANEL, "name,email,diagnosis\nAda,ada@x.org,secret\n")
    before = fingerprint(app)
    again = take(ada, page, **{"column-2": "leave"})
    assert (again.status_code, "Nothing is saved yet" in again.text) == (200, True)
    assert fingerprint(app) == before
    assert take(ada, again).status_code == 303
    assert stored(app, Identity.characteristics, email="ada@x.org") == [{}]


def test_a_group_is_the_same_in_any_case(app, ada):
    file = (
        "name,email,group\nAda,ada@x.org,NURSES \nBen,ben@x.org,  nurses\nCy,cy@x.org,New one\nDi,di@x.org,new  ONE\n"
    )
    page = preview(ada, PANEL, file)
    assert take(ada, page).status_code == 303
    groups = set(stored(app, Panelist.stakeholder_group, study_id=1))
    assert len({group.casefold() for group in groups if group}) == len({group for group in groups if group})
    assert "New one" in groups


def test_a_group_too_late_leaves_only_its_row_out(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        open_to_all(session, session.get_one(Study, pages.study.id))
    page = preview(ada, PANEL, "name,email,group\nAda,ada@x.org,\nBen,ben@x.org,unheard of\n")
    assert (page.status_code, "is no group of this study" in page.text) == (422, True)
    assert take(ada, page).status_code == 303
    assert stored(app, Identity.name, email="ada@x.org") == ["Ada"]
    assert stored(app, Identity.name, email="ben@x.org") == []


def test_hidden_sheets_are_named_and_may_be_chosen(app, ada):
    data = book(lambda made: [sheet(made, "Old", table(), hidden=True), sheet(made, "New", table()[:2])])
    page = preview(ada, PANEL, data)
    assert "Read from the sheet “New”." in page.text
    told = " ".join(page.text.split())
    assert "Not read: the hidden sheet “Old” (12 filled cells). Cells with an address: 3." in told
    other = ada.send(PANEL, fields_of(page) | {"sheet": "Old"})
    assert "Read from the hidden sheet “Old”." in other.text
    assert take(ada, other).status_code == 303
    assert "3 were added" in ada.get(PANEL).text


def test_a_person_again_is_told_and_taken_once(ada):
    page = preview(ada, PANEL, "name,email\nAda,ada@x.org\nAda,ADA@x.org\n")
    assert page.status_code == 200
    assert "line 3 as line 2" in page.text
    assert "1 new" in page.text


@pytest.mark.parametrize("data", ["base64:###", "base64:AAA"])
def test_a_file_that_did_not_arrive_whole_is_refused(app, ada, data):
    before = fingerprint(app)
    assert ada.send(f"{PANEL}/import", {"data": data}).status_code == 422
    assert fingerprint(app) == before
