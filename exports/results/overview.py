"""Results of all statements over all rounds: one line a statement, sorted and filtered by what the address says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from delphi.consensus.table.result_row import ResultRow
from delphi.consensus.vocabulary import Verdict

SortValue = int | float | str | None
FILTERS = ("section", "kind", "verdict", "text")
VERDICTS = tuple(Verdict)


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement by its code: its rows by round, and the last of them."""

    code: str
    rounds: Mapping[int, ResultRow]

    @property
    def last(self) -> ResultRow:
        """The row of the last round in which it was asked."""
        return self.rounds[max(self.rounds)]

    @property
    def path(self) -> tuple[tuple[int, str], ...]:
        """Verdict by round."""
        return tuple((number, str(row["verdict"])) for number, row in sorted(self.rounds.items()))


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """What a reader asked for: a column to sort by, and which statements."""

    sort: str = ""
    down: bool = False
    section: str = ""
    kind: str = ""
    verdict: str = ""
    text: str = ""

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "StatementFilter":
        """Read it from the parameters of an address."""
        texts = {name: sent.get(name, "") for name in FILTERS}
        return cls(sort=sent.get("sort", ""), down=sent.get("order") == "down", **texts)

    def link(self, column: str) -> dict[str, str | None]:
        """Parameters of a link that sorts by a column, or turns the order round."""
        down = "down" if self.sort == column and not self.down else None
        return {"sort": column, "order": down, **self.filters()}

    def filters(self) -> dict[str, str | None]:
        """Parameters that keep the filter."""
        return {name: getattr(self, name) or None for name in FILTERS}


def _number(name: str) -> Callable[[StatementLine], SortValue]:
    return lambda line: line.last[name]


SORTED: dict[str, Callable[[StatementLine], SortValue]] = {
    "code": lambda line: line.code,
    "combined": _number("combined_pct"),
    "median": _number("median"),
    "iqr": _number("iqr"),
    "n": _number("n_rated"),
    "change": _number("delta_combined_pp"),
    "verdict": lambda line: None if line.last.verdict is None else VERDICTS.index(Verdict(line.last.verdict)),
    "stable": lambda line: str(line.last["stable"] or ""),
}


def lines_of(rows_by_round: Mapping[int, Sequence[ResultRow]]) -> list[StatementLine]:
    """Put the rows of the whole panel together by statement, in the order of the last round, then of earlier ones."""
    order: dict[str, dict[int, ResultRow]] = {}
    for number in sorted(rows_by_round, reverse=True):
        for row in rows_by_round[number]:
            if row.is_panel:
                order.setdefault(row.statement, {})[number] = row
    return [StatementLine(code, rounds) for code, rounds in order.items()]


def sections_of(lines: Sequence[StatementLine]) -> list[str]:
    """List the sections in their order."""
    return list(dict.fromkeys(line.last["section"] for line in lines if line.last["section"]))


def kinds_of(lines: Sequence[StatementLine]) -> list[str]:
    """List the kinds in their order."""
    return list(dict.fromkeys(line.last.kind for line in lines))


def chosen(lines: Sequence[StatementLine], wanted: StatementFilter) -> list[StatementLine]:
    """Keep the lines that were asked for, sorted; what is not known comes last in either order."""
    kept = [line for line in lines if _fits(line, wanted)]
    key = SORTED.get(wanted.sort)
    if key is None:
        return kept
    known = [line for line in kept if key(line) is not None]
    known.sort(key=key, reverse=wanted.down)  # type: ignore[arg-type]  # one column holds one type
    return known + [line for line in kept if key(line) is None]


def _fits(line: StatementLine, wanted: StatementFilter) -> bool:
    row = line.last
    return (
        wanted.section in ("", row["section"])
        and wanted.kind in ("", row["kind"])
        and wanted.verdict in ("", row["verdict"])
        and wanted.text.casefold() in f"{line.code} {row['text']}".casefold()
    )
