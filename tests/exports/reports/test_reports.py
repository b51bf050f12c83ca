"""delphi analyse beside the consensus table: what each report says of a small study that can be counted by hand."""

import csv
import io
import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from published import EXINSS, MOVES

from delphi.consensus.analysis import Analysis, ChangeShown, Definition, Item, People, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import read_reasons
from delphi.consensus.vocabulary import Band, Relation, Stability
from delphi.statistics.base.result import Reason
from exports.cli import analyse as cli
from exports.cli.analyse import analyse
from exports.record.material import Material
from exports.reports import stability

# four rated both rounds, two left; S1 moves up, S2 stays; group a rates higher
LONG = "panelist,statement,rating,round,group\n" + "".join(
    f"P{i},{statement},{rating},{number},{'ab'[i % 2]}\n"
    for number, statement, ratings in [
        (1, "S1", "334412"),
        (1, "S2", "414141"),
        (2, "S1", "4444"),
        (2, "S2", "4141"),
    ]
    for i, rating in enumerate(ratings)
)


@pytest.fixture
def run(tmp_path):
    """Run the command on a text, and give its tables as JSON."""

    def go(text, *options, scale="agree4_nq"):
        path = tmp_path / "ratings.csv"
        path.write_text(text, encoding="utf-8")
        return CliRunner().invoke(analyse, [str(path), "--scale", scale, *options])

    return go


@pytest.fixture
def rows(run):
    def go(text, *options, **rest):
        result = run(text, *options, "--format", "json", **rest)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)["rows"]

    return go


def test_stability_counts_who_moved_and_where(rows):
    first, second = rows(LONG, "--stability")
    picked = ("statement", "round", "previous_round", "n_before", "n_rated", "n_paired", "changed_k", "up", "down")
    assert tuple(first[name] for name in picked) == ("S1", 2, 1, 6, 4, 4, 2, 2, 0)
    assert (first["changed_pct"], first["delta_median"], first["stable"]) == (50, 0.5, "too_few")
    assert (first["towards"], first["away"]) == (0, 2)  # the median shown was 3
    assert (first["p_signed_rank"], first["p_sign"], first["p_mcnemar"]) == (0.5, 0.5, 1)
    assert (second["changed_k"], second["ac2"], second["kappa"]) == (0, 1, 1)
    assert [row["p_holm"] for row in (first, second)] == [1, 1]


def test_stability_of_a_group_is_of_its_pairs(rows):
    found = {(row["statement"], row["group"]): row for row in rows(LONG, "--stability", "--by-group")}
    assert [found["S1", group]["n_paired"] for group in ("all", "a", "b")] == [4, 2, 2]
    assert found["S1", "a"]["n_before"] == 3


def test_a_new_statement_has_nothing_to_be_compared_with(rows):
    *_, new = rows(LONG + "P0,S3,4,2,a\n", "--stability")
    assert (new["statement"], new["n_paired"], new["n_rated"]) == ("S3", None, 1)
    assert "n_paired=new" in new["reasons"]


def test_agreement_names_its_measures_with_intervals(rows):
    found = {(row["round"], row["measure"]): row for row in rows(exinss(), "--agreement")}
    assert len(found) == 16
    ac2 = found[2, "Gwet’s AC2 (quadratic)"]
    assert ac2["low"] < ac2["value"] < ac2["high"]
    w = found[1, "Kendall’s W"]
    assert (w["n_statements"], w["n_rated"], w["panelists_dropped"]) == (12, 28, 0)
    assert w["value"] == pytest.approx(found[1, "Kendall’s W, gaps"]["value"])
    assert "low=no_interval" in w["reasons"]


def exinss():
    """The 28 panelists of both rounds; their transition tables say nothing of who they were, so they are put in order."""
    lines = ["panelist,statement,rating,round"]
    for (_, name, *_), table in zip(EXINSS[:12], MOVES, strict=True):
        pairs = [(a, b) for a, row in enumerate(table, 1) for b, n in enumerate(row, 1) for _ in range(n)]
        lines += [f"P{i},{name},{value},{k}" for i, pair in enumerate(pairs) for k, value in enumerate(pair, 1)]
    return "\n".join(lines) + "\n"


def test_a_quarter_of_the_published_pairs_changed(rows):
    found = rows(exinss(), "--stability")
    assert (sum(row["n_paired"] for row in found), sum(row["changed_k"] for row in found)) == (336, 84)


def test_sensitivity_flags_what_depends_on_the_definition(rows):
    text = "panelist,statement,rating\n" + "".join(f"P{i},S,{5 if i < 15 else 1}\n" for i in range(20))
    [row] = rows(text, "--sensitivity", scale="agree5")
    assert (row["verdict"], row["sensitive"], row["depends_on"]) == ("in", True, "threshold, strict or not")
    assert [row[f"at_{t}"] for t in (60, 75, 80)] == ["in", "in", "none"]
    assert (row["strict"], row["of_answered"], row["definitions"]) == ("none", "in", 28)
    assert sum(row[f"n_{verdict}"] for verdict in ("in", "out", "none", "too_few")) == 28
    assert row["n_in"] == 14


def test_sensitivity_to_opt_outs_and_to_the_kind_of_quantile(rows):
    text = "panelist,statement,rating\n" + "".join(f"P{i},S,{'NQ' if i < 3 else 5}\n" for i in range(8))
    [row] = rows(text, "--sensitivity", scale="agree5")
    assert (row["verdict"], row["of_answered"], row["depends_on"]) == ("in", "none", "denominator")
    [row] = rows("panelist,statement,rating\nP1,S,3\nP2,S,4\nP3,S,4\nP4,S,5\n", "--sensitivity", scale="agree6_nq")
    assert (row["verdict"], row["depends_on"], row["sensitive"]) == ("in", "quantile type", True)
    assert (row["type_2"], row["type_6"], row["hinges"]) == ("in", "none", "in")
    assert not any(name.startswith("at_") for name in row)  # the rule compares no share


def test_grades_are_tried_under_other_lowest_bands(rows):
    text = "panelist,statement,rating\n" + "".join(f"P{i},S,{4 if i < 7 else 1}\n" for i in range(10))
    [row] = rows(text, "--sensitivity")
    assert (row["verdict"], row["at_67"], row["at_70"], row["at_75"]) == ("in", "in", "in", "none")


def test_robustness_of_a_verdict_on_the_edge(rows):
    text = "panelist,statement,rating\n" + "".join(f"P{i},S,{5 if i < 15 else 1}\n" for i in range(20))
    [row] = rows(text, "--robustness", scale="agree5")
    assert (row["verdict"], row["flips"], row["fragility"], row["searched"]) == ("in", 15, 1, 3)
    assert 50 < row["same_pct"] == row["in_pct"] < 75
    assert row["in_pct"] + row["none_pct"] + row["out_pct"] == pytest.approx(100)


def test_robustness_knows_the_opt_outs(rows):
    text = "panelist,statement,rating\n" + "".join(f"P{i},S,{'NQ' if i < 3 else 5}\n" for i in range(8))
    [row] = rows(text, "--robustness", "--denominator", "answered", scale="agree5")
    assert (row["verdict"], row["n_rated"]) == ("none", 5)
    assert 0 < row["in_pct"] < 50
    assert row["flips"] == 0  # without one opt-out 5 of 7 agree


def test_a_rule_of_the_whole_round_has_no_robustness_of_one_statement(rows):
    options = ["--rule", "apmo", "--set", "agree_set=4,5", "--set", "disagree_set=1,2"]
    for row in rows(LONG, "--robustness", *options, scale="agree5"):
        assert (row["flips"], row["fragility"], row["same_pct"]) == (None, None, None)
        assert "flips=not_applicable" in row["reasons"]


def test_attrition_follows_people_and_compares_who_left(rows):
    found = rows(LONG, "--attrition")
    people = {(row["round"], row["group"]): row for row in found if row["statement"] == "all"}
    assert list(people) == [(1, "all"), (1, "a"), (1, "b"), (2, "all"), (2, "a"), (2, "b")]
    whole = people[1, "all"]
    picked = ("n_invited", "n_rated", "response_pct", "n_stayed", "n_left", "completion_pct")
    assert [whole[name] for name in picked] == [6, 6, 100, 4, 2, 100]
    assert whole["retention_pct"] == pytest.approx(200 / 3)
    assert people[2, "all"]["completion_pct"] == pytest.approx(200 / 3)
    assert people[2, "all"]["n_new"] == 0
    assert whole["mean_gap"] == pytest.approx((2 + 0) / 2)
    [first, _] = [row for row in found if row["round"] == 1 and row["statement"] != "all"]
    assert (first["statement"], first["n_stayed"], first["n_left"], first["delta"]) == ("S1", 4, 2, 1)
    assert first["p"] == pytest.approx(2 / 15)
    assert first["p_holm"] == pytest.approx(4 / 15)


def test_groups_are_compared_where_they_are_shown(rows):
    found = {(row["round"], row["statement"], row["group"]): row for row in rows(LONG, "--by-group")}
    a, b, whole = (found[1, "S2", group] for group in ("a", "b", "all"))
    assert (a["cliffs_delta"], b["cliffs_delta"], whole["cliffs_delta"]) == (1, -1, None)
    assert a["p_groups"] == b["p_groups"] == pytest.approx(0.1)
    assert a["p_holm"] == pytest.approx(0.2)  # two statements: two groups are one test
    assert (whole["cramers_v"], whole["epsilon_squared"]) == (pytest.approx(1), pytest.approx(1))
    assert "cliffs_delta=not_applicable" in whole["reasons"]


def test_three_groups_are_adjusted_together(rows):
    text = LONG.replace("P4,S1,1,1,a", "P4,S1,1,1,c").replace("P4,S2,4,1,a", "P4,S2,4,1,c")
    found = [row for row in rows(text, "--by-group") if row["round"] == 1 and row["group"] != "all"]
    assert len(found) == 6
    least = min(found, key=lambda row: row["p_groups"])
    assert least["p_holm"] == pytest.approx(min(1, 6 * least["p_groups"]))


def test_without_groups_the_table_stays_as_it_was(rows):
    assert "cliffs_delta" not in rows(LONG)[0]


def test_several_reports_follow_each_other_in_a_terminal(run):
    shown = run(LONG, "--stability", "--attrition").stdout
    assert shown.index("Stability between rounds") < shown.index("\n\nAttrition")
    assert "Consensus table" not in shown


def test_one_stream_holds_one_table(run):
    result = run(LONG, "--stability", "--attrition", "--format", "csv")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--output" in result.stderr


def test_a_folder_holds_a_file_for_each_table(run, tmp_path):
    folder = tmp_path / "new" / "tables"
    result = run(LONG, "--stability", "--attrition", "--format", "csv", "--output", str(folder))
    assert (result.exit_code, result.stdout) == (0, "")
    assert sorted(path.name for path in folder.iterdir()) == ["attrition.csv", "stability.csv"]
    text = (folder / "stability.csv").read_text(encoding="utf-8")
    assert [row["statement"] for row in csv.DictReader(io.StringIO(text))] == ["S1", "S2"]


@pytest.mark.parametrize("report", ["stability", "attrition"])
def test_two_rounds_are_needed(run, report):
    result = run("panelist,statement,rating\nP1,S,4\n", f"--{report}")
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"--{report} needs two rounds" in result.stderr


def test_progress_is_shown_to_people_only(run, monkeypatch):
    assert run(LONG, "--robustness").stderr.endswith("ratings.csv, read: panelist, statement, rating, round, group\n")
    shown = io.StringIO()
    shown.isatty = lambda: True
    monkeypatch.setattr(cli.sys, "stderr", shown)
    assert list(cli.watched([1, 2], "Resampling")) == [1, 2]
    assert "Resampling" in shown.getvalue()


def test_a_sealed_round_tells_stability_without_numbers():
    relations = (Relation.SAME, Relation.SAME, Relation.REWORDED)
    items = tuple(Item(f"S{j}", 1, "statement", None, "", "", one, 1) for j, one in enumerate(relations))
    counts = Counts.of([[0, 20, 20, 0]] * 3)
    bands = (ChangeShown(Band.UP_TO_15, Stability.STABLE), ChangeShown(None, None, Reason.SUPPRESSED_DISCLOSURE), None)
    first = RoundData(1, tuple(replace(one, relation=Relation.NEW, previous_round=None) for one in items), counts)
    second = RoundData(2, items, counts, bands=bands, moved=People(40, 0, 0))
    known = Material(Analysis(Definition.of(SCALES["agree4_nq"]), (first, second)))
    told, hidden, other = stability.build(known).as_dicts()
    assert (told["changed_band"], told["stable"], told["n_before"]) == ("up_to_15", "stable", 40)
    assert {read_reasons(told["reasons"])[name] for name in ("n_paired", "ac2", "p_holm")} == {"sealed"}
    assert read_reasons(hidden["reasons"])["stable"] == "suppressed_disclosure"
    assert read_reasons(other["reasons"])["stable"] == "wording_changed"
