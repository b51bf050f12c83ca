"""A row for each panelist and a column for each statement: read as the long file of the same ratings."""

import pytest
from workbooks import workbook

from delphi.sheets.errors import SheetError
from delphi.sheets.ratings import ratings_of, read_ratings
from delphi.sheets.reading import Sheet

WIDE = "panelist,round,group,S1,S2,S3\nP1,1,a,4,NQ,\nP2,1,b,,1,\nP1,2,a,4,,3\nP2,2,b,,,\n"
LONG = (
    "panelist,round,group,statement,rating\n"
    "P1,1,a,S1,4\nP1,1,a,S2,NQ\nP2,1,b,S1,\nP2,1,b,S2,1\n"
    "P1,2,a,S1,4\nP1,2,a,S3,3\nP2,2,b,S1,\nP2,2,b,S3,\n"
)


def read(text, **rest):
    return read_ratings(text.encode() if isinstance(text, str) else text, 1, 4, **rest)


def test_a_wide_file_says_what_the_long_one_says():
    assert read(WIDE) == read(LONG)


def test_a_wide_workbook_says_the_same():
    cells = [line.split(",") for line in WIDE.splitlines()]
    typed = [[int(cell) if cell.isdigit() else cell or None for cell in line] for line in cells]
    assert read(workbook(typed)) == read(LONG)


def test_round_and_group_may_be_left_out_and_names_may_differ():
    file = read("who;phase;S1\nP1;2;4\nP2;2;3\n", columns={"panelist": ("who",), "round": ("phase",)})
    assert (file.groups, [(r.number, r.statements) for r in file.rounds]) == ({}, [(2, ("S1",))])
    assert read("panelist,S1\nP1,4\n").rounds[0].answers == {("P1", "S1"): 4}


def test_a_statement_that_nobody_answered_was_not_asked():
    first, second = read(WIDE).rounds
    assert (first.statements, second.statements) == (("S1", "S2"), ("S1", "S3"))
    assert second.panelists == ("P1", "P2")
    assert second.analysed == ("P1",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("panelist,S1,S2\nP1,4,5\nP2,4,x\n", r"line 2, column S2: 5 is not on the scale"),
        ("panelist,S1\nP1,4\nP1,3\n", r"line 3, column S1: .*stands twice"),
        ("panelist,group,S1\nP1,a,4\nP1,b,\n", r"line 3, column group"),
        ("panelist,S1\nP1,\n", r"no row holds a rating"),
        ("panelist,,S1\nP1,x,4\n", r"has no name"),
        ("panelist,round\nP1,1\n", r"no row holds a rating"),
        ("person,S1\nP1,4\n", r"column panelist: there is no such column"),
        ("panelist,statement,S1\nP1,4,4\n", r"column rating: there is no such column"),
    ],
)
def test_what_is_wrong_is_named_by_its_column(text, message):
    with pytest.raises(SheetError, match=message):
        read(text)


def test_a_statement_may_be_called_like_one_of_our_columns():
    file = read("who,panelist\nP1,4\n", columns={"panelist": ("who",)})
    assert file.rounds[0].answers == {("P1", "panelist"): 4}


OURS = "panelist,group,S1_r1,S1_r1_status,S1_r2,S1_r2_status,note\n"


def test_a_wide_file_with_statuses_is_read_by_rounds():
    file = read(OURS + "P1,a,4,rated,,nq,x\nP2,b,,blank,,absent,y\n")
    assert [(r.number, r.answers) for r in file.rounds] == [
        (1, {("P1", "S1"): 4, ("P2", "S1"): None}),
        (2, {("P1", "S1"): "NQ"}),
    ]
    assert (file.groups, file.left) == ({"P1": "a", "P2": "b"}, ("note",))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("P1,a,4,rated,3,absent,\n", "column S1_r2: a rating beside the status absent"),
        ("P1,a,4,rated,,,\n", "column S1_r2_status: “” is not one of"),
        ("P1,a,,rated,,absent,\n", "column S1_r1: no rating beside the status rated"),
    ],
)
def test_a_wide_status_that_contradicts_is_named(row, message):
    with pytest.raises(SheetError, match=message):
        read(OURS + row)


@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ({"a_b_r1": "a-b, round 1: One.", "a_round_1_b_r1": "a, round 1: b, round 1: Two."}, ["a-b", "a, round 1: b"]),
        ({"a_b_r1": "a b, round 1: One.", "a_b_2_r1": "a b, round 1: Two."}, ["a_b", "a_b_2"]),
        ({"a_b_r1": "a-b, round 2: One.", "other_r1": "another, round 1: Two."}, ["a_b", "other"]),
    ],
)
def test_statements_are_named_as_labels_tell_without_doubt(labels, names):
    head = ("panelist", *(name + ending for name in labels for ending in ("", "_status")))
    file = ratings_of(Sheet(head, ((2, ("P1", "4", "rated", "1", "rated")),), labels), 1, 4)
    assert [entry.name for entry in file.statements] == names
