"""One click stops reminders and nothing else; it can be taken back, and its address opens nothing."""

import pytest
from browsing import HOST, fingerprint
from builders import NOW
from sqlalchemy import select

from delphi.letters import reminders, tokens
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.study import Study

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def letter(app, opened):
    """The study and the invitation of the first of the panel."""
    with app.extensions["database"].transaction(writing=False) as session:
        query = select(Letter.id).filter_by(study_id=opened.study.id, panelist=opened.panel[0])
        return opened.study.id, session.scalars(query.where(Letter.kind == LetterKind.INVITATION)).one()


def address(app, letter, purpose=tokens.STOP):
    return f"/stop/{tokens.make(app.extensions['settings'].secret_key, purpose, *letter)}"


def panelist(app, opened):
    with app.extensions["database"].transaction(writing=False) as session:
        one = session.get_one(Panelist, (opened.study.id, opened.panel[0]))
        return one.reminders_stopped, one.taking_part


def test_one_click_of_a_mail_program_stops_reminders(app, opened, letter):
    before = fingerprint(app)
    assert app.test_client().post(address(app, letter), data=ONE_CLICK).status_code == 200
    after = fingerprint(app)
    assert {name for name in before if before[name] != after[name]} == {"panelist"}
    assert panelist(app, opened) == (True, True)
    with app.extensions["database"].transaction() as session:
        assert opened.panel[0] in reminders.spared(session, opened.study.id, 1, at=NOW)


def test_looking_at_the_page_changes_nothing(app, opened, letter):
    before = fingerprint(app)
    page = app.test_client().get(address(app, letter))
    assert (page.status_code, fingerprint(app) == before) == (200, True)
    assert "No more reminders" in page.text


def test_it_can_be_taken_back(app, opened, letter):
    browser = app.test_client()
    assert "Get reminders again" in browser.post(address(app, letter), data={"stop": "yes"}).text
    browser.post(address(app, letter), data={"again": "yes"})
    assert panelist(app, opened) == (False, True)


def test_the_address_opens_nothing_else(app, opened, letter):
    browser, token = app.test_client(), address(app, letter).removeprefix("/stop/")
    browser.get(f"/stop/{token}")
    assert browser.get("/panel/my-data").status_code == 404
    assert browser.get(f"/p/{token}").status_code == 404
    page = browser.get(f"/stop/{token}").text
    assert "Panelist" not in page
    assert "@panel" not in page


@pytest.mark.parametrize("wrong", ["no-such-token", "1-" + "0" * 32 + "-" + "0" * 16, "²-x"])
def test_an_address_that_was_not_made_here_is_not_found(app, opened, wrong):
    assert app.test_client().post(f"/stop/{wrong}").status_code == 404


def test_the_name_of_a_letter_for_bounces_stops_nothing(app, opened, letter):
    assert app.test_client().post(address(app, letter, tokens.BOUNCE)).status_code == 404
    assert panelist(app, opened) == (False, True)


def test_another_site_cannot_send_the_form(app, opened, letter):
    foreign = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    assert app.test_client().post(address(app, letter), data=ONE_CLICK, headers=foreign).status_code == 400


def test_who_left_or_whose_names_are_gone_is_not_found(app, opened, letter):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, opened.study.id).finished_at = NOW
        session.get_one(Study, opened.study.id).names_destroyed_at = NOW
    assert app.test_client().get(address(app, letter), base_url=HOST).status_code == 404
