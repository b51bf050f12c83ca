"""Figures tell the numbers of the tables, hide what the tables hide, and say in words when there is nothing to draw."""

from fractions import Fraction

import numpy as np
import played
import pytest
from databases import one_engine

from delphi.consensus.analysis import Analysis, Definition
from delphi.consensus.panel import RoundPanel
from delphi.consensus.scale import Scale, span
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import result_rows
from delphi.errors import Refused
from delphi.statements.statements import NewStatement
from exports.figures.attrition import leavers
from exports.figures.draw import DARK
from exports.figures.spread import bars_of
from exports.files.orders import Order, exhibit_of
from exports.record.facts import RoundFacts, StudyFacts
from exports.record.reader_profile import Profile
from exports.record.record import GivenRecord
from exports.record.study_record import StudyRecord

FACTS = StudyFacts("s", "S", "en", "", 5, 3, "ask", (), (), "", None, None, {})


def figure(session, study, key, profile=Profile.ANALYST):
    return exhibit_of(session, study, Order(f"figure-{key}", "svg", profile))


def of(rows, number, group="all"):
    return [row for row in rows if row["round"] == number and row["group"] == group]


@one_engine
def test_bars_hold_the_counts_of_the_consensus_table(session):
    study = played.play(session, panelists=30, **played.RAND)
    rows = of(StudyRecord(session, study).rows, 3)
    shown = figure(session, study, "distribution").data.as_dicts()
    assert [row["statement"] for row in shown] == [row["statement"] for row in rows]
    for bar, row in zip(shown, rows, strict=True):
        assert [bar[f"k{i}"] for i in range(9)] == [row[f"k_{value}"] for value in range(1, 10)]
        assert sum(bar[f"k{i}"] for i in range(9)) == bar["n_rated"] == row["n_rated"]


def test_every_option_of_every_length_of_scale_stands_in_one_bar():
    for size in range(2, 102):
        bars = bars_of(Scale.from_zones(1, size, span(size, size)))
        assert [value for _, values in bars for value in values] == list(range(1, size + 1))
        assert len(bars) <= 11
        assert len({len(values) for _, values in bars[:-1]}) == 1


@one_engine
def test_marks_of_groups_stand_where_the_consensus_table_has_them(session):
    study = played.play(session, panelists=45, **played.COS)
    rows = StudyRecord(session, study).rows
    for cell in figure(session, study, "by-group").data.as_dicts():
        [row] = [row for row in of(rows, 3, cell["group"]) if row["statement"] == cell["statement"]]
        assert (cell["n_rated"], cell["combined_pct"]) == (row["n_rated"], row["combined_pct"])
        assert cell["combined_pct"] is not None


@one_engine
@pytest.mark.parametrize("profile", [Profile.PUBLIC, Profile.AUTHOR, Profile.ANALYST])
def test_groups_that_a_round_does_not_show_are_hidden_in_every_profile(session, profile):
    study = played.play(session, panelists=9, rounds=1)  # groups of four and five
    made = figure(session, study, "by-group", profile)
    cells = [cell for cell in made.data.as_dicts() if cell["group"] != "all"]
    assert {cell["group"] for cell in cells} == {"nurses", "peers"}
    assert all((cell["n_rated"], cell["combined_pct"]) == (None, None) for cell in cells)
    assert all("suppressed_disclosure" in cell["reasons"] for cell in cells)
    assert "hidden, since fewer than 5" in made.data.notes[0]
    assert "nurses hidden, peers hidden" in made.alternative
    assert "2 hidden" in made.svg


@one_engine
def test_fewer_than_ten_ratings_have_no_distribution_outside_the_analyst_profile(session):
    study = played.play(session, panelists=9, rounds=1)
    made = figure(session, study, "distribution", Profile.PUBLIC)
    assert all(row["k0"] is None for row in made.data.as_dicts())
    assert made.alternative.count("hidden: too few ratings") == made.svg.count("hidden: too few ratings</text>") == 3


@one_engine
@pytest.mark.parametrize("profile", [Profile.PUBLIC, Profile.AUTHOR, Profile.MANAGER])
def test_the_figure_of_attrition_is_made_for_analysts_alone(session, profile):
    study = played.play(session, panelists=9, rounds=1)
    with pytest.raises(Refused, match="made for analyst"):
        figure(session, study, "attrition", profile)


@one_engine
def test_attrition_is_drawn_from_the_table_of_attrition(session):
    study = played.with_open_rows(session, played.play(session, panelists=30, leavers=0.3))
    table = exhibit_of(session, study, Order("attrition", "csv", Profile.ANALYST)).as_dicts()
    rows = [row for row in table if row["statement"] != "all"]
    names = ("statement", "round", "next_round", "n_stayed", "n_left", "delta", "p", "p_holm")
    cells = figure(session, study, "attrition").data.as_dicts()
    assert [[cell[name] for name in names] for cell in cells] == [[row[name] for name in names] for row in rows]
    assert {cell["round"] for cell in cells} == {1, 2}


@one_engine
def test_attrition_by_statement_is_not_drawn_of_sealed_rounds(session):
    study = played.play(session, panelists=30, leavers=0.3)
    table = exhibit_of(session, study, Order("attrition", "csv", Profile.ANALYST)).as_dicts()
    assert {row["statement"] for row in table} == {"all"}
    made = figure(session, study, "attrition")
    assert (made.data.rows, "Single ratings are not kept" in made.alternative) == ((), True)


def test_only_a_difference_that_would_surprise_is_drawn_full():
    ratings = np.array([[3, 0]] * 12 + [[0, 0]] * 6, dtype=np.int8)
    gone = np.where(np.arange(18)[:, None] < 12, ratings, -3).astype(np.int8)
    rest = np.ones(18, dtype=bool), np.zeros(18, dtype=np.intp), ("",)
    pair = (RoundPanel(1, ("S1", "S2"), ratings, *rest), RoundPanel(2, ("S1", "S2"), gone, *rest))
    rows = result_rows({"statement": code, "text": code, "group": "all", "round": 1} for code in ("S1", "S2"))
    definition = Definition.of(SCALES["agree4_nq"])
    made = leavers(GivenRecord(FACTS, definition, Analysis(definition, ()), rows, [RoundFacts(1)], panels=pair))
    assert made.alternative == (
        "2 statements. S1 in round 1: 12 stayed, 6 left, delta 1; S2 in round 1: 12 stayed, 6 left, delta 0."
    )
    assert made.svg.count(f'fill="{DARK}" stroke=') == 2  # one, and the one of the legend
    assert made.svg.count('fill="#ffffff" stroke=') == 2


@one_engine
def test_change_is_drawn_from_the_first_round_with_the_meaning_of_the_last(session):
    study = played.play(session, panelists=30)
    record = StudyRecord(session, study)
    same = {row["statement"] for row in of(record.rows, 3) if row["relation"] in ("same", "reworded_same_meaning")}
    shown = {row["statement"]: row for row in figure(session, study, "change").data.as_dicts()}
    assert {"STMT1.1"} <= same == set(shown)
    assert "STMT1.2" not in shown  # reworded to another meaning before each round
    assert {(row["first_round"], row["last_round"]) for row in shown.values()} == {(1, 3)}


@one_engine
def test_the_way_of_every_statement_is_drawn_from_the_lineage(session):
    study = played.play(
        session, panelists=30, statements=tuple(NewStatement(f"S{n}", f"Statement {n}.") for n in "12345")
    )
    drawn = figure(session, study, "lineage")
    rows = {(row["statement"], row["round"]): row for row in drawn.data.as_dicts()}
    told = {(row["statement"], row["round"]) for row in StudyRecord(session, study).rows if row["group"] == "all"}
    assert set(rows) == told
    assert rows["MERGED", 3]["from_ids"] == "S4;S5"
    assert (rows["S1", 2]["relation"], rows["S2", 2]["relation"]) == ("reworded_same_meaning", "reworded")
    assert "MERGED: round 3 merged from S4 and S5, " in drawn.alternative
    assert drawn.svg.count("<circle") == len(told)
    assert "S5: round 1, " in drawn.alternative


@one_engine
def test_statements_are_ranked_by_exact_shares_among_those_with_one_meaning(session):
    study = played.play(session, panelists=40, **played.COS)
    rows = StudyRecord(session, study).rows
    cells = figure(session, study, "ranks").data.as_dicts()
    assert {cell["statement"] for cell in cells} == {"OUT1", "OUT3"}  # another wording, merged, merged, another meaning
    for name, number in (("first", 1), ("last", 3)):
        shares = {
            row["statement"]: Fraction(row["combined_k"], row["n_rated"])
            for row in of(rows, number)
            if row["statement"] in {"OUT1", "OUT3"}
        }
        for cell in cells:
            above = sum(share > shares[cell["statement"]] for share in shares.values())
            assert cell[f"{name}_rank"] == above + 1
            assert cell[f"{name}_pct"] == pytest.approx(100 * float(shares[cell["statement"]]))


@one_engine
@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("by-group", "This study has no stakeholder groups"),
        ("attrition", "the results of two rounds"),
        ("ranks", "There is no second round"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_words(session, key, words):
    study = played.play(session, panelists=12, rounds=1, **played.RAND)
    made = figure(session, study, key)
    assert words in made.alternative
    assert words in made.svg.partition("</desc>")[2]
    assert made.data.rows == ()
