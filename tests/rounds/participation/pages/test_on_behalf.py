"""Leaving on behalf of a panelist: with a receipt, in no numbers, and once."""

import re

import pytest
from builders import answers
from sqlalchemy import select, update

from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.study import Study
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving

TOLD = {"choice": "keep", "confirm": "yes"}


@pytest.fixture
def at(app, opened):
    with app.extensions["database"].transaction() as session:
        session.execute(update(Study).values(withdrawal_choices=["keep", "remove_open"]))
        part = TakingPart(opened.study.id, 1, opened.panel[0])
        saving.save(session, part, answers({1: 4, 2: 3}), request="8d3f9c1e-0000-4000-8000-000000000001")
        code = session.get_one(Panelist, (opened.study.id, opened.panel[0])).page_code
    return f"/studies/care/panel/{code}/leave"


def stored(app, query):
    with app.extensions["database"].transaction(writing=False) as session:
        return session.execute(query).all()


@pytest.mark.parametrize(("choice", "left"), [("keep", 2), ("remove_open", 0)])
def test_who_leaves_by_the_team_gets_a_receipt(app, ada, opened, at, choice, left):
    person = opened.panel[0]
    address = stored(app, select(Identity.email).where(Identity.panelist == person))
    assert ada.send(at, TOLD | {"choice": choice}).status_code == 303
    assert stored(app, select(Identity.email).where(Identity.panelist == person)) == []
    assert stored(app, select(Receipt.email)) == address
    assert len(stored(app, select(Rating.value).where(Rating.panelist == person))) == left
    assert stored(app, select(Event.actor).where(Event.kind == EventKind.PANELIST_WITHDREW)) == [(opened.ada.id,)]


@pytest.mark.parametrize("sent", [{}, {"choice": "keep"}, {"confirm": "yes"}, TOLD | {"choice": "all"}])
def test_nobody_leaves_without_a_choice_and_a_word(app, ada, opened, at, sent):
    answer = ada.send(at, sent)
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.text
    assert stored(app, select(Panelist.withdrawn_on).where(Panelist.id == opened.panel[0])) == [(None,)]


def test_leaving_sent_twice_sends_one_receipt(app, ada, opened, at):
    assert [ada.send(at, TOLD).status_code for _ in range(2)] == [303, 404]
    assert len(stored(app, select(Letter.id).where(Letter.kind == LetterKind.WITHDRAWAL))) == 1


def test_the_page_is_the_same_whatever_was_answered(app, ada, opened, at):
    other = stored(app, select(Panelist.page_code).where(Panelist.id == opened.panel[1]))[0][0]
    mine = at.split("/")[-2]
    paths = {mine: at, other: at.replace(mine, other)}
    pages = {re.sub(f'{code}|value="[^"]{{60,}}"', "…", ada.get(path).text) for code, path in paths.items()}
    assert len(pages) == 1
