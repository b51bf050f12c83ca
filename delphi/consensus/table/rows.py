"""Rows of the consensus table: one for each statement, round and group (REPORTING 1.2). Frozen at release as they are."""

from collections.abc import Iterator, Sequence

from delphi.consensus.analysis import Analysis, Definition, Population, RoundData
from delphi.consensus.table import columns
from delphi.consensus.table.change_columns import change, composition, earlier_counts
from delphi.consensus.table.columns import Cell, ColumnBlock
from delphi.consensus.table.summary import summarise
from delphi.consensus.vocabulary import EVERYBODY
from delphi.statistics.base.result import Flag, Reason


def consensus_rows(analysis: Analysis, *, by_group: bool = False) -> list[dict[str, Cell]]:
    """Rows of the consensus table: by round and statement, and of each first the whole panel, then the groups if asked.

    Parameters
    ----------
    analysis
        The closed rounds, in counts, and their definition.
    by_group
        Whether there is a row for each stakeholder group, too.

    Returns
    -------
    list of dict
        Cell by name of the column, all rows with the same names. Shares are in per cent, positions in points of the
        scale, both as floats rounded once; an empty cell is None, and its reason stands in ``reasons``.
    """
    return [row for round_ in analysis.chained() for row in _round_rows(round_, analysis.definition, by_group=by_group)]


def _round_rows(round_: RoundData, definition: Definition, *, by_group: bool) -> Iterator[dict[str, Cell]]:
    populations = [_population(round_, population, definition) for population in round_.populations(by_group=by_group)]
    for rows in zip(*populations, strict=True):
        yield from rows


def _population(round_: RoundData, population: Population, definition: Definition) -> list[dict[str, Cell]]:
    """Rows of one population."""
    judgement, summary = definition.judge(population.counts), summarise(population.counts, definition)
    bound = getattr(definition.rule, "max_iqr", None) or definition.scale.max_iqr
    then = summarise(earlier_counts(round_, population), definition)
    figures = [
        columns.people(summary, int(population.counts.invited.sum())),
        columns.shares(summary, definition),
        columns.centre(summary, bound),
        columns.verdict(judgement, definition),
        change(round_, population, summary, then, definition),
    ]
    flags = judgement.flags
    if population.name == EVERYBODY:
        flags = tuple((*own, *more) for own, more in zip(flags, composition(round_, summary, then), strict=True))
    head, closing = _identity(round_, population.name), _closing(round_, flags, definition)
    closing.add("reasons", columns.reasons_of([*figures, head], len(round_.items)))
    table = {name: column for block in (head, *figures, closing) for name, column in block.cells.items()}
    return [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]


def _closing(round_: RoundData, flags: Sequence[tuple[Flag, ...]], definition: Definition) -> ColumnBlock:
    block = ColumnBlock()
    block.add("flags", [";".join(of_row) for of_row in flags])
    block.add("decision", [item.decision for item in round_.items])
    block.add("decision_reason", [item.decision_reason for item in round_.items])
    block.add("rule_id", [definition.rule.key] * len(round_.items))
    return block


def _identity(round_: RoundData, group: str) -> ColumnBlock:
    block = ColumnBlock()
    for name in ("statement", "version", "kind", "section_no", "section", "text"):
        block.add(name, [getattr(item, name) for item in round_.items])
    block.why["section_no"] = Reason.NOT_APPLICABLE
    block.add("round", [round_.number] * len(round_.items))
    block.add("group", [group] * len(round_.items))
    return block
