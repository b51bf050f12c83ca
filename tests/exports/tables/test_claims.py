"""The errors that stand in published tables are found from what is printed (the data: published/README.md)."""

import csv
from pathlib import Path

from exports.tables.claims import Claim, PrintedRow, adds_up, impossible, possible_counts
from exports.tables.wordings import head_fits, thresholds_in

PUBLISHED = Path(__file__).parents[1] / "reports" / "published"
SIZES = {"all": 55, "researcher": 37, "employee": 10, "health professional": 4, "policy maker": 3, "employer": 1}
NAMES = {"M": "mean", "Mdn": "median", "SD": "sd", "Min": "least", "Max": "most", "n rating 4 or 5": "count"}


def expected(name):
    with (PUBLISHED / f"expected_{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def of_groups(code, figure):
    """Printed figures of an outcome by group; of one rater the score, which is also its share."""
    rows = [row for row in expected("ravinskaya2023") if row["statement"] == code]
    kind = "mean" if figure == "mean" else "share"
    claims = {row["group"]: Claim(kind, row["printed"], (7, 8, 9)) for row in rows if row["figure"] == figure}
    [score] = [row["printed"].split()[0] for row in rows if row["figure"] == "score"]
    return claims | {"employer": Claim(kind, score if kind == "mean" else "100" if int(score) > 6 else "0", (7, 8, 9))}


def test_shares_rounded_twice_and_a_share_of_four_people_are_found():
    wrong = {
        (row["statement"], row["group"], row["printed"])
        for row in expected("ravinskaya2023")
        if row["figure"] == "% 7-9"
        and impossible(PrintedRow(SIZES[row["group"]], 1, 9, (Claim("share", row["printed"], (7, 8, 9)),)))
    }
    assert wrong == {
        ("O2", "health professional", "7.5%"),
        ("O3", "all", "66%"),
        *((code, "researcher", "60%") for code in ("O3", "O5", "O7")),
    }


def test_totals_that_the_groups_do_not_give_are_found():
    wrong = set()
    for code in {row["statement"] for row in expected("ravinskaya2023")}:
        for figure in ("mean", "% 7-9"):
            claims = of_groups(code, figure)
            whole = claims.pop("all")
            if not adds_up(whole, 55, [(claim, SIZES[group]) for group, claim in claims.items()]):
                wrong.add((code, figure, whole.printed))
    assert {("O3", "mean", "7.2"), ("O7", "% 7-9", "60%")} <= wrong
    printed_wrong = {row["statement"] for row in expected("ravinskaya2023") if row["agrees"] == "no"}
    assert {code for code, _, _ in wrong} <= printed_wrong


def test_half_medians_of_an_odd_panel_are_found_and_nothing_else():
    rows = [row for row in expected("stylianopoulos2024") if row["round"] == "3" and row["figure"] in NAMES]
    for code in dict.fromkeys(row["statement"] for row in rows):
        mine = [row for row in rows if row["statement"] == code]
        claims = tuple(Claim(NAMES[row["figure"]], row["printed"], (4, 5)) for row in mine)
        found = {claim.figure for claim in impossible(PrintedRow(21, 1, 5, claims))}
        assert ("median" in found) == any(row["agrees"] == "no" for row in mine), code
        if found and "median4.5" in [claim.figure + claim.printed for claim in claims]:
            assert found == {"median"}


def test_a_mean_that_no_median_and_deviation_allow_is_found():
    rows = expected("downing2015")
    names = {"Percent": "share", "Median": "median", "Mean": "mean", "SD": "sd"}
    wrong = []
    for code in dict.fromkeys(row["statement"] for row in rows):
        claims = tuple(Claim(names[row["figure"]], row["printed"], (1, 2)) for row in rows if row["statement"] == code)
        if impossible(PrintedRow(None, 1, 5, claims)):
            wrong.append(code)
    assert wrong == ["C3"]


def test_a_share_and_its_parts_come_from_one_place():
    with (PUBLISHED / "counts_brookes2018.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    wrong = []
    for row in rows:
        first, last = (row[f"retained_by_{who}_only"].split("/") for who in ("first", "last"))
        if int(first[0]) + int(last[0]) not in possible_counts(
            Claim("share", row["discordant_pct_printed"]), int(last[1])
        ):
            wrong.append((row["stakeholder_group"], row["outcome_type"]))
    assert wrong == [("Patients", "Clinical")]


def test_a_formula_that_does_not_give_its_result_is_found():
    index = Claim("mean", "6.1").says
    results = {constant: constant + 1.5 * 2.5 for constant in (2.35, 2.5)}
    assert {constant: index.low <= value < index.high for constant, value in results.items()} == {
        2.35: True,
        2.5: False,
    }


def test_thresholds_told_in_two_ways_are_found():
    texts = ("Consensus in: 70 % or more rate 7 to 9", "retained if rated 7 to 9 by > 70% of the panel")
    assert [thresholds_in(text) for text in texts] == [{"≥70"}, {">70"}]
    half = possible_counts(Claim("share", "50.0"), 62)
    assert list(half) == [31]  # a median of 6.5: exactly half meet “50 % or more”, and “> 50 %” not


def test_heads_that_do_not_say_what_stands_under_them_are_found():
    lazarus = [row["printed"] for row in expected("lazarus2022") if row["figure"] == "N"]
    thorn = [row["printed"] for row in expected("thorn2021") if row["figure"].startswith("n (%)")]
    assert not head_fits("N (%)", lazarus)
    assert not head_fits("Items retained, n (%)", ["14/38", "0/38"])
    assert head_fits("Number (%) rated 7 to 9", thorn)
    assert head_fits("N", lazarus)
