"""What we write is read by programs that are not ours: the same cells come back, and none of them is alive."""

import csv
import io
import json
import re
import zipfile
from html.parser import HTMLParser

import docx
import openpyxl
import pytest
import readers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.figures.draw import picture, text
from exports.formats import FORMATS
from exports.formats.text import legal
from exports.tables.document import Document, Figure, Heading, Paragraph
from exports.tables.layout import sheet_of
from exports.tables.table import Column, Table

HOSTILE = (
    "=1+1",
    "@SUM(A1)",
    "\ttab",
    "two\nlines",
    'say "yes"',
    "<script>alert(1)</script>",
    "</td></table>",
    "\\input{/etc/passwd}",
    '#eval("1")',
    "$x$ 100 % & # _ ^ ~ {}",
    "مرحبا بالعالم",
    "שלום",
    "word " * 1000,
    "x" * 5000,
)
COLUMNS = (
    Column("=name", "text", "=Name"),
    Column("share", "percent", "Share %", marks=("0*", "100†")),
    Column("median", "float", "Median"),
    Column("n", "int", "N"),
    Column("section", "text", "Section"),
    Column("reasons", "text", "Why"),
)
SHARES = (0.0, 0.3, 43 / 46 * 100, 99.9, 100.0)


def table(cells=HOSTILE, **more):
    rows = tuple((cell, SHARES[i % 5], i / 4, i, f"<s{i // 4}>", "") for i, cell in enumerate(cells))
    rows += (("hidden", None, None, None, "<last>", "share=suppressed_disclosure;median=no_ratings"),)
    facts = {"notice": "Simulated panel.", "subject": "=Study", "breaks": ("section",)} | more
    return Table("t/1", "=Title & <b>", "Caption.", COLUMNS, rows, ("A note.",), {"a": 1}, **facts)


def written(key, exhibit, path=None):
    stream = io.BytesIO()
    FORMATS[key].write(exhibit, stream)
    if path:
        path.write_bytes(stream.getvalue())
    return stream.getvalue()


def squeezed(words):
    return " ".join(words.replace("\u200b", "").split())


def test_excel_holds_real_numbers_that_print_as_the_journal_prints_them():
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", table())))
    sheet = book["table"]
    lines = list(sheet.iter_rows(min_row=2))
    assert [row[0].value for row in lines[:-1]] == list(HOSTILE)
    assert [row[1].value for row in lines[:5]] == pytest.approx(list(SHARES))
    assert [row[1].number_format for row in lines[:5]] == ["0", '"0*"', "0", '"100†"', "0"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert (lines[-1][1].value, lines[-1][2].value) == ("–", None)
    assert sheet.freeze_panes == "B2"
    assert "Simulated" in str(sheet.oddHeader.center.text)
    assert any("Simulated" in str(cell.value) for row in book["README"].iter_rows() for cell in row)


def test_excel_has_a_sheet_a_round_and_the_last_state():
    columns = (Column("statement", "text", "S"), Column("round", "int", "R"), Column("n", "int", "N"))
    rows = (("a", 1, 5), ("b", 1, 6), ("a", 2, 7))
    book = openpyxl.load_workbook(io.BytesIO(written("xlsx", Table("t/1", "T", "", columns, rows, split="round"))))
    assert book.sheetnames == ["README", "round 1", "round 2", "final", "codebook", "notes"]
    assert [[cell.value for cell in row] for row in book["final"].iter_rows(min_row=2)] == [["a", 2, 7], ["b", 1, 6]]


@given(cells=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=4))
@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
def test_no_text_becomes_a_formula_in_excel_and_none_is_lost_in_word(cells):
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", table(cells))))["table"]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    word = docx.Document(io.BytesIO(written("docx", table(cells))))
    found = [row.cells[0].text for row in word.tables[0].rows]
    assert {squeezed(legal(cell)) for cell in cells} <= {squeezed(cell) for cell in found}


def test_word_holds_a_real_table_whose_head_repeats():
    word = docx.Document(io.BytesIO(written("docx", table())))
    [found] = word.tables
    assert [cell.text for cell in found.rows[0].cells] == ["=Name", "Share %", "Median", "N"]
    first = found.rows[0]._tr.trPr
    assert first.xpath("w:tblHeader")
    assert all(row._tr.trPr.xpath("w:cantSplit") for row in found.rows)
    texts = [row.cells[0].text for row in found.rows]
    assert set(HOSTILE) <= set(texts)
    assert [row.cells[1].text for row in found.rows if row.cells[0].text in HOSTILE[:4]] == ["0", "0*", "93", "100†"]
    assert word.core_properties.author == "Delphi"
    assert "Simulated" in word.sections[0].header.paragraphs[0].text


class Reader(HTMLParser):
    """Cells, scopes, and whatever could run or fetch."""

    def __init__(self):
        super().__init__()
        self.rows, self.alive, self.scopes = [], [], []

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
            self.scopes.append(found.get("scope"))
        if tag in ("script", "link", "img", "iframe", "object") or {"src", "href", "onload"} & set(found):
            self.alive.append(tag)

    def handle_data(self, data):
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def test_a_page_holds_the_cells_and_nothing_alive():
    reader = Reader()
    reader.feed(written("html", table()).decode())
    assert reader.alive == []
    assert set(map(squeezed, HOSTILE)) <= {squeezed(row[0]) for row in reader.rows}
    assert {"col", "row", "rowgroup"} <= set(reader.scopes)


def test_a_pdf_is_tagged_and_holds_the_cells(tmp_path):
    written("pdf", table(), tmp_path / "t.pdf")
    about = readers.run("pdfinfo", tmp_path / "t.pdf")
    assert "Tagged:          yes" in about
    assert "JavaScript:      no" in about
    assert "Title:           =Study" in about
    said = squeezed(readers.run("pdftotext", "-raw", tmp_path / "t.pdf", "-"))
    assert said.count("x") >= 5000  # a text without spaces is broken, and not cut off
    for cell in HOSTILE[:10]:
        assert squeezed(cell) in said
    assert "0*" in said
    assert "100†" in said
    structure = readers.run("pdfinfo", "-struct", tmp_path / "t.pdf")
    assert {"Table", "TH", "TD"} <= set(structure.replace(":", " ").split())
    assert b"pdfuaid" in (tmp_path / "t.pdf").read_bytes()


def test_latex_compiles_and_reads_no_file(tmp_path):
    written("latex", table(), tmp_path / "t.tex")
    readers.run("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "t.tex", folder=tmp_path)
    said = squeezed(readers.run("pdftotext", "-raw", tmp_path / "t.pdf", "-"))
    assert said.count("x") >= 5000
    assert "\\input{/etc/passwd}" in said
    assert "root:" not in said
    assert "@SUM(A1)" in said


def test_machine_formats_hold_the_same_numbers_and_say_that_the_panel_is_simulated():
    rows = list(csv.DictReader(io.StringIO(written("csv", table()).decode(), newline="")))
    plain = json.loads(written("json", table()))
    sheet = openpyxl.load_workbook(io.BytesIO(written("xlsx", table())))["table"]
    shares = [row["share"] for row in plain["rows"]][:-1]
    assert [float(row["share"]) for row in rows[:-1]] == shares
    assert [row[1].value for row in sheet.iter_rows(min_row=2)][:-1] == pytest.approx(shares, abs=1e-12)
    assert {row["simulated"] for row in rows} == {plain["simulated"]} == {"Simulated panel."}


def test_a_real_study_is_not_called_simulated():
    assert b"simulated" not in written("csv", table(notice="")).lower()
    assert "simulated" not in json.loads(written("json", table(notice="")))


FIGURE = Figure("Title", "Three statements.", picture([text(0, 20, "<b>&")], 40, "T", "Three.", "Simulated."), table())


def test_a_figure_is_a_picture_with_its_sentence(tmp_path):
    assert written("svg", FIGURE).startswith(b"<svg ")
    assert b"<title>T</title><desc>Three.</desc>" in written("svg", FIGURE)
    png = written("png", FIGURE)
    assert png.startswith(b"\x89PNG")
    width = int.from_bytes(png[16:20], "big")
    assert width / 300 * 25.4 == pytest.approx(175 + 6, abs=1)  # millimetres at 300 dots an inch, with the margin
    written("pdf", FIGURE, tmp_path / "f.pdf")
    assert "Figure" in readers.run("pdfinfo", "-struct", tmp_path / "f.pdf")


def test_a_document_keeps_its_order_and_its_alternative_texts():
    document = Document("Report", (Heading("Methods"), Paragraph("We asked."), FIGURE, table()))
    made = written("docx", document)
    word = docx.Document(io.BytesIO(made))
    assert [p.text for p in word.paragraphs[:3]] == ["Report", "Methods", "We asked."]
    assert b'descr="Three statements."' in zipfile.ZipFile(io.BytesIO(made)).read("word/document.xml")
    page = written("html", document).decode()
    assert page.index("Methods") < page.index("We asked.") < page.index("<svg") < page.index("<table")
    assert written("pdf", document).startswith(b"%PDF")


def test_text_stands_upright_and_only_a_table_too_wide_for_it_is_turned(tmp_path):
    columns = tuple(Column(f"c{i}", "text", f"Columnheading{i}") for i in range(9))
    wide = Table("t/1", "Wide", "", columns, (("word",) * 9,))
    document = Document(
        "Report", (Paragraph("Before."), Heading("Numbers"), wide, Heading("Then"), Paragraph("After."))
    )
    word = docx.Document(io.BytesIO(written("docx", document)))
    assert [section.page_width > section.page_height for section in word.sections] == [False, True, False]
    written("pdf", document, tmp_path / "t.pdf")
    sizes = readers.run("pdfinfo", "-f", "1", "-l", "9", tmp_path / "t.pdf")
    assert re.findall(r"Page .*size:\s+(\d+)", sizes) == ["595", "841", "595"]
    said = readers.run("pdftotext", tmp_path / "t.pdf", "-").split("\f")
    assert ["Numbers" in page for page in said[:3]] == [False, True, False]
    written("latex", document, tmp_path / "l.tex")
    readers.run("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "l.tex", folder=tmp_path)
    assert re.findall(r"rot:\s+(\d+)", readers.run("pdfinfo", "-f", "1", "-l", "9", tmp_path / "l.pdf")) == [
        "0",
        "90",
        "0",
    ]


def test_letters_are_as_large_as_the_columns_allow():
    found = []
    for n in (3, 9, 14, 18, 30):
        columns = tuple(Column(f"c{i}", "int", f"Number {i}") for i in range(n))
        layout = sheet_of(Table("t/1", "T", "", columns, ((1,) * n,))).layout
        found.append((layout.points, layout.turned))
    assert found == [(9, False), (9, False), (8, True), (7, True), (6, True)]
