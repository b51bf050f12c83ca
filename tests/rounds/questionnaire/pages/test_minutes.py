"""The minutes that a round promises, checked against the words that its pages show: the demonstration's study, rounds 1 and 2."""

import re

import pytest
from builders import NOW, open_to_all, panel_of, rate_again
from databases import one_engine
from reading import words_to_read
from scripted import act, begin, prepare
from sqlalchemy import select

from delphi.letters import content
from delphi.model.account import Account
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.people import roster
from delphi.people.roster import NewPanelist
from delphi.protocol import method
from delphi.statements.duration import WORDS_A_MINUTE
from rounds.demo.reference import Reference

SECONDS_A_CARD = 20  # to choose, and to write on some


def played(session, number):
    """The reference study with this round as a draft; the rounds before are released with their comments."""
    plan = Reference(31, 57)
    made, lead = begin(session, "demo", template="reference")
    roster.add(session, made, [NewPanelist(p.name, p.email, p.field) for p in plan.people])
    method.lock(session, made, by=lead.id, at=NOW)
    for before in range(1, number):
        act(session, made, before, plan.sheets(before))
        prepare(session, made, before + 1, lead, plan.asked(before + 1), plan.asked(before))
    rate_again(session, made, session.get_one(Round, (made.id, number)))
    return lead.id, made.id, panel_of(session, made)[0]


def needed(app, key):
    """The minutes for what a panelist reads on the cards, and does."""
    browser, pages = app.test_client().enter(*key), []
    while (page := browser.get(f"/panel/page/{len(pages) + 1}")).status_code == 200:
        pages.append(page.text)
    cards, words = words_to_read(pages)
    return words / WORDS_A_MINUTE["en"] + cards * SECONDS_A_CARD / 60


def minutes_in(text):
    return int(re.search(r"(?:[Aa]bout|promised:) (\d+) minutes", text)[1])


def letter_of(app, key):
    """The facts of the invitation to the open round."""
    with app.extensions["database"].transaction(writing=False) as session:
        letters = select(Letter).where(Letter.study_id == key[0], Letter.panelist == key[1], Letter.unsent)
        letter = session.scalars(letters.order_by(Letter.round.desc())).first()
        study, panelist = session.get_one(Study, key[0]), session.get_one(Panelist, key)
        return content.facts_of(session, letter, study, panelist, at=NOW)


@pytest.mark.parametrize("number", [1, 2])
@one_engine
def test_every_promise_of_minutes_is_that_of_the_words_shown(app, number):
    with app.extensions["database"].transaction() as session:
        lead, *key = played(session, number)
    with app.extensions["database"].transaction(writing=False) as session:
        owner = session.get_one(Account, lead)
        session.expunge_all()
    desk = app.test_client().sign_in(owner)
    promised_to_lead = minutes_in(desk.get(f"/studies/demo/rounds/{number}").text)
    with app.extensions["database"].transaction() as session:
        open_to_all(session, session.get_one(Study, key[0]), number)
    browser = app.test_client()
    landing = browser.get(browser.link(*key)).text
    start = browser.enter(*key).get("/panel").text
    promised = {promised_to_lead, minutes_in(landing), minutes_in(start), letter_of(app, key)["minutes"]}
    assert len(promised) == 1
    assert promised.pop() == pytest.approx(needed(app, key), rel=0.15)
