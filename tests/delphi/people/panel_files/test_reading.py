"""Panels as researchers have them: who is in a file, and that every filled cell of it is accounted for."""

import csv
import io
import string

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panel_sheets import FILES, WEST, book, sheet, text

from delphi.people.panel_files.reading import PanelChoices as Choices
from delphi.people.panel_files.reading import read
from delphi.sheets.errors import SheetError
from delphi.sheets.fields import FAILED
from delphi.sheets.lists.file import Left
from delphi.sheets.writing import csv_bytes


def as_bytes(file: bytes | str) -> bytes:
    return file if isinstance(file, bytes) else file.encode()


def adds_up(file) -> bool:
    return file.in_file == file.taken + sum(file.left.values()) and min(file.left.values(), default=0) >= 0


@pytest.mark.parametrize("name", FILES)
def test_a_panel_goes_in_without_hand_work(name):
    data, people = FILES[name]
    file = read(as_bytes(data))
    assert {row["email"]: (row["name"], row.get("group", "")) for _line, row in file.rows} == people
    assert (file.errors, file.nameless, adds_up(file)) == ([], False, True)


def test_there_are_forty_files():
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("workbook")])
def test_the_receipt_counts_the_cells_that_the_sheet_has(name):
    file = read(FILES[name][0])
    cells = openpyxl.load_workbook(io.BytesIO(FILES[name][0]))[file.source.sheet].iter_rows(values_only=True)
    assert file.in_file == sum(cell is not None for row in cells for cell in row)


def test_sheets_that_are_not_read_are_named():
    file = read(FILES["workbook, hidden sheet"][0])
    assert (file.source.sheet, file.source.hidden) == ("New", False)
    assert [(other.name, other.hidden, other.weight) for other in file.source.others] == [
        ("Sheet", False, 0),
        ("Old", True, 6),
    ]
    assert read(FILES["workbook, only hidden"][0]).source.hidden


def test_hidden_rows_are_read_and_counted():
    def fill(made):
        sheet(made, "Panel", [["Name", "Email"], ["Ada", "ada@x.org"], ["Ben", "ben@x.org"]]).row_dimensions[
            3
        ].hidden = True

    file = read(book(fill))
    assert (len(file.rows), file.source.hidden_lines) == (2, 1)


def test_another_sheet_is_read_if_chosen():
    assert len(read(FILES["workbook, hidden sheet"][0], Choices(sheet="Old")).rows) == 6


def test_an_encoding_is_proposed_shown_and_changed():
    data = FILES["Czech in cp1250"][0]
    found = read(data).source.encoding
    assert (found.name, "Dvořák" in found.words, "cp1252" in found.others) == ("cp1250", True, True)
    wrong = read(data, Choices(encoding="iso8859_2"))
    assert "Eliška Nováková" not in {row["name"] for _line, row in wrong.rows}
    assert read(FILES["Dutch"][0].encode()).source.encoding is None


def test_a_formula_without_a_value_is_an_error_of_its_row():
    rows = [["Name", "Email"], ["Ada", "ada@x.org"], ["Ben", '="ben"&"@x.org"']]
    file = read(book(lambda made: sheet(made, "Panel", rows)))
    assert [row["name"] for _line, row in file.rows] == ["Ada"]
    assert [(error.line, error.column, "is a formula" in error.message) for error in file.errors] == [
        (3, "Email", True)
    ]
    assert (file.in_file, file.left[Left.WRONG], adds_up(file)) == (6, 2, True)


@pytest.mark.parametrize("heads", ["Wer;Wo;Kontakt", "Who;Country;Email"])
def test_names_are_asked_for_where_no_head_names_them(heads):
    data = text(heads, WEST, "{0} {1};NL;{2}").encode()
    assert read(data).nameless
    file = read(data, Choices(columns={0: "name"}))
    assert (file.nameless, file.rows[0][1]["name"], adds_up(file)) == (False, "Zoë Äß", True)


def test_a_column_may_be_left_out_by_hand():
    file = read(text("Name;Email;Diagnosis", WEST, "{0} {1};{2};secret").encode(), Choices(columns={2: "leave"}))
    assert (file.left[Left.COLUMN], "Diagnosis" in file.rows[0][1], adds_up(file)) == (3, False, True)


WRONG = "Name;Email;Group\nAda;ada@x.org;a\nBen;no address;b\n;eve@x.org;c\nAda Two;ada@x.org;a\nCy;cy@x.org;c;more\n"


def test_good_rows_are_read_and_the_rest_is_named():
    file = read(WRONG.encode())
    assert [row["email"] for _line, row in file.rows] == ["ada@x.org"]
    assert [(error.line, error.column) for error in file.errors] == [(3, "Email"), (4, "Name"), (5, "Email"), (6, "")]
    assert adds_up(file)


def test_what_is_handed_back_can_be_mended_and_read():
    head, rows = read(WRONG.encode()).rest()
    assert [row[-2] for row in rows] == ["3", "4", "5", "6"]
    assert "not a mail address" in rows[0][-1]
    rows[0][1], rows[1][0] = "ben@x.org", "Eve"
    file = read(csv_bytes(head, rows[:2]))
    assert [(row["name"], row["group"]) for _line, row in file.rows] == [("Ben", "b"), ("Eve", "c")]
    assert file.errors == []


def test_recipients_that_are_handed_back_can_be_mended_and_read():
    head, rows = read(b"Ada <ada@x.org>; Ben; Cy <cy@x>").rest()
    assert [row[0] for row in rows] == ["Ben", "Cy <cy@x>"]
    rows[1][0] = "Cy <cy@x.org>"
    assert [row["name"] for _line, row in read(csv_bytes(head, rows[1:])).rows] == ["Cy"]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"name,email\n", b"name,email\n,\n", b"\xd0\xcf\x11\xe0", b"a\0b"])
def test_a_file_with_nobody_says_so(data):
    with pytest.raises(SheetError):
        read(data)


NAMES = st.text(string.ascii_letters + "äéøłñ '-.", min_size=1, max_size=12).filter(lambda name: name.strip(" '-.\""))
GOOD = st.from_regex(r"[a-z]{1,6}(\.[a-z]{1,4})?@[a-z]{1,6}\.(org|nl)", fullmatch=True)
BAD = st.sampled_from(["@", "a@", "@x.org", "a@x", "a..b@x.org", ".a@x.org"])
WRITTEN = st.one_of(
    GOOD, BAD, st.builds("{} <{}>".format, NAMES, GOOD), st.builds('"{1}, {0}" <{2}>'.format, NAMES, NAMES, GOOD)
)


def accounted(data: bytes) -> tuple[int, int]:
    """Number of people, and of lines or recipients that are named as left out."""
    try:
        file = read(data)
    except SheetError as error:
        return 0, len({(one.line, one.message) for one in error.errors})
    assert adds_up(file)
    return len(file.rows), len(file.wrong) + len(file.twice)


@settings(max_examples=300, deadline=None)
@given(st.lists(WRITTEN, min_size=1, max_size=8, unique=True), st.sampled_from([";", ", ", "\n", ";\n", "; "]))
def test_every_address_of_a_paste_is_a_person_or_an_error(written, between):
    text = "Ada <ada@example.org>" + between + between.join(written)
    people, named = accounted(text.encode())
    assert people + named == text.count("@")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NAMES, st.one_of(GOOD, BAD)), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_every_address_of_a_table_is_a_person_or_an_error(rows, mark):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=mark).writerows([("name", "email"), ("Ada", "ada@example.org"), *rows])
    people, named = accounted(stream.getvalue().encode())
    assert people + named == len(rows) + 1


CELLS = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=20)
    .map(str.strip)
    .filter(lambda cell: cell.rstrip("!?") not in FAILED)
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(NAMES, CELLS, CELLS), min_size=1, max_size=6))
def test_what_was_written_out_is_read_without_a_change(rows):
    people = [
        {"name": " ".join(name.split()), "email": f"p{n}@x.org", "group": " ".join(group.split()), "country": country}
        for n, (name, group, country) in enumerate(rows)
        if group != "all"
    ] or [{"name": "Ada", "email": "ada@x.org", "group": "", "country": ""}]
    file = read(csv_bytes(list(people[0]), [list(person.values()) for person in people]))
    assert [row for _line, row in file.rows] == people
    assert adds_up(file)
