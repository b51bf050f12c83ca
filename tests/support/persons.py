"""The page of a person in tests: its form, what is stored, and what was sent."""

import re

from builders import NOW
from sqlalchemy import select, update

from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.identity import Identity
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import Consent, Study, Turnout

RIGHT = "right@example.org"


def stored(app, query):
    with app.extensions["database"].transaction(writing=False) as session:
        return session.execute(query).all()


def change(app, *statements):
    with app.extensions["database"].transaction() as session:
        for statement in statements:
            session.execute(statement)


def who(app, name="Panelist 1"):
    return stored(app, select(Identity.panelist).where(Identity.name == name, Identity.study_id == 1))[0][0]


def filled(browser, at):
    """The fields of the form as the page fills them."""
    page = browser.get(at).text
    fields = dict(re.findall(r'name="(name|email|seen|group|c-\d+)"[^>]*?value="([^"]*)"', page))
    fields |= {name: value for value, name in re.findall(r'value="([^"]*)"[^>]*name="(name|email|seen|group)"', page)}
    chosen = re.search(r'<option value="([^"]*)" selected', page)
    return fields | ({"group": chosen[1]} if chosen else {}) | {"end_links": "y"}


def letters(app, kind):
    return stored(app, select(Letter.id).where(Letter.kind == kind))


def kinds(app):
    return [kind.value for (kind,) in stored(app, select(Event.kind).where(Event.study_id == 1))]


def delivered(app):
    change(app, update(Letter).values(sent_at=NOW))


def stored_account(app, name):
    with app.extensions["database"].transaction(writing=False) as session:
        found = session.scalars(select(Account).filter_by(email=f"{name}@example.org")).one()
        session.expunge(found)
    return app.test_client().sign_in(found)


def handed(page):
    return re.search(r"/p/([0-9a-f]{64})", page)[1]


def hindrance(because, person):
    if because == "agreed":
        return [
            Consent.__table__.insert().values(study_id=1, panelist=person, version=1, items=[], given_on=NOW.date())
        ]
    if because == "declined":
        return [update(Panelist).where(Panelist.id == person).values(declined_on=NOW.date())]
    if because == "closed":
        return [update(Round).where(Round.study_id == 1, Round.number == 1).values(closed_at=Round.opened_at)]
    return [update(Study).where(Study.id == 1).values(turnout=Turnout.KEPT)]


def read(browser, at):
    return re.sub(r'value="[^"]{30,}"', "", browser.get(at).text)


def told_by(done, person):
    letter = {"study_id": 1, "panelist": person, "due_at": NOW, "run_after": NOW, "attempts": 0}
    if done == "agreed":
        return hindrance("agreed", person)
    if done == "finished":
        return [update(Participation).where(Participation.panelist == person).values(submitted_on=NOW.date())]
    if done == "reminder dropped":
        facts = letter | {"kind": "reminder", "round": 1, "dedupe_key": "r", "dropped_at": NOW}
        return [Letter.__table__.insert().values(id=person, **facts)]
    if done == "asked for a link":
        facts = letter | {"kind": "link", "dedupe_key": "link:None:abc:1", "sent_at": NOW}
        return [Letter.__table__.insert().values(id=person, **facts)]
    return []
