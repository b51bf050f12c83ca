"""The team over HTTP: invited by mail, a first password, roles and what they allow, always an owner."""

import re

import pytest
from browsing import fingerprint
from builders import NOW
from uploads import stored

from delphi.letters.relay import Outcome, Relay
from delphi.model.account import Account, AccountInvitation
from delphi.model.event import Event
from delphi.model.letter import TeamLetter
from delphi.model.study import Level, Membership, Role, Study
from delphi.people.postman import Postman

TEAM = "/studies/care/team"
PASSWORD = "seven quiet herons by the weir"


def number_of(app, name) -> int:
    return stored(app, Account.id, email=f"{name}@example.org")[0]


@pytest.fixture
def mailed(app, monkeypatch):
    """Let the postman deliver into a list."""
    sent = []
    monkeypatch.setattr(Relay, "open", lambda _relay: None)
    monkeypatch.setattr(Relay, "send", lambda _relay, mail, **_in_time: sent.append(mail) or Outcome.SENT)

    def deliver() -> list:
        from dataclasses import replace

        settings = replace(app.extensions["settings"], mail_url="smtp://localhost:1")
        Postman(app.extensions["database"], settings).deliver(at=NOW.replace(year=NOW.year + 1))
        return sent

    return deliver


def test_somebody_is_invited_chooses_a_password_and_does_what_the_role_allows(app, pages, ada, mailed):
    """The journey of a new member, from the invitation to the roster."""
    assert ada.send(TEAM, {"email": "New@example.org", "role": "panel_manager"}).location == TEAM
    assert "new@example.org" in ada.get(TEAM).text
    (letter,) = mailed()
    assert letter["To"] == "new@example.org"
    path = re.search(r"http\S+(/account/join/\S+)", letter.get_body(("plain",)).get_content())[1]
    fresh = app.test_client()
    assert "new@example.org" in fresh.get(path).text
    before = fingerprint(app)
    for method in ("GET", "HEAD"):
        fresh.ask(path, method)
    assert fingerprint(app) == before
    reset = fresh.send(path).location
    assert fresh.send(reset, {"password": PASSWORD, "password_confirm": PASSWORD}).status_code in (302, 303)
    fresh.send("/account/sign-in", {"email": "new@example.org", "password": PASSWORD})
    assert fresh.get("/studies/care/panel").status_code == 200
    assert fresh.get("/studies/care/statements").status_code == 404
    assert fresh.get(TEAM).status_code == 404
    assert app.test_client().get(path).status_code == 404
    assert [kind.value for kind in stored(app, Event.kind, study_id=1)][-1] == "team:invited"
    assert "new@example.org" not in str(stored(app, Event.data, study_id=1))


def test_who_has_an_account_is_led_to_the_sign_in(app, pages, ada, mailed):
    with app.extensions["database"].transaction() as session:
        session.get_one(Account, pages.cleo.id).password = "set"
    ada.send(TEAM, {"email": "cleo@example.org", "role": "analyst"})
    (letter,) = mailed()
    assert "/account/sign-in" in letter.get_body(("plain",)).get_content()
    assert stored(app, AccountInvitation.token_sha256) == []
    assert stored(app, Membership.role, study_id=1, account=pages.cleo.id) == [Role.ANALYST]


def test_an_invitation_can_be_sent_again_until_there_is_a_password(app, ada):
    for _ in range(2):
        assert ada.send(TEAM, {"email": "new@example.org", "role": "viewer"}).status_code == 303
    assert len(stored(app, TeamLetter.id, study_id=1)) == 2


@pytest.mark.parametrize(
    ("path", "form", "told"),
    [
        ("", {"email": "nobody", "role": "viewer"}, "not a mail address"),
        ("", {"email": "x@example.org", "role": "king"}, "Choose a role"),
        ("", {"email": "ben@example.org", "role": "owner"}, "on the team already"),
        ("/1/remove", {}, "needs an owner"),
        ("/1/role", {"role": "viewer"}, "needs an owner"),
    ],
)
def test_what_cannot_be_is_refused(app, ada, path, form, told):
    before = fingerprint(app)
    page = ada.send(f"{TEAM}{path}", form)
    assert (page.status_code, told in page.text) == (409, True)
    assert fingerprint(app) == before


def test_a_role_is_changed_and_a_member_goes(app, pages, ada):
    ben = app.test_client().sign_in(pages.ben)
    assert ben.get("/studies/care/statements").status_code == 404
    assert ada.send(f"{TEAM}/{pages.ben.id}/role", {"role": "owner"}).status_code == 303
    assert ben.get("/studies/care/statements").status_code == 200
    assert ben.send(f"{TEAM}/{pages.ada.id}/role", {"role": "viewer"}).status_code == 303
    assert ada.get(TEAM).status_code == 404
    assert ben.send(f"{TEAM}/{pages.ada.id}/remove").status_code == 303
    assert ada.get("/studies/care").status_code == 404
    assert ben.send(f"{TEAM}/{pages.ada.id}/remove").status_code == 404
    assert number_of(app, "ada") == pages.ada.id


def test_a_letter_that_did_not_leave_goes_with_the_membership(app, ada):
    ada.send(TEAM, {"email": "new@example.org", "role": "viewer"})
    assert ada.send(f"{TEAM}/{number_of(app, 'new')}/remove").status_code == 303
    assert stored(app, TeamLetter.id, study_id=1) == []


def test_a_second_owner_confirms_the_statistician_on_the_page(app, pages, ada, one, opened):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).level = Level.SEPARATED
    assert "No statistician is named yet." in one.get("/panel/information").text
    ada.send(TEAM, {"email": "olga@example.org", "role": "owner"})
    ada.send(TEAM, {"email": "stat@example.org", "role": "statistician"})
    number, confirm = number_of(app, "stat"), f"{TEAM}/{number_of(app, 'stat')}/confirm"
    assert "a second owner has to confirm" in ada.get(TEAM).text
    assert confirm not in ada.get(TEAM).text
    assert "stat@example.org" not in one.get("/panel/information").text
    refused = ada.send(confirm)
    assert (refused.status_code, "another owner confirms" in refused.text) == (409, True)
    with app.extensions["database"].transaction(writing=False) as session:
        olga = session.get_one(Account, number_of(app, "olga"))
        session.expunge(olga)
    browser = app.test_client().sign_in(olga)
    assert confirm in browser.get(TEAM).text
    assert browser.send(confirm).location == TEAM
    assert stored(app, Membership.confirmed_by, account=number) == [olga.id]
    for page in ("/panel/information", "/panel/my-data"):
        assert "Statistician: stat@example.org" in one.get(page).text, page


def test_a_sealed_study_offers_no_statistician(ada):
    assert "statistician" not in ada.get(TEAM).text
    assert ada.send(TEAM, {"email": "stat@example.org", "role": "statistician"}).status_code == 409
