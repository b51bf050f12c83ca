"""What a file would change: rows that are new, changed or the same, before anything is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Changed:
    """A row that differs from what is stored: column to (before, now)."""

    line: int
    key: str
    values: Values
    columns: Mapping[str, tuple[Any, Any]]


@dataclass(frozen=True)
class FileComparison:
    """A file beside what is stored; only the columns of the file are compared."""

    new: tuple[tuple[int, Values], ...]
    changed: tuple[Changed, ...]
    same: int

    @property
    def empty(self) -> bool:
        """Whether the file changes nothing."""
        return not self.new and not self.changed


def compare(rows: Sequence[tuple[int, Values]], stored: Mapping[str, Values], key: str) -> FileComparison:
    """Compare the rows of a file with what is stored under their keys.

    Examples
    --------
    >>> comparison = compare([(2, {"code": "A", "text": "new"}), (3, {"code": "B", "text": "x"})], {"A": {"text": "old"}}, "code")
    >>> comparison.changed[0].columns, len(comparison.new)
    ({'text': ('old', 'new')}, 1)
    """
    new, changed, same = [], [], 0
    for line, values in rows:
        before = stored.get(values[key])
        if before is None:
            new.append((line, values))
            continue
        columns = {
            name: (before.get(name), now)
            for name, now in values.items()
            if name != key and (before.get(name) or "") != (now or "")
        }
        if columns:
            changed.append(Changed(line, values[key], values, columns))
        else:
            same += 1
    return FileComparison(tuple(new), tuple(changed), same)
