"""Every rule, scale, row and advice as a whole: sentences, figures, reasons and flags beside the verdict."""

from pathlib import Path

from golden import answer, params, same


@params(Path(__file__).parent / "whole_results.json")
def test_the_whole_result(module, call, expected):
    assert same(answer(module, call), expected)
