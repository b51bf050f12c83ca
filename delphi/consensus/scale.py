"""What a rating scale is: its options, zones and agreement sets (METHOD 3)."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

Values = tuple[int, ...]
LONGEST_PRINTED = 9  # options of a scale that are printed one by one


def span(lo: int, hi: int) -> Values:
    """Return the integers lo … hi."""
    return tuple(range(lo, hi + 1))


class PrintedOption(NamedTuple):
    """A printed column of a scale: head, wording, and the options it counts."""

    head: str
    label: str
    values: Values


@dataclass(frozen=True)
class Scale:
    """One scale. It is immutable once an answer exists.

    Attributes
    ----------
    labels, short
        Wording and abbreviation of each option, in the order lo … hi.
    opt_out
        Wording of the deliberate opt-out; None if the study must choose one.
    low, mid, high
        The three zones.
    sets
        Named agreement sets.
    combined, agree
        The whole agreement set, and the strongest agreement option(s) alone.
    rule, settings
        Key and settings of the rule proposed for a new study.
    max_iqr
        Interquartile range up to which opinions count as close; None where the literature names none.
    """

    key: str
    name: str
    kind: str
    lo: int
    hi: int
    labels: tuple[str, ...]
    opt_out: str | None
    low: Values
    mid: Values
    high: Values
    sets: Mapping[str, Values]
    combined: Values
    agree: Values
    disagree: Values
    neutral: Values
    rule: str = "percent_agreement"
    settings: Mapping[str, str] = field(default_factory=dict)
    max_iqr: str | None = None
    short: tuple[str, ...] = ()
    zone_names: tuple[str, str, str] = ("disagreement", "neutral", "agreement")
    has_true_zero: bool = False

    def __post_init__(self) -> None:
        if not 2 <= self.K <= 101:
            raise ValueError(f"a scale has 2 to 101 options, not {max(self.K, 0)}")
        if len(self.labels) != self.K:
            raise ValueError(f"{self.K} options need {self.K} labels, not {len(self.labels)}")
        sets = (self.low, self.mid, self.high, self.combined, self.agree, self.disagree, self.neutral)
        for members in (*sets, *self.sets.values()):
            self.index(members)
        if set(self.combined) & set(self.disagree):
            raise ValueError("agreement and disagreement share an option")

    @property
    def K(self) -> int:  # noqa: N802 - the letter METHOD uses
        """Number of options."""
        return self.hi - self.lo + 1

    @property
    def numbered(self) -> bool:
        """Whether the options have no other wording than their numbers."""
        return self.labels == tuple(map(str, self.values))

    @property
    def values(self) -> Values:
        """All options from the lowest to the highest."""
        return span(self.lo, self.hi)

    @property
    def bands(self) -> tuple[tuple[str, Values], ...]:
        """Zones with their names, lowest first, as pages show them; a zone without options is left out."""
        zones = zip(self.zone_names, (self.low, self.mid, self.high), strict=True)
        return tuple((name, members) for name, members in zones if members)

    @property
    def printed_options(self) -> tuple[PrintedOption, ...]:
        """Printed columns, highest first; a long scale is printed by its zones.

        Examples
        --------
        >>> [option.head for option in Scale.from_zones(0, 100, span(67, 100), span(0, 33)).printed_options]
        ['67–100', '34–66', '0–33']
        """
        if self.K > LONGEST_PRINTED:
            return tuple(PrintedOption(f"{zone[0]}–{zone[-1]}", name, zone) for name, zone in reversed(self.bands))
        rows = zip(self.abbreviations, self.labels, self.values, strict=True)
        return tuple(PrintedOption(short, label, (value,)) for short, label, value in rows)[::-1]

    def zone_of(self, value: int) -> int:
        """Zone of an option: 0 the lower, 1 the middle, 2 the upper.

        Examples
        --------
        >>> [Scale.from_zones(1, 9, span(7, 9), span(1, 3)).zone_of(value) for value in (3, 4, 9)]
        [0, 1, 2]
        """
        return next(zone for zone, members in enumerate((self.low, self.mid, self.high)) if value in members)

    @property
    def abbreviations(self) -> tuple[str, ...]:
        """Heads of narrow columns: the short labels, or the values where there are none."""
        return self.short or tuple(map(str, self.values))

    def index(self, members: Iterable[int]) -> list[int]:
        """Positions of options in a count vector.

        Examples
        --------
        >>> Scale.from_zones(1, 4, (3, 4)).index((3, 4))
        [2, 3]
        """
        positions = [value - self.lo for value in members]
        if any(not 0 <= position < self.K for position in positions):
            raise ValueError(f"{sorted(members)} is not within the scale {self.lo} to {self.hi}")
        return positions

    def as_dict(self) -> dict[str, Any]:
        """Plain lists, strings and integers: the part of a definition that names the scale."""
        plain = asdict(self)
        plain["sets"] = {name: list(members) for name, members in self.sets.items()}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "Scale":
        """Read what `as_dict` wrote, also after a round trip through JSON."""
        fields: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in plain.items()
        }
        fields["sets"] = {name: tuple(members) for name, members in plain["sets"].items()}
        return cls(**fields)

    @classmethod
    def from_zones(cls, lo: int, hi: int, agree: Values, disagree: Values = ()) -> "Scale":
        """Scale given only by its ends and its sets, as on the command line.

        Examples
        --------
        >>> scale = Scale.from_zones(1, 9, span(7, 9), span(1, 3))
        >>> scale.rule, scale.neutral, scale.max_iqr
        ('percent_agreement', (4, 5, 6), '2')
        """
        if not agree:
            raise ValueError("a scale needs at least one option that counts as agreement")
        high, low = tuple(sorted(agree)), tuple(sorted(disagree))
        rest = tuple(value for value in span(lo, hi) if value not in {*high, *low})
        return cls(
            key=f"{lo}..{hi}",
            name=f"{lo} to {hi}",
            kind="binary" if hi - lo == 1 else "ordinal",
            lo=lo,
            hi=hi,
            labels=tuple(map(str, span(lo, hi))),
            opt_out="not qualified to respond",
            low=low,
            mid=rest,
            high=high,
            sets={"agree": high},
            combined=high,
            agree=high,
            disagree=low,
            neutral=rest,
            max_iqr=usual_iqr(hi - lo + 1),
        )


def usual_iqr(points: int) -> str | None:
    """Return the usual bound of the interquartile range (METHOD 4.3); None outside 4 to 10 points."""
    if not 4 <= points <= 10:
        return None
    return "1" if points <= 6 else "1.5" if points == 7 else "2"
