"""House styles: the same table as each journal sets it."""

import io
from dataclasses import replace

import docx
import pytest

from exports.formats import FORMATS
from exports.tables.house import HOUSES
from exports.tables.layout import printed_rows, sheet_of
from exports.tables.table import Column, Table

COLUMNS = (
    Column("item", "text", "Item"),
    Column("share", "percent", "Agreement %", marks=("0*", "100†")),
    Column("mean", "float", "Mean"),
    Column("n", "int", "N"),
    Column("p", "p", "p"),
)
TABLE = Table(
    "t/1",
    "Consensus after round 2 of the panel",
    "",
    COLUMNS,
    (("A", 0.2, 23.4, 12345, 0.03), ("B", 99.8, 2.5, 9, 0.2), ("C", None, None, 1234, None)),
    ("0*: fewer than 0.5 %, but not none.", "SD: standard deviation. IQR: interquartile range."),
    unprinted=(),
)
ROWS = {
    "nature": [["0*", "23.4", "12,345", "0.030"], ["100†", "2.5", "9", "0.200"], ["–", "–", "1,234", "–"]],
    "lancet": [["<1", "23·4", "12\u202f345", "0·030"], [">99", "2·5", "9", "0·200"], ["··", "··", "1234", "··"]],
    "bmj": [["<1", "23.4", "12\u202f345", "0.030"], [">99", "2.5", "9", "0.200"], ["N/A", "N/A", "1234", "N/A"]],
    "plos": [["<1", "23.4", "12,345", "0.030"], [">99", "2.5", "9", "0.200"], ["", "", "1,234", ""]],
    "apa": [["< 1", "23.4", "12,345", ".030"], ["> 99", "2.5", "9", ".200"], ["—", "—", "1,234", "—"]],
    "bmc": [["<1", "23.4", "12\u202f345", "0.030"], [">99", "2.5", "9", "0.200"], ["-", "-", "1234", "-"]],
    "icmje": [["<1", "23.4", "12,345", "0.030"], [">99", "2.5", "9", "0.200"], ["", "", "1234", ""]],
}
TITLES = {
    "nature": "Table 2 | Consensus after round 2 of the panel",
    "lancet": "Table 2: Consensus after round 2 of the panel",
    "bmj": "Table 2 Consensus after round 2 of the panel",
    "plos": "Table 2. Consensus after round 2 of the panel.",
    "apa": "Table 2\nConsensus After Round 2 of the Panel",
    "bmc": "Table 2 Consensus after round 2 of the panel",
    "icmje": "Table 2. Consensus after round 2 of the panel.",
}
NOTES = {
    "nature": "IQR, interquartile range; SD, standard deviation.",
    "lancet": "IQR=interquartile range. SD=standard deviation.",
    "bmj": "IQR, interquartile range; SD, standard deviation.",
    "plos": "IQR, interquartile range; SD, standard deviation.",
    "apa": "IQR = interquartile range; SD = standard deviation.",
    "bmc": "IQR interquartile range, SD standard deviation.",
    "icmje": "IQR, interquartile range; SD, standard deviation.",
}


@pytest.mark.parametrize("key", HOUSES)
def test_each_journal_sets_numbers_captions_and_notes_in_its_own_way(key):
    table = replace(TABLE, house=HOUSES[key], number=2)
    sheet = sheet_of(table)
    assert [list(row[1:]) for row in printed_rows(table)] == ROWS[key]
    assert sheet.title == TITLES[key]
    assert NOTES[key] in sheet.notes
    assert any(note.startswith("0*") for note in sheet.notes) == (key == "nature")
    assert sheet.heads[1].text == "Agreement (%)"


@pytest.mark.parametrize("key", ["lancet", "bmj"])
def test_the_lancet_wants_its_caption_below(key):
    stream = io.BytesIO()
    FORMATS["docx"].write(replace(TABLE, house=HOUSES[key]), stream)
    body = list(docx.Document(stream).element.body)
    table = next(i for i, part in enumerate(body) if part.tag.endswith("}tbl"))
    caption = next(i for i, part in enumerate(body) if "".join(part.itertext()).startswith("Table 1"))
    assert (caption > table) == (key == "lancet")


def test_every_house_knows_the_widths_of_its_figures():
    for house in HOUSES.values():
        assert 60 < house.widths[0] < house.widths[1] < 195
        assert house.height <= 225
    assert (HOUSES["nature"].widths, HOUSES["nature"].height) == ((89, 183), 170)


def test_american_spelling_is_a_matter_of_the_house():
    table = replace(TABLE, notes=("Those who submitted were analysed.",))
    notes = [sheet_of(replace(table, house=HOUSES[key])).notes[0] for key in ("apa", "bmj")]
    assert notes == ["Those who submitted were analyzed.", "Those who submitted were analysed."]
