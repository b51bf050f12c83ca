"""How the panel answered: counts on the declared scale, as coarse as small numbers demand (METHOD 12.4)."""

from dataclasses import dataclass

from delphi.consensus.scale import Scale
from delphi.consensus.table.result_row import count_name
from delphi.statistics.base.exact import format_percent
from rounds.feedback.evidence import Evidence, Source, label

FULL_FROM = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """One option, or one zone of the scale, with the people who chose it; ``percent`` is as it is printed."""

    label: str
    n: int
    percent: str
    values: tuple[int, ...]
    own: bool

    @property
    def length(self) -> int:
        """The printed share as a number: the length of a bar."""
        return int(self.percent.strip("<>–") or 0)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The panel's answers to one statement of the round before; no bars where too few answered.

    ``sides`` are the zones of the scale from the upper down; ``top`` is the share at which an upright axis ends.
    """

    code: str
    text: str
    bars: tuple[Bar, ...]
    n_rated: int
    n_not_qualified: int
    agreeing: int
    agreeing_answers: tuple[str, ...]
    agreeing_percent: str
    too_few: bool
    sides: tuple[Bar, ...] = ()
    top: int = 50

    @property
    def by_option(self) -> dict[int, Bar]:
        """The bars of single options by their value; none where only the sides are shown."""
        return {bar.values[0]: bar for bar in self.bars} if self.n_rated >= FULL_FROM else {}


def build(evidence: Evidence) -> tuple[Distribution, ...] | None:
    """One distribution for each statement this one comes from."""
    return tuple(_of(evidence, source) for source in evidence.sources) or None


def _of(evidence: Evidence, source: Source) -> Distribution:
    row, scale = source.row, evidence.scale
    n: int = row["n_rated"] or 0  # nothing is told of a statement that too few rated
    too_few = n < evidence.smallest_cell
    sides = () if too_few else tuple(_bar(source, values, name) for values, name in _zones(scale))
    options = (((value,), label(scale, value)) for value in reversed(scale.values))
    full = n >= FULL_FROM and not too_few
    bars = tuple(_bar(source, values, name) for values, name in options) if full else sides
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
        sides=sides,
        top=evidence.top,
    )


def _zones(scale: Scale) -> list[tuple[tuple[int, ...], str]]:
    zones = zip((scale.high, scale.mid, scale.low), reversed(scale.zone_names), strict=True)
    return [(values, name) for values, name in zones if values]


def _bar(source: Source, values: tuple[int, ...], label: str) -> Bar:
    n = sum(source.row[count_name(value)] for value in values)
    return Bar(label, n, format_percent(n, source.row["n_rated"]), values, source.own in values)
