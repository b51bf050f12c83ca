"""A core outcome set with a group of four and one who came late: each page of results has numbers, or says why not."""

import re
from html import unescape

import group_of_four
import pytest
from builders import select_account
from uploads import stored

from delphi import clock
from delphi.model.round import Round
from delphi.model.statement import Statement
from delphi.model.study import Study
from exports.results import figures

CELLS = re.compile(r"<td([^>]*)>(.*?)</td>", re.DOTALL)
NOTED = re.compile(r"title=|<abbr")
NOTHING = {"", "–", "—", "-", "· –", "– · –", "None"}
DRAWN = re.compile(r"<svg|<input|<button|<form")
WHY = "The rule asks each group: in at least one too few rated, or it is not shown."


def bare(page: str) -> list[str]:
    """The cells that hold nothing, or a dash, and no reason."""
    return [
        cell
        for attributes, cell in CELLS.findall(page)
        if unescape(re.sub(r"<[^>]+>", "", cell)).strip() in NOTHING
        and not NOTED.search(attributes + cell)
        and not DRAWN.search(cell)
    ]


def play(app, level: str, *, computed: bool = True) -> Study:
    with app.extensions["database"].transaction() as session:
        lead = session.scalars(select_account("ada")).one()
        made = group_of_four.play(session, lead, "cos", level)
        for number in (1, 2, 3) if computed else ():
            figures.complete(session, made, session.get_one(Round, (made.id, number)), at=clock.now())
        session.expunge_all()
        return made


def pages_of_the_team(app, made: Study) -> list[str]:
    numbers = stored(app, Statement.number, study_id=made.id)
    return [
        f"/studies/cos/{page}"
        for page in (
            *(f"results?round={number}" for number in (1, 2, 3)),
            *(f"rounds/{number}" for number in (1, 2, 3)),
            *(f"results/statements/{number}" for number in numbers),
            "results/statements",
            "results/panel",
        )
    ]


@pytest.mark.parametrize("computed", [True, False])
@pytest.mark.parametrize("level", ["separated", "open_rows"])
def test_every_cell_of_the_teams_pages_has_a_number_or_reason(app, ada, level, computed):
    made = play(app, level, computed=computed)
    for path in pages_of_the_team(app, made):
        page = ada.get(path)
        assert page.status_code == 200, path
        assert bare(page.text) == [], path


@pytest.mark.parametrize("level", ["separated", "open_rows"])
def test_a_verdict_of_too_few_says_which_rule_asks_whom(app, ada, level):
    play(app, level)
    for path in ("rounds/3", "results/statements", "results/statements/1"):
        assert WHY in ada.get(f"/studies/cos/{path}").text, path


def test_no_verdict_that_was_not_tried_is_called_firm(app, ada):
    play(app, "separated")
    page = " ".join(ada.get("/studies/cos/results/panel").text.split())
    assert page.count("not said, for too few rated") == 3
    assert "0 of 5" not in page


@pytest.mark.parametrize("level", ["separated", "open_rows"])
@pytest.mark.parametrize("who", [0, -1])
def test_every_page_of_the_late_and_of_the_few_says_it_too(app, ada, level, who):
    made = play(app, level)
    with app.extensions["database"].transaction() as session:
        panelist = group_of_four.in_order_of_invitation(session, made)[who]
    reader = app.test_client().enter(made.id, panelist)
    for path in ("results", "rounds/1", "rounds/2", "rounds/3", "my-data"):
        page = reader.get(f"/panel/{path}")
        assert page.status_code == 200, path
        assert bare(page.text) == [], path
    assert WHY in reader.get("/panel/results").text


def test_a_sealed_study_is_refused_with_its_way_out(app, ada):
    with app.extensions["database"].transaction() as session:
        group_of_four.prepared(session, session.scalars(select_account("ada")).one(), "cos", "sealed")
    page = ada.get("/studies/cos/rounds/1").text
    assert "too few are invited in: doctors. Invite more. Otherwise groups have to be merged" in page
    assert "/launch" not in page


@pytest.mark.parametrize("cell", ["<td>–</td>", '<td class="num"> \n </td>', "<td>None</td>"])
def test_a_cell_without_a_reason_is_found(cell):
    assert bare(cell)
    assert not bare('<td title="too few">–</td>')
