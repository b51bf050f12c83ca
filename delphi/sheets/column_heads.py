"""Finding the head of a sheet that a person made: a title above it, names in other words, other cases."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

SheetLine = tuple[int, tuple[str, ...]]  # its number in the file, and its cells
LOOKED_AT = 20  # lines among which the head is sought


@dataclass(frozen=True)
class Heads:
    """Names of columns, each with other words for it; ``required`` are those by which a head is known."""

    names: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    known: Mapping[str, str] = field(init=False)

    def __post_init__(self) -> None:
        words = {word.casefold(): name for name, others in self.names.items() for word in (name, *others)}
        object.__setattr__(self, "known", words)

    def named(self, cell: str) -> str:
        """Name of a column as the program calls it, or the cell as it is.

        Examples
        --------
        >>> heads = Heads({"email": ("e-mail", "mail address")}, ("email",))
        >>> heads.named(" E-Mail "), heads.named("Country ")
        ('email', 'Country')
        """
        text = " ".join(cell.split())
        return self.known.get(text.casefold(), text)

    def holds(self, cells: Sequence[str]) -> bool:
        """Whether a line names every required column."""
        return set(self.required) <= {self.named(cell) for cell in cells}

    def separator(self, text: str, marks: str) -> str | None:
        """The mark of ``marks`` by which a line of the file becomes a head, or None."""
        for line in text.splitlines()[:LOOKED_AT]:
            for mark in marks:
                if self.holds([cell.strip().strip('"') for cell in line.split(mark)]):
                    return mark
        return None

    def from_head(self, lines: Sequence[SheetLine]) -> list[SheetLine]:
        """Drop what stands above the head, and name its columns; without a head the lines stay as they are."""
        for place, (line, cells) in enumerate(lines[:LOOKED_AT]):
            if self.holds(cells):
                return [(line, tuple(map(self.named, cells))), *lines[place + 1 :]]
        return list(lines)
