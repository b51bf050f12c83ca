"""Saved mails are handed in by whoever sees the roster; they find people of this study only, and out-of-office nobody."""

import io
from pathlib import Path

import pytest
from builders import select_account
from sqlalchemy import select

from delphi.model.identity import Identity
from delphi.model.panel import Panelist

MAILS = Path(__file__).parents[2] / "letters" / "returned"


def saved(name, address):
    return io.BytesIO((MAILS / f"{name}.eml").read_text().replace("@ADDRESS@", address).encode())


def hand_in(browser, *mails):
    return browser.send("/studies/care/panel/returned", {"mails": [(one, f"{n}.eml") for n, one in enumerate(mails)]})


@pytest.fixture
def mia(app, opened):
    with app.extensions["database"].transaction(writing=False) as session:
        found = session.scalars(select_account("mia")).one()
        session.expunge_all()
    return app.test_client().sign_in(found)


def bounced(app):
    with app.extensions["database"].transaction(writing=False) as session:
        rows = session.execute(select(Identity.study_id, Identity.email).where(Identity.bounced_on.is_not(None)))
        return {(study, email) for study, email in rows}


def test_saved_mails_are_noted_by_address_in_this_study_alone(app, opened, mia):
    first = "panelist1@panel.example.org"  # on the panel of another study, too
    mails = (
        saved("postfix", first),
        saved("out_of_office", "panelist2@panel.example.org"),
        saved("qmail", "x@elsewhere.org"),
    )
    answer = hand_in(mia, *mails)
    assert answer.status_code == 303
    page = mia.get("/studies/care/panel/returned").text
    assert "1 mail was noted. 2 say of nobody here" in page
    assert "User unknown" in page
    assert first in page
    assert bounced(app) == {(opened.study.id, first)}


def test_without_a_mail_nothing_is_changed(app, mia):
    assert hand_in(mia).status_code == 409
    assert bounced(app) == set()


def test_whose_mail_came_back_leads_to_the_page_of_the_person(app, opened, mia):
    hand_in(mia, saved("exim", "panelist1@panel.example.org"))
    with app.extensions["database"].transaction(writing=False) as session:
        who = select(Identity.panelist).where(Identity.bounced_on.is_not(None)).scalar_subquery()
        code = session.scalars(select(Panelist.page_code).where(Panelist.id == who)).one()
    assert f"/studies/care/panel/{code}" in mia.get("/studies/care/panel/returned").text
