"""Statements and sections are moved before round 1; the order holds, also when something else changes."""

import pytest
from builders import NOW, launched, study

from delphi.errors import Refused
from delphi.statements import editing, order
from delphi.statements.order import Way
from delphi.statements.questionnaire import versions_asked
from delphi.statements.statements import NewStatement

ASKED = tuple(NewStatement(code, f"{code} is needed.", section=code[0]) for code in ("A1", "A2", "B1", "B2", "B3"))


@pytest.fixture
def made(cast):
    return study(cast.session, cast.ada, "ordered", statements=ASKED)


@pytest.fixture
def by(cast):
    return {"by": cast.ada.id, "at": NOW}


def codes(session, made):
    return [statement.code for statement, _version in order.in_questionnaire(session, made)]


def test_a_statement_is_moved_within_its_section(session, made, by):
    order.move(session, made, 4, Way.UP, **by)
    assert codes(session, made) == ["A1", "A2", "B2", "B1", "B3"]
    order.move(session, made, 4, Way.UP, **by)
    assert codes(session, made) == ["A1", "A2", "B2", "B1", "B3"]
    order.move(session, made, 4, Way.DOWN, **by)
    assert codes(session, made) == ["A1", "A2", "B1", "B2", "B3"]


def test_a_section_is_moved_as_a_whole(session, made, by):
    order.move_section(session, made, 3, Way.UP, **by)
    assert codes(session, made) == ["B1", "B2", "B3", "A1", "A2"]
    order.move_section(session, made, 3, Way.UP, **by)
    assert codes(session, made)[0] == "B1"


def test_several_are_put_into_a_section_at_once(session, made, by):
    assert order.put_into_section(session, made, {1, 5}, "C", **by) == 2
    assert codes(session, made) == ["A2", "B1", "B2", "A1", "B3"]
    with pytest.raises(Refused, match="Tick at least one"):
        order.put_into_section(session, made, set(), "C", **by)


def test_the_order_holds_when_a_statement_changes_or_goes(session, made, by):
    order.move(session, made, 5, Way.UP, **by)
    editing.change(session, made, 3, {"text": "B1 is needed everywhere."}, **by)
    assert codes(session, made) == ["A1", "A2", "B1", "B3", "B2"]
    editing.remove(session, made, 3, **by)
    assert [number for number, _version in versions_asked(session, made.id, 1)] == [1, 2, 5, 4]


def test_a_launched_round_keeps_its_order(session, made, by):
    order.move_section(session, made, 3, Way.UP, **by)
    launched(session, made)
    with pytest.raises(Refused, match="fixed"):
        order.move(session, made, 1, Way.DOWN, **by)
    assert codes(session, made) == ["B1", "B2", "B3", "A1", "A2"]


def test_whoever_leads_moves_on_the_page(app, pages, ada):
    assert ada.send("/studies/care/statements/order/down/1").location.endswith("/statements#s1")
    page = ada.get("/studies/care/statements").text
    assert page.index(">STMT1.2<") < page.index(">STMT1.1<") < page.index(">STMT1.3<")
    assert ada.send("/studies/care/statements/order/section", {"which": ["3"], "into": "Rights"}).status_code == 303
    assert "Rights" in ada.get("/studies/care/statements").text
    assert ada.send("/studies/care/statements/order/section", {"into": "Rights"}).status_code == 409
