"""Tables: all that a file format sees. What may not be shown is hidden here, before any format (REPORTING 6)."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from delphi.statistics.base.exact import round_half_up

Cell = int | float | str | bool | None
Row = tuple[Cell, ...]
HIDDEN = "suppressed_disclosure"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    type
        "int", "float", "percent", "p", "text" or "bool".
    floor
        Ratings a statement needs before this cell may be shown outside the analyst profile; None if it says
        nothing of the ratings.
    people
        Column that holds the number of people behind the cell.
    brief
        Shown in narrow output.
    marks
        What is printed for a share that is neither none nor all and rounds to 0 or to 100.
    signed
        Printed with its sign: a difference.
    over
        A heading that columns beside each other share; their labels begin with it.
    says_why
        Where it is empty because the statement was another one before, that is printed in its place.
    """

    name: str
    type: str
    label: str
    floor: int | None = None
    people: str = "n_rated"
    brief: bool = False
    marks: tuple[str, str] = ("<1", ">99")
    signed: bool = False
    says_why: bool = False
    over: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of plain Python values under named columns.

    Attributes
    ----------
    breaks
        Columns that stand above their rows as headings when the table is printed.
    unprinted
        Columns that pages leave out, since they stand in the headings or speak to programs only.
    split
        Column whose values get a sheet each, where a format has sheets.
    people
        Column that holds the number of people behind a row.
    notice
        What every file must say, such as that the panel is simulated.
    subject
        What the table is about: the title of the study.
    language
        Of the texts.
    """

    schema: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    definition: Mapping[str, Any] = field(default_factory=dict)
    breaks: tuple[str, ...] = ()
    unprinted: tuple[str, ...] = ("reasons",)
    split: str = ""
    people: str = "n_rated"
    notice: str = ""
    subject: str = ""
    language: str = "en"

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("a row does not fit the columns")

    @property
    def names(self) -> tuple[str, ...]:
        """Machine names of the columns."""
        return tuple(column.name for column in self.columns)

    def as_dicts(self) -> list[dict[str, Cell]]:
        """Return the rows as dictionaries, ready for JSON."""
        return [dict(zip(self.names, row, strict=True)) for row in self.rows]


def rows_of(columns: Iterable[Column], rows: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
    """Order dictionaries by columns; a missing cell is empty."""
    names = [column.name for column in columns]
    return tuple(tuple(row.get(name) for name in names) for row in rows)


def suppress(table: Table, below: int) -> Table:
    """Hide what would tell single answers (METHOD 12.1, 12.4).

    Parameters
    ----------
    below
        Smallest number of ratings of which anything may be said.

    Notes
    -----
    A cell needs as many ratings as its column's floor, and never fewer than ``below``. A group is shown only if it
    and the remainder both have ``below`` ratings of the statement; while the hidden groups together have fewer, the
    next smallest is hidden too.
    """
    if below < 3:
        raise ValueError("the smallest number of ratings that may be shown is at least 3")
    rows = table.as_dicts()
    closed = _closed(rows, below, table.people)
    hidden = [_hide(table.columns, row, below, closed=i in closed) for i, row in enumerate(rows)]
    left = replace(table, rows=rows_of(table.columns, hidden))
    told = any(HIDDEN in reasons_of(row).values() for row in hidden) or "reasons" not in table.names
    return replace(left, notes=(*table.notes, hidden_note(below))) if told else left


def hidden_note(below: int) -> str:
    """Say why cells are dashes."""
    return f"–: hidden, since fewer than {below} ratings stand behind it or, beside other figures, it could tell single answers."


def _closed(rows: list[dict[str, Cell]], below: int, people: str) -> set[int]:
    """Rows of which nothing is shown."""
    families: dict[tuple[Cell, Cell], list[int]] = defaultdict(list)
    for i, row in enumerate(rows):
        families[row.get("statement"), row.get("round")].append(i)
    closed = {i for i, row in enumerate(rows) if _people(row, people) < below}
    for members in families.values():
        closed |= _closed_groups({i: _people(rows[i], people) for i in members if rows[i].get("group") != "all"}, below)
    return closed


def _closed_groups(sizes: dict[int, int], below: int) -> set[int]:
    """Find the groups that are small, whose remainder is small, or that would give away a hidden one."""
    everyone = sum(sizes.values())
    shut = {i for i, n in sizes.items() if n < below or (len(sizes) > 1 and 0 < everyone - n < below)}
    for i in sorted(sizes, key=lambda i: sizes[i]):
        if 0 < sum(sizes[g] for g in shut) < below:
            shut.add(i)
    return shut


def _people(row: Mapping[str, Cell], column: str) -> int:
    value = row.get(column)
    return value if isinstance(value, int) else 0


def _hide(columns: Iterable[Column], row: dict[str, Cell], below: int, *, closed: bool) -> dict[str, Cell]:
    """Empty the cells that may not be shown and name them among the reasons."""
    names = [
        c.name for c in columns if c.floor is not None and (closed or _people(row, c.people) < max(c.floor, below))
    ]
    kept = [pair for pair in str(row.get("reasons") or "").split(";") if pair and pair.split("=")[0] not in names]
    reasons = ";".join(kept + [f"{name}={HIDDEN}" for name in names])
    return row | dict.fromkeys(names) | ({"reasons": reasons} if "reasons" in row else {})


def printed(column: Column, value: Cell) -> str:
    """Print a cell for reading: rounded once, half up; a dash where there is nothing.

    Examples
    --------
    >>> share = Column("x", "percent", "X")
    >>> [printed(share, value) for value in (66.5, 0.1, 99.9, 100.0, None)]
    ['67', '<1', '>99', '100', '–']
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if column.signed and not isinstance(value, str):
        return printed_signed(value)
    if not isinstance(value, float):
        return str(value)
    if column.type == "p":
        return "<0.001" if value < 0.001 else str(round_half_up(value, 3))
    return printed_percent(value, column.marks) if column.type == "percent" else printed_number(value)


def printed_number(value: float) -> str:
    """Print a number with up to two decimals, none if they are zeros; a minus is a minus, and nothing has none.

    Examples
    --------
    >>> printed_number(2.5), printed_number(-0.25), printed_number(-0.001)
    ('2.5', '−0.25', '0')
    """
    text = str(round_half_up(value, 2))
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def printed_percent(value: float, marks: tuple[str, str] = ("<1", ">99")) -> str:
    """Print a percentage; “0” and “100” stand only for none and for all."""
    shown = round_half_up(value)
    if value > 0 and shown == 0:
        return marks[0]
    return marks[1] if value < 100 and shown == 100 else str(shown)


def printed_signed(value: float) -> str:
    """Print a difference in whole points with its sign; a minus is a minus.

    Examples
    --------
    >>> printed_signed(12.5), printed_signed(-3.2), printed_signed(0.4)
    ('+13', '−3', '0')
    """
    points = round_half_up(value)
    return "0" if points == 0 else f"{points:+}".replace("-", "−")


def reasons_of(row: Mapping[str, Cell]) -> dict[str, str]:
    """Read why cells of a row are empty.

    Examples
    --------
    >>> reasons_of({"reasons": "median=no_ratings;iqr=no_ratings"})
    {'median': 'no_ratings', 'iqr': 'no_ratings'}
    """
    return dict(pair.split("=", 1) for pair in str(row.get("reasons") or "").split(";") if "=" in pair)
