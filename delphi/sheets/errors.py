"""What is wrong with a file, for the person who made it: all at once, each with its place."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class RowError:
    """One error: its line in the file (1 is the head), its column, and what to mend."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        place = f"line {self.line}" + (f", column {self.column}" if self.column else "")
        return f"{place}: {self.message}"


class SheetError(ValueError):
    """A file that cannot be taken; nothing of it is used."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = tuple(errors)

    @classmethod
    def at(cls, line: int, column: str, message: str) -> "SheetError":
        """Return an error with a single place."""
        return cls([RowError(line, column, message)])
