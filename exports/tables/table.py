"""Tables: all that a file format sees. What may not be shown is hidden here, before any format (REPORTING 6)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import read_reasons
from delphi.statistics.base.result import Reason
from exports.tables.bounds import Bound
from exports.tables.house import PLAIN, House

Row = tuple[Cell, ...]
HIDDEN = Reason.SUPPRESSED_DISCLOSURE.value


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    type
        "int", "float", "percent", "p", "text", "bool", or "printed" for a figure that is printed already.
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
    bounds
        Comparisons on which the verdict rests: no rounding may hide on which side the figure lies.
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
    bounds: tuple[Bound, ...] = ()


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
    house
        House style in which it is printed.
    number
        Its number in the paper.
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
    house: House = PLAIN
    number: int = 1

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


def reasons_of(row: Mapping[str, Cell]) -> dict[str, str]:
    """Read why cells of a row are empty.

    Examples
    --------
    >>> reasons_of({"reasons": "median=no_ratings;iqr=no_ratings"})
    {'median': 'no_ratings', 'iqr': 'no_ratings'}
    """
    return read_reasons(row.get("reasons"))
