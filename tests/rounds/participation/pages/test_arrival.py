"""The way in: landing states, the lost link, study information and consent with versions, declining, about you."""

import re
from datetime import timedelta

import pytest
from browsing import SECRET, fingerprint
from builders import NOW, lead_of
from sqlalchemy import select, update

from delphi import access
from delphi.model.identity import Declaration, Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Attempt, LinkRequest, Panelist
from delphi.model.round import Round
from delphi.model.study import Consent, Document, Study
from delphi.people import lost_links
from delphi.signing import public_key_of
from rounds.lifecycle import lifecycle

ASKED = "If this address belongs to a panel, a mail is on its way."


def change(app, statement):
    with app.extensions["database"].transaction() as session:
        session.execute(statement)


def stored(app, *columns, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        found = session.execute(select(*columns).filter_by(**where)).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in found]


def plain(page):
    """Leave out the values of hidden fields: the path, and tokens that are drawn for each page."""
    return re.sub(r'value="[^"]*"', "", page)


def publish(app, cast, text, *, version=2, material=True, consent="", reason="The funder changed."):
    with app.extensions["database"].transaction() as session:
        session.add(
            Document(
                study_id=cast.study.id,
                version=version,
                text=text,
                consent=consent,
                material=material,
                reason=reason,
                sha256="0" * 64,
            )
        )


@pytest.fixture
def link(app, pages):
    return app.test_client().link(pages.study.id, pages.panel[0])


def test_before_the_first_round_the_landing_says_when_it_is_planned(app, pages, link):
    assert "its date is not fixed yet" in app.test_client().get(link).text
    change(app, update(Round).filter_by(study_id=pages.study.id).values(opens_on=(NOW + timedelta(days=9)).date()))
    page = app.test_client().get(link).text
    assert "planned to open on" in page
    assert f'<time datetime="{(NOW + timedelta(days=9)).date().isoformat()}">' in page
    calendar = app.test_client().get(f"{link}/calendar.ics")
    assert calendar.mimetype == "text/calendar"
    assert "UID:care-round-1-opens@delphi.example.org\r\n" in calendar.text


def test_the_landing_of_an_open_round_names_deadline_and_minutes(app, opened):
    link = app.test_client().link(opened.study.id, opened.panel[0])
    page = app.test_client().get(link).text
    assert "Round 1 of 3 is open until" in page
    assert "about 2 minutes" in page
    assert "nurses" not in page


def test_an_extension_moves_the_same_entry_of_the_calendar(app, opened, one):
    def entry():
        lines = one.get("/panel/calendar.ics").text.split("\r\n")
        return {name: value for name, _, value in (line.partition(":") for line in lines)}

    before = entry()
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        later = round_.closes_at + timedelta(days=2)
        lifecycle.extend(session, round_, closes_at=later, reason="holiday", by=lead_of(session, opened.study), at=NOW)
    after = entry()
    assert after["UID"] == before["UID"]
    assert int(after["SEQUENCE"]) > int(before["SEQUENCE"])
    assert after["DTEND"] > before["DTEND"]


def test_between_rounds_and_at_the_end_the_landing_says_so(app, opened):
    link = app.test_client().link(opened.study.id, opened.panel[0])
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        lifecycle.close(session, round_, by=lead_of(session, opened.study), at=NOW)
    assert "No round is open now" in app.test_client().get(link).text
    change(app, update(Study).values(maximum_rounds=1))
    change(app, update(Round).filter_by(study_id=opened.study.id, number=1).values(released_at=NOW))
    assert "The study is finished" in app.test_client().get(link).text


def test_a_revoked_link_looks_like_one_that_never_was(app, opened):
    browser = app.test_client()
    link = browser.link(opened.study.id, opened.panel[0])
    with app.extensions["database"].transaction() as session:
        access.revoke_links(session, opened.study.id, opened.panel[0])
    revoked, unknown = browser.get(link), browser.get("/p/never")
    assert revoked.status_code == unknown.status_code == 404
    assert plain(revoked.text) == plain(unknown.text)
    assert "This link opens no study" in revoked.text
    assert "Send me my link" in revoked.text


@pytest.mark.parametrize("email", ["panelist1@panel.example.org", "nobody@panel.example.org"])
def test_every_address_gets_the_same_answer_and_the_same_row(app, pages, email):
    page = app.test_client().send("/link", {"email": email.upper()})
    assert ASKED in page.text
    assert stored(app, LinkRequest.email) == [email]
    assert email not in page.text


def test_the_postman_answers_only_whom_he_knows(app, pages):
    with app.extensions["database"].transaction() as session:
        for email in ("panelist1@panel.example.org", "nobody@panel.example.org"):
            lost_links.ask(session, email)
    with app.extensions["database"].transaction() as session:
        assert lost_links.answer(session, at=NOW) == 2
    who = stored(app, Identity.panelist, email="panelist1@panel.example.org")
    assert sorted(stored(app, Letter.panelist, kind=LetterKind.LINK)) == sorted(who)
    assert len(who) == 2  # the address belongs to Ada's panel and to Cleo's
    assert stored(app, LinkRequest.email) == []


def test_a_fourth_request_of_an_address_a_day_is_answered_alike_and_asks_for_nothing(app, pages):
    browser = app.test_client()
    answers = {plain(browser.send("/link", {"email": "one@example.org"}).text) for _ in range(5)}
    assert len(answers) == 1
    assert len(stored(app, LinkRequest.email)) == 3


def test_a_client_that_asks_too_often_waits(app, pages):
    browser = app.test_client()
    for n in range(20):
        assert browser.send("/link", {"email": f"a{n}@example.org"}).status_code == 200
    refused = browser.send("/link", {"email": "a20@example.org"})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    assert len(stored(app, LinkRequest.email)) == 20
    assert all("127.0.0.1" not in key for key in stored(app, Attempt.key_hash))


@pytest.mark.parametrize("email", ["", "no address", "a@b", "x" * 300 + "@example.org"])
def test_what_is_no_address_is_said_and_kept(app, pages, email):
    page = app.test_client().send("/link", {"email": email})
    assert page.status_code == 422
    assert "Write it as name@example.org" in page.text
    assert stored(app, LinkRequest.email) == []


def test_agreeing_queues_one_copy_of_the_consent(app, opened, one):
    one.send("/panel/consent", {"decision": "agree"})
    change(app, Consent.__table__.delete())
    for _ in range(2):
        one.send("/panel/consent", {"decision": "agree"})
    assert stored(app, Letter.panelist, kind=LetterKind.CONSENT) == [opened.panel[0]]


def test_a_material_change_asks_again_and_shows_what_changed(app, opened, one):
    publish(app, opened, "What is it about? Care and money.\n\nCan you stop? At any time.")
    assert one.get("/panel").location == "/panel/consent"
    assert one.get("/panel/page/1").status_code == 404
    page = one.get("/panel/consent").text
    assert "has changed since you agreed" in page
    assert "The funder changed." in page
    assert "<del>" in page
    assert "Care and money." in page
    one.send("/panel/consent", {"decision": "agree"})
    assert one.get("/panel").status_code == 200
    assert sorted(stored(app, Consent.version, panelist=opened.panel[0])) == [1, 2]


def test_a_change_that_is_not_material_asks_nobody(app, opened, one):
    publish(app, opened, "What is it about? Care.", material=False)
    assert one.get("/panel").status_code == 200


def test_the_information_can_be_read_in_every_version(app, opened, one):
    publish(app, opened, "What is it about? Care and money.")
    page = one.get("/panel/information").text
    assert "Version 2 of this text" in page
    assert "You agreed to version 1" in page
    assert public_key_of(SECRET) in page
    assert "Care and money." not in one.get("/panel/information?version=1").text
    assert one.get("/panel/information?version=9").status_code == 404


def test_every_required_item_is_a_decision_of_its_own(app, opened, one):
    publish(app, opened, "About.", consent="I am an adult\n(optional) Send me the report")
    page = one.get("/panel/consent").text
    assert page.count('type="checkbox"') == 2
    assert " checked" not in page
    refused = one.send("/panel/consent", {"decision": "agree", "item-1": "yes"})
    assert refused.status_code == 422
    assert refused.text.count(" checked") == 1
    assert stored(app, Consent.version, panelist=opened.panel[0]) == [1]
    assert one.send("/panel/consent", {"decision": "agree", "item-0": "yes", "item-1": "yes"}).status_code == 303
    assert stored(app, Consent.items, panelist=opened.panel[0], version=2) == [[0, 1]]


def test_declining_stops_every_letter_at_once_and_can_be_taken_back(app, opened, one):
    one.send("/panel/consent", {"decision": "decline"})
    assert stored(app, Letter.dropped_at, panelist=opened.panel[0]) != [None]
    one.send("/panel/declined", {"because": "no time"})
    assert stored(app, Panelist.left_because, id=opened.panel[0]) == ["no time"]
    assert "I want to take part after all" in one.get("/panel").text
    one.send("/panel/declined", {"decision": "undo"})
    assert stored(app, Panelist.declined_on, Panelist.left_because, id=opened.panel[0]) == [(None, "")]


def test_after_the_round_declining_stays(app, opened, one):
    one.send("/panel/consent", {"decision": "decline"})
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        lifecycle.close(session, round_, by=lead_of(session, opened.study), at=NOW)
    assert "take part after all" not in one.get("/panel").text
    before = fingerprint(app)
    for path, form in (("/panel/declined", {"decision": "undo"}), ("/panel/consent", {"decision": "agree"})):
        assert one.send(path, form).status_code == 409
    assert fingerprint(app) == before


def asks(app):
    about = {
        "group_chosen": True,
        "asks_expertise": True,
        "asks_conflicts": True,
        "asked_characteristics": [
            {"key": "country", "label": "Country", "options": ["Chile", "Peru"]}, {"key": "job", "label": "Work"},
        ],
    }  # fmt: skip
    change(app, update(Study).values(**about))


TOLD = {
    "group": "peers", "c-country": "Peru", "c-job": "nurse", "e-0": "knows", "conflict": "yes",
    "conflict_text": "shares", "conflict_published": "yes",
}  # fmt: skip


def test_a_study_that_asks_nothing_has_no_such_page(one):
    assert one.get("/panel/about").location == "/panel"


def test_what_is_told_is_kept_on_the_side_of_the_names_and_shown_again(app, opened, one):
    asks(app)
    assert one.send("/panel/consent", {"decision": "agree"}).location == "/panel/about"
    assert one.send("/panel/about", TOLD).location == "/panel"
    who = opened.panel[0]
    assert stored(app, Panelist.stakeholder_group, id=who) == ["peers"]
    assert stored(app, Identity.characteristics, panelist=who) == [{"country": "Peru", "job": "nurse"}]
    kept = stored(app, Declaration.expertise, Declaration.conflict, Declaration.conflict_text, panelist=who)
    assert kept == [({"Services": "knows"}, True, "shares")]
    page = one.get("/panel/about").text
    assert '<option value="Peru" selected>' in page
    assert 'value="knows" checked' in page
    assert "shares" in page
    assert "Change" in one.get("/panel").text


def test_what_is_not_offered_or_too_long_is_not_kept(app, opened, one):
    asks(app)
    page = one.send("/panel/about", {"group": "kings", "c-country": "Atlantis", "c-job": "x" * 201, "e-0": "best"})
    assert page.status_code == 200
    assert "longer than 200 characters" in page.text
    who = opened.panel[0]
    assert stored(app, Panelist.stakeholder_group, id=who) != ["kings"]
    assert stored(app, Identity.characteristics, panelist=who) == [{}]
    assert stored(app, Declaration.expertise, panelist=who) == [{}]
