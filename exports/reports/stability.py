"""Stability between two rounds of the same panelists: how much moved, and which way (METHOD 7)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from delphi.consensus.analysis import ChangeShown, Definition, Population, RoundData
from delphi.consensus.counts import Integers, total
from delphi.consensus.disclosure.change_bands import band_of
from delphi.consensus.stability import StabilityRule, moves_of
from delphi.consensus.table.change_columns import UNPAIRED
from delphi.consensus.table.columns import Cell, Reasons, filled
from delphi.consensus.table.result_row import EVERYBODY
from delphi.statistics.base.result import Reason
from delphi.statistics.change.paired import mean_absolute_change, percent_changed, rank_correlation
from delphi.statistics.change.paired_agreement import ac2_transition, weighted_kappa
from delphi.statistics.change.paired_tests import sign_test_of_moves, signed_rank_of_moves
from delphi.statistics.change.square_tables import bowker, mcnemar
from delphi.statistics.groups.comparison import adjust_p
from delphi.statistics.one_statement.quantiles import median
from exports.record.columns import POINTS, QUARTILES, SHARES
from exports.record.material import REASONS, Material, place, row_of
from exports.record.pairs import with_pairs
from exports.record.record import Record, defined, shown_cells
from exports.tables.table import Column, Table, rows_of

COLUMNS = (
    *place(),
    Column("previous_round", "int", "Compared with round"),
    Column("n_before", "int", "Rated before", SHARES),
    Column("n_rated", "int", "Rated now", SHARES),
    Column("n_paired", "int", "Rated in both", SHARES, brief=True),
    Column("changed_k", "int", "Changed", SHARES, "n_paired"),
    Column("changed_pct", "percent", "Changed %", SHARES, "n_paired", brief=True),
    Column("up", "int", "Up", SHARES, "n_paired", brief=True),
    Column("down", "int", "Down", SHARES, "n_paired", brief=True),
    Column("across_zones", "int", "Changed zone", SHARES, "n_paired"),
    Column("towards", "int", "Moved towards the median shown", POINTS, "n_paired"),
    Column("away", "int", "Moved away from the median shown", POINTS, "n_paired"),
    Column("delta_median", "float", "Change of median", QUARTILES, "n_paired", brief=True),
    Column("mean_change", "float", "Mean absolute change", POINTS, "n_paired"),
    Column("ac2", "float", "AC2", POINTS, "n_paired", brief=True),
    Column("kappa", "float", "Weighted kappa", POINTS, "n_paired"),
    Column("spearman", "float", "Rank correlation", POINTS, "n_paired"),
    Column("p_signed_rank", "p", "p, signed ranks", POINTS, "n_paired"),
    Column("p_holm", "p", "p, Holm", POINTS, "n_paired", brief=True),
    Column("p_sign", "p", "p, sign test", POINTS, "n_paired"),
    Column("p_bowker", "p", "p, Bowker", POINTS, "n_paired"),
    Column("p_mcnemar", "p", "p, McNemar", POINTS, "n_paired"),
    Column("changed_band", "text", "Changed, in a band of %", SHARES, "n_paired", brief=True),
    Column("stable", "text", "Stability", SHARES, "n_paired", brief=True),
    REASONS,
)
RULE = StabilityRule()
Part = tuple[dict[str, Cell], Reasons]
NOTES = (
    (
        f"Stable: at most {RULE.max_changed} % changed, the median of the pairs moved by less than {RULE.max_median_shift}, and "
        f"AC2 of {RULE.min_coefficient} or more (or nobody changed), among at least {RULE.min_paired} pairs."
    ),
    "p: signed ranks and sign (exact), Bowker (symmetry), McNemar (agreeing or not); Holm: over the statements of a round.",
    "Where single answers are not kept, a statement is stable if at most 15 % of the pairs changed.",
    "A test that finds no difference is no proof of stability.",
)

SEALED_COLUMNS = (
    *place(),
    Column("previous_round", "int", "Compared with round"),
    Column("n_before", "int", "Rated before", SHARES),
    Column("n_rated", "int", "Rated now", SHARES, brief=True),
    Column("delta_combined_pp", "float", "Change of combined agreement (points)", SHARES, brief=True, signed=True),
    Column("delta_median", "float", "Change of median", QUARTILES, brief=True),
    Column("changed_band", "text", "Changed", SHARES, brief=True),
    Column("stable", "text", "Stability", SHARES, brief=True),
    REASONS,
)
SEALED_NOTE = (
    "Changed: how many of those who rated in both rounds gave another rating (up to 15, 15 to 30, over 30 %), of the whole panel and "
    "where that tells nobody’s answer; stable is the lowest of these. Single ratings are not kept, so transitions, numbers of "
    "those who moved up or down, coefficients and tests of pairs do not exist."
)


def build(material: Material) -> Table:
    """Build the table: a row for each statement of each round that has one before it."""
    definition = material.definition
    before = {round_.number: round_ for round_ in material.analysis.rounds}
    rows = []
    for round_, population in material.populations():
        of_round = list(_rows(round_, population, before, definition))
        adjusted = adjust_p([row["p_signed_rank"] for row in of_round])
        rows += [row | {"p_holm": p} for row, p in zip(of_round, adjusted, strict=True)]
    caption = f"Change among the panelists who rated a statement in both rounds. {definition.describe()}"
    names = rows_of(COLUMNS, rows)
    return Table("stability/1", "Stability between rounds", caption, COLUMNS, names, NOTES, material.definition_dict())


def of_record(record: Record) -> Table:
    """Build the table of a study: from its rows where the profile may read them, else what may be said of sealed rounds."""
    if record.figures is None:
        return build(Material(record.analysis, (), record.by_group, record.watch))
    if record.panels:
        whole, shown = build(Material(with_pairs(record), (), record.by_group, record.watch)), shown_cells(record)
        rows = [row for row in whole.as_dicts() if (row["round"], row["statement"], row["group"]) in shown]
        return replace(whole, rows=rows_of(COLUMNS, rows))
    before = {(row.round, row.statement, row.group): row["n_rated"] for row in record.rows}
    rows = [
        {**row, "n_before": before.get((row["previous_round"] or 0, row.statement, row.group))}
        for row in record.rows
        if row.round > 1 and (record.by_group or row.is_panel)
    ]
    shares = [
        f"Round {number}: {'all' if step == 100 else f'{step} to {step + 10} %'} of the comparable statements are stable."
        for number, step in record.stable_shares.items()
    ]
    caption = f"Differences are between all who rated in each round. {record.definition.describe()}"
    names = rows_of(SEALED_COLUMNS, rows)
    return Table(
        "stability/1",
        "Stability between rounds",
        caption,
        SEALED_COLUMNS,
        names,
        (SEALED_NOTE, *shares),
        defined(record),
    )


def _rows(
    round_: RoundData, population: Population, rounds: Mapping[int, RoundData], definition: Definition
) -> Iterator[dict[str, Any]]:
    if all(item.previous_round is None for item in round_.items):
        return
    for j, item in enumerate(round_.items):
        head: dict[str, Cell] = {
            "statement": item.statement,
            "round": round_.number,
            "group": population.name,
            "previous_round": item.previous_round,
            "n_rated": int(population.counts.n_rated[j].sum()),
        }
        earlier = _earlier(rounds.get(item.previous_round or 0), population.name, item.statement)
        if item.previous_round is None or not round_.comparable(j):
            missing = {} if item.previous_round is not None else {"previous_round": Reason.NEW}
            yield _empty((head, missing), UNPAIRED.get(item.relation, Reason.NOT_LINKABLE))
        elif population.paired is not None:
            yield row_of([(head, {}), *_figures(population.paired[j], earlier, definition)])
        else:
            yield _sealed(round_, j, (head, {}), population.name, earlier)


def _empty(head: Part, reason: Reason) -> dict[str, Any]:
    """A row that says where it belongs, and why it says no more."""
    empty = [column.name for column in COLUMNS if column.name not in {*head[0], "reasons"}]
    return row_of([head, filled(dict.fromkeys(empty), reason)])


def _sealed(round_: RoundData, j: int, head: Part, group: str, earlier: Integers | None) -> dict[str, Any]:
    """A row of a round whose single answers are not kept: what the seal tells of the panel."""
    if round_.bands is None:
        return _empty(head, Reason.NOT_LINKABLE)
    shown = (round_.bands[j] if group == EVERYBODY else None) or ChangeShown(None, None)
    told = filled({"changed_band": shown.band, "stable": shown.stable}, shown.reason or Reason.SEALED)
    before = filled({"n_before": None if earlier is None else int(earlier.sum())}, Reason.NOT_IN_ROUND)
    cells = head[0] | told[0] | before[0]
    return _empty((cells, head[1] | told[1] | before[1]), Reason.SEALED)


def _earlier(round_: RoundData | None, group: str, statement: str) -> Integers | None:
    """Counts of the statement in the round before, in the same population."""
    for j, item in enumerate(round_.items if round_ else ()):
        if round_ and item.statement == statement and group in (EVERYBODY, *round_.counts.groups):
            counts = round_.counts if group == EVERYBODY else round_.counts.only(group)
            return total(counts.ratings[j], 0)
    return None


def _figures(table: Integers, earlier: Integers | None, definition: Definition) -> Iterator[Part]:
    """Cells of one transition table, in parts that are empty for the same reason."""
    moves = moves_of(table, definition.scale.lo, definition.scale.combined, RULE)
    yield (
        {"n_before": None if earlier is None else int(earlier.sum())},
        {"n_before": Reason.NOT_IN_ROUND} if earlier is None else {},
    )
    counted = {"n_paired": moves.n_paired, "changed_pct": moves.changed_pct} | _changes(table, earlier, definition)
    yield filled(counted, Reason.NO_PAIRED_RATINGS)
    band = band_of(moves.changed, moves.n_paired) if moves.n_paired else None
    last = {"delta_median": moves.delta_median, "changed_band": band, "stable": moves.stable}
    yield filled(last, Reason.NO_PAIRED_RATINGS)
    yield from _coefficients(table)
    yield _tests(table, definition, moves.n_paired)


def _changes(table: Integers, earlier: Integers | None, definition: Definition) -> dict[str, int | None]:
    """How many changed, and which way; towards a median only if one was shown."""
    scale = definition.scale
    zones = [next((i for i, (_, members) in enumerate(scale.bands) if v in members), 0) for v in scale.values]
    shown = None if earlier is None else median(earlier)
    changes = percent_changed(table, zones, shown if shown is not None else Fraction(0))
    return {
        "changed_k": changes.changed,
        "up": changes.up,
        "down": changes.down,
        "across_zones": changes.across_zones,
        "towards": changes.towards if shown is not None else None,
        "away": changes.away if shown is not None else None,
    }


def _coefficients(table: Integers) -> Iterator[Part]:
    """Coefficients of agreement with oneself, each with its own reason."""
    coefficients = {
        "ac2": ac2_transition(table),
        "kappa": weighted_kappa(table),
        "spearman": rank_correlation(table),
        "mean_change": mean_absolute_change(table),
    }
    for name, result in coefficients.items():
        yield filled({name: result.value}, result.reason or Reason.NO_PAIRED_RATINGS)


def _tests(table: Integers, definition: Definition, n_paired: int) -> Part:
    """The p of each test; that adjusted over the statements is filled in later."""
    tests = {
        "p_signed_rank": signed_rank_of_moves(table).p,
        "p_holm": None,
        "p_sign": sign_test_of_moves(table).p,
        "p_bowker": bowker(table, resamples=0).p,
        "p_mcnemar": _mcnemar(table, definition) if n_paired else None,
    }
    values, reasons = filled(tests, Reason.NO_PAIRED_RATINGS)
    return values, {name: reason for name, reason in reasons.items() if name != "p_holm" or not n_paired}


def _mcnemar(table: Integers, definition: Definition) -> float:
    """Test of agreeing or not, by the combined agreement set."""
    inside = np.isin(definition.scale.values, definition.scale.combined)
    return mcnemar(int(table[inside][:, ~inside].sum()), int(table[~inside][:, inside].sum())).p
