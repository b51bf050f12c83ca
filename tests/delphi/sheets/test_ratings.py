import pytest

from delphi.sheets.errors import SheetError
from delphi.sheets.ratings import StatementEntry, read_ratings

HEAD = "panelist,statement,rating,round,group,kind,section\n"


def test_rounds_statements_and_answers_in_order_of_appearance():
    file = read_ratings(
        (HEAD + "P2,S2,4,2,x,,A\nP2,S1,NQ,2,x,recommendation,B\nP1,S2,,1,y,,A\nP2,S2,nq,1,x,,A\n").encode(),
        1,
        4,
    )
    assert file.statements == (StatementEntry("S2", "statement", "A"), StatementEntry("S1", "recommendation", "B"))
    assert file.groups == {"P2": "x", "P1": "y"}
    assert [(r.number, r.panelists, r.statements) for r in file.rounds] == [
        (1, ("P1", "P2"), ("S2",)),
        (2, ("P2",), ("S2", "S1")),
    ]
    assert file.rounds[0].answers == {("P1", "S2"): None, ("P2", "S2"): "NQ"}
    assert file.rounds[0].analysed == ("P2",)


def test_only_three_columns_are_needed():
    file = read_ratings(
        b"who;what;how\nP1;S1;4.0\n", 1, 4, {"panelist": ("who",), "statement": ("what",), "rating": ("how",)}
    )
    assert (file.groups, file.rounds[0].number, file.rounds[0].answers) == ({}, 1, {("P1", "S1"): 4})


@pytest.mark.parametrize(
    ("rows", "line", "column", "message"),
    [
        ("P1,S1,5,1,,,\n", 2, "rating", "5 is not on the scale 1 to 4"),
        ("P1,S1,0,1,,,\n", 2, "rating", "0 is not on the scale"),
        ("P1,S1,2.5,1,,,\n", 2, "rating", "neither a whole number nor NQ nor blank"),
        ("P1,S1,4,one,,,\n", 2, "round", "not a whole number"),
        (",S1,4,1,,,\n", 2, "panelist", "may not be empty"),
        ("P1,,4,1,,,\n", 2, "statement", "may not be empty"),
        ("P1,S1,4,1,,,\nP1,S1,4,1,,,\n", 3, "rating", "stands twice"),
        ("P1,S1,4,1,,,\nP1,S1,,1,,,\n", 3, "rating", "stands twice"),
        ("P1,S1,4,1,,,\nP1,S1,NQ,1,,,\n", 3, "rating", "a rating beside NQ"),
        ("P1,S1,NQ,1,,,\nP1,S1,3,1,,,\n", 3, "rating", "a rating beside NQ"),
        ("P1,S1,4,1,x,,\nP1,S2,4,1,y,,\n", 3, "group", "“y” here and “x” in line 2"),
        ("P1,S1,4,1,,a,\nP2,S1,4,1,,b,\n", 3, "kind", "“b” here and “a” in line 2"),
        ("P1,S1,4,1,,,a\nP2,S1,4,1,,,b\n", 3, "section", "“b” here and “a” in line 2"),
    ],
)
def test_bad_rows_are_named(rows, line, column, message):
    with pytest.raises(SheetError, match=message) as caught:
        read_ratings((HEAD + rows).encode(), 1, 4)
    assert [(error.line, error.column) for error in caught.value.errors] == [(line, column)]


def test_the_same_answer_in_two_rounds_is_no_contradiction():
    file = read_ratings((HEAD + "P1,S1,4,1,,,\nP1,S1,NQ,2,,,\n").encode(), 1, 4)
    assert len(file.rounds) == 2


def test_errors_name_the_columns_of_the_file():
    with pytest.raises(SheetError, match=r"line 2, column block\+item: this cell may not be empty"):
        read_ratings(b"panelist,block,item,rating\nP1,,,4\n", 1, 4, {"statement": ("block", "item")})


def test_a_column_asked_for_must_be_there():
    with pytest.raises(SheetError, match="line 1, column phase: there is no such column"):
        read_ratings(b"panelist,statement,rating\nP1,S1,4\n", 1, 4, {"round": ("phase",)})


OURS = "panelist,round,statement,version,status,rating,position\n"


def test_a_status_in_our_words_says_what_a_blank_means():
    file = read_ratings((OURS + "P1,1,S1,1,nq,,1\nP2,1,S1,1,blank,,1\nP3,1,S1,1,rated,4,1\n").encode(), 1, 4)
    assert file.rounds[0].answers == {("P1", "S1"): "NQ", ("P2", "S1"): None, ("P3", "S1"): 4}
    assert (file.written_here, file.rounds[0].versions, file.left) == (True, {"S1": 1}, ("position",))


def test_a_status_in_other_words_is_left_and_named():
    file = read_ratings(b"panelist,statement,rating,status\nP1,S1,4,complete\nP2,S1,,partial\n", 1, 4)
    assert file.rounds[0].answers == {("P1", "S1"): 4, ("P2", "S1"): None}
    assert (file.written_here, file.taken, file.left) == (False, ("panelist", "statement", "rating"), ("status",))


def test_an_absent_answer_is_no_answer():
    file = read_ratings((OURS + "P1,1,S1,1,absent,,1\nP2,1,S1,1,rated,4,1\n").encode(), 1, 4)
    assert file.rounds[0].panelists == ("P2",)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("P1,1,S1,1,nq,4,1\n", "column rating: a rating beside the status nq"),
        ("P1,1,S1,1,blank,4,1\n", "column rating: a rating beside the status blank"),
        ("P1,1,S1,1,absent,4,1\n", "column rating: a rating beside the status absent"),
        ("P1,1,S1,1,blank,NQ,1\n", "column rating: NQ beside the status blank"),
        ("P1,1,S1,1,rated,,1\n", "column rating: no rating beside the status rated"),
        ("P1,1,S1,1,nq,,1\nP2,1,S1,1,no,,1\n", "line 3, column status: “no” is not one of rated, nq, blank, absent"),
        ("P1,1,S1,1,nq,,1\nP2,1,S1,2,nq,,1\n", "line 3, column version: “S1, round 1” has “2” here and “1” in line 2"),
        ("P1,1,S1,1,absent,,1\n", "no row holds an answer"),
    ],
)
def test_what_a_status_contradicts_is_named(rows, message):
    with pytest.raises(SheetError, match=message):
        read_ratings((OURS + rows).encode(), 1, 4)
