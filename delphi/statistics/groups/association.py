"""Association of two classifications: exact Fisher test r × c, Cramér's V (METHOD 10.3)."""

from dataclasses import dataclass
from math import log1p, sqrt

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import UNIT, Bounded
from delphi.statistics.base.measure import Floats, Ints, as_counts, figure, figure_within, undefined
from delphi.statistics.base.result import Flag, Reason, Result

TABLES = 1_000_000
RESAMPLES = 5000


def without_empty(table: ArrayLike) -> Ints:
    """Counts of a table without its empty rows and columns."""
    t = as_counts(table)
    return t[np.ix_(t.sum(1) > 0, t.sum(0) > 0)]


def chi_square(t: Ints) -> float:
    """Pearson's χ² of independence, Σ (O − E)²/E; no row and no column of the table is empty."""
    expected = np.outer(t.sum(1), t.sum(0)) / t.sum()
    return float(((t - expected) ** 2 / expected).sum())


def undefined_because(t: Ints) -> Reason | None:
    """Why a table without empty rows and columns has no association; None if it has one."""
    if not t.size:
        return Reason.NO_RATINGS
    return Reason.NO_VARIATION if min(t.shape) < 2 else None


@figure_within(UNIT)
def cramers_v(table: ArrayLike) -> Result:
    """Cramér's V: strength of the association between two classifications, 0 to 1.

    Parameters
    ----------
    table : (R, C)
        Counts, for example groups × categories; empty rows and columns are dropped.

    Returns
    -------
    Result
        ``no_ratings``; ``no_variation`` if one row or column is left.

    Notes
    -----
    √(χ² / (n (min(R, C) − 1))).

    Examples
    --------
    >>> cramers_v([[5, 0], [0, 5]]).value
    1.0
    """
    t = without_empty(table)
    n, reason = int(t.sum()), undefined_because(t)
    if reason:
        return undefined(reason, n)
    return figure(min(sqrt(chi_square(t) / (n * (min(t.shape) - 1))), 1.0), n)


@dataclass(frozen=True, slots=True)
class ExactTest(Bounded):
    """A p-value without a statistic."""

    p: float | None
    n: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


def fisher_exact_rxc(table: ArrayLike, *, resamples: int = RESAMPLES, seed: int = 1) -> ExactTest:
    """Fisher's exact test of an r × c table (Freeman and Halton), two-sided.

    Parameters
    ----------
    table : (R, C)
        Counts, for example groups × categories; empty rows and columns are dropped.
    resamples, seed
        Size and seed of the resampling where more than a million tables would have to be listed.

    Returns
    -------
    ExactTest
        ``no_ratings``; p = 1 with flag ``no_variation`` if one row or column is left; flag ``monte_carlo`` where
        resampled.

    Notes
    -----
    Sum of the probabilities of all tables with the observed margins that are no more probable than the observed one
    (times 1 + 1e−7 against rounding).

    References
    ----------
    .. [1] Freeman GH, Halton JH. Note on an exact treatment of contingency, goodness of fit and other problems of
           significance. Biometrika 1951;38:141-149. doi:10.2307/2332323

    Examples
    --------
    >>> round(fisher_exact_rxc([[3, 1], [1, 3]]).p, 4)
    0.4857
    """
    t = without_empty(table)
    n, reason = int(t.sum()), undefined_because(t)
    if reason:
        return ExactTest(1.0, n, None, (Flag.NO_VARIATION,)) if n else ExactTest(None, 0, reason)
    t = t.T if t.shape[0] > t.shape[1] else t  # fewer rows: fewer cells to choose in each column
    listed = _list_tables(t.sum(1), t.sum(0))
    log_observed = -float(_log_factorial(t).sum())
    if listed is None:
        return ExactTest(_resampled_p(t, log_observed, resamples, seed), n, None, (Flag.MONTE_CARLO,))
    weights = np.exp(listed - listed.max())
    return ExactTest(min(float(weights[listed <= log_observed + log1p(1e-7)].sum() / weights.sum()), 1.0), n)


def _log_factorial(x: Ints) -> Floats:
    from scipy.special import gammaln

    return np.asarray(gammaln(x + 1.0), dtype=np.float64)


def _list_tables(rows: Ints, columns: Ints) -> Floats | None:
    """−Σ log a_ij! of every table with these margins, or None if there are too many."""
    left, logs = rows[None, :], np.zeros(1)
    for j, column in enumerate(columns[:-1]):
        open_ = np.full(len(left), column)
        for i in range(len(rows)):
            lowest = np.maximum(open_ - left[:, i + 1 :].sum(1), 0)
            # what this row keeps must fit into the columns still to come
            lowest = np.maximum(lowest, left[:, i] - columns[j + 1 :].sum())
            choices = np.minimum(left[:, i], open_) - lowest + 1
            if choices.clip(0).sum() > TABLES:
                return None
            keep = np.repeat(np.arange(len(left)), choices.clip(0))
            within = np.arange(len(keep)) - np.repeat(choices.clip(0).cumsum() - choices.clip(0), choices.clip(0))
            cell = lowest[keep] + within
            left, open_, logs = left[keep], open_[keep] - cell, logs[keep] - _log_factorial(cell)
            left[:, i] -= cell
    return np.asarray(logs - _log_factorial(left).sum(1), dtype=np.float64)


def _resampled_p(t: Ints, log_observed: float, resamples: int, seed: int) -> float:
    """Monte Carlo p over tables with the observed margins, made by dealing the column labels to the rows."""
    rng = np.random.Generator(np.random.PCG64(seed))
    logs = np.zeros(resamples)
    for b in range(resamples):
        left = t.sum(0)
        for size in t.sum(1)[:-1]:
            dealt = rng.multivariate_hypergeometric(left, size)
            left = left - dealt
            logs[b] -= _log_factorial(dealt).sum()
        logs[b] -= _log_factorial(left).sum()
    return float((1 + (logs <= log_observed + log1p(1e-7)).sum()) / (resamples + 1))
