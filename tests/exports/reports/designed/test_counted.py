"""Tables of counts: participants by round as they were published, and items on which two groups differ."""

import csv
from pathlib import Path

import pytest
from click.testing import CliRunner

from exports.cli.analyse import analyse
from exports.reports.designed.counted import table_of
from exports.reports.designed.design import DesignError
from exports.tables.house import HOUSES
from exports.tables.layout import printed_rows, sheet_of

PUBLISHED = Path(__file__).parents[1] / "published"


def counts(name):
    data = (PUBLISHED / f"counts_{name}.csv").read_bytes()
    return data, list(csv.DictReader(data.decode().splitlines()))


def test_participants_are_printed_as_they_were_published():
    data, rows = counts("soriano2022")
    table = table_of("l8-participants", data, HOUSES["lancet"])
    printed = {row[0]: row[1:] for row in printed_rows(table)}
    asked = [
        (row["category"], (row["printed_round_1"], row["printed_round_2"])) for row in rows if row["n_round_1"] != "0"
    ]
    assert len(asked) >= 25
    same = [name for name, cells in asked if [name for name, _ in asked].count(name) == 1]
    assert {name: printed[name] for name in same} == {name: cells for name, cells in asked if name in same}
    sheet = sheet_of(table)
    assert [head.text for head in sheet.heads] == ["", "Round 1 (N=265)", "Round 2 (N=195)"]
    assert "Data are n (%)." in sheet.notes


def test_categories_that_do_not_add_up_are_refused():
    data, _ = counts("soriano2022")
    with pytest.raises(DesignError, match="the categories add up to 266, not to 265"):
        table_of("l8-participants", data.replace(b",Patient,61,", b",Patient,62,"), HOUSES["lancet"])


def test_discordant_items_come_from_the_counts_beside_them():
    _, rows = counts("brookes2018")
    right = [row for row in rows if row["agrees"] == "yes"]
    head = ",".join(rows[0])
    data = "\n".join([head, *(",".join(f'"{value}"' for value in row.values()) for row in right)]).encode()
    table = table_of("l9-retained", data, HOUSES["bmc"])
    assert [row[-1] for row in printed_rows(table)] == [row["discordant_pct_printed"] for row in right]
    assert [row[4] for row in printed_rows(table)] == [row["retained_by_both"] for row in right]


def test_a_file_of_counts_goes_through_the_command(tmp_path):
    file = str(PUBLISHED / "counts_soriano2022.csv")
    result = CliRunner().invoke(analyse, [file, "--table", "l8-participants", "--style", "lancet", "--format", "html"])
    assert result.exit_code == 0, result.output
    assert "61 (23%)" in result.stdout
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("characteristic,category,n_round_1\nAge,Old,3\n", encoding="utf-8")
    result = CliRunner().invoke(analyse, [str(wrong), "--table", "l8-participants"])
    assert result.exit_code == 2
    assert "Participants need the columns" in result.stderr
