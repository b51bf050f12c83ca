"""What was measured: every answer of a server, and a table of them."""

import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

REFUSALS = frozenset({409})  # the round is closed: no error
START, END = "<!-- load -->", "<!-- end of load -->"


@dataclass
class Samples:
    """Milliseconds and status of every request, by kind; threads may add at the same time."""

    taken: list[tuple[str, float, int | str]] = field(default_factory=list)

    def add(self, kind: str, begun: float, status: int | str) -> None:
        """Keep one answer, or the name of what came instead."""
        self.taken.append((kind, 1000 * (time.monotonic() - begun), status))

    def of(self, *kinds: str) -> list[float]:
        """The milliseconds of these kinds, or of all, in order of size."""
        return sorted(took for kind, took, _status in self.taken if not kinds or kind in kinds)

    def errors(self) -> Counter[int | str]:
        """What was answered that is neither a page nor a refusal."""
        wrong = [status for _kind, _took, status in self.taken if not (isinstance(status, int) and status < 400)]
        return Counter(status for status in wrong if status not in REFUSALS)

    def refused(self) -> int:
        """How many were told that the round is closed."""
        return sum(status in REFUSALS for _kind, _took, status in self.taken)


def percentile(ordered: list[float], share: float) -> float:
    """The value below which this share of them lies.

    Examples
    --------
    >>> percentile([1.0, 2.0, 3.0, 4.0], 0.5), percentile([5.0], 0.99), percentile([], 0.5)
    (3.0, 5.0, 0.0)
    """
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def latencies(ordered: list[float]) -> str:
    """Percentiles as text: p50 / p95 / p99."""
    return " / ".join(f"{percentile(ordered, share):.0f}" for share in (0.5, 0.95, 0.99)) + " ms"


def written(page: Path, rows: dict[str, str]) -> None:
    """Put rows into the table of a page, by what they are of; other rows stay."""
    before, _start, rest = page.read_text().partition(START)
    table, _end, after = rest.partition(END)
    lines = [line for line in table.strip().splitlines() if line.startswith("|")]
    head, known = lines[:2], dict(_row(line) for line in lines[2:])
    body = [f"| {name} | {value} |" for name, value in (known | rows).items()]
    page.write_text("\n".join([before + START, *head, *body, END + after]))


def _row(line: str) -> tuple[str, str]:
    name, _bar, value = line.strip("| ").partition(" | ")
    return name, value
