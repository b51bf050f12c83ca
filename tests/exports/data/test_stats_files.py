"""SPSS, Stata and Parquet files, read back by the packages' own readers; without the packages the command says so."""

import sys
import time
import zipfile
from datetime import date

import openpyxl
import pytest
from bundles import run
from databases import one_engine
from played import play

from delphi.consensus.shipped_scales import SCALES
from delphi.database import Database
from delphi.model.study import Level
from exports.bundle.source import source_of
from exports.data.package import write_data
from exports.data.ratings import wide_columns, wide_rows
from exports.data.readme import SHORTER
from exports.data.stats_files import WRITERS


@pytest.fixture
def records(session):
    return source_of(session, play(session, panelists=30, rounds=2, level="open_rows")).records


def wide(records, scale):
    names = [column.name for column in wide_columns(records)]
    return [dict(zip(names, row, strict=True)) for row in wide_rows(records, scale)]


@one_engine
def test_spss_reads_values_labels_and_why_they_are_missing(records, tmp_path):
    reader = pytest.importorskip("pyreadstat", reason="the extra stats-files is not installed")
    scale, path = SCALES["agree4_nq"], tmp_path / "ratings.sav"
    WRITERS["sav"](records, scale, path)
    frame, meta = reader.read_sav(path, user_missing=True)
    missing = {-1001: "nq", -1002: "blank", -1003: "absent"}
    for (_, row), told in zip(frame.iterrows(), wide(records, scale), strict=True):
        for name in frame.columns[2:]:
            value = row[name]
            status = missing.get(value, "rated")
            assert (None if status != "rated" else value, status) == (told[name], told[f"{name}_status"])
    assert meta.variable_value_labels[frame.columns[2]][4] == "agree"
    assert all(len(label) <= 80 for label in meta.column_labels)
    assert meta.file_label == "Level open rows: published at the finish, as the panel agreed."
    assert "Open rows: the panel agreed" in " ".join(meta.notes)


@one_engine
def test_stata_reads_values_and_why_they_are_missing(records, tmp_path):
    reader = pytest.importorskip("pyreadstat", reason="the extra stats-files is not installed")
    scale, path = SCALES["agree4_nq"], tmp_path / "ratings.dta"
    WRITERS["dta"](records, scale, path)
    frame, meta = reader.read_dta(path, user_missing=True)
    assert meta.file_label == "Level open rows: published at the finish, as the panel agreed."
    missing = {"a": "nq", "b": "blank", "d": "absent"}
    for (_, row), told in zip(frame.iterrows(), wide(records, scale), strict=True):
        for name in frame.columns[2:]:
            assert missing.get(row[name], "rated") == told[f"{name}_status"]


@one_engine
def test_parquet_holds_the_long_file(records, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet", reason="the extra stats-files is not installed")
    path = tmp_path / "ratings.parquet"
    WRITERS["parquet"](records, SCALES["agree4_nq"], path)
    table = parquet.read_table(path)
    assert table.schema.metadata[b"level"] == b"open_rows"
    assert table.schema.metadata[b"description"].startswith(b"Open rows: the panel agreed")
    rows = table.to_pylist()
    assert [row["row"] for row in rows] == list(range(1, len(rows) + 1))
    assert {row["status"] for row in rows} == {"rated", "nq", "blank"}


@one_engine
@pytest.mark.parametrize("suffix", WRITERS)
def test_a_file_of_a_later_day_is_the_same_bytes(records, tmp_path, suffix):
    pytest.importorskip("pyreadstat", reason="the extra stats-files is not installed")
    contents = []
    for second in range(2):
        path = tmp_path / f"{second}.{suffix}"
        WRITERS[suffix](records, SCALES["agree4_nq"], path)
        contents.append(path.read_bytes())
        time.sleep(1.1 * (suffix == "sav" and not second))
    assert contents[0] == contents[1]
    assert str(date.today().year).encode() not in contents[0][:400]  # noqa: DTZ011 (the programs write local time)


def test_the_labels_of_each_level_fit_spss_and_stata():
    assert {level: len(text) <= 64 for level, text in SHORTER.items()} == dict.fromkeys(Level, True)


@one_engine
def test_a_package_says_in_words_what_it_is(session, tmp_path):
    source = source_of(session, play(session, panelists=30, rounds=2, level="open_rows"))
    write_data(source.records, source.definitions, tmp_path / "care.zip")
    text = zipfile.ZipFile(tmp_path / "care.zip").read("README.txt").decode()
    assert text.startswith(f"Single ratings of a Delphi study: {len(source.records.records)} people, rounds 1, 2.")
    for words in ("Level. Open rows: the panel agreed", "What is hidden. No name", "How to check it: `sha256sum"):
        assert words in text


@one_engine
def test_excel_holds_the_wide_file_and_says_what_its_columns_are(session, tmp_path):
    source = source_of(session, play(session, panelists=30, rounds=2, level="open_rows"))
    path = tmp_path / "ratings.xlsx"
    write_data(source.records, source.definitions, path)
    book = openpyxl.load_workbook(path)
    head, *lines = ([cell.value for cell in row] for row in book["table"].iter_rows())
    told = wide(source.records, SCALES["agree4_nq"])
    texts = [{name: value or None for name, value in row.items()} for row in told]
    assert [dict(zip(head, line, strict=True)) for line in lines] == texts
    assert {row[0].value for row in book["codebook"].iter_rows(min_row=2)} == set(head)


@one_engine
def test_the_command_writes_by_the_ending_of_the_name(template, tmp_path, monkeypatch):
    with template.copy() as url:
        database = Database(url)
        with database.transaction() as session:
            play(session, panelists=20, rounds=1, level="open_rows")
        database.engine.dispose()
        run("data", "care", "--output", tmp_path / "care.zip", url=url)
        run("data", "care", "--output", tmp_path / "care.csv", url=url)
        assert "care.txt" in run("data", "care", "--output", tmp_path / "care.txt", url=url, code=1).output
        monkeypatch.setitem(sys.modules, "pyreadstat", None)
        refused = run("data", "care", "--output", tmp_path / "care.sav", url=url, code=1)
    assert "stats-files" in refused.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["care.csv", "care.zip"]
    assert (tmp_path / "care.csv").read_text().startswith('"row","panelist"')
