"""Links of the list of statements: they sort, turn the order round, and keep the filter."""

import pytest

from exports.results.overview import Wanted


@pytest.mark.parametrize(
    ("wanted", "order"),
    [
        (Wanted(), None),
        (Wanted(sort="median"), "down"),
        (Wanted(sort="median", down=True), None),
        (Wanted(sort="iqr"), None),
    ],
)
def test_a_second_click_on_a_column_turns_the_order(wanted, order):
    assert wanted.link("median") == {
        "sort": "median", "order": order, "section": None, "kind": None, "verdict": None, "text": None,
    }  # fmt: skip


def test_a_link_keeps_the_filter():
    kept = Wanted(section="Care", kind="statement", verdict="in", text="need").link("iqr")
    assert kept == {
        "sort": "iqr", "order": None, "section": "Care", "kind": "statement", "verdict": "in", "text": "need",
    }  # fmt: skip
