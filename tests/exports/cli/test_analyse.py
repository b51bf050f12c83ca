"""delphi analyse: a CSV file of ratings in, the consensus table out."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from exports.cli.analyse import analyse

HEAD = "panelist,statement,rating,round,group\n"
SMALL = HEAD + "P1,S1,4,1,a\nP2,S1,3,1,b\nP3,S1,NQ,1,b\nP4,S1,,1,b\nP1,S1,4,2,a\nP2,S1,4,2,b\nP2,S2,1,2,b\n"


@pytest.fixture
def run(tmp_path):
    """Run the command on a text."""

    def go(text, *options, scale=("--scale", "agree4_nq")):
        path = tmp_path / "ratings.csv"
        path.write_text(text, encoding="utf-8")
        return CliRunner().invoke(analyse, [str(path), *scale, *options])

    return go


def rows_of(result):
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["rows"]


def test_json_holds_schema_definition_and_rows(run):
    whole = json.loads(run(SMALL, "--format", "json").stdout)
    assert list(whole) == ["schema", "definition", "notes", "rows"]
    assert whole["schema"] == "consensus-table/1"
    assert whole["definition"]["rule"]["key"] == "graded_agreement"
    assert [(row["statement"], row["round"], row["group"]) for row in whole["rows"]] == [
        ("S1", 1, "all"),
        ("S1", 2, "all"),
        ("S2", 2, "all"),
    ]


def test_a_blank_row_is_invited_and_not_analysed(run):
    first = rows_of(run(SMALL, "--format", "json"))[0]
    found = {name: first[name] for name in ("n_invited", "n_shown", "n_rated", "n_nq", "n_blank", "nq_pct")}
    assert found == {"n_invited": 4, "n_shown": 3, "n_rated": 2, "n_nq": 1, "n_blank": 0, "nq_pct": 100 / 3}


def test_change_is_of_those_who_rated_and_of_pairs(run):
    _, second, new = rows_of(run(SMALL, "--format", "json"))
    assert (second["previous_round"], second["relation"], second["n_paired"], second["changed_pct"]) == (
        1,
        "same",
        2,
        50,
    )
    assert (second["delta_median"], second["delta_combined_pp"], second["stable"]) == (0.5, 0, "too_few")
    assert second["changed_band"] == "over_30"
    assert (new["previous_round"], new["relation"], new["n_paired"]) == (None, "new", None)
    assert "n_paired=new" in new["reasons"]


def test_every_empty_cell_has_its_reason(run):
    text = HEAD + "P1,S1,NQ,1,a\nP1,S2,3,1,a\nP2,S2,,1,b\n"
    for row in rows_of(run(text, "--format", "json", "--by-group")):
        empty = {name for name, value in row.items() if value is None}
        assert empty == {pair.split("=")[0] for pair in row["reasons"].split(";")} - {"verdict"}, row["statement"]


def test_csv_and_json_hold_the_same(run):
    rows = rows_of(run(SMALL, "--format", "json", "--by-group"))
    table = list(csv.DictReader(io.StringIO(run(SMALL, "--format", "csv", "--by-group").stdout)))
    assert [list(row) for row in table] == [list(row) for row in rows]
    for row, cells in zip(rows, table, strict=True):
        for name, value in row.items():
            printed = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            assert cells[name] == printed, name


def test_groups_follow_the_whole(run):
    rows = rows_of(run(SMALL, "--format", "json", "--by-group"))
    assert [row["group"] for row in rows] == ["all", "a", "b"] * 3
    assert [row["n_invited"] for row in rows[:3]] == [4, 1, 3]


def test_the_terminal_shows_the_brief_columns(run):
    shown = run(SMALL).stdout
    assert "agreement" in shown
    assert "bound" not in shown
    assert "S2" in shown


def test_a_scale_by_its_ends(run):
    text = "panelist,statement,rating\nP1,S1,9\nP2,S1,8.0\nP3,S1,7\nP4,S1,2\n"
    zones = ("--scale", "1..9", "--agree", "7..9", "--disagree", "1..3")
    [row] = rows_of(run(text, "--format", "json", scale=zones))
    assert (row["combined_pct"], row["verdict"], row["verdict_basis"]) == (75, "in", "3/4 ≥ 75 %")
    [strict] = rows_of(run(text, "--format", "json", "--set", "strict=yes", scale=zones))
    assert (strict["verdict"], strict["verdict_basis"]) == ("none", "3/4 ≤ 75 %")


def test_rule_quantiles_denominator_and_minimum(run):
    options = ["--rule", "iqr_rule", "--set", "max_iqr=0.5", "--quantiles", "6", "--denominator", "answered"]
    whole = json.loads(run(SMALL, "--format", "json", "--min-n", "3", *options).stdout)
    assert whole["definition"]["quantile_type"] == 6
    assert whole["definition"]["rule"]["max_iqr"] == "0.5"
    first = whole["rows"][0]
    assert (first["verdict"], first["combined_pct"], first["combined_pct_nq_in"]) == ("too_few", 200 / 3, 200 / 3)
    assert "verdict=below_minimum_n" in first["reasons"]


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("P1,S1,5,1,a\n", "line 2, column rating: 5 is not on the scale 1 to 4"),
        ("P1,S1,4,1,a\nP1,S1,4,1,a\n", "line 3, column rating"),
        ("P1,S1,4,1,a\nP1,S1,NQ,1,a\n", "line 3, column rating"),
        ("P1,S1,x,1,a\nP2,S1,4,y,a\n", "line 3, column round"),
    ],
)
@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_bad_rows_are_named_and_nothing_else_is_printed(run, rows, place, form):
    result = run(HEAD + rows, "--format", form)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"ratings.csv, {place}" in result.stderr


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rule", "majority"], "there is no rule"),
        (["--set", "threshold"], "not of the form name=value"),
        (["--set", "threshold=70"], "no setting “threshold”"),
        (["--columns", "person=p"], "is not one of"),
        (["--agree", "3..4"], "belong to a scale given by its ends"),
        (["--scale", "four"], "there is no scale"),
        (["--scale", "1..9"], "at least one option"),
        (["--scale", "1..9", "--agree", "9..10"], "not within the scale"),
        (["--quantiles", "10"], "range"),
    ],
)
def test_options_that_make_no_sense(run, options, message):
    result = run(SMALL, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in result.stderr


def test_groups_need_a_column(run):
    result = run("panelist,statement,rating\nP1,S1,4\n", "--by-group")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "needs a column group" in result.stderr


def test_a_file_that_is_not_there():
    result = CliRunner().invoke(analyse, ["nowhere.csv", "--scale", "agree4_nq"])
    assert (result.exit_code, result.stdout) == (2, "")


def test_a_set_of_options_keeps_its_commas(run):
    options = ["--rule", "percent_agreement", "--set", "agree_set=3,4"]
    whole = json.loads(run(SMALL, "--format", "json", *options).stdout)
    assert whole["definition"]["rule"]["agree_set"] == [3, 4]
