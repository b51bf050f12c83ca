"""Word files are set by styles: an author who changes one changes every table, and nothing overrides it."""

import io

import docx
import pytest

from exports.formats import FORMATS
from exports.formats.docx_styles import TABLE_SIZES
from exports.tables.layout import LAST, LAYOUTS, sheet_of
from exports.tables.table import Column, Table


def table(columns):
    heads = (Column("part", "text", "Part"), *(Column(f"c{i}", "percent", f"Column {i}") for i in range(columns)))
    rows = (("First", *[50.0] * columns), ("Second", *[25.0] * columns))
    return Table("t/1", "T", "", heads, rows, ("A note.",), breaks=("part",))


@pytest.mark.parametrize("columns", [3, 14, 24])
def test_sizes_and_weights_of_tables_stand_in_styles_alone(columns):
    stream = io.BytesIO()
    FORMATS["docx"].write(table(columns), stream)
    word = docx.Document(stream)
    [made] = word.tables
    assert "w:sz " not in made._tbl.xml
    assert "<w:b/>" not in made._tbl.xml
    points = sheet_of(table(columns)).layout.points
    names = [{cell.paragraphs[0].style.name for cell in row.cells} for row in made.rows]
    assert names[0] == names[1] == {f"Table Head {points}"}
    assert names[2] == {f"Table Text {points}"}
    style = word.styles[f"Table Head {points}"]
    assert (style.font.size.pt, style.font.bold, style.font.name or style.base_style.font.name) == (
        points,
        True,
        "Times New Roman",
    )
    assert [p.style.name for p in word.paragraphs if p.text == "A note."] == ["Table Note"]


def test_every_size_of_a_layout_has_its_style():
    assert {layout.points for layout in (*LAYOUTS, LAST)} == set(TABLE_SIZES)
