"""My data and handed links: an own device says which address and which other devices are the panelist's."""

import re

import pytest
from builders import NOW, vote

from delphi.access import sha256
from delphi.model.identity import Identity
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.people import addresses, links, roster
from delphi.people.roster import NewPanelist

LINK = sha256("a link that was handed out")
NEW = "new@example.org"


@pytest.fixture
def answered(app, opened):
    """The first of the panel has answered; then the team changes the address."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, opened.study.id)
        vote(session, session.get_one(Round, (study.id, 1)), opened.panel[0], {1: 4}, comment="my own view")
        addresses.change(session, study, opened.panel[0], NEW, by=opened.ada.id, at=NOW)
    return opened


@pytest.fixture
def handed(app, answered):
    return app.test_client().enter(answered.study.id, answered.panel[0], LINK)


def test_an_own_device_confirms_an_address_that_was_changed(app, answered, one, handed):
    assert handed.get("/panel/my-data").status_code == 409
    assert handed.send("/panel/my-data/address").status_code == 409
    assert f"It is now {NEW}" in one.get("/panel/my-data").text
    assert one.send("/panel/my-data/address").location == "/panel/my-data"
    assert "changed your mail address" not in one.get("/panel/my-data").text
    with app.extensions["database"].transaction() as session:
        study, key = session.get_one(Study, answered.study.id), (answered.study.id, answered.panel[0])
        token = links.mint(session, study, answered.panel[0], at=NOW)
        session.flush()
        assert not session.get_one(Identity, key).changed_by_team
        assert not session.get_one(AccessLink, (study.id, sha256(token))).handed


@pytest.mark.parametrize(("own", "status"), [("yes", 200), ("no", 404)])
def test_an_own_device_speaks_for_one_that_was_handed_a_link(answered, one, handed, own, status):
    page = one.get("/panel/my-data").text
    device = re.search('name="device" value="([0-9a-f]{64})"', page).group(1)
    assert handed.send("/panel/my-data/devices", {"device": device, "own": "yes"}).status_code == 409
    assert one.send("/panel/my-data/devices", {"device": device, "own": own}).location == "/panel/my-data"
    assert handed.get("/panel/my-data").status_code == status
    assert ("my own view" in handed.get("/panel/my-data").text) is (own == "yes")


def test_nobody_speaks_for_the_devices_of_others(app, answered, one, handed):
    device = re.search('name="device" value="([0-9a-f]{64})"', one.get("/panel/my-data").text).group(1)
    other = app.test_client().enter(answered.study.id, answered.panel[1])
    assert other.send("/panel/my-data/devices", {"device": device, "own": "yes"}).status_code == 409
    assert handed.get("/panel/my-data").status_code == 409


def test_opening_a_link_says_what_its_session_may_see(app, answered):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, answered.study.id)
        handed = links.mint(session, study, answered.panel[0], at=NOW, handed_by=answered.ada.id)
    own, browser = app.test_client().link(answered.study.id, answered.panel[0]), app.test_client()
    browser.send(f"/p/{handed}")
    assert browser.get("/panel/my-data").status_code == 409
    assert "You answered already" in browser.get("/panel").text
    browser.send(own)
    assert "my own view" in browser.get("/panel/my-data").text
    browser.send(f"/p/{handed}")  # an own device stays one
    assert "my own view" in browser.get("/panel/my-data").text


def test_my_data_tells_how_many_a_group_has_and_gained(app, opened, one):
    assert "In your group are 3 people, you among them; 0 of them were added after the first round." in plain(one)
    with app.extensions["database"].transaction() as session:
        study, who = (
            session.get_one(Study, opened.study.id),
            session.get_one(Panelist, (opened.study.id, opened.panel[0])),
        )
        roster.add(session, study, [NewPanelist("Late", "late@panel.example.org", who.stakeholder_group)])
    assert "In your group are 4 people, you among them; 1 of them were added after the first round." in plain(one)


def plain(browser):
    return " ".join(browser.get("/panel/my-data").text.split())


def test_my_data_holds_what_is_noted_of_mail_and_reminders(app, opened, one):
    with app.extensions["database"].transaction() as session:
        key = (opened.study.id, opened.panel[0])
        session.get_one(Panelist, key).reminders_stopped = True
        person = session.get_one(Identity, key)
        person.bounced_on, person.bounce = NOW.date(), "550 5.1.1 unknown"
    page = one.get("/panel/my-data").text
    assert "550 5.1.1 unknown" in page
    assert "No reminders, as you asked" in page
