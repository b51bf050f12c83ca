"""Excel workbooks are read as CSV is; nothing is unpacked before its size is known."""

import io
import json
import stat
import zipfile
from datetime import date

import pytest
from workbooks import MAIN, PARTS, archive, workbook

from delphi.sheets import calamine_process
from delphi.sheets import workbook as workbook_module
from delphi.sheets.archives import ArchiveLimits, checked_members
from delphi.sheets.errors import SheetError
from delphi.sheets.ratings import read_ratings
from delphi.sheets.reading import Limits, read_csv
from delphi.sheets.workbook import read_sheet


def test_a_workbook_reads_as_the_same_csv():
    rows = [["panelist", "statement", "rating", None], ["P1", "S1", 4, None], [None] * 4, ["P2", "=S1", 2.5, None]]
    sheet = read_sheet(workbook(rows))
    assert sheet == read_csv(b"panelist,statement,rating,\nP1,S1,4\n\nP2,'=S1,2.5\n")
    assert [line for line, _ in sheet.rows] == [2, 4]


def test_ratings_come_from_workbooks_too():
    rows = [["panelist", "statement", "rating"], ["P1", "S1", 4.0], ["P2", "S1", "NQ"]]
    assert read_ratings(workbook(rows), 1, 4).rounds[0].answers == {("P1", "S1"): 4, ("P2", "S1"): "NQ"}


def test_an_error_names_the_line_of_the_sheet():
    rows = [["panelist", "statement", "rating"], ["P1", "S1", 4], ["P2", "S1", 9]]
    with pytest.raises(SheetError, match="line 3, column rating: 9 is not on the scale"):
        read_ratings(workbook(rows), 1, 4)


@pytest.mark.parametrize(("value", "expected"), [(date(2022, 9, 30), "2022-09-30"), (False, "false"), (1e3, "1000")])
def test_cells_become_text(value, expected):
    assert calamine_process.text(value) == expected


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xd0\xcf\x11\xe0rest", "old or a protected"),
        (b"PK\x03\x04rest", "is damaged"),
        (archive({"a.txt": "x"}), "not an Excel workbook"),
        (archive(PARTS | {"xl/workbook.xml": "<"}), "is damaged"),
        (workbook([]), "is empty"),
        (workbook([["a"]]), "no rows"),
    ],
)
def test_what_is_no_workbook(data, message):
    with pytest.raises(SheetError, match=message):
        read_sheet(data)


@pytest.mark.parametrize(
    ("limits", "message"), [(Limits(size=9), "larger"), (Limits(rows=1), "more"), (Limits(columns=1), "more")]
)
def test_sizes_are_guarded(limits, message):
    with pytest.raises(SheetError, match=message):
        read_sheet(workbook([["a", "b"], [1, 2], [3, 4]]), limits)


def far_apart():
    """A few hundred bytes that stand for 17 billion cells."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return workbook(
        [], **{"xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'}
    )


def test_two_cells_far_apart_take_no_memory_here():
    with pytest.raises(SheetError, match="damaged, or too large when unpacked"):
        read_sheet(far_apart())


def test_a_reader_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(workbook_module, "PATIENCE", 0.001)
    with pytest.raises(SheetError, match="damaged, or too large"):
        read_sheet(workbook([["a"], [1]]))


def test_the_child_limits_itself_reads_and_writes(monkeypatch):
    limited, out = [], io.StringIO()
    monkeypatch.setattr("resource.setrlimit", lambda _, bounds: limited.append(bounds))
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(workbook([["a", 1.0], [True, None]]))))
    monkeypatch.setattr("sys.stdout", out)
    calamine_process.main()
    assert json.loads(out.getvalue()) == {"rows": [["a", "1"], ["true", ""]]}
    assert limited == [(512 * 2**20,) * 2, (20, 20)]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(SystemExit) as ended:
        calamine_process.main()
    assert ended.value.code == calamine_process.DAMAGED


def test_a_bomb_is_refused_unopened():
    bomb = workbook([["a"], [1]], **{"xl/media.xml": b"0" * 21 * 2**20})
    assert len(bomb) < 100_000
    with pytest.raises(SheetError, match="too large when unpacked"):
        read_sheet(bomb)


@pytest.mark.parametrize("limits", [ArchiveLimits(members=1), ArchiveLimits(together=3), ArchiveLimits(member=1)])
def test_every_limit_of_an_archive(limits):
    with pytest.raises(SheetError, match="too large when unpacked"):
        checked_members(archive({"a": "xx", "b": "yy"}), limits)


@pytest.mark.parametrize("name", ["/etc/passwd", "../a", "a/../../b", "C:/a", "..\\a"])
def test_paths_stay_inside(name):
    with pytest.raises(SheetError, match="leads outside"):
        checked_members(archive({name: "x"}))


def test_no_archive_within_an_archive():
    with pytest.raises(SheetError, match="holds an archive"):
        checked_members(archive({"a.zip": "x"}))


def test_no_link():
    link = zipfile.ZipInfo("a")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(SheetError, match="holds an archive, a link"):
        checked_members(archive({link: "x"}))
