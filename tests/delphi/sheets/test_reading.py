import pytest

from delphi.sheets.errors import RowError, SheetError
from delphi.sheets.fields import Field, filled, typed_rows, whole
from delphi.sheets.reading import Limits, read_csv


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_however_it_was_saved(mark, encoding, end):
    data = end.join([f"name{mark}note", f"Zoë{mark}“x”", ""]).encode(encoding)
    sheet = read_csv(data)
    assert (sheet.head, [cells for _, cells in sheet.rows]) == (("name", "note"), [("Zoë", "“x”")])


def test_line_numbers_count_quoted_line_breaks_and_empty_lines():
    sheet = read_csv(b'a,b\n"x\ny",1\n\n,\nz,2\n')
    assert sheet.rows == ((2, ("x\ny", "1")), (6, ("z", "2")))


def test_a_short_row_is_filled_and_spare_commas_are_dropped():
    assert [cells for _, cells in read_csv(b"a,b\n1\n1,2,,\n").rows] == [("1", ""), ("1", "2")]


@pytest.mark.parametrize(
    ("data", "line", "message"),
    [
        (b"", 1, "is empty"),
        (b"a,b\n", 1, "no rows"),
        (b"a,a\n1,2\n", 1, "two columns"),
        (b"a,b\n1,2\n1,2,3\n", 3, "3 cells under 2"),
        (b'a,b\n1,"2\n', 2, "do not close"),
        (b'a,b\n1,"2"x\n', 2, "do not close"),
        ("a,b\n".encode("utf-16"), 1, "UTF-16"),
        (b"a\n\n1\0\n", 3, "not a text file"),
    ],
)
def test_a_file_that_cannot_be_read(data, line, message):
    with pytest.raises(SheetError, match=message) as caught:
        read_csv(data)
    assert caught.value.errors[0].line == line


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(size=3), "larger than"),
        (Limits(rows=1), "more than 1 rows"),
        (Limits(columns=1), "more than 1 columns"),
    ],
)
def test_sizes_are_guarded(limits, message):
    with pytest.raises(SheetError, match=message):
        read_csv(b"a,b\n1,2\n3,4\n", limits)


def test_all_errors_at_once():
    sheet = read_csv(b"name,age\n,x\nAda,1.5\n")
    with pytest.raises(SheetError) as caught:
        typed_rows(sheet, [Field("name", filled), Field("age", whole)])
    assert caught.value.errors == (
        RowError(2, "name", "this cell may not be empty"),
        RowError(2, "age", "“x” is not a whole number"),
        RowError(3, "age", "“1.5” is not a whole number"),
    )


def test_missing_columns_are_named_and_optional_ones_left_out():
    sheet = read_csv(b"a,b\n1,x\n")
    assert typed_rows(sheet, [Field("a"), Field("z", required=False)]) == [(2, {"a": "1"})]
    with pytest.raises(SheetError, match="line 1, column z: there is no such column"):
        typed_rows(sheet, [Field("z")])


def test_columns_can_be_joined():
    sheet = read_csv(b"a,b\n1 ,x\n")
    assert typed_rows(sheet, [Field("both", source=("b", "a"))]) == [(2, {"both": "x 1"})]


@pytest.mark.parametrize("text", ["4", "4.0", "4.", "4.00"])
def test_whole_numbers(text):
    assert whole(text) == 4
    assert whole(f"-{text}") == -4


@pytest.mark.parametrize("text", ["", ".", "4.5", "4e0", "+4", "four", "--4", "٤", "nan"])
def test_anything_else_is_no_whole_number(text):
    with pytest.raises(ValueError, match="not a whole number"):
        whole(text)
