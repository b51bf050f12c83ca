"""Files of SPSS, Stata and Parquet that others made, damaged ones, and a machine without the packages."""

import io
import sys

import pytest

from delphi.sheets.errors import SheetError
from delphi.sheets.ratings import read_ratings
from delphi.sheets.reading import Limits
from delphi.sheets.stats_files import read_stats_file

DAMAGED = {"sav": b"$FL2 nothing", "dta": b"<stata_dta>nothing", "parquet": b"PAR1 nothing"}


def saved(folder, kind, columns, **rest):
    """A file of these columns."""
    reader, pandas = pytest.importorskip("pyreadstat"), pytest.importorskip("pandas")
    path = folder / f"ratings.{kind}"
    getattr(reader, f"write_{kind}")(pandas.DataFrame(columns), path, **rest)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["sav", "dta"])
def test_a_file_of_another_program_is_read_as_a_wide_one(tmp_path, kind):
    file = read_ratings(saved(tmp_path, kind, {"panelist": ["=P1", "P2"], "S1": [4.0, None]}), 1, 4)
    assert file.rounds[0].answers == {("=P1", "S1"): 4, ("P2", "S1"): None}
    assert not file.written_here


def test_a_missing_value_of_another_program_is_named(tmp_path):
    data = saved(tmp_path, "sav", {"panelist": ["P1"], "S1": [-99.0]}, missing_ranges={"S1": [-99]})
    with pytest.raises(SheetError, match="column S1: -99 is not on the scale"):
        read_ratings(data, 1, 4)


def test_a_rating_that_is_missing_without_a_reason_is_named(tmp_path):
    data = saved(tmp_path, "sav", {"panelist": ["P1", "P2"], "S1_r1": [4.0, None]})
    with pytest.raises(SheetError, match="line 3, column S1_r1_status: “” is not one of"):
        read_ratings(data, 1, 4)


def test_a_long_parquet_of_another_program_is_read():
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    stream = io.BytesIO()
    parquet.write_table(arrow.table({"panelist": ["P1"], "statement": ["S1"], "rating": [4]}), stream)
    assert read_ratings(stream.getvalue(), 1, 4).rounds[0].answers == {("P1", "S1"): 4}


@pytest.mark.parametrize("kind", DAMAGED)
def test_a_damaged_file_is_named(kind):
    pytest.importorskip("pyreadstat")
    pytest.importorskip("pyarrow")
    with pytest.raises(SheetError, match="the file is damaged"):
        read_ratings(DAMAGED[kind], 1, 4)


@pytest.mark.parametrize(("kind", "package"), [("sav", "pyreadstat"), ("dta", "pyreadstat"), ("parquet", "pyarrow")])
def test_a_package_that_is_not_installed_is_named(monkeypatch, kind, package):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(
        SheetError, match=rf"install the package {package}: pip install 'delphi-platform\[stats-files\]'"
    ):
        read_ratings(DAMAGED[kind], 1, 4)


def test_a_file_above_the_limit_is_not_opened():
    with pytest.raises(SheetError, match="larger than 0 MB"):
        read_stats_file(DAMAGED["sav"], Limits(size=5))
