"""Figures of statements from their counts, in exact integers; nothing here knows a panelist (METHOD 6, 2.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts, Integers, total
from delphi.consensus.rules.base import Tally
from delphi.consensus.rules.quartiles import Scaled, medians
from delphi.consensus.rules.shares import columns
from delphi.statistics.base.exact import mean_share
from delphi.statistics.one_statement.quantiles import QUARTER, scaled_quantile

MEAN_METHODS = ("exact_shares", "rounded_shares", "pooled")


@dataclass(frozen=True)
class Figures:
    """One statement in one population.

    Attributes
    ----------
    base
        Denominator of the shares, by the definition.
    disagree_k, neutral_k
        None where the scale has no such set.
    """

    counts: tuple[int, ...]
    n_rated: int
    n_nq: int
    n_blank: int
    base: int
    agree_k: int
    combined_k: int
    disagree_k: int | None
    neutral_k: int | None
    median: Fraction | None
    q1: Fraction | None
    q3: Fraction | None
    mean: Fraction | None
    sd: float | None
    modes: tuple[int, ...]

    @property
    def n_shown(self) -> int:
        """Panelists of the analysis set to whom it was shown."""
        return self.n_rated + self.n_nq + self.n_blank

    @property
    def iqr(self) -> Fraction | None:
        """Interquartile range."""
        return None if self.q1 is None or self.q3 is None else self.q3 - self.q1

    @property
    def dissent_k(self) -> int:
        """Ratings in the disagreement set; outside the agreement set where the scale has none."""
        return self.n_rated - self.combined_k if self.disagree_k is None else self.disagree_k

    def percent(self, k: int | None) -> Fraction | None:
        """Share of a count in per cent; None without ratings."""
        return None if k is None or not self.n_rated else Fraction(100 * k, self.base)


@dataclass(frozen=True, eq=False)
class SetCounts:
    """Ratings of each statement (J) in the sets of a scale; nothing but zeros where the scale has no such set."""

    agree: Integers
    combined: Integers
    disagree: Integers
    neutral: Integers


@dataclass(frozen=True, eq=False)
class Summary:
    """All statements of a round as arrays, in exact integers; groups are taken together.

    Attributes
    ----------
    f, values
        Ratings (J, K), and the options.
    n, nq, blank, base
        Ratings, opt-outs, blanks and the denominator of the shares (J).
    sets
        Ratings in the sets of the scale.
    q1, median, q3
        Exact quantiles; without meaning where nobody rated.
    sums, squares
        Σ v and Σ v² of the ratings.
    """

    f: Integers
    values: Integers
    n: Integers
    nq: Integers
    blank: Integers
    base: Integers
    sets: SetCounts
    q1: Scaled
    median: Scaled
    q3: Scaled
    sums: Integers
    squares: Integers

    @cached_property
    def sd(self) -> NDArray[np.float64]:
        """Sample standard deviation, where there are two ratings."""
        n = np.maximum(self.n, 2)
        return np.asarray(np.sqrt((self.n * self.squares - self.sums**2) / (n * (n - 1))), dtype=np.float64)


def summarise(counts: Counts, definition: Definition) -> Summary:
    """Figures of every statement of a round, in arrays.

    Parameters
    ----------
    counts
        J statements × G groups × K options, K as the scale of the definition has them.
    definition
        Scale, denominator and quantile type.
    """
    tally, scale = Tally(counts, definition.terms), definition.scale
    f, v = tally.f, np.array(scale.values, dtype=np.int64)
    sets = (columns(f, members, scale.lo) for members in (scale.agree, scale.combined, scale.disagree, scale.neutral))
    return Summary(
        f=f,
        values=v,
        n=tally.n,
        nq=total(counts.not_qualified),
        blank=total(counts.blank),
        base=tally.base,
        sets=SetCounts(*sets),
        q1=Scaled(*scaled_quantile(f, QUARTER, definition.quantile_type, v)),
        median=medians(f, scale.lo),  # of type 7 whatever the setting (METHOD 5.1)
        q3=Scaled(*scaled_quantile(f, 1 - QUARTER, definition.quantile_type, v)),
        sums=f @ v,
        squares=f @ v**2,
    )


def figures(counts: Counts, definition: Definition) -> list[Figures]:
    """Figures of every statement of a round, one by one: exact fractions, in points of the scale."""
    s, scale = summarise(counts, definition), definition.scale
    return [
        Figures(
            counts=tuple(s.f[j].tolist()),
            n_rated=n,
            n_nq=int(s.nq[j]),
            n_blank=int(s.blank[j]),
            base=int(s.base[j]),
            agree_k=int(s.sets.agree[j]),
            combined_k=int(s.sets.combined[j]),
            disagree_k=int(s.sets.disagree[j]) if scale.disagree else None,
            neutral_k=int(s.sets.neutral[j]) if scale.neutral else None,
            **_centre(s, j),
        )
        for j, n in enumerate(s.n.tolist())
    ]


def _centre(s: Summary, j: int) -> dict[str, Any]:
    n = int(s.n[j])
    return {
        "median": s.median.at(j) if n else None,
        "q1": s.q1.at(j) if n else None,
        "q3": s.q3.at(j) if n else None,
        "mean": Fraction(int(s.sums[j]), n) if n else None,
        "sd": float(s.sd[j]) if n > 1 else None,
        "modes": tuple(s.values[s.f[j] == s.f[j].max()].tolist()) if n else (),
    }


@dataclass(frozen=True)
class RoundMeans:
    """What a report says of all items of one kind in one round (METHOD 4.5).

    Attributes
    ----------
    items, unrated
        Items with ratings, and items left out because nobody rated them.
    agree, combined
        Mean share in per cent by each method of METHOD 2.6.
    """

    items: int
    unrated: int
    agree: dict[str, Fraction | None]
    combined: dict[str, Fraction | None]
    unanimous: int
    dissent_above_5: int
    n_least: int
    n_most: int


def round_means(rows: Sequence[Figures]) -> RoundMeans:
    """Means over the items of one kind in one round: shares in per cent, numbers of items and of ratings.

    Examples
    --------
    >>> figures = Figures((0, 0, 9, 40), 49, 0, 0, 49, 40, 49, 0, None, None, None, None, None, None, ())
    >>> round_means([figures, figures]).unanimous
    2
    """
    rated = [row for row in rows if row.n_rated]
    sizes = [row.n_rated for row in rated] or [0]
    return RoundMeans(
        items=len(rated),
        unrated=len(rows) - len(rated),
        agree={method: mean_share([(row.agree_k, row.base) for row in rated], method) for method in MEAN_METHODS},
        combined={method: mean_share([(row.combined_k, row.base) for row in rated], method) for method in MEAN_METHODS},
        unanimous=sum(row.combined_k == row.n_rated for row in rated),
        dissent_above_5=sum(100 * row.dissent_k > 5 * row.n_rated for row in rated),
        n_least=min(sizes),
        n_most=max(sizes),
    )
