"""Cells of the consensus table, a column at a time, each empty one with its reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Definition, Item
from delphi.consensus.counts import Integers
from delphi.consensus.rules.base import Judgement
from delphi.consensus.stability import MovesTable
from delphi.consensus.table.summary import Summary
from delphi.consensus.vocabulary import Relation
from delphi.statistics.base.result import Reason
from delphi.statistics.one_statement.intervals import wilson_bounds

CHANGES = ("n_paired", "changed_pct", "delta_combined_pp", "delta_median", "stable")
UNPAIRED = {
    Relation.NEW: Reason.NEW,
    Relation.REWORDED: Reason.WORDING_CHANGED,
    Relation.MERGED: Reason.MERGED,
    Relation.SPLIT: Reason.SPLIT,
}
Cell = int | float | str | bool | None
Reasons = dict[str, Reason]


def plain(value: Any) -> Cell:
    """Turn a fraction into the nearest float; anything else stays."""
    if value is None:
        return None
    return float(value) if isinstance(value, Fraction) else value


def filled(cells: Mapping[str, Any], reason: Reason) -> tuple[dict[str, Cell], Reasons]:
    """Make values plain, and give one reason to all that are empty."""
    values = {name: plain(value) for name, value in cells.items()}
    return values, {name: reason for name, value in values.items() if value is None}


Column = list[Any]


@dataclass
class Part:
    """Columns of some cells, and the reason of those that are empty: one for a column, or one for each row."""

    cells: dict[str, Column] = field(default_factory=dict)
    why: dict[str, Reason | Sequence[Reason | None]] = field(default_factory=dict)

    def add(self, name: str, values: Iterable[Any], why: Reason | Sequence[Reason | None] | None = None) -> None:
        """Add a column."""
        self.cells[name] = values if isinstance(values, list) else list(values)
        if why is not None:
            self.why[name] = why


def divided(numerator: Integers, denominator: Integers | int, where: NDArray[np.bool_]) -> Column:
    """Divide where it can be done, rounded once; elsewhere nothing."""
    values: Column = (numerator / np.where(where, denominator, 1)).tolist()
    return values if where.all() else [x if ok else None for x, ok in zip(values, where.tolist(), strict=True)]


def people(s: Summary, invited: int) -> Part:
    """Say who was asked and who answered."""
    part, answered = Part(), s.n + s.nq
    part.add("n_invited", [invited] * len(s.n))
    for name, column in {"n_shown": answered + s.blank, "n_rated": s.n, "n_nq": s.nq, "n_blank": s.blank}.items():
        part.add(name, column.tolist())
    part.add("nq_pct", divided(100 * s.nq, answered, answered > 0), Reason.NO_RATINGS)
    return part


def shares(s: Summary, definition: Definition) -> Part:
    """Give counts and percentages of the options and of the sets."""
    part, scale, rated = Part(), definition.scale, s.n > 0
    for value, column in zip(scale.values, s.f.T, strict=True):
        part.add(f"k_{value}", column.tolist())
    for value, column in zip(scale.values, s.f.T, strict=True):
        part.add(f"pct_{value}", divided(100 * column, s.base, rated), Reason.NO_RATINGS)
    _set(part, "agree", s, 0)
    _set(part, "combined", s, 1)
    part.add("combined_pct_nq_in", divided(100 * s.sets[1], s.n + s.nq, rated), Reason.NO_RATINGS)
    _set(part, "disagree", s, 2, known=bool(scale.disagree))
    _set(part, "neutral", s, 3, known=bool(scale.neutral))
    bounds = wilson_bounds(s.sets[1], np.where(rated, s.base, 1))
    for name, bound in zip(("ci_low", "ci_high"), bounds, strict=True):
        part.add(name, [100 * x if ok else None for x, ok in zip(bound.tolist(), rated.tolist(), strict=True)])
        part.why[name] = Reason.NO_RATINGS
    part.add("ci_method", ["wilson95"] * len(s.n))
    return part


def _set(part: Part, name: str, s: Summary, which: int, *, known: bool = True) -> None:
    """Add number and percentage of a set of options; nothing where the scale has no such set."""
    none = [None] * len(s.n)
    k = s.sets[which]
    reason = Reason.NO_RATINGS if known else Reason.NOT_APPLICABLE
    part.add(f"{name}_k", k.tolist() if known else none, reason)
    part.add(f"{name}_pct", divided(100 * k, s.base, s.n > 0) if known else none, reason)


def centre(s: Summary, bound: str | None) -> Part:
    """Give median, quartiles, mean, modes, and whether opinions lie close together."""
    part, rated, none = Part(), s.n > 0, Reason.NO_RATINGS
    (first, middle, third), (unit, half, _) = s.quartiles, s.unit
    part.add("median", divided(middle, half, rated), none)
    part.add("q1", divided(first, unit, rated), none)
    part.add("q3", divided(third, unit, rated), none)
    part.add("iqr", divided(third - first, unit, rated), none)
    part.add("mean", divided(s.sums, s.n, rated), none)
    part.add("sd", [x if n > 1 else None for x, n in zip(s.sd.tolist(), s.n.tolist(), strict=True)])
    part.why["sd"] = [Reason.N_BELOW_2 if n == 1 else none for n in s.n.tolist()]
    part.add("mode", _modes(s), none)
    part.add("iqr_consensus", _close(third - first, unit, bound, rated), none if bound else Reason.NOT_APPLICABLE)
    return part


def _modes(s: Summary) -> Column:
    words, top = np.array([str(value) for value in s.values.tolist()]), s.f.max(1, keepdims=True)
    return [";".join(words[row]) if n else None for row, n in zip(s.f == top, s.n.tolist(), strict=True)]


def _close(spread: Integers, unit: int, bound: str | None, rated: NDArray[np.bool_]) -> Column:
    if bound is None:
        return [None] * len(spread)
    within = spread * Fraction(bound).denominator <= Fraction(bound).numerator * unit
    return [bool(x) if ok else None for x, ok in zip(within.tolist(), rated.tolist(), strict=True)]


RAND = ("di", "ipras", "disagreement")


def verdict(judgement: Judgement, definition: Definition) -> Part:
    """Give verdict, grade, their basis, and the figures of RAND/UCLA rules."""
    part, detail, why = Part(), judgement.detail, judgement.reason
    part.add("verdict", [one.value for one in judgement.verdict], why)
    grades = _grade_reasons(judgement) if definition.rule.has_grades else Reason.NOT_APPLICABLE
    part.add("grade", judgement.grade, grades)
    part.add("verdict_basis", [basis or None for basis in judgement.basis], why)
    part.add("group_rule", judgement.groups)
    rand = ["ipras" in one for one in detail]
    empty = [(w or Reason.NO_RATINGS) if r else Reason.NOT_APPLICABLE for w, r in zip(why, rand, strict=True)]
    for name in RAND:
        part.add(name, [plain(one.get(name)) for one in detail], empty)
    return part


def _grade_reasons(judgement: Judgement) -> list[Reason]:
    return [Reason.BELOW_LOWEST_GRADE if one["n"] else Reason.NO_RATINGS for one in judgement.detail]


def change(items: Sequence[Item], moves: MovesTable | None, comparable: Sequence[bool]) -> Part:
    """Say what moved since a statement was rated before, among those who rated it both times."""
    part, known = Part(), np.array(comparable, dtype=bool)
    part.add("previous_round", [item.previous_round for item in items], Reason.NEW)
    part.add("relation", [item.relation.value for item in items])
    why = [
        Reason.NO_PAIRED_RATINGS if ok and moves else UNPAIRED.get(item.relation, Reason.NOT_LINKABLE)
        for item, ok in zip(items, comparable, strict=True)
    ]
    columns = dict.fromkeys(CHANGES, [None] * len(items)) if moves is None else _moved(moves, known)
    for name, values in columns.items():
        part.add(name, values, why)
    return part


def _moved(moves: MovesTable, known: NDArray[np.bool_]) -> dict[str, Column]:
    paired = known & (moves.n > 0)
    flags = known.tolist()
    return {
        "n_paired": [n if ok else None for n, ok in zip(moves.n.tolist(), flags, strict=True)],
        "changed_pct": divided(100 * moves.changed, moves.n, paired),
        "delta_combined_pp": divided(100 * moves.agreeing, moves.n, paired),
        "delta_median": divided(moves.shift, moves.unit, paired),
        "stable": [word if ok else None for word, ok in zip(moves.stable, flags, strict=True)],
    }


def reasons_of(parts: Iterable[Part], size: int) -> list[str]:
    """Print for each row why cells are empty; a verdict that could not be made has its reason too."""
    found: list[list[str]] = [[] for _ in range(size)]
    for part in parts:
        for name, why in part.why.items():
            values = part.cells[name]
            if name != "verdict" and None not in values:
                continue
            for j, reason in enumerate([why] * size if isinstance(why, Reason) else why):
                if reason is not None and (values[j] is None or name == "verdict"):
                    found[j].append(f"{name}={reason}")
    return [";".join(pairs) for pairs in found]
