"""Rows of the consensus table: one for each statement, round and group (REPORTING 1.2). Frozen at release as they are."""

from collections.abc import Iterator
from typing import Any

from numpy.typing import NDArray

from delphi.consensus import cells
from delphi.consensus.analysis import Analysis, Definition, Population, RoundData
from delphi.consensus.cells import Cell
from delphi.consensus.stability import Moves, moves_of
from delphi.consensus.summary import figures
from delphi.statistics.result import Reason


def consensus_rows(analysis: Analysis, *, by_group: bool = False) -> list[dict[str, Cell]]:
    """Give the rows: all panelists first, then the groups if asked."""
    return [row for round_ in analysis.rounds for row in _round_rows(round_, analysis.definition, by_group=by_group)]


def _round_rows(round_: RoundData, definition: Definition, *, by_group: bool) -> Iterator[dict[str, Cell]]:
    populations = {one.name: _population(round_, one, definition) for one in round_.populations(by_group=by_group)}
    for j in range(len(round_.items)):
        for name, rows in populations.items():
            head, tail = rows[j]
            yield head | {"group": name} | tail


Halves = tuple[dict[str, Cell], dict[str, Cell]]


def _population(round_: RoundData, population: Population, definition: Definition) -> list[Halves]:
    """Rows of one population, without the name of the group between the two halves."""
    _, counts, paired = population
    judgement = definition.judge(counts)
    bound = getattr(definition.rule, "max_iqr", None) or definition.scale.max_iqr
    invited = int(counts.invited.sum())
    rows = []
    for j, (item, row) in enumerate(zip(round_.items, figures(counts, definition), strict=True)):
        parts = [
            cells.people(row, invited, row.n_rated + row.n_nq),
            cells.shares(row, definition),
            cells.centre(row, bound),
            cells.verdict(judgement, j, definition),
            cells.change(item, _moves(round_, j, paired, definition)),
        ]
        values = {name: value for part, _ in parts for name, value in part.items()}
        reasons = {name: reason for _, part in parts for name, reason in part.items()}
        if item.section_no is None:
            reasons["section_no"] = Reason.NOT_APPLICABLE
        closing: dict[str, Cell] = {
            "flags": ";".join(judgement.flags[j]),
            "decision": item.decision,
            "decision_reason": item.decision_reason,
            "rule_id": definition.rule.key,
            "reasons": ";".join(f"{name}={reason}" for name, reason in reasons.items()),
        }
        rows.append((_identity(round_, j), values | closing))
    return rows


def _moves(round_: RoundData, j: int, paired: NDArray[Any] | None, definition: Definition) -> Moves | None:
    if paired is None or not round_.comparable(j):
        return None
    return moves_of(paired[j], definition.scale.lo, definition.scale.combined)


def _identity(round_: RoundData, j: int) -> dict[str, Cell]:
    item = round_.items[j]
    return {
        "statement": item.statement,
        "version": item.version,
        "kind": item.kind,
        "section_no": item.section_no,
        "section": item.section,
        "text": item.text,
        "round": round_.number,
    }
