"""Lines of results from sealed rows: verdict, way, groups, own answers, and nothing that may not be told."""

import pytest

from delphi.consensus.shipped_scales import SCALES
from rounds.feedback.result_lines import Reading, SealedRow, by_section, counted, graded, lines_of, questionnaire_order

SCALE = SCALES["agree4_nq"]
READING = Reading(SCALE, smallest_cell=5, groups=2)


def row(number, statement, counts=(2, 3, 5, 10), verdict="in", **cells):
    """A sealed row of the panel."""
    shown = {f"k_{i}": count for i, count in enumerate(counts, 1)}
    shown |= {"n_rated": sum(counts), "n_nq": 1, "combined_k": counts[2] + counts[3], "median": 3.5, "iqr": 1.0}
    named = {"statement": f"S{statement}", "section": "Care", "text": f"Wording {statement}.", "grade": "C"}
    return SealedRow(number, statement, verdict, shown | named | {"reasons": ""} | cells)


HIDDEN = dict.fromkeys(("n_rated", "n_nq", "combined_k", "median", "iqr", "k_1", "k_2", "k_3", "k_4"))


def lines(*rows, groups=None, own=None, withheld=()):
    return lines_of(READING, rows, groups or {}, own or {}, withheld)


def test_a_line_is_the_last_result_and_the_way_to_it():
    [line] = lines(row(1, 1, (9, 9, 1, 1), "none"), row(2, 1, text="Clearer."), own={(1, 1): 2, (2, 1): "nq"})
    assert (line.verdict, line.grade, line.text) == ("in", "C", "Clearer.")
    assert [(one.round, one.panel.agreeing_percent, one.own) for one in line.path] == [
        (1, "10", "somewhat disagree"),
        (2, "75", "not qualified to respond"),
    ]
    assert [one.bar.own is None for one in line.path] == [False, True]


def test_too_few_answers_tell_neither_verdict_nor_number():
    [line] = lines(row(1, 1, verdict="none", **HIDDEN), own={(1, 1): 4})
    assert (line.verdict, line.grade) == ("too_few", None)
    assert line.last.bar is None
    assert line.last.panel.too_few
    assert line.last.quartiles is None
    assert not line.hides_groups


def test_a_withheld_answer_is_neither_told_nor_marked():
    [line] = lines(row(1, 1), row(2, 1), own={(1, 1): 4, (2, 1): 4}, withheld=[1])
    assert [(one.own, one.bar.own is None) for one in line.path] == [(None, True), ("agree", False)]


def test_no_answer_is_an_empty_word():
    [line] = lines(row(1, 1))
    assert line.last.own == ""


@pytest.mark.parametrize(("shown", "hides"), [(("nurses", "peers"), False), (("nurses",), True), ((), True)])
def test_groups_are_those_that_are_shown_and_hiding_is_said(shown, hides):
    group = row(1, 1, (1, 1, 3, 5)).row
    [line] = lines(row(1, 1), groups={(1, 1): dict.fromkeys(shown, group)})
    assert [(one.name, one.n_rated, one.agreeing, one.disagreeing) for one in line.groups] == [
        (name, 10, "80", "20") for name in shown
    ]
    assert line.hides_groups is hides


def test_a_verdict_that_one_group_prevents_is_said():
    verdicts = lines(row(1, 1, verdict="too_few", reasons="verdict=empty_group"), row(1, 2))
    assert [line.of_a_group for line in verdicts] == [True, False]


def test_lines_keep_the_order_of_the_questionnaire():
    assert questionnaire_order([[1, 2, 3], [5, 2, 4]]) == [5, 1, 2, 4, 3]
    found = lines(row(1, 1), row(1, 2), row(2, 1), row(2, 3, section="New"), row(2, 2))
    assert [line.statement for line in found] == [1, 3, 2]
    assert {name: [line.statement for line in part] for name, part in by_section(found).items()} == {
        "Care": [1, 2],
        "New": [3],
    }


def test_the_summary_counts_verdicts_and_the_grades_of_the_agreed():
    found = lines(row(1, 1, grade="U"), row(1, 2, verdict="none"), row(1, 3), row(1, 4, verdict="out"))
    assert counted(found) == {"in": 2, "out": 1, "none": 1}
    assert list(graded(found, ("U", "A", "C"), ("90", "67"))) == [("U", "", 1), ("A", "90", 0), ("C", "67", 1)]
