"""Lists of statements as researchers have them: what is in a file, and that every filled cell of it is accounted for."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from panel_sheets import book, sheet

from delphi.sheets.errors import SheetError
from delphi.sheets.lists.file import Left
from delphi.sheets.lists.source import Choices
from delphi.statements.reading import read

ROWS = (("1", "Pain", "Less pain at night", "It hurts less", "Smith 2020"), ("2", "Sleep", "Better sleep", "", ""))
WANTED = [
    {"code": code, "section": section, "text": text, "help": plain, "evidence": source}
    for code, section, text, plain, source in ROWS
]
HEADS = {
    "English": "No.|Domain|Outcome|Plain language description|Source",
    "Dutch": "Nummer|Domein|Uitkomst|Toelichting|Bron",
    "German": "Nr.|Bereich|Aussage|Erläuterung|Quelle",
    "French": "N°|Domaine|Énoncé|Explication|Référence",
    "Spanish": "Número|Sección|Enunciado|Explicación|Fuente",
    "Italian": "Numero|Sezione|Affermazione|Spiegazione|Fonte",
    "Portuguese": "Número|Secção|Afirmação|Explicação|Referência",
    "Polish": "Lp.|Dziedzina|Stwierdzenie|Wyjaśnienie|Źródło",
    "Swedish": "Nr|Område|Påstående|Förklaring|Källa",
    "Danish": "Nummer|Afsnit|Udsagn|Forklaring|Kilde",
    "Czech": "Číslo|Oblast|Výrok|Vysvětlení|Zdroj",
}


def adds_up(file):
    return file.in_file == file.taken + sum(file.left.values()) and min(file.left.values(), default=0) >= 0


def table(heads, mark=";", above=""):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=mark).writerows([heads.split("|"), *ROWS])
    return above + stream.getvalue()


@pytest.mark.parametrize("language", HEADS)
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_heads_are_known_in_many_languages(language, mark):
    file = read(table(HEADS[language], mark).encode())
    assert [row for _line, row in file.rows] == WANTED
    assert (file.errors, adds_up(file)) == ([], True)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1250"])
def test_encodings_and_titles_do_not_matter(encoding):
    data = table(HEADS["Czech"], above="Seznam\r\n\r\n").encode(encoding)
    file = read(data)
    assert [row["section"] for _line, row in file.rows] == ["Pain", "Sleep"]
    assert (file.left[Left.ABOVE], file.left[Left.HEAD], adds_up(file)) == (1, 5, True)


def test_a_workbook_is_read_from_the_sheet_that_fits():
    rows = [HEADS["English"].split("|"), *map(list, ROWS)]
    data = book(lambda made: [sheet(made, "About", [["Read this first"]]), sheet(made, "List", rows)])
    file = read(data)
    assert (file.source.sheet, [other.name for other in file.source.others]) == ("List", ["Sheet", "About"])
    assert [row["text"] for _line, row in file.rows] == ["Less pain at night", "Better sleep"]
    assert adds_up(file)


def test_merged_sections_are_filled_down():
    def fill(made):
        page = sheet(made, "List", [["Domain", "Statement"], ["Pain", "One"], [None, "Two"]])
        page.merge_cells("A2:A3")

    assert [row["section"] for _line, row in read(book(fill)).rows] == ["Pain", "Pain"]


def test_a_column_that_is_not_known_is_counted_and_chosen_by_hand():
    data = b"Colour;Statement\nred;One\nblue;Two\n"
    file = read(data)
    assert [(column.head, column.known) for column in file.columns] == [("Colour", False), ("Statement", True)]
    assert (file.left[Left.COLUMN], adds_up(file)) == (2, True)
    assert [row["section"] for _line, row in read(data, Choices(columns={0: "section"})).rows] == ["red", "blue"]


def test_the_statements_are_asked_for_where_no_head_names_them():
    data = b"No.;Domain;Wording of mine\n1;Pain;One\n"
    assert read(data).nameless
    file = read(data, Choices(columns={2: "text"}))
    assert (file.nameless, file.rows[0][1]["text"], adds_up(file)) == (False, "One", True)


def test_good_rows_are_read_and_the_rest_is_handed_back():
    file = read(b"code,text,round\nA,One,1\nB,,2\nA,Three,1\nD,Four,none\n")
    assert [row["code"] for _line, row in file.rows] == ["A"]
    assert [(error.line, error.column) for error in file.errors] == [(3, "text"), (4, "code"), (5, "round")]
    head, rows = file.rest()
    assert (head, [row[3] for row in rows]) == (
        ["code", "text", "round", "line", "why it was left out"],
        ["3", "4", "5"],
    )
    assert adds_up(file)


def test_a_wording_that_stands_again_is_taken_and_pointed_out():
    file = read(b"code,text\nA,Beds are needed.\nB,beds  are needed\n")
    assert (len(file.rows), file.twice, adds_up(file)) == (2, [(3, 2)], True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1. One, with a comma\n2) Two; and more\n\n- Three", ["One, with a comma", "Two; and more", "Three"]),
        ("Statement\nOne\nTwo", ["One", "Two"]),
        ("Question, asked of all.\nOther, too, is here.", ["Question, asked of all.", "Other, too, is here."]),
        ('text\n"One, and ""more"""\n"Two"', ['One, and "more"', "Two"]),
    ],
)
def test_a_paste_is_one_statement_a_line(text, wanted):
    file = read(text.encode())
    assert [row["text"] for _line, row in file.rows] == wanted
    assert adds_up(file)


@pytest.mark.parametrize("data", [b"", b"\n \n", b"code,text\n", b"a\0b", b"\xd0\xcf\x11\xe0"])
def test_a_file_without_statements_says_so(data):
    with pytest.raises(SheetError):
        read(data)


WORDS = st.text("abcdeé ,;\"'\n.-", min_size=1, max_size=20).map(str.strip)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(WORDS, WORDS, WORDS), min_size=1, max_size=6), st.sampled_from(",;\t"))
def test_every_cell_of_a_table_is_accounted_for(rows, mark):
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=mark).writerows([("code", "text", "colour"), ("x", "First", "red"), *rows])
    file = read(stream.getvalue().encode())
    assert adds_up(file)
    filled = sum(any(map(str.strip, row)) for row in rows)
    assert len(file.rows) + len(file.wrong) == filled + 1
