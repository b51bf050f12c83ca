"""Links of the list of statements: they sort, turn the order round, and keep the filter."""

import pytest

from delphi.consensus.table.result_row import ResultRow
from exports.results.overview import StatementFilter, chosen, lines_of


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        (StatementFilter(), None),
        (StatementFilter(sort="median"), "down"),
        (StatementFilter(sort="median", down=True), None),
        (StatementFilter(sort="iqr"), None),
    ],
)
def test_a_second_click_on_a_column_turns_the_order(wanted, order):
    assert wanted.link("median") == {
        "sort": "median", "order": order, "section": None, "kind": None, "verdict": None, "text": None,
    }  # fmt: skip


def test_a_link_keeps_the_filter():
    kept = StatementFilter(section="Care", kind="statement", verdict="in", text="need").link("iqr")
    assert kept == {
        "sort": "iqr", "order": None, "section": "Care", "kind": "statement", "verdict": "in", "text": "need",
    }  # fmt: skip


@pytest.mark.parametrize(("down", "order"), [(False, ["B", "A", "C"]), (True, ["A", "B", "C"])])
def test_a_hidden_verdict_comes_last_in_either_order(down, order):
    verdicts = {"C": None, "A": "out", "B": "in"}
    rows = [
        ResultRow({"statement": code, "group": "all", "text": "", "section": "", "kind": "statement", "verdict": v})
        for code, v in verdicts.items()
    ]
    lines = chosen(lines_of({1: rows}), StatementFilter(sort="verdict", down=down))
    assert [line.code for line in lines] == order
