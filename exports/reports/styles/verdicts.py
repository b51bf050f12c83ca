"""The verdicts of all rounds so far, side by side."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import ResultRow, write_reasons
from delphi.consensus.vocabulary import Relation
from exports.record.columns import SHARES
from exports.record.record import Record
from exports.reports.styles.columns import VERDICT
from exports.tables.table import Column

CHANGED_MEANING = {
    Relation.REWORDED: "wording_changed",
    Relation.MERGED: Relation.MERGED.value,
    Relation.SPLIT: Relation.SPLIT.value,
}


def verdict_columns(record: Record, number: int) -> list[Column]:
    """Columns of the verdict of each round so far."""
    before = [r.number for r in record.rounds if r.number < number]
    columns = [
        Column(f"verdict_r{earlier}", "text", f"Verdict round {earlier}", SHARES, says_why=True) for earlier in before
    ]
    return [*columns, replace(VERDICT, label=f"Verdict round {number}") if before else VERDICT]


def with_verdicts(record: Record, number: int) -> Callable[[ResultRow], dict[str, Cell]]:
    """Return what adds the verdicts of earlier rounds to a row, as long as the statement meant the same."""
    rows = {(row.statement, row.round): row for row in record.rows if row.is_panel}
    rounds = [r.number for r in record.rounds if r.number < number]

    def filled(row: ResultRow) -> dict[str, Cell]:
        earlier = [rows.get((row.statement, before)) for before in sorted(rounds, reverse=True)]
        cells: dict[str, Cell] = {**row}
        reasons = row.reasons
        for before, (older, why) in zip(sorted(rounds, reverse=True), _verdicts(row, earlier), strict=True):
            name = f"verdict_r{before}"
            cells |= {name: older.verdict} if older else {}
            reasons |= {name: why} if why else {}
        return cells | {"reasons": write_reasons(reasons)}

    return filled


def _verdicts(row: ResultRow, earlier: list[ResultRow | None]) -> Iterator[tuple[ResultRow | None, str | None]]:
    """Go back round by round: the row whose verdict counts, or why there is none; the newest first."""
    newer = row
    for older in earlier:
        changed = CHANGED_MEANING.get(Relation(newer.relation))
        if changed or older is None:
            yield None, changed or "not_in_round"
        else:
            yield older, older.reasons.get("verdict")
            newer = older
