"""Pages say how much a statement moved, or why that is not said: never a dash alone."""

import re

import played
import pytest
from databases import one_engine
from sqlalchemy import select

from delphi.consensus.table.result_row import ResultRow
from delphi.model.account import Account


def told(app, **cells):
    """What the pages say of stability and change."""
    empty = {"stable": None, "changed_pct": None, "changed_band": None, "n_paired": None, "reasons": ""}
    with app.test_request_context():
        macros = app.jinja_env.get_template("macros/results.html").module
        row = ResultRow(empty | cells)
        return str(macros.stability(row)).strip(), str(macros.changed(row)).strip()


@one_engine
@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"stable": "stable", "changed_pct": 12.5, "n_paired": 40}, ("stable", "13% of 40 changed")),
        ({"stable": "stable", "changed_band": "up_to_15"}, ("stable", "up to 15% changed")),
        ({"stable": "unstable", "changed_band": "15_to_30"}, ("unstable", "15% to 30% changed")),
        ({"stable": "unstable", "changed_band": "over_30"}, ("unstable", "more than 30% changed")),
        ({"reasons": "stable=new"}, ("new", "")),
        ({"reasons": "stable=wording_changed"}, ("reworded", "")),
        ({"reasons": "stable=sealed"}, ("not shown, since it could tell an answer", "")),
        ({}, ("not shown, since it could tell an answer", "")),
    ],
)
def test_what_moved_is_said_or_why_not(app, cells, words):
    assert told(app, **cells) == words


@one_engine
def test_a_statement_has_its_change_although_some_left_and_joined(app):
    with app.extensions["database"].transaction() as session:
        played.play(session, panelists=57, rounds=2)
        lead = session.scalars(select(Account).where(Account.email.like("lead-care%"))).one()
        session.expunge_all()
    browser = app.test_client().sign_in(lead)
    table = browser.get("/studies/care/results/statements").text
    assert re.findall(r'<td class="num">\s*([+−]\d+)\s*</td>', table)
    pages = [table, *(browser.get(f"/studies/care/results/statements/{number}").text for number in (1, 2, 3))]
    for page in pages:
        assert re.search(r"% changed|not shown, since it could tell an answer|reworded", page)
    assert "Stability can be said from the second round on" not in browser.get("/studies/care/rounds/2").text
