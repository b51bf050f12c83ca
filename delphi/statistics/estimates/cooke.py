"""Cooke's classical model: calibration, information, weight (METHOD 11.6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum, log
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from delphi.statistics.base.bounds import UNIT, Bounded
from delphi.statistics.base.measure import figure, undefined
from delphi.statistics.base.result import Reason, Result
from delphi.statistics.base.tails import chi_square_p


@dataclass(frozen=True, slots=True)
class Calibration(Bounded):
    """Cooke's calibration score with its statistic; ``n`` seed questions."""

    ranges: ClassVar = {"value": UNIT}

    value: float | None
    statistic: float | None
    df: int
    n: int
    reason: Reason | None = None


def cooke_calibration(counts: ArrayLike, p: Sequence[float]) -> Calibration:
    """Calibration of an expert on seed questions (Cooke's classical model).

    Parameters
    ----------
    counts : (b,)
        Realisations that fell between the expert's quantiles.
    p : (b,)
        Probabilities of those bins.

    Returns
    -------
    Calibration
        1 when the realisations fall as stated; ``no_ratings`` without seed questions.

    Notes
    -----
    P(χ²_{b−1} > 2 N Σ s_i ln(s_i/p_i)) with s = counts/N and 0·ln 0 = 0.

    References
    ----------
    .. [1] Cooke RM. Experts in Uncertainty: Opinion and Subjective Probability in Science. New York: Oxford University
           Press; 1991.

    Examples
    --------
    >>> cooke_calibration([1, 9, 9, 1], [0.05, 0.45, 0.45, 0.05]).value
    1.0
    """
    seen, df = [int(c) for c in np.asarray(counts)], len(p) - 1
    n = sum(seen)
    if n == 0:
        return Calibration(None, None, df, 0, Reason.NO_RATINGS)
    statistic = max(2 * fsum(c * log(c / (n * q)) for c, q in zip(seen, p, strict=True) if c), 0.0)
    return Calibration(chi_square_p(statistic, df), statistic, df, n)


def cooke_information(p: Sequence[float], background: Sequence[Sequence[float]]) -> Result:
    """Information of an expert: mean relative entropy of the stated bins against a background measure.

    Parameters
    ----------
    p : (b,)
        Probabilities of the bins.
    background
        For each question the background measure of the bins the expert's quantiles cut from the intrinsic range.

    Notes
    -----
    Mean over questions of Σ p_i ln(p_i/b_i).

    References
    ----------
    .. [1] Cooke RM. Experts in Uncertainty: Opinion and Subjective Probability in Science. New York: Oxford University
           Press; 1991.

    Examples
    --------
    >>> cooke_information([0.5, 0.5], [[0.5, 0.5]]).value
    0.0
    """
    if not background:
        return undefined(Reason.NO_RATINGS)
    each = [fsum(q * log(q / b) for q, b in zip(p, question, strict=True)) for question in background]
    return figure(fsum(each) / len(each), len(each))


def intrinsic_background(quantiles: Sequence[float], low: float, high: float, overshoot: float = 0.1) -> list[float]:
    """Uniform background measure of the bins cut by an expert's quantiles from the range low–high with overshoot.

    Examples
    --------
    >>> intrinsic_background([2, 4, 6], 0, 8, overshoot=0.0)
    [0.25, 0.25, 0.25, 0.25]
    """
    reach = overshoot * (high - low)
    edges = [low - reach, *quantiles, high + reach]
    return [(b - a) / (edges[-1] - edges[0]) for a, b in pairwise(edges)]


def cooke_weight(calibration: float, information: float, alpha: float = 0.0) -> float:
    """Weight of an expert: calibration times information, 0 below the calibration level α.

    Examples
    --------
    >>> cooke_weight(0.5, 1.2), cooke_weight(0.01, 3.0, alpha=0.05)
    (0.6, 0.0)
    """
    return calibration * information if calibration >= alpha else 0.0
