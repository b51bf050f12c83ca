"""The panel's desk in use: a wrong address, a late person, a double, two leads at once, a double click; nothing happens twice."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from browsing import HOST
from builders import NOW
from persons import change, delivered, filled, letters, stored, stored_account
from sqlalchemy import func, select, update

from delphi.access import sha256
from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Participation, Round
from rounds.lifecycle import headcount, lifecycle
from rounds.seal import chain

PANEL, ROUND = "/studies/care/panel", "/studies/care/rounds/1"
BALLOT = {"answer-1": "4", "answer-2": "3", "answer-3": "1"}


def person(app, email):
    return stored(app, select(Identity.panelist).where(Identity.email == email, Identity.study_id == 1))[0][0]


def page_of(app, email):
    return f"{PANEL}/{stored(app, select(Panelist.page_code).where(Panelist.id == person(app, email)))[0][0]}"


def response(app):
    with app.extensions["database"].transaction(writing=False) as session:
        found = headcount.responded(session, session.get_one(Round, (1, 1)))
        return found.invited, found.submitted


def answer(app, email, link=None):
    mine = app.test_client().enter(1, person(app, email), link)
    mine.send("/panel/consent", {"decision": "agree"})
    assert mine.send("/panel/page/1", BALLOT).status_code == 303
    assert mine.send("/panel/submit").status_code == 303


def windows(browser, n=2):
    """The same browser in several windows: one session, one cookie."""
    cookie = browser.get_cookie("session", domain=HOST.removeprefix("http://"))
    found = [browser.application.test_client() for _ in range(n)]
    for window in found:
        window.set_cookie("session", cookie.value, domain=HOST.removeprefix("http://"))
    return found


def at_once(*acts):
    with ThreadPoolExecutor(len(acts)) as pool:
        return [one.result() for one in [pool.submit(act) for act in acts]]


def token_of(page):
    return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]


def test_a_wrong_address_becomes_one_person_with_one_ballot(app, ada, opened):
    delivered(app)
    wrong, right = "panelist1@panel.example.org", "right@example.org"
    change(app, update(Letter).where(Letter.panelist == person(app, wrong)).values(sent_at=None, failed_at=NOW))
    assert "Correct and send again" in ada.get(PANEL).text
    at = page_of(app, wrong)
    ada.send(at, filled(ada, at) | {"email": right})
    assert len(letters(app, LetterKind.LINK)) == 1
    answer(app, right, sha256("the link to the right address"))
    assert response(app) == (6, 1)
    assert set(stored(app, select(Rating.panelist))) == {(person(app, right),)}
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (1, 1))
        lifecycle.close(session, round_, by=1, at=NOW)
        seal = chain.seal_of(session, 1, 1)
        everybody = seal.content["composition"][0]
        assert (everybody["people"], everybody["invited"], everybody["submitted"]) == ("all", 6, 1)
    counted = select(func.count()).where(Participation.study_id == 1, Participation.counted.is_(True))
    assert stored(app, counted) == [(1,)]


def test_a_late_person_is_invited_and_counted(app, ada, opened):
    late = {"name": "Late One", "email": "late@x.org", "group": "peers"}
    there = ada.send(f"{PANEL}/new", late, follow_redirects=True)
    assert "Invite into the open round" in there.text
    ada.send(f"{page_of(app, 'late@x.org')}/invite")
    assert response(app) == (7, 0)
    answer(app, "late@x.org")
    assert response(app) == (7, 1)
    assert 'data-standing="finished"' in ada.get(f"{PANEL}?search=late").text


def test_after_an_import_those_who_joined_are_offered_to_be_invited(app, ada, opened):
    shown = ada.send(PANEL, {"text": "name,email\nA,a@x.org\nB,b@x.org\nC,c@x.org\n"})
    sent = {"data": "name,email\r\nA,a@x.org\r\nB,b@x.org\r\nC,c@x.org\r\n"}
    assert "3 new" in shown.text
    after = ada.send(f"{PANEL}/import", sent, follow_redirects=True).text
    assert "3 people joined after the opening of round 1" in after
    assert "Invite them now?" in after


def test_two_leads_add_the_same_person_once(app, ada, opened):
    mia = stored_account(app, "mia")
    sent = {"name": "Late One", "email": "late@x.org"}
    statuses = at_once(
        *[lambda browser=browser: browser.send(f"{PANEL}/new", sent).status_code for browser in (ada, mia)]
    )
    assert sorted(statuses) in ([303, 409], [303, 303])
    assert len(stored(app, select(Identity.panelist).where(Identity.email == "late@x.org"))) == 1
    at = page_of(app, "late@x.org")
    at_once(*[lambda browser=browser: browser.send(f"{at}/invite") for browser in (ada, mia)])
    assert response(app) == (7, 0)
    invitation = select(Letter.id).where(Letter.panelist == person(app, "late@x.org"))
    assert len(stored(app, invitation.where(Letter.kind == LetterKind.INVITATION))) == 1


@pytest.mark.parametrize("act", ["new", "import", "invite"])
def test_a_double_click_does_it_once(app, ada, opened, act):
    page = ada.get(PANEL)
    first, second = windows(ada)
    sent = {
        "new": {"name": "Late One", "email": "late@x.org"},
        "import": {"data": "name,email\r\nLate One,late@x.org\r\n"},
        "invite": {},
    }[act]
    if act == "invite":
        ada.send(f"{PANEL}/new", {"name": "Late One", "email": "late@x.org"})
    form = {"csrf_token": token_of(page), **sent}
    answers = at_once(*[lambda one=one: one.post(f"{PANEL}/{act}", data=form) for one in (first, second)])
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    assert len(stored(app, select(Identity.panelist).where(Identity.email == "late@x.org"))) == 1
    kinds = {"new": EventKind.PANEL_IMPORTED, "import": EventKind.PANEL_IMPORTED, "invite": EventKind.PANELIST_INVITED}
    assert len(stored(app, select(Event.sequence).where(Event.kind == kinds[act], Event.study_id == 1))) == 1


def test_back_after_the_round_was_launched_launches_nothing_twice(app, ada, pages):
    page = ada.get(ROUND)
    closes = re.search(r'<input\s+id="closes_at".*?>', page.text, re.DOTALL)[0]
    form = {"csrf_token": token_of(page), "closes_at": re.search(r'value="([^"]+)"', closes)[1]}
    answers = [ada.post(f"{ROUND}/launch", data=form) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert "did its work already" in ada.get(ROUND).text
    assert len(letters(app, LetterKind.INVITATION)) == 6
