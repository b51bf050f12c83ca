"""Columns of the consensus table, a block at a time, each empty cell with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Integers
from delphi.consensus.rules.base import Judgement
from delphi.consensus.rules.quartiles import Scaled
from delphi.consensus.table.summary import Summary
from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement.intervals import wilson_bounds

Cell = int | float | str | bool | None
Reasons = dict[str, Reason]


def plain(value: Any) -> Cell:
    """Value of a cell: a fraction as the nearest float, a member of a vocabulary as its text, anything else as it is."""
    if isinstance(value, StrEnum):
        return value.value
    return float(value) if isinstance(value, Fraction) else value


def filled(cells: Mapping[str, Any], reason: Reason) -> tuple[dict[str, Cell], Reasons]:
    """Plain values, and the same reason for all of them that are empty."""
    values = {name: plain(value) for name, value in cells.items()}
    return values, {name: reason for name, value in values.items() if value is None}


Column = list[Any]


@dataclass
class ColumnBlock:
    """Columns that belong together, and the reason of empty cells: one for a column, or one for each row."""

    cells: dict[str, Column] = field(default_factory=dict)
    why: dict[str, Reason | Sequence[Reason | None]] = field(default_factory=dict)

    def add(self, name: str, values: Iterable[Any], why: Reason | Sequence[Reason | None] | None = None) -> None:
        """Add a column, with the reason of its empty cells."""
        self.cells[name] = values if isinstance(values, list) else list(values)
        if why is not None:
            self.why[name] = why


def divided(numerator: Integers, denominator: Integers | int, where: NDArray[np.bool_]) -> Column:
    """Quotients where they exist, rounded once; None elsewhere."""
    values: Column = (numerator / np.where(where, denominator, 1)).tolist()
    return values if where.all() else [x if ok else None for x, ok in zip(values, where.tolist(), strict=True)]


def people(s: Summary, invited: int) -> ColumnBlock:
    """Numbers of people who were invited and shown each statement, and of those who answered it."""
    block, answered = ColumnBlock(), s.n + s.nq
    block.add("n_invited", [invited] * len(s.n))
    for name, column in {"n_shown": answered + s.blank, "n_rated": s.n, "n_nq": s.nq, "n_blank": s.blank}.items():
        block.add(name, column.tolist())
    block.add("nq_pct", divided(100 * s.nq, answered, answered > 0), Reason.NO_RATINGS)
    return block


def shares(s: Summary, definition: Definition) -> ColumnBlock:
    """Counts and percentages of the options and of the sets, with the interval of combined agreement."""
    block, scale, rated = ColumnBlock(), definition.scale, s.n > 0
    for value, column in zip(scale.values, s.f.T, strict=True):
        block.add(f"k_{value}", column.tolist())
    for value, column in zip(scale.values, s.f.T, strict=True):
        block.add(f"pct_{value}", divided(100 * column, s.base, rated), Reason.NO_RATINGS)
    _set(block, "agree", s, s.sets.agree)
    _set(block, "combined", s, s.sets.combined)
    block.add("combined_pct_nq_in", divided(100 * s.sets.combined, s.n + s.nq, rated), Reason.NO_RATINGS)
    _set(block, "disagree", s, s.sets.disagree, known=bool(scale.disagree))
    _set(block, "neutral", s, s.sets.neutral, known=bool(scale.neutral))
    bounds = wilson_bounds(s.sets.combined, np.where(rated, s.base, 1))
    for name, bound in zip(("ci_low", "ci_high"), bounds, strict=True):
        block.add(name, [100 * x if ok else None for x, ok in zip(bound.tolist(), rated.tolist(), strict=True)])
        block.why[name] = Reason.NO_RATINGS
    block.add("ci_method", ["wilson95"] * len(s.n))
    return block


def _set(block: ColumnBlock, name: str, s: Summary, k: Integers, *, known: bool = True) -> None:
    """Add number and percentage of a set of options; nothing where the scale has no such set."""
    none = [None] * len(s.n)
    reason = Reason.NO_RATINGS if known else Reason.NOT_APPLICABLE
    block.add(f"{name}_k", k.tolist() if known else none, reason)
    block.add(f"{name}_pct", divided(100 * k, s.base, s.n > 0) if known else none, reason)


def centre(s: Summary, bound: str | None) -> ColumnBlock:
    """Median, quartiles, mean and modes in points of the scale, and whether the range is within a bound."""
    block, rated, none = ColumnBlock(), s.n > 0, Reason.NO_RATINGS
    spread = s.q3.minus(s.q1)
    block.add("median", divided(s.median.numerators, s.median.denominator, rated), none)
    block.add("q1", divided(s.q1.numerators, s.q1.denominator, rated), none)
    block.add("q3", divided(s.q3.numerators, s.q3.denominator, rated), none)
    block.add("iqr", divided(spread.numerators, spread.denominator, rated), none)
    block.add("mean", divided(s.sums, s.n, rated), none)
    block.add("sd", [x if n > 1 else None for x, n in zip(s.sd.tolist(), s.n.tolist(), strict=True)])
    block.why["sd"] = [Reason.N_BELOW_2 if n == 1 else none for n in s.n.tolist()]
    block.add("mode", _modes(s), none)
    block.add("iqr_consensus", _close(spread, bound, rated), none if bound else Reason.NOT_APPLICABLE)
    return block


def _modes(s: Summary) -> Column:
    words, top = np.array([str(value) for value in s.values.tolist()]), s.f.max(1, keepdims=True)
    return [";".join(words[row]) if n else None for row, n in zip(s.f == top, s.n.tolist(), strict=True)]


def _close(spread: Scaled, bound: str | None, rated: NDArray[np.bool_]) -> Column:
    if bound is None:
        return [None] * len(rated)
    return [bool(x) if ok else None for x, ok in zip(spread.at_most(bound).tolist(), rated.tolist(), strict=True)]


RAND = ("di", "ipras", "disagreement")


def verdict(judgement: Judgement, definition: Definition) -> ColumnBlock:
    """Verdict, grade, their basis, and the figures of RAND/UCLA rules."""
    block, detail, why = ColumnBlock(), judgement.detail, judgement.reason
    block.add("verdict", [verdict.value for verdict in judgement.verdict], why)
    grades = _grade_reasons(judgement) if definition.rule.has_grades else Reason.NOT_APPLICABLE
    block.add("grade", judgement.grade, grades)
    block.add("verdict_basis", [basis or None for basis in judgement.basis], why)
    block.add("group_rule", judgement.groups)
    rand = ["ipras" in figures for figures in detail]
    empty = [(w or Reason.NO_RATINGS) if r else Reason.NOT_APPLICABLE for w, r in zip(why, rand, strict=True)]
    for name in RAND:
        block.add(name, [plain(figures.get(name)) for figures in detail], empty)
    return block


def _grade_reasons(judgement: Judgement) -> list[Reason]:
    return [Reason.BELOW_LOWEST_GRADE if figures["n"] else Reason.NO_RATINGS for figures in judgement.detail]


def reasons_of(blocks: Iterable[ColumnBlock], size: int) -> list[str]:
    """Why cells of each row are empty, as “column=reason;…”; a verdict that could not be made has its reason too."""
    reasons: list[list[str]] = [[] for _ in range(size)]
    for block in blocks:
        for name, why in block.why.items():
            values = block.cells[name]
            if name != "verdict" and None not in values:
                continue
            for j, reason in enumerate([why] * size if isinstance(why, Reason) else why):
                if reason is not None and (values[j] is None or name == "verdict"):
                    reasons[j].append(f"{name}={reason}")
    return [";".join(pairs) for pairs in reasons]
