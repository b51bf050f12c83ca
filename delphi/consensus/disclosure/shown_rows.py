"""Rows of the consensus table as a page may show them: what would tell single answers is hidden here, once for all pages.

Groups stand beside the total, so the remainder rule decides which of them appear (METHOD 12.1). A difference between two
rounds appears where both of its figures do; what moved among those who rated in both, only where the two sets of raters
differ by nobody or by enough people (METHOD 12.3).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from delphi.consensus.disclosure.small_cells import may_release_change, visible_groups
from delphi.consensus.vocabulary import EVERYBODY

ShownRow = dict[str, Any]
HEAD = (
    "statement",
    "version",
    "kind",
    "section_no",
    "section",
    "text",
    "round",
    "group",
    "n_invited",
    "verdict",
    "previous_round",
    "relation",
    "decision",
    "decision_reason",
    "rule_id",
    "reasons",
    "flags",
)
PAIRS = ("n_paired", "changed_pct", "changed_band", "stable")
DIFFERENCES = ("delta_combined_pp", "delta_median")


def shown_rows(
    rows: Sequence[Mapping[str, Any]], k: int, rated_before: Mapping[tuple[str, str], int]
) -> list[ShownRow]:
    """Rows that may be shown, with small cells emptied.

    Parameters
    ----------
    rows
        Of one round: the whole panel and every group, as from `consensus_rows` by group.
    k
        Smallest cell.
    rated_before
        How many rated each (statement, group) in the round before.

    Returns
    -------
    list of dict
        In the order of ``rows``; a row of fewer than k ratings keeps only the columns of `HEAD`.

    Examples
    --------
    >>> sizes = {"all": 20, "A": 12, "B": 5, "C": 3}
    >>> rows = [{"statement": "S", "round": 1, "group": g, "n_rated": n, "group_rule": None} for g, n in sizes.items()]
    >>> [row["group"] for row in shown_rows(rows, 5, {})]
    ['all', 'A']
    """
    before = _visible_before(rated_before, k)
    families: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        families[row["statement"]].append(row)
    shown: list[ShownRow] = []
    for members in families.values():
        visible = visible_groups({r["group"]: r["n_rated"] for r in members if r["group"] != EVERYBODY}, k)
        stay = (EVERYBODY, *visible)
        for row in members:
            if row["group"] in stay:
                told = _shown(row, visible, k, rated_before)
                hidden = (row["statement"], row["group"]) not in before
                shown.append(told | {name: None for name in DIFFERENCES if hidden and name in told})
    return shown


def _visible_before(rated_before: Mapping[tuple[str, str], int], k: int) -> set[tuple[str, str]]:
    """Statements and groups that were shown in the round before."""
    families: dict[str, dict[str, int]] = defaultdict(dict)
    for (statement, group), n in rated_before.items():
        families[statement][group] = n
    return {
        (statement, group)
        for statement, sizes in families.items()
        for group in (EVERYBODY, *visible_groups({name: n for name, n in sizes.items() if name != EVERYBODY}, k))
        if sizes.get(group, 0) >= k
    }


def _shown(
    row: Mapping[str, Any], visible: Sequence[str], k: int, rated_before: Mapping[tuple[str, str], int]
) -> ShownRow:
    shown = dict(row)
    if row["n_rated"] < k:
        return {name: value if name in HEAD else None for name, value in shown.items()}
    if row["group_rule"] and row["group"] == EVERYBODY:
        shown["verdict_basis"] = _basis(str(row["verdict_basis"] or ""), visible)
    paired = row.get("n_paired")
    if paired is not None and not _comparable(row, int(paired), k, rated_before):
        shown |= dict.fromkeys(PAIRS)
    return shown


def _basis(basis: str, visible: Sequence[str]) -> str:
    """Keep the verdicts of groups that are shown, and that of all together."""
    named = ("pooled", *visible)
    return ", ".join(part for part in basis.split(", ") if part.rpartition(": ")[0] in named)


def _comparable(row: Mapping[str, Any], paired: int, k: int, rated_before: Mapping[tuple[str, str], int]) -> bool:
    before = rated_before.get((row["statement"], row["group"]), paired)
    return paired >= k and may_release_change(before - paired, row["n_rated"] - paired, k)
