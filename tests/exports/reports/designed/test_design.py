"""Designs of tables: what an author may say, and what is told where it cannot be built."""

from dataclasses import replace

import pytest

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.rules.parsing import rule_from
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import ResultRow, hidden_reasons, write_reasons
from delphi.consensus.vocabulary import Relation
from exports.record.material import Material
from exports.record.record import GivenRecord
from exports.reports.designed.building import build
from exports.reports.designed.design import Design, DesignError, Pattern, Piece, checked, plain, preset_names
from exports.reports.designed.of_ratings import record_of
from exports.tables.house import HOUSES
from exports.tables.layout import printed_rows, sheet_of


def record(*counts, scale="grade9", rule="comet_70_15", sections=("Core", "Other")):
    """One round of these counts, each statement in the next section."""
    known = SCALES[scale]
    items = tuple(
        Item(f"S{j}", 1, "statement", j, sections[j % len(sections)], f"Pain {j}", Relation.NEW, None)
        for j in range(len(counts))
    )
    definition = Definition(known, rule_from(rule, {}, known))
    return record_of(Material(Analysis(definition, (RoundData(1, items, Counts.of(list(counts))),))), "Study")


def of(*cells, **rest):
    return Design.from_dict({"columns": [{"head": "x", "cell": cell} for cell in cells], "section_as": "", **rest})


HALF, HIGH, LOW = [5, 0, 0, 0, 0, 0, 5, 0, 0], [0, 0, 0, 1, 1, 0, 0, 8, 0], [9, 0, 0, 0, 0, 0, 0, 1, 0]


def test_a_cell_holds_texts_and_figures():
    pattern = Pattern.of("{mean.1~}; {pct_7-9.0%}")
    assert pattern.parts == (Piece("mean", (), 1, trim=True), "; ", Piece("pct", (7, 8, 9), 0, sign=True))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{media}", "“{media}” is no figure"),
        ("{pct}", "is no figure"),
        ("{median", "“{median” is no figure"),
        ("{mean_3}", "is no figure"),
    ],
)
def test_a_figure_that_is_not_known_is_named(text, said):
    with pytest.raises(DesignError, match=said):
        Pattern.of(text)


@pytest.mark.parametrize(
    ("plain_design", "said"),
    [
        ({}, "1 to 40 columns"),
        ({"columns": [{"head": "x"}]}, "Column 1 has no cell"),
        ({"columns": [{"cell": "{n}", "round": "next"}]}, "a round is a number"),
        ({"columns": [{"cell": "{n}", "colour": "red"}]}, "“colour” is not known"),
        ({"columns": [{"cell": "{n}"}], "size": 3}, "“size” is not known in a table"),
        ({"columns": [{"cell": "{n}"}], "words": {"maybe": "x"}}, "“maybe” is no verdict"),
        ({"columns": [{"cell": "{n}"}], "order": "-nothing"}, "is no figure"),
        ({"columns": [{"cell": "x" * 301}]}, "longer than 300"),
        ({"columns": [{"cell": True}]}, "this is no text"),
    ],
)
def test_what_cannot_be_built_is_said_with_its_place(plain_design, said):
    with pytest.raises(DesignError, match=said):
        Design.from_dict(plain_design)


def test_no_toml_is_said_with_its_line():
    with pytest.raises(DesignError, match=r"This is no TOML: .*line 1"):
        checked("columns = [}")


def test_every_preset_is_a_design():
    assert len(preset_names()) >= 8
    for key in preset_names():
        assert Design.from_dict(plain(key)).columns


def test_rows_stand_by_a_figure_and_the_caption_says_so():
    table = build(record(HALF, HIGH, LOW), of("{mean}", row="{code}", order="-mean"))
    assert [row[0] for row in printed_rows(table)] == ["S1", "S0", "S2"]
    assert sheet_of(table).caption == "Sorted by mean, highest first."


def test_verdicts_are_said_in_the_words_of_the_author():
    table = build(record(HIGH, HALF), of("{verdict}", words={"in": "IN", "none": "NO CON"}))
    assert [row[1] for row in printed_rows(table)] == ["IN", "NO CON"]
    assert (
        "IN, ≥70% rated 7–9 and <15% rated 1–3; out, ≥70% rated 1–3 and <15% rated 7–9; NO CON, neither." in table.notes
    )


def test_a_word_for_two_verdicts_is_not_said_to_be_one_of_them():
    known = record(HIGH, rule="percent_agreement")
    table = build(known, of("{verdict}", words={"in": "Yes", "out": "No", "none": "No"}))
    assert "Yes, ≥75% rated 7–9; No, fewer." in table.notes


def test_a_share_whose_rounding_hides_the_verdict_has_a_decimal_more():
    low = [8, 0, 0, 0, 0, 0, 46, 0, 0]  # 8 of 54 are 14.8 %
    table = build(record(low), of("{pct_1-3%}", "{verdict}"))
    assert printed_rows(table)[0][1:] == ("14.8%", "in")


def test_sections_stand_as_rows_in_a_column_or_nowhere():
    made = {
        how: build(record(HALF, HIGH, LOW, HIGH), of("{n}", section_as=how, row="{code}"))
        for how in ("rows", "column", "")
    }
    assert [row[0] for row in printed_rows(made["rows"])] == ["S0", "S2", "S1", "S3"]
    assert [row[2] for row in printed_rows(made["column"])] == ["Core", "", "Other", ""]
    assert {len(row) for row in printed_rows(made[""])} == {2}


def test_hidden_figures_are_dashes_with_their_note():
    known = record(HIGH)
    [row] = known.rows
    hidden = [name for name in row if name.startswith(("k_", "pct_")) or name in ("mean", "n_rated")]
    cells = {**row, **dict.fromkeys(hidden), "reasons": write_reasons(hidden_reasons(hidden))}
    made = replace(known, rows=[ResultRow(cells)], study=replace(known.study, smallest_cell=5))
    assert isinstance(made, GivenRecord)
    table = build(made, of("{mean}; {pct_7-9%}", "{median}", "{min}"))
    assert printed_rows(table)[0][1:] == ("–", "8", "–")
    assert any(note.startswith("–: hidden") for note in table.notes)


def test_shares_that_add_up_to_another_verdict_are_named():
    table = build(
        record([2, 0, 59, 255], scale="agree4_nq", rule="graded_agreement"), of("{grade}", "{pct_4}", "{pct_3}")
    )
    assert printed_rows(table)[0][1:] == ("A", "81", "19")
    assert "Decided by exact counts, which rounded shares hide: S0." in table.notes


def test_wordings_remarks_and_heads_are_the_authors():
    design = Design.from_dict(
        {
            "stub": "Outcome",
            "row": "{text}{remark}",
            "section_as": "",
            "texts": {"S0": "Pain, any"},
            "remarks": {"S0": " (reworded)"},
            "columns": [{"head": "Overall (n={n})", "cell": "{median}"}],
        }
    )
    sheet = sheet_of(build(record(HIGH), design, HOUSES["bmj"]))
    assert [head.text for head in sheet.heads] == ["Outcome", "Overall (n=10)"]
    assert sheet.lines[0] == ("Pain, any (reworded)", "8")
