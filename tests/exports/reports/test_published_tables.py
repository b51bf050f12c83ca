"""Eight published tables printed again by `delphi analyse`, cell by cell, in Word and PDF, with nothing to change by hand.

The ratings are constructed so that they give the printed figures (published/README.md).
"""

import csv
import io
from collections import Counter
from pathlib import Path

import docx
import pytest
import readers
from click.testing import CliRunner

from exports.cli.analyse import analyse

PUBLISHED = Path(__file__).parent / "published"


def first(text):
    return text.split("; ")[0]


def second(text):
    return text.split("; ")[1]


def mark(text):
    return "†" if text.endswith("†") else ""


# by round, group and figure of the expected file: number of the column, and what of its cell; "" is any round or group
LAZARUS = {"grade": 1, "A %": 2, "SA %": 3, "SD %": 4, "D %": 5, "N": 6, "NQ %": 7}
THORN = {
    ("1", "median"): 1, ("1", "verdict"): 2, ("2", "median"): 3, ("2", "n (%) 7-9"): 4, ("2", "n (%) 1-3"): 5, ("2", "verdict"): 6,
}  # fmt: skip
GROUPS = ["all", "researcher", "employee", "health professional", "policy maker", "employer"]
STYLIANOPOULOS = {
    ("2", "M"): 1, ("2", "SD"): 2, ("2", "Min"): 3, ("2", "Max"): 4, ("3", "M"): 6, ("3", "Mdn"): 7, ("3", "SD"): 8,
    ("3", "Min"): 9, ("3", "Max"): 10, ("3", "n rating 4 or 5"): 12,
}  # fmt: skip
DOWNING = {"Percent": 3, "Median": 4, "Mean": 5, "SD": 6}
RAND = {
    "n": 10, "median": 11, "30th percentile": 12, "70th percentile": 13, "IPR": 14, "IPRCP": 15, "asymmetry index": 16,
    "IPRAS": 17, "raters outside the zone of the median": 18, "disagreement": 19,
}  # fmt: skip
ACR = {
    "median validity": 1, "median feasibility": 2, "raters <= 3": 3, "raters >= 7": 4, "raters total": 5, "% <= 3": 6,
}  # fmt: skip


def ravinskaya(row):
    at = GROUPS.index(row["group"]) + 1
    return (at, {"mean": first, "% 7-9": second}.get(row["figure"], str))


def toma(row):
    figure = row["figure"]
    return (2, str) if figure == "mean" else (1, mark if "mark" in figure else str)


def named(columns):
    return lambda row: (columns.get(row["figure"]), str)


def of_rounds(columns):
    return lambda row: (columns.get((row["round"], row["figure"])), str)


TABLES = {
    "lazarus2022": (("agree4_nq", "l1-grades", "nature"), named(LAZARUS), 63),
    "thorn2021": (("grade9", "l2-rounds", "bmc", "--round-set", "1:include=50"), of_rounds(THORN), 150),
    "ravinskaya2023": (("grade9", "l3-groups", "bmj"), ravinskaya, 91),
    "stylianopoulos2024": (("importance5", "l4-moments", "bmc"), of_rounds(STYLIANOPOULOS), 119),
    "downing2015": (("1..5", "l5-settled", "bmc", "--agree", "1..2", "--disagree", "4..5"), named(DOWNING), 68),
    "acr2016": (("rand9", "l6-two-criteria", "icmje"), named(ACR), 24),
    "rand_example2012": (("rand9", "l6-rand", "bmj", "--set", "disagreement=ipras"), named(RAND), 10),
    "toma2019": (("importance5", "l7-mark", "bmj", "--set", "threshold=80"), toma, 12),
}


def expected(name):
    with (PUBLISHED / f"expected_{name}.csv").open(encoding="utf-8") as file:
        return [row for row in csv.DictReader(file) if row["agrees"] == "yes"]


def made(name, format_):
    (scale, table, style, *more), _, _ = TABLES[name]
    file = str(PUBLISHED / f"{name}.csv")
    wanted = ["--scale", scale, "--table", table, "--style", style, "--format", format_, *more]
    result = CliRunner().invoke(analyse, [file, *wanted])
    assert result.exit_code == 0, result.output
    return result.stdout_bytes


def rows_of_word(content):
    """Rows of the only table by their first cell, without heads and breaks."""
    [table] = docx.Document(io.BytesIO(content)).tables
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    return {row[0]: row for row in rows if len(set(row)) > 1 or len(row) == 1}


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_of_a_published_table_is_printed_again(name):
    _, place, least = TABLES[name]
    rows, wrong, compared = rows_of_word(made(name, "docx")), [], Counter()
    for row in expected(name):
        at, part = place(row)
        code = row["statement"].removesuffix(" validity").removesuffix(" feasibility")
        if at is None:
            continue
        [line] = [cells for label, cells in rows.items() if label.split(" ")[0] == code or label == code]
        compared[row["figure"]] += 1
        if part(line[at]) != row["printed"]:
            wrong.append((row["statement"], row["round"], row["group"], row["figure"], line[at], row["printed"]))
    assert wrong == []
    assert sum(compared.values()) == least


@pytest.mark.parametrize("name", TABLES)
def test_the_pdf_holds_the_same_rows(name, tmp_path):
    path = tmp_path / "table.pdf"
    path.write_bytes(made(name, "pdf"))
    text = "".join(readers.run("pdftotext", "-raw", path, "-").replace("\u200b", "").split())
    for cells in rows_of_word(made(name, "docx")).values():
        if cells[0] not in ("", "Statement", "Item", "Outcome", "Strategy", "Question", "Criterion", "Measure"):
            assert "".join("".join(cells).split()) in text, cells
