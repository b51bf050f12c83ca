"""Krippendorff's α from the counts of the statements (METHOD 8)."""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import AT_MOST_1
from delphi.statistics.base.measure import Floats, Ints, as_counts, as_values, figure, figure_within, undefined
from delphi.statistics.base.result import Flag, Reason, Result
from delphi.statistics.one_statement.intervals import Interval

Metric = Literal["nominal", "ordinal", "interval", "ratio"]


def _coincidences(units: Ints) -> Floats:
    """Coincidences o_ck of each statement, (J, K, K); they add up over statements."""
    o: Ints = units[:, :, None] * units[:, None, :]
    diagonal = np.arange(units.shape[1])
    o[:, diagonal, diagonal] -= units
    return np.asarray(o / (units.sum(1) - 1)[:, None, None], dtype=np.float64)


def _squared_differences(metric: Metric, margins: Floats, values: Ints) -> Floats:
    """δ² of every two categories, (..., K, K)."""
    v = values.astype(np.float64)
    apart, together = np.subtract.outer(v, v), np.add.outer(v, v)
    if metric == "nominal":
        return np.asarray(apart != 0, dtype=np.float64)
    if metric == "interval":
        return np.asarray(apart**2, dtype=np.float64)
    if metric == "ratio":
        return np.asarray((apart / np.where(together == 0, 1, together)) ** 2, dtype=np.float64)
    if metric != "ordinal":
        raise ValueError(f"unknown metric {metric!r}")
    # Σ_{g=c..k} n_g − (n_c + n_k)/2 is the distance between the mid-ranks of c and k
    centre = margins.cumsum(-1) - margins / 2
    return np.asarray((centre[..., :, None] - centre[..., None, :]) ** 2)


def _alpha(o: Floats, metric: Metric, values: Ints) -> Floats:
    """α of coincidence matrices (..., K, K); NaN where nothing varies."""
    margins = o.sum(-1)
    delta = _squared_differences(metric, margins, values)
    expected = (margins[..., :, None] * margins[..., None, :] * delta).sum((-2, -1))
    expected = np.where(expected == 0, np.nan, expected)
    return np.asarray(1 - (margins.sum(-1) - 1) * (o * delta).sum((-2, -1)) / expected, dtype=np.float64)


@figure_within(AT_MOST_1)
def krippendorff_alpha(counts: ArrayLike, metric: Metric = "ordinal", values: ArrayLike | None = None) -> Result:
    """Krippendorff's α: agreement of the panel over many statements, gaps allowed.

    Parameters
    ----------
    counts : (J, K)
        Ratings of each statement in each declared category; statements with one rating are left out.
    metric
        "nominal", "ordinal", "interval" or "ratio".
    values : (K,), optional
        The number behind each category; 0 … K−1 if left out (they matter for "interval" and "ratio").

    Returns
    -------
    Result
        n is the number of statements with two ratings or more. ``no_ratings``, ``no_pairable_values``,
        ``single_item``; ``no_variation`` when all ratings are equal, where α is 0/0. May be negative.

    Notes
    -----
    o_ck = Σ_u n_uc(n_uk − [c=k])/(m_u − 1), n_c = Σ_k o_ck, n = Σ n_c and
    α = 1 − (n−1) Σ o_ck δ²_ck / Σ n_c n_k δ²_ck.

    References
    ----------
    .. [1] Krippendorff K. Computing Krippendorff's alpha-reliability. Philadelphia: University of Pennsylvania; 2011.

    Examples
    --------
    >>> round(krippendorff_alpha([[3, 0], [1, 2], [0, 3]], "nominal").value, 3)
    0.6
    """
    f = as_counts(counts)
    units, v = f[f.sum(1) >= 2], as_values(values, f.shape[1])
    if len(units) < 2:
        empty = Reason.NO_PAIRABLE_VALUES if f.any() else Reason.NO_RATINGS
        return undefined(Reason.SINGLE_ITEM if len(units) else empty, len(units))
    if np.count_nonzero(units.sum(0)) == 1:
        return undefined(Reason.NO_VARIATION, len(units))
    return figure(float(_alpha(_coincidences(units).sum(0), metric, v)), len(units))


def krippendorff_interval(
    counts: ArrayLike,
    metric: Metric = "ordinal",
    values: ArrayLike | None = None,
    *,
    conf: float = 0.95,
    resamples: int = 2000,
    seed: int = 1,
) -> Interval:
    """Bootstrap interval of Krippendorff's α over statements.

    Parameters
    ----------
    counts, metric, values
        As for `krippendorff_alpha`.
    conf, resamples, seed
        Level, number of resamples of the statements, and seed.

    Returns
    -------
    Interval
        Percentile interval with flag ``monte_carlo``; resamples without variation are left out. Undefined for the
        reasons of `krippendorff_alpha`.

    Examples
    --------
    >>> result = krippendorff_interval([[3, 0], [1, 2], [0, 3], [3, 0]], "nominal")
    >>> result.low < krippendorff_alpha([[3, 0], [1, 2], [0, 3], [3, 0]], "nominal").value <= result.high
    True
    """
    whole = krippendorff_alpha(counts, metric, values)
    if whole.value is None:
        return Interval(None, None, whole.n, whole.reason)
    f = as_counts(counts)
    units, v = f[f.sum(1) >= 2], as_values(values, f.shape[1])
    rng = np.random.Generator(np.random.PCG64(seed))
    times = rng.multinomial(len(units), np.full(len(units), 1 / len(units)), size=resamples)
    alphas = _alpha(np.tensordot(times, _coincidences(units), 1), metric, v)
    low, high = np.quantile(alphas[~np.isnan(alphas)], [(1 - conf) / 2, (1 + conf) / 2])
    return Interval(float(low), float(high), len(units), None, (Flag.MONTE_CARLO,))
