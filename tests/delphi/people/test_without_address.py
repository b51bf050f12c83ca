"""People without a mail address: on the panel by hand or by a file, reached by a link that is handed over."""

import re

import pytest
from builders import NOW
from persons import change, delivered, filled, kinds, letters, stored, stored_account, who
from sqlalchemy import select, update
from uploads import PANEL, fields_of, preview

from delphi.access import sha256
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Participation
from delphi.model.study import Study
from delphi.people import roster, roster_files
from delphi.people.roster import NewPanelist
from delphi.people.writing import prepare

FILE = "name,email,group\nAda,ada@x.org,nurses\nHand One,,nurses\nHand Two,,\n"
CHOSEN = f"{PANEL}/chosen"


@pytest.fixture
def hand(app, ada, opened):
    """The code of the page of somebody without an address, invited into round 1."""
    ada.send(f"{PANEL}/new", {"name": "Hand One", "email": ""})
    ada.send(f"{PANEL}/invite")
    return stored(app, select(Panelist.page_code).where(Panelist.id == who(app, "Hand One")))[0][0]


def test_rows_without_an_address_are_taken_if_the_lead_says_so(app, ada):
    page = preview(ada, PANEL, FILE)
    assert (page.status_code, "2 rows have a name and no mail address" in page.text) == (422, True)
    again = ada.send(PANEL, fields_of(page) | {"unaddressed": "y"})
    assert (again.status_code, "3 new" in again.text) == (200, True)
    assert ada.send(f"{PANEL}/import", fields_of(again) | {"unaddressed": "y"}).status_code == 303
    assert sorted(stored(app, select(Identity.name).where(Identity.email.is_(None)))) == [("Hand One",), ("Hand Two",)]
    assert ada.get(PANEL).text.count("no address, link by hand") == 2


def test_a_list_without_any_address_is_taken_if_the_lead_says_so(app, ada):
    page = preview(ada, PANEL, "Voornaam;Achternaam;Groep\nZoë;Äß;nurses\nBen;Byron;peers\n")
    assert (page.status_code, "2 rows have a name and no mail address" in page.text) == (422, True)
    again = ada.send(PANEL, fields_of(page) | {"unaddressed": "y"})
    ada.send(f"{PANEL}/import", fields_of(again) | {"unaddressed": "y"})
    assert sorted(stored(app, select(Identity.name).where(Identity.email.is_(None)))) == [("Ben Byron",), ("Zoë Äß",)]


def test_unless_it_was_shown_nobody_without_an_address_is_taken(app, ada):
    page = preview(ada, PANEL, FILE)
    shown = ada.send(f"{PANEL}/import", fields_of(page) | {"unaddressed": "y"})
    assert (shown.status_code, "Nothing is saved yet" in shown.text) == (200, True)
    assert sorted(stored(app, select(Identity.name).where(Identity.email.is_(None)))) == []


def test_what_is_exported_goes_in_again_without_a_change(app, ada):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, 1)
        roster.add(session, study, [NewPanelist("Hand One", "", "nurses", {"country": "NL"}), NewPanelist("Hand Two")])
        head, rows = roster_files.as_rows(session, study)
        text = "\n".join(",".join(row) for row in [head, *rows])
    page = preview(ada, PANEL, text)
    again = ada.send(PANEL, fields_of(page) | {"unaddressed": "y"})
    assert "The file changes nothing" in again.text


def test_the_same_name_without_an_address_is_one_person(app, ada):
    sent = {"name": "Hand One", "email": ""}
    assert ada.send(f"{PANEL}/new", sent).status_code == 303
    again = ada.send(f"{PANEL}/new", sent)
    assert (again.status_code, "of this name without an address" in again.text) == (409, True)
    assert stored(app, select(Identity.email).where(Identity.name == "Hand One")) == [(None,)]


def test_a_letter_to_nobody_is_dropped(app, settings, hand):
    key = stored(app, select(Letter.study_id, Letter.id).where(Letter.panelist == who(app, "Hand One")))[0]
    with app.extensions["database"].transaction() as session:
        assert prepare(session, key, at=NOW, settings=settings) is None
    assert stored(app, select(Letter.dropped_at).where(Letter.id == key[1])) != [(None,)]


def test_links_are_printed_for_those_ticked_and_open_their_round(app, ada, hand):
    asked = ada.send(CHOSEN, {"act": "print", "who": [hand]})
    assert "A link to print or copy is made for 1 person." in asked.text
    key = re.search(r'name="form" value="(\w+)"', asked.text)[1]
    sent = {"act": "print", "who": [hand], "form": key, "confirm": "yes"}
    pages = [ada.send(CHOSEN, sent).text for _ in range(2)]
    tokens = {re.search(r"/p/([0-9a-f]{64})", page)[1] for page in pages}
    assert len(tokens) == 1
    (token,) = tokens
    assert stored(app, select(AccessLink.handed).where(AccessLink.token_sha256 == sha256(token))) == [(True,)]
    assert kinds(app).count("link:handed") == 1
    browser = app.test_client()
    assert browser.send(f"/p/{token}").status_code == 303
    assert browser.get("/panel", follow_redirects=True).status_code == 200


def test_no_link_is_mailed_where_there_is_no_address(app, ada, hand):
    assert "No mail address: 1" in ada.send(CHOSEN, {"act": "link", "who": [hand]}).text
    assert ada.send(f"{PANEL}/{hand}/link").status_code == 409
    assert "Mail a new link" not in ada.get(f"{PANEL}/{hand}").text
    assert letters(app, LetterKind.LINK) == []


def test_an_address_that_comes_later_gets_a_link_and_tells_nobody(app, ada, hand):
    at = f"{PANEL}/{hand}"
    change(app, update(Letter).values(dropped_at=NOW))
    seen = re.search(r'name="seen" value="(\w+)"', ada.get(at).text)[1]
    sent = {"name": "Hand One", "email": "", "seen": seen}
    assert "nothing was changed" in ada.send(at, sent, follow_redirects=True).text
    assert ada.send(at, sent | {"email": "hand@x.org"}).status_code == 303
    assert stored(app, select(Identity.changed_by_team).where(Identity.email == "hand@x.org")) == [(True,)]
    assert len(letters(app, LetterKind.LINK)) == 1
    assert letters(app, LetterKind.ADDRESS_CHANGED) == []


def test_an_address_is_changed_and_not_taken_away(app, ada, opened):
    delivered(app)
    at = f"{PANEL}/{stored(app, select(Panelist.page_code).where(Panelist.id == who(app)))[0][0]}"
    assert ada.send(at, filled(ada, at) | {"email": ""}).status_code == 422


def test_whoever_has_no_address_leaves_like_everybody(app, ada, hand):
    person = who(app, "Hand One")
    answer = ada.send(f"{PANEL}/{hand}/leave", {"choice": "keep", "confirm": "yes"})
    assert answer.status_code == 303
    assert stored(app, select(Identity.name).where(Identity.panelist == person)) == []
    assert stored(app, select(Participation.panelist).where(Participation.panelist == person)) != []


def test_the_panel_manager_prints_links_too(app, hand):
    mia = stored_account(app, "mia")
    page = mia.send(CHOSEN, {"act": "print", "who": [hand], "confirm": "yes"})
    assert "/p/" in page.text
