"""How each stakeholder group answered, on one axis: every group, or none where one of them is too small."""

from dataclasses import dataclass

from delphi.consensus.disclosure.small_cells import visible_groups
from delphi.statistics.base.exact import format_percent
from rounds.feedback.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Group:
    """One group: people by zone of the scale, from the upper zone down."""

    name: str
    n_rated: int
    zones: tuple[tuple[str, int, str], ...]


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that rated; none are listed where showing them would tell about a small one."""

    rows: tuple[Group, ...]
    hidden: bool


def build(evidence: Evidence) -> Groups | None:
    """Compare the groups on the one statement this one comes from."""
    if len(evidence.sources) != 1 or len(evidence.sources[0].groups) < 2:
        return None
    rows = {name: row for name, row in evidence.sources[0].groups.items() if row["n_rated"]}
    sizes = {name: row["n_rated"] for name, row in rows.items()}
    if not rows or visible_groups(sizes, evidence.smallest_cell) != list(sizes):
        return Groups((), hidden=True)
    return Groups(tuple(_group(evidence, name) for name in rows), hidden=False)


def _group(evidence: Evidence, name: str) -> Group:
    scale, row = evidence.scale, evidence.sources[0].groups[name]
    zones = []
    for zone, values in reversed(scale.bands):
        n = sum(row[f"k_{scale.values.index(value) + 1}"] for value in values)
        zones.append((zone, n, format_percent(n, row["n_rated"])))
    return Group(name, row["n_rated"], tuple(zones))
