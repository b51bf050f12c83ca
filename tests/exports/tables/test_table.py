"""What may not be shown is hidden before any format sees it."""

from dataclasses import replace

import pytest

from exports.tables.printing import printed
from exports.tables.suppression import suppress
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    Column("statement", "text", "Statement"),
    Column("round", "int", "Round"),
    Column("group", "text", "Group"),
    Column("n_rated", "int", "Rated", 0),
    Column("combined_pct", "percent", "Agree", 0),
    Column("median", "float", "Median", 8),
    Column("k_1", "int", "One", 10),
    Column("n_paired", "int", "Paired", 0, "n_paired"),
    Column("reasons", "text", "Reasons"),
)


def table(*sizes, paired=50, reasons=""):
    """One statement: the first size is of all, the others are of groups."""
    names = ("all", *"abcdef")
    rows = [
        {"statement": "S1", "round": 1, "group": name, "n_rated": n, "combined_pct": 50.0, "median": 3.0, "k_1": 1}
        | {"n_paired": paired, "reasons": reasons}
        for name, n in zip(names, sizes, strict=False)
    ]
    return Table("t/1", "T", "", COLUMNS, rows_of(COLUMNS, rows))


def shown(found):
    """Groups of which the number of ratings is shown."""
    return [row["group"] for row in found.as_dicts() if row["n_rated"] is not None]


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ((20, 10, 10), ["all", "a", "b"]),
        ((13, 10, 3), ["all"]),
        ((8, 4, 4), ["all"]),
        ((4, 2, 2), []),
        ((30, 13, 12, 5), ["all", "a", "b", "c"]),
        ((30, 14, 12, 4), ["all", "a"]),
        ((40, 20, 14, 3, 3), ["all", "a", "b"]),
        ((15, 10, 5), ["all", "a", "b"]),
        ((40, 20, 15, 3, 2), ["all", "a", "b"]),
        ((20, 20, 0), ["all", "a"]),
        ((20, 20), ["all", "a"]),
    ],
)
def test_a_group_needs_company(sizes, expected):
    assert shown(suppress(table(*sizes), 5)) == expected


@pytest.mark.parametrize("apart", [{"round": 2}, {"statement": "S2"}])
def test_groups_find_company_in_their_own_round_and_statement(apart):
    whole, few = table(20, 10, 10), table(13, 10, 3)
    rows = [*whole.as_dicts(), *(row | apart for row in few.as_dicts())]
    found = suppress(replace(whole, rows=rows_of(COLUMNS, rows)), 5)
    assert shown(found) == ["all", "a", "b", "all"]


@pytest.mark.parametrize(
    ("n", "visible"),
    [
        (4, set()),
        (5, {"n_rated", "combined_pct"}),
        (8, {"n_rated", "combined_pct", "median"}),
        (10, {"n_rated", "combined_pct", "median", "k_1"}),
    ],
)
def test_what_a_number_of_ratings_allows(n, visible):
    [row] = suppress(table(n), 5).as_dicts()
    figures = ("n_rated", "combined_pct", "median", "k_1")
    assert {name for name in figures if row[name] is not None} == visible
    assert all(f"{name}=suppressed_disclosure" in row["reasons"] for name in set(figures) - visible)
    assert (row["statement"], row["group"]) == ("S1", "all")


def test_change_needs_enough_pairs():
    [row] = suppress(table(20, paired=4), 5).as_dicts()
    assert (row["n_paired"], row["combined_pct"]) == (None, 50)


def test_a_hidden_cell_loses_its_other_reason():
    [row] = suppress(table(4, reasons="median=no_ratings;text=new"), 5).as_dicts()
    assert "median=no_ratings" not in row["reasons"]
    assert "text=new" in row["reasons"]


def test_hidden_cells_are_explained_once():
    assert len(suppress(table(4), 5).notes) == 1


def test_nothing_below_three():
    with pytest.raises(ValueError, match="at least 3"):
        suppress(table(4), 2)


def test_rows_fit_the_columns():
    with pytest.raises(ValueError, match="does not fit"):
        Table("t/1", "T", "", COLUMNS, ((1, 2),))


@pytest.mark.parametrize(
    ("type_", "value", "text"),
    [
        ("float", 2.5, "2.5"),
        ("float", 3.0, "3"),
        ("float", 1.005, "1.01"),
        ("percent", 93.478, "93"),
        ("percent", 0.0, "0"),
        ("percent", 99.95, ">99"),
        ("bool", True, "yes"),
        ("bool", False, "no"),
        ("int", 7, "7"),
        ("text", "x", "x"),
        ("text", None, "–"),
    ],
)
def test_cells_as_a_reader_sees_them(type_, value, text):
    assert printed(Column("c", type_, "C"), value) == text


def test_what_a_seal_tells_of_moves_needs_no_pairs():
    columns = (*COLUMNS, Column("changed_band", "text", "Band", 0, "n_paired"))
    row = {"statement": "S1", "round": 2, "group": "all", "n_paired": None, "changed_band": "up_to_15"}
    for n, expected, why in ((40, "up_to_15", "sealed"), (4, None, "suppressed_disclosure")):
        made = Table("t/1", "T", "", columns, rows_of(columns, [row | {"n_rated": n, "reasons": "n_paired=sealed"}]))
        [found] = suppress(made, 5).as_dicts()
        assert (found["changed_band"], f"n_paired={why}" in found["reasons"]) == (expected, True)


def compared(before, now, *, floor=0, groups=()):
    """One statement in two rounds, whose second row has a difference; ``groups`` are sizes before and now."""
    columns = (
        *COLUMNS,
        Column("previous_round", "int", "Before"),
        Column("delta_combined_pp", "float", "Change", floor),
    )
    rows = [
        {"statement": "S1", "round": number, "group": name, "n_rated": n, "reasons": ""}
        | ({"previous_round": 1, "delta_combined_pp": 5.0} if number == 2 else {})
        for name, sizes in (("all", (before, now)), *groups)
        for number, n in enumerate(sizes, 1)
        if n is not None
    ]
    found = suppress(Table("t/1", "T", "", columns, rows_of(columns, rows)), 5).as_dicts()
    return {row["group"]: row["delta_combined_pp"] for row in found if row["round"] == 2}


@pytest.mark.parametrize(
    ("before", "now", "floor", "expected"),
    [(5, 20, 0, 5.0), (4, 20, 0, None), (20, 4, 0, None), (7, 20, 8, None), (8, 20, 8, 5.0), (None, 20, 0, None)],
)
def test_a_difference_is_shown_where_both_figures_are(before, now, floor, expected):
    assert compared(before, now, floor=floor) == {"all": expected}


def test_a_group_hidden_before_has_no_difference():
    groups = (("a", (12, 12)), ("b", (4, 6)), ("c", (4, 6)))
    assert compared(20, 24, groups=groups) == {"all": 5.0, "a": 5.0, "b": None, "c": None}
    assert compared(16, 24, groups=(("a", (12, 12)), ("b", (4, 12)))) == {"all": 5.0, "a": None, "b": None}
