"""Rows of the consensus table: one for each statement, round and group (REPORTING 1.2). Frozen at release as they are."""

from collections.abc import Iterator

from delphi.consensus.analysis import Analysis, Definition, Population, RoundData
from delphi.consensus.rules.base import Judgement
from delphi.consensus.stability import moves_table
from delphi.consensus.table import columns as cells
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.summary import summarise
from delphi.statistics.base.result import Reason


def consensus_rows(analysis: Analysis, *, by_group: bool = False) -> list[dict[str, Cell]]:
    """Give the rows: all panelists first, then the groups if asked."""
    return [row for round_ in analysis.rounds for row in _round_rows(round_, analysis.definition, by_group=by_group)]


def _round_rows(round_: RoundData, definition: Definition, *, by_group: bool) -> Iterator[dict[str, Cell]]:
    populations = [_population(round_, one, definition) for one in round_.populations(by_group=by_group)]
    for rows in zip(*populations, strict=True):
        yield from rows


def _population(round_: RoundData, population: Population, definition: Definition) -> list[dict[str, Cell]]:
    """Rows of one population."""
    name, counts, paired = population
    judgement, found = definition.judge(counts), summarise(counts, definition)
    bound = getattr(definition.rule, "max_iqr", None) or definition.scale.max_iqr
    comparable = [round_.comparable(j) for j in range(len(round_.items))]
    moves = None if paired is None else moves_table(paired, definition.scale.lo, definition.scale.combined)
    parts = [
        cells.people(found, int(counts.invited.sum())),
        cells.shares(found, definition),
        cells.centre(found, bound),
        cells.verdict(judgement, definition),
        cells.change(round_.items, moves, comparable),
    ]
    head, closing = _identity(round_, name), _closing(round_, judgement, definition)
    closing.add("reasons", cells.reasons_of([*parts, head], len(round_.items)))
    columns = {name: column for part in (head, *parts, closing) for name, column in part.cells.items()}
    names = tuple(columns)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _closing(round_: RoundData, judgement: Judgement, definition: Definition) -> cells.Part:
    part = cells.Part()
    part.add("flags", [";".join(flags) for flags in judgement.flags])
    part.add("decision", [item.decision for item in round_.items])
    part.add("decision_reason", [item.decision_reason for item in round_.items])
    part.add("rule_id", [definition.rule.key] * len(round_.items))
    return part


def _identity(round_: RoundData, group: str) -> cells.Part:
    part = cells.Part()
    for name in ("statement", "version", "kind", "section_no", "section", "text"):
        part.add(name, [getattr(item, name) for item in round_.items])
    part.why["section_no"] = Reason.NOT_APPLICABLE
    part.add("round", [round_.number] * len(round_.items))
    part.add("group", [group] * len(round_.items))
    return part
