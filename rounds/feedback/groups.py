"""How each stakeholder group answered, on one axis: the groups that the seal shows."""

from dataclasses import dataclass

from delphi.consensus.table.result_row import count_name
from delphi.statistics.base.exact import format_percent
from rounds.feedback.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Group:
    """One group: people by zone of the scale, from the upper zone down."""

    name: str
    n_rated: int
    zones: tuple[tuple[str, int, str], ...]

    @property
    def parts(self) -> tuple[tuple[str, int, int], ...]:
        """The zones as parts of one bar: name, where it begins and how long it is, in hundredths of a per cent."""
        counts = [n for _name, n, _share in self.zones]
        ends = [10_000 * sum(counts[: i + 1]) // (self.n_rated or 1) for i in range(len(counts))]
        starts = [0, *ends[:-1]]
        return tuple((zone[0], start, end - start) for zone, start, end in zip(self.zones, starts, ends, strict=True))


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups that are shown; ``hidden`` says that there are others, which would tell about a few people."""

    rows: tuple[Group, ...]
    hidden: bool


def build(evidence: Evidence) -> Groups | None:
    """Compare the groups on the one statement this one comes from."""
    if len(evidence.sources) != 1 or evidence.groups < 2:
        return None
    rows = evidence.sources[0].groups
    return Groups(tuple(_group(evidence, name) for name in rows), hidden=len(rows) < evidence.groups)


def _group(evidence: Evidence, name: str) -> Group:
    scale, row = evidence.scale, evidence.sources[0].groups[name]
    zones = []
    for zone, values in reversed(scale.bands):
        n = sum(row[count_name(value)] for value in values)
        zones.append((zone, n, format_percent(n, row["n_rated"])))
    return Group(name, row["n_rated"], tuple(zones))
