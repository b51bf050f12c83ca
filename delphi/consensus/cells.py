"""Cells of one row of the consensus table, each empty one with its reason."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from delphi.consensus.analysis import Definition, Item
from delphi.consensus.rule import Judgement, Relation
from delphi.consensus.stability import Moves
from delphi.consensus.summary import Figures
from delphi.statistics.intervals import wilson_interval
from delphi.statistics.result import Reason

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
    return float(value) if isinstance(value, Fraction) else value


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def filled(cells: Mapping[str, Any], reason: Reason) -> tuple[dict[str, Cell], Reasons]:
    """Make values plain, and give one reason to all that are empty."""
    values = {name: plain(value) for name, value in cells.items()}
    return values, {name: reason for name, value in values.items() if value is None}


def people(row: Figures, invited: int, opt_outs_in: int) -> tuple[dict[str, Cell], Reasons]:
    """Say who was asked and who answered."""
    nq = Fraction(100 * row.n_nq, opt_outs_in) if opt_outs_in else None
    cells = {
        "n_invited": invited,
        "n_shown": row.n_shown,
        "n_rated": row.n_rated,
        "n_nq": row.n_nq,
        "n_blank": row.n_blank,
        "nq_pct": nq,
    }
    return filled(cells, Reason.NO_RATINGS)


def shares(row: Figures, definition: Definition) -> tuple[dict[str, Cell], Reasons]:
    """Give counts and percentages of the options and of the sets."""
    values = definition.scale.values
    counts = {f"k_{value}": k for value, k in zip(values, row.counts, strict=True)}
    percents = {f"pct_{value}": row.percent(k) for value, k in zip(values, row.counts, strict=True)}
    answered = row.n_rated + row.n_nq
    interval = wilson_interval(row.combined_k, row.base if row.n_rated else 0)
    cells = (
        counts
        | percents
        | {
            "agree_k": row.agree_k,
            "agree_pct": row.percent(row.agree_k),
            "combined_k": row.combined_k,
            "combined_pct": row.percent(row.combined_k),
            "combined_pct_nq_in": Fraction(100 * row.combined_k, answered) if row.n_rated else None,
            "disagree_k": row.disagree_k,
            "disagree_pct": row.percent(row.disagree_k),
            "neutral_k": row.neutral_k,
            "neutral_pct": row.percent(row.neutral_k),
            "ci_low": _percent(interval.low),
            "ci_high": _percent(interval.high),
            "ci_method": "wilson95",
        }
    )
    found, reasons = filled(cells, Reason.NO_RATINGS)
    for name, k in (("disagree", row.disagree_k), ("neutral", row.neutral_k)):
        reasons |= {} if k is not None else {f"{name}_k": Reason.NOT_APPLICABLE, f"{name}_pct": Reason.NOT_APPLICABLE}
    return found, reasons


def centre(row: Figures, bound: str | None) -> tuple[dict[str, Cell], Reasons]:
    """Give median, quartiles, mean, modes, and whether opinions lie close together."""
    cells = {
        "median": row.median,
        "q1": row.q1,
        "q3": row.q3,
        "iqr": row.iqr,
        "mean": row.mean,
        "sd": row.sd,
        "mode": ";".join(map(str, row.modes)) if row.modes else None,
        "iqr_consensus": None if row.iqr is None or bound is None else row.iqr <= Fraction(bound),
    }
    found, reasons = filled(cells, Reason.NO_RATINGS)
    if row.n_rated == 1:
        reasons["sd"] = Reason.N_BELOW_2
    if bound is None:
        reasons["iqr_consensus"] = Reason.NOT_APPLICABLE
    return found, reasons


def verdict(judgement: Judgement, j: int, definition: Definition) -> tuple[dict[str, Cell], Reasons]:
    """Give verdict, grade, their basis, and the figures of RAND/UCLA rules."""
    detail, why = judgement.detail[j], judgement.reason[j]
    rand = "ipras" in detail
    cells = {
        "verdict": judgement.verdict[j].value,
        "grade": judgement.grade[j],
        "verdict_basis": judgement.basis[j] or None,
        "group_rule": judgement.groups[j],
        "di": detail.get("di"),
        "ipras": detail.get("ipras"),
        "disagreement": detail.get("disagreement"),
    }
    empty = (why or Reason.NO_RATINGS) if rand else Reason.NOT_APPLICABLE
    found, reasons = filled(cells, empty)
    if found["grade"] is None and definition.rule.has_grades:
        reasons["grade"] = Reason.BELOW_LOWEST_GRADE if detail["n"] else Reason.NO_RATINGS
    if why:
        reasons |= {"verdict": why, "verdict_basis": why}
    return found, reasons


def change(item: Item, moves: Moves | None) -> tuple[dict[str, Cell], Reasons]:
    """Say what moved since the statement was rated before, among those who rated it both times."""
    head: dict[str, Cell] = {"previous_round": item.previous_round, "relation": item.relation.value}
    if moves is None:
        reason = UNPAIRED.get(item.relation, Reason.NOT_LINKABLE)
        found, reasons = filled(dict.fromkeys(CHANGES), reason)
    else:
        cells = {
            "n_paired": moves.n_paired,
            "changed_pct": moves.changed_pct,
            "delta_combined_pp": moves.delta_combined,
            "delta_median": moves.delta_median,
            "stable": moves.stable,
        }
        found, reasons = filled(cells, Reason.NO_PAIRED_RATINGS)
    if item.previous_round is None:
        reasons["previous_round"] = Reason.NEW
    return head | found, reasons
