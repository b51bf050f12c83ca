"""Opinion groups: do panelists fall into camps over many statements? An exploratory view for experts (METHOD 10.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import ClassVar, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from delphi.statistics.base.bounds import SIGNED, Bounded
from delphi.statistics.base.measure import Floats, Ints
from delphi.statistics.base.panel_matrix import as_matrix
from delphi.statistics.base.result import Reason

T = TypeVar("T")

LEAST_RATINGS = 7
CLUSTERS = range(2, 6)
SILHOUETTE, STABILITY = 0.25, 0.6
STARTS, RESAMPLES = 10, 50
MOST_PANELISTS, ROWS = 5000, 200


@dataclass(frozen=True, slots=True)
class OpinionGroups(Bounded):
    """Groups of panelists if they are robust; the map of points is for the facilitator only.

    Attributes
    ----------
    group
        Number of the group of each panelist, None for those with too few ratings; None if no robust groups.
    silhouette, stability
        Mean silhouette, and mean adjusted Rand index over resamples of the statements.
    """

    ranges: ClassVar = {"stability": SIGNED}

    group: tuple[int | None, ...] | None
    points: tuple[tuple[float, float] | None, ...]
    clusters: int | None
    silhouette: float | None
    stability: float | None
    n: int
    reason: Reason | None = None

    @property
    def robust(self) -> bool:
        """Whether there are groups to show; else say "no robust groups"."""
        return self.group is not None


def opinion_groups(ratings: ArrayLike, *, smallest: int = 5, seed: int = 1) -> OpinionGroups:
    """Look for groups of panelists who answer alike.

    Parameters
    ----------
    ratings
        Panelists × statements; None and NaN are gaps. Panelists with fewer than 7 ratings are left out.
    smallest
        Smallest group that may be shown.
    seed
        Of the starts of k-means and of the resampling.

    Returns
    -------
    OpinionGroups
        ``no_complete_cases`` with too few panelists, ``more_than_searched`` with more than 5,000, ``no_variation`` when
        all answer alike; without robust groups ``group`` is None.

    Notes
    -----
    Ratings centred by statement, gaps set to the statement's mean, rows scaled by √(statements/answered), two
    principal components, k-means with k = 2 … 5 by the best mean silhouette. Shown only if every group has the
    smallest size, the silhouette is at least .25 and the groups recur when statements are resampled (adjusted Rand
    index at least .6 on average, a convention of this project).

    References
    ----------
    .. [1] Small C, Bjorkegren M, Erkkilä T, Shaw L, Megill C. Polis: scaling deliberation by mapping high dimensional
           opinion spaces. Recerca 2021;26(2). doi:10.6035/recerca.5516

    Examples
    --------
    >>> camps = [[1] * 8] * 6 + [[4] * 8] * 6
    >>> opinion_groups(camps).group
    (0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1)
    """
    m = as_matrix(ratings)
    kept = (~np.isnan(m)).sum(1) >= LEAST_RATINGS
    m, n = m[kept], int(kept.sum())
    m = m[:, (~np.isnan(m)).any(0)] if n else m
    nowhere = (None,) * len(kept)
    if n < 2 * smallest or n > MOST_PANELISTS:
        reason = Reason.NO_COMPLETE_CASES if n < 2 * smallest else Reason.MORE_THAN_SEARCHED
        return OpinionGroups(None, nowhere, None, None, None, n, reason)
    points, rng = _project(m), np.random.Generator(np.random.PCG64(seed))
    if np.ptp(points, axis=0).max() < 1e-9:
        return OpinionGroups(None, nowhere, None, None, None, n, Reason.NO_VARIATION)
    labels, silhouette = _best_clusters(points, rng)
    clusters = int(labels.max()) + 1
    stability = _stability(m, labels, clusters, rng)
    robust = np.bincount(labels).min() >= smallest and silhouette >= SILHOUETTE and stability >= STABILITY
    places = [(float(x), float(y)) for x, y in points]
    group = _spread(kept, labels.tolist()) if robust else None
    return OpinionGroups(group, _spread(kept, places), clusters, silhouette, stability, n)


def _spread(kept: NDArray[np.bool_], values: Sequence[T]) -> tuple[T | None, ...]:
    """Values of the panelists who were kept, in their places among all panelists; None for the others."""
    each = iter(values)
    return tuple(next(each) if keep else None for keep in kept)


def _project(m: Floats) -> Floats:
    """Two principal components; signs fixed so that runs agree."""
    seen = ~np.isnan(m)
    centred = np.where(seen, m - np.nanmean(m, axis=0), 0.0)
    centred *= np.sqrt(m.shape[1] / seen.sum(1, keepdims=True))
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:2] * np.where(axes[:2].sum(1, keepdims=True) < 0, -1, 1)
    places = centred @ axes.T
    return np.pad(places, ((0, 0), (0, 2 - places.shape[1])))


def _distances(a: Floats, b: Floats) -> Floats:
    return np.asarray(((a[:, None] - b[None]) ** 2).sum(2), dtype=np.float64)


def _k_means(points: Floats, k: int, rng: np.random.Generator) -> Ints:
    """Best of several starts, each spread out (k-means++)."""
    best, labels = np.inf, np.zeros(len(points), dtype=np.int64)
    for _ in range(STARTS):
        centres = points[[rng.integers(len(points))]]
        while len(centres) < k:
            far = _distances(points, centres).min(1)
            at = rng.choice(len(points), p=far / far.sum()) if far.sum() else 0
            centres = np.vstack([centres, points[at]])
        for _ in range(100):
            nearest = _distances(points, centres).argmin(1)
            moved = np.array([points[nearest == j].mean(0) if (nearest == j).any() else centres[j] for j in range(k)])
            if np.allclose(moved, centres):
                break
            centres = moved
        inertia = float(_distances(points, centres).min(1).sum())
        if inertia < best - 1e-12:
            best, labels = inertia, nearest
    _, numbered = np.unique(labels, return_inverse=True)
    return np.asarray(numbered, dtype=np.int64)


def _silhouette(points: Floats, labels: Ints) -> float:
    sizes = np.bincount(labels)
    member = np.eye(len(sizes))[labels]
    parts = np.array_split(points, -(-len(points) // ROWS))
    totals = np.concatenate([np.sqrt(_distances(part, points)) @ member for part in parts])
    own = totals[np.arange(len(points)), labels] / (sizes[labels] - 1).clip(1)
    other = np.where(member > 0, np.inf, totals / sizes).min(1)
    widest = np.maximum(own, other)
    value = np.where((sizes[labels] == 1) | (widest == 0), 0.0, (other - own) / np.where(widest == 0, 1, widest))
    return float(value.mean())


def _best_clusters(points: Floats, rng: np.random.Generator) -> tuple[Ints, float]:
    clusterings = [_k_means(points, k, rng) for k in CLUSTERS if k < len(points)]
    scored = [(labels, _silhouette(points, labels)) for labels in clusterings if labels.max() > 0]
    return max(scored, key=lambda pair: pair[1])


def _adjusted_rand(a: Ints, b: Ints) -> float:
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    pairs, rows, columns = ((x * (x - 1) / 2).sum() for x in (table, table.sum(1), table.sum(0)))
    expected = rows * columns / (len(a) * (len(a) - 1) / 2)
    largest = (rows + columns) / 2
    return 1.0 if largest == expected else float((pairs - expected) / (largest - expected))


def _stability(m: Floats, labels: Ints, k: int, rng: np.random.Generator) -> float:
    """Mean agreement of the groups with those found on resampled statements."""
    scores = []
    for _ in range(RESAMPLES):
        drawn = m[:, rng.integers(m.shape[1], size=m.shape[1])]
        if (~np.isnan(drawn)).any(0).all() and (~np.isnan(drawn)).any(1).all():
            scores.append(_adjusted_rand(labels, _k_means(_project(drawn), k, rng)))
    return float(np.mean(scores)) if scores else 0.0


def group_informed_consensus(groups: Sequence[tuple[int, int]]) -> float:
    """Agreement that holds in every opinion group: Π_g (A_g + 1)/(N_g + 2).

    Parameters
    ----------
    groups
        (agreeing, rated) of each group on the statement.

    Examples
    --------
    >>> group_informed_consensus([(8, 8), (3, 8)])
    0.36
    """
    return float(prod((Fraction(a + 1, n + 2) for a, n in groups), start=Fraction(1)))
