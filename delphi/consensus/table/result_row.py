"""One row of the consensus table with names for what is read of it; frozen rows stay plain JSON and are wrapped when read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from delphi.statistics.base.result import Reason

EVERYBODY = "all"  # the group of the rows of the whole panel


def count_name(value: int) -> str:
    """Name the column that counts how often an option was chosen.

    Examples
    --------
    >>> count_name(4)
    'k_4'
    """
    return f"k_{value}"


def read_reasons(text: object) -> dict[str, str]:
    """Read why cells of a row are empty.

    Examples
    --------
    >>> read_reasons("median=no_ratings;iqr=no_ratings")
    {'median': 'no_ratings', 'iqr': 'no_ratings'}
    """
    return dict(pair.split("=", 1) for pair in str(text or "").split(";") if "=" in pair)


def write_reasons(reasons: Mapping[str, str]) -> str:
    """Write why cells of a row are empty, as it is frozen.

    Examples
    --------
    >>> write_reasons({"median": "no_ratings", "iqr": "no_ratings"})
    'median=no_ratings;iqr=no_ratings'
    """
    return ";".join(f"{name}={why}" for name, why in reasons.items())


def hidden_reasons(names: Iterable[str]) -> dict[str, str]:
    """Reasons of cells that are hidden since they could tell single answers."""
    return dict.fromkeys(names, Reason.SUPPRESSED_DISCLOSURE.value)


@dataclass(frozen=True, slots=True)
class ResultRow(Mapping[str, Any]):
    """A statement in a round, of the whole panel or of one group.

    Every column can be read by its name, as it is frozen; what is read often has a property.
    """

    cells: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.cells[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.cells)

    def __len__(self) -> int:
        return len(self.cells)

    @property
    def statement(self) -> str:
        """Code of the statement."""
        return str(self.cells["statement"])

    @property
    def kind(self) -> str:
        """Kind of the statement, such as recommendation."""
        return str(self.cells["kind"])

    @property
    def round(self) -> int:
        """Number of the round."""
        return int(self.cells["round"])

    @property
    def group(self) -> str:
        """Stakeholder group, or everybody."""
        return str(self.cells["group"])

    @property
    def is_panel(self) -> bool:
        """Whether the row is about the whole panel."""
        return self.group == EVERYBODY

    @property
    def relation(self) -> str:
        """How the statement is related to the one of the round before."""
        return str(self.cells["relation"])

    @property
    def n_rated(self) -> int | None:
        """Panelists who rated; None if hidden."""
        rated: int | None = self.cells["n_rated"]
        return rated

    @property
    def agreeing(self) -> int | None:
        """Panelists in combined agreement; None if hidden."""
        agreeing: int | None = self.cells["combined_k"]
        return agreeing

    @property
    def verdict(self) -> str | None:
        """Verdict on the statement; None if hidden."""
        verdict: str | None = self.cells["verdict"]
        return verdict

    @property
    def reasons(self) -> dict[str, str]:
        """Why cells are empty, by column."""
        return read_reasons(self.cells.get("reasons"))

    def is_hidden(self, name: str) -> bool:
        """Whether a cell is empty since it could tell single answers."""
        return self.reasons.get(name) == Reason.SUPPRESSED_DISCLOSURE

    def counts(self, values: Iterable[int]) -> list[int] | None:
        """How often each of these options was chosen; None if that is hidden."""
        counts = [self.cells[count_name(value)] for value in values]
        return None if None in counts else counts


def result_rows(rows: Iterable[Mapping[str, Any]]) -> list[ResultRow]:
    """Wrap rows as they are read."""
    return [row if isinstance(row, ResultRow) else ResultRow(row) for row in rows]
