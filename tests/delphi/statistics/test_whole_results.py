"""Every field of every result: counts, reasons and flags beside the value, and the seeded procedures by their seed."""

from pathlib import Path

from golden import answer, params, same


@params(Path(__file__).parent / "whole_results.json")
def test_the_whole_result(module, call, expected):
    assert same(answer(module, call), expected)
