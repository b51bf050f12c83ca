"""Tables of counts that an author brings: participants by round, and items retained by two groups (layouts L8 and L9)."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from delphi.statistics.base.exact import round_half_up
from exports.reports.designed.design import DesignError
from exports.tables.house import House
from exports.tables.table import Column, Table, rows_of

Row = Mapping[str, str]
KEPT = ("both", "first_only", "last_only", "neither")
PER_CENT = "%"


def table_of(preset: str, data: bytes, house: House) -> Table:
    """Build a table from a CSV file of counts.

    Raises
    ------
    DesignError
        A column is missing, a count is none, or categories do not add up.
    """
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    if not rows:
        raise DesignError("The file holds no counts.")
    return COUNTED[preset](rows, house)


def participants(rows: Sequence[Row], house: House) -> Table:
    """Print characteristics of the participants by round: number with share, categories nobody has left out."""
    parts = [name.removeprefix("n_") for name in rows[0] if name.startswith("n_")]
    if not parts or not {"characteristic", "category", *(f"of_{part}" for part in parts)} <= rows[0].keys():
        raise DesignError("Participants need the columns characteristic, category, and n_ and of_ of each round.")
    sizes = {part: max(_whole(row, f"of_{part}") for row in rows) for part in parts}
    _check_sums(rows, parts)
    columns = (
        Column("characteristic", "text", "Characteristic"),
        Column("category", "text", "", brief=True),
        *(
            Column(part, "printed", f"{_named(part)} (N={house.number(str(sizes[part]))})", brief=True)
            for part in parts
        ),
    )
    cells = [
        {**row, **{part: _share(_whole(row, f"n_{part}"), _whole(row, f"of_{part}"), house) for part in parts}}
        for row in rows
        if any(_whole(row, f"n_{part}") for part in parts)
    ]
    return _table("Characteristics of the participants", columns, cells, ("Data are n (%).",), house)


def retained(rows: Sequence[Row], house: House) -> Table:
    """Print items that two groups kept or not, with the share on which they differ, from these very counts."""
    names = [f"retained_by_{which}" for which in KEPT]
    if not {"stakeholder_group", "outcome_type", "n_first", "n_last", *names} <= rows[0].keys():
        raise DesignError(
            "Retained items need stakeholder_group, outcome_type, n_first, n_last and retained_by_ columns."
        )
    over = "Items retained at the end of round 1, n/N, by"
    columns = (
        Column("stakeholder_group", "text", "Stakeholder group", brief=True),
        Column("n_first", "printed", "First", over="Participants (n)", brief=True),
        Column("n_last", "printed", "Last", over="Participants (n)", brief=True),
        Column("outcome_type", "text", "Outcome type", brief=True),
        *(
            Column(name, "printed", name.removeprefix("retained_by_").replace("_", " "), over=over, brief=True)
            for name in names
        ),
        Column("discordant", "printed", "Discordant items (%)", brief=True),
    )
    cells = [{**row, "discordant": _discordant(row, house)} for row in rows]
    note = "Discordant: retained by the first or by the last alone, of all items."
    return _table("Items retained by two groups", columns, cells, (note,), house)


def _table(
    title: str, columns: tuple[Column, ...], cells: Sequence[Row], notes: tuple[str, ...], house: House
) -> Table:
    breaks = ("characteristic",) if columns[0].name == "characteristic" else ()
    return Table(
        "designed-table/1", title, "", columns, rows_of(columns, cells), notes, breaks=breaks, unprinted=(), house=house
    )


def _discordant(row: Row, house: House) -> str:
    """Share of the items that one of two groups alone retained."""
    fractions = [re.fullmatch(r"(\d+)/(\d+)", row[f"retained_by_{which}"].strip()) for which in KEPT]
    if None in fractions:
        raise DesignError(f"{row['outcome_type']}: retained items are written as 14/38.")
    known = [(int(found[1]), int(found[2])) for found in fractions if found]
    whole = {n for _, n in known}
    if len(whole) != 1 or sum(k for k, _ in known) != (n := whole.pop()):
        raise DesignError(
            f"{row['stakeholder_group']}, {row['outcome_type']}: the items do not add up to their number."
        )
    return house.number(str(round_half_up(Fraction(100 * (known[1][0] + known[2][0]), n), 1)))


def _check_sums(rows: Sequence[Row], parts: Sequence[str]) -> None:
    """Refuse characteristics whose categories are not everybody."""
    for name in dict.fromkeys(row["characteristic"] for row in rows):
        mine = [row for row in rows if row["characteristic"] == name]
        for part in parts:
            found, whole = sum(_whole(row, f"n_{part}") for row in mine), _whole(mine[0], f"of_{part}")
            if found != whole:
                raise DesignError(f"{name}, {_named(part)}: the categories add up to {found}, not to {whole}.")


def _share(n: int, of: int, house: House) -> str:
    """Print a number with its share; nobody is 0 alone."""
    if not n:
        return "0"
    share = round_half_up(Fraction(100 * n, of))
    text = house.nearly_none(0) if share == 0 else house.nearly_all(0) if share == 100 and n < of else str(share)
    return f"{house.number(str(n))} ({text}{house.sign or PER_CENT})"


def _whole(row: Row, name: str) -> int:
    text = row[name].strip()
    if not text.isdecimal():
        raise DesignError(f"{row.get('category', '')}, {name}: “{text}” is no number of people.")
    return int(text)


def _named(part: str) -> str:
    return part.replace("_", " ").capitalize()


COUNTED: Mapping[str, Callable[[Sequence[Row], House], Table]] = {
    "l8-participants": participants,
    "l9-retained": retained,
}
TITLES = {"l8-participants": "Characteristics of the participants", "l9-retained": "Items retained by two groups"}
