"""What every registered report and format keeps to."""

import csv
import io
import json
from functools import cache

import pytest
from hostile import HOSTILE, analysis, panels
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.shipped_scales import SCALES
from delphi.errors import Refused
from delphi.sheets.writing import LIVE, guarded
from exports.formats import FORMATS, PRINTED
from exports.record.consensus import from_rows
from exports.record.material import Material
from exports.reports import REPORTS
from exports.tables.suppression import suppress
from exports.tables.table import Column, Table

OF_TABLES = {key: format_ for key, format_ in FORMATS.items() if Table in format_.holds}
each_format = pytest.mark.parametrize("format_", OF_TABLES.values(), ids=OF_TABLES)
each_scale = pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)


def hostile_table(cells=HOSTILE):
    columns = (Column("=name", "text", "Name", brief=True), Column("x", "float", "X", brief=True))
    rows = (*((text, i / 3) for i, text in enumerate(cells)), (None, None))
    return Table("t/1", "=Title", "caption", columns, rows, ("note",), {"a": 1})


def written(format_, table):
    stream = io.BytesIO()
    format_.write(table, stream)
    return stream.getvalue()


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
def test_a_format_has_a_label_a_suffix_and_a_type(format_):
    assert format_.label
    assert format_.suffix.isalnum()
    assert "/" in format_.media_type


@each_format
def test_writing_is_deterministic_and_leaves_the_stream_open(format_):
    cells = [text for text in HOSTILE if text != "＝x"]  # no common font has it; see below
    assert written(format_, hostile_table(cells)) == written(format_, hostile_table(cells))


def test_a_pdf_that_no_font_covers_is_not_written_and_names_the_character():
    with pytest.raises(Refused, match="U\\+FF1D FULLWIDTH EQUALS SIGN"):
        written(FORMATS["pdf"], hostile_table(["＝x"]))


@each_format
def test_a_table_without_rows_is_written(format_):
    assert written(format_, Table("t/1", "T", "", hostile_table().columns, ()))


@given(cells=st.lists(st.text(), max_size=5))
@settings(max_examples=50)
def test_csv_gives_hostile_cells_back_guarded(cells):
    text = written(FORMATS["csv"], hostile_table(cells)).decode()
    back = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert back[0] == ["'=name", "x"]
    assert [row[0] for row in back[1:-1]] == [guarded(cell) for cell in cells]
    assert [float(row[1]) for row in back[1:-1]] == [i / 3 for i in range(len(cells))]
    assert not any(cell.startswith(LIVE) for row in back for cell in row)


@given(cells=st.lists(st.text(), max_size=5))
@settings(max_examples=50)
def test_json_gives_cells_back_unmodified(cells):
    whole = json.loads(written(FORMATS["json"], hostile_table(cells)))
    assert (whole["schema"], whole["definition"]) == ("t/1", {"a": 1})
    assert [row["=name"] for row in whole["rows"]] == [*cells, None]


def test_a_terminal_gets_one_line_a_row():
    lines = written(FORMATS["table"], hostile_table()).decode().split("\n")
    assert len(lines) == 4 + len(HOSTILE) + 1 + 2 + 2


@cache
def report(name, key):
    """A report, built once."""
    return REPORTS[name](material(SCALES[key]))


def material(scale, *, by_group=True):
    return Material(analysis(scale), panels(scale), by_group)


@pytest.mark.parametrize("key", SCALES)
@pytest.mark.parametrize("name", REPORTS)
@each_format
def test_every_report_of_every_scale_in_every_format(key, name, format_):
    table = report(name, key)
    assert table.title
    assert table.caption
    assert table.schema.endswith("/1")
    assert len(table.rows) >= 9
    assert any(column.brief for column in table.columns)
    if format_ in [FORMATS[name] for name in PRINTED] and key not in ("agree4_nq", "rand9"):
        return  # a page format sees no scale; two of them are enough
    assert written(format_, table)
    assert written(format_, suppress(table, 5))


@pytest.mark.parametrize("key", SCALES)
@pytest.mark.parametrize("name", REPORTS)
def test_every_empty_cell_of_every_report_has_its_reason(key, name):
    for row in report(name, key).as_dicts():
        empty = {name for name, value in row.items() if value is None}
        assert empty <= {pair.split("=")[0] for pair in row["reasons"].split(";")}, row
        named = [pair.split("=")[0] for pair in row["reasons"].split(";")]
        assert len(named) == len(set(named))
        assert set(named) - {""} <= row.keys()


@each_scale
def test_every_empty_cell_has_its_reason(scale):
    for row in suppress(REPORTS["consensus"](material(scale)), 5).as_dicts():
        empty = {name for name, value in row.items() if value is None}
        assert empty <= {pair.split("=")[0] for pair in row["reasons"].split(";")}


@each_scale
def test_frozen_rows_make_the_same_table(scale):
    table = REPORTS["consensus"](material(scale, by_group=False))
    frozen = json.loads(json.dumps([table.as_dicts(), dict(table.definition)]))
    assert from_rows(*frozen) == table


SCHEMA = """statement version kind section_no section text round group n_invited n_shown n_rated n_nq n_blank nq_pct
k_1 k_2 k_3 k_4 pct_1 pct_2 pct_3 pct_4 agree_k agree_pct combined_k combined_pct combined_pct_nq_in disagree_k
disagree_pct neutral_k neutral_pct ci_low ci_high ci_method median q1 q3 iqr mean sd mode iqr_consensus verdict grade
verdict_basis group_rule di ipras disagreement previous_round relation n_paired changed_pct delta_combined_pp
delta_median changed_band stable flags decision decision_reason rule_id reasons"""


def test_columns_stand_in_the_order_of_the_schema():
    assert list(REPORTS["consensus"](material(SCALES["agree4_nq"], by_group=False)).names) == SCHEMA.split()


def test_change_is_given_for_groups_too():
    _, first, second = REPORTS["consensus"](material(SCALES["agree4_nq"])).as_dicts()[:3]
    assert [(row["n_paired"], row["changed_pct"], row["stable"]) for row in (first, second)] == [
        (7, 100, "unstable")
    ] * 2


def test_rand_figures_are_given_under_rand_rules_only():
    rand, other = (REPORTS["consensus"](material(SCALES[key])).as_dicts()[0] for key in ("rand9", "grade9"))
    assert (rand["di"] is None, rand["disagreement"] is None) == (False, False)
    assert (other["di"], other["disagreement"]) == (None, None)
    assert "di=not_applicable" in other["reasons"]
