"""How the panel answered: counts on the declared scale, as coarse as small numbers demand (METHOD 12.4)."""

from dataclasses import dataclass

from delphi.consensus.table.result_row import count_name
from delphi.statistics.base.exact import format_percent
from rounds.feedback.evidence import Evidence, Source, label

FULL_FROM = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One option, or one zone of the scale, with the people who chose it."""

    label: str
    n: int
    percent: str
    values: tuple[int, ...]
    own: bool


@dataclass(frozen=True, slots=True)
class Distribution:
    """The panel's answers to one statement of the round before; no bars where too few answered."""

    code: str
    text: str
    bars: tuple[Bar, ...]
    n_rated: int
    n_not_qualified: int
    agreeing: int
    agreeing_answers: tuple[str, ...]
    agreeing_percent: str
    too_few: bool


def build(evidence: Evidence) -> tuple[Distribution, ...] | None:
    """One distribution for each statement this one comes from."""
    return tuple(_of(evidence, source) for source in evidence.sources) or None


def _of(evidence: Evidence, source: Source) -> Distribution:
    row, scale = source.row, evidence.scale
    n: int = row["n_rated"] or 0  # nothing is told of a statement that too few rated
    too_few = n < evidence.smallest_cell
    bars = () if too_few else tuple(_bar(source, values, label) for values, label in _cells(evidence, n))
    return Distribution(
        code=source.code,
        text=source.text,
        bars=bars,
        n_rated=n,
        n_not_qualified=(row["n_nq"] or 0) if scale.opt_out else 0,
        agreeing=row["combined_k"] or 0,
        agreeing_answers=tuple(label(scale, value) for value in sorted(scale.combined, reverse=not scale.numbered)),
        agreeing_percent=format_percent(row["combined_k"] or 0, n),
        too_few=too_few,
    )


def _cells(evidence: Evidence, n: int) -> list[tuple[tuple[int, ...], str]]:
    """The options from the strongest agreement down, or the zones where fewer than ten rated."""
    scale = evidence.scale
    if n >= FULL_FROM:
        return [((value,), label(scale, value)) for value in reversed(scale.values)]
    zones = zip((scale.high, scale.mid, scale.low), reversed(scale.zone_names), strict=True)
    return [(values, name) for values, name in zones if values]


def _bar(source: Source, values: tuple[int, ...], label: str) -> Bar:
    n = sum(source.row[count_name(value)] for value in values)
    return Bar(label, n, format_percent(n, source.row["n_rated"]), values, source.own in values)
