"""Personal links as they arrive: changed by mail programs, of somebody else, replaced, after a withdrawal, or made up."""

import logging
import re
from string import ascii_letters, digits

import pytest
from browsing import HOST
from builders import NOW
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from delphi.model.panel import AccessLink, Panelist
from delphi.model.study import Study, Withdrawal
from delphi.people import severing
from rounds.participation import withdrawal

SHAPES = (
    "/p/{}.", "/p/{})", "/p/{}>", "/p/{}%3E", "/p/{}/", "/p/{},", "/p/{}%20", "/p/3D{}", "/p/=3D{}", "/p/?url={}", "/p?url={}",
    "/p/{}&data=05%7C01", "/p/{}?utm_source=mail", "/p/?url=https%3A%2F%2Fdelphi.example.org%2Fp%2F{}&data=05%7C01",
    "/p/https://delphi.example.org/p/{}", "/p/?url=https%3A%2F%2Fevil.example.com%2Fp%2F{}",
)  # fmt: skip
LETTERS = ascii_letters + digits + "-_"


@pytest.fixture
def links(app, opened):
    browser = app.test_client()
    return [browser.link(opened.study.id, who).removeprefix("/p/") for who in opened.panel[:2]]


def plain(page):
    return re.sub(r'value="[^"]*"', "", page)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_changed_link_opens_the_study_of_its_person(app, links, shape):
    page = app.test_client().get(shape.format(links[0]), follow_redirects=True)
    assert page.status_code == 200
    assert f'action="/p/{links[0]}"' in page.text
    assert "evil" not in page.text


@pytest.mark.parametrize("gap", ["=%0A", "%0A", "=%0D%0A", "%20", "=0A", "%C2%AD"])
def test_a_broken_link_opens_the_study_of_its_person(app, links, gap):
    page = app.test_client().get(f"/p/{links[0][:20]}{gap}{links[0][20:]}")
    assert page.status_code == 200
    assert f'action="/p/{links[0]}"' in page.text


def test_an_address_with_links_of_two_people_opens_nothing(app, links):
    assert app.test_client().get(f"/p/{links[0]}/{links[1]}").status_code == 404


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 42), letter=st.sampled_from(LETTERS), shape=st.sampled_from(SHAPES))
def test_a_link_with_one_other_letter_opens_nothing(app, links, at, letter, shape):
    wrong = links[0][:at] + letter + links[0][at + 1 :]
    page = app.test_client().get(shape.format(wrong), follow_redirects=True)
    assert (page.status_code == 200) == (wrong == links[0])
    assert links[1] not in page.text
    assert not page.history or all(one.location.startswith(("/", HOST)) for one in page.history)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(1, 42), around=st.text(LETTERS + ".=/", max_size=50))
def test_a_link_that_lost_letters_opens_nothing(app, links, cut, around):
    assert app.test_client().get(f"/p/{links[0][:-cut]}/{around}").status_code in (308, 404)


def test_no_secret_enters_a_log_or_a_further_address(app, links, caplog):
    browser = app.test_client()
    with caplog.at_level(logging.DEBUG):
        for shape in SHAPES:
            browser.get(shape.format(links[0]))
        entered = browser.send(f"/p/{links[0]}")
    assert (entered.status_code, entered.location) == (303, "/panel")
    assert links[0] not in entered.text + str(entered.headers)
    assert not [record for record in caplog.records if links[0] in record.getMessage()]


def _ended(app, cast, way):
    """End the second link in one of the ways in which links end."""
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, cast.study.id)
        person = session.get_one(Panelist, (made.id, cast.panel[1]))
        if way == "replaced":
            session.execute(delete(AccessLink).where(AccessLink.panelist == person.id))
        elif way == "withdrawn":
            withdrawal.withdraw(session, made, person, Withdrawal.KEEP, forget=lambda *_who: None, at=NOW)
        else:
            made.finished_at = NOW
            severing.sever(session, made, by=None, at=NOW)


@pytest.mark.parametrize("way", ["replaced", "withdrawn", "names destroyed"])
def test_a_link_that_ended_is_told_as_one_that_never_was(app, opened, links, way):
    _ended(app, opened, way)
    ended, unknown = (app.test_client().get(f"/p/{secret}") for secret in (links[1], "a" * 43))
    assert ended.status_code == unknown.status_code == 404
    assert plain(ended.text) == plain(unknown.text)
    assert "has left the panel" in ended.text
    assert "lost" not in ended.text
