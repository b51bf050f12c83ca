"""How firmly a verdict stands: resampled panels, one panelist fewer, a few changed ratings (METHOD 9.4, 9.5).

For analysts only: what one panelist changes tells that panelist's rating.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import ArrayLike

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts, Integers
from delphi.consensus.rules.base import CODES, Code, Tally
from delphi.consensus.vocabulary import Denominator, Verdict
from delphi.statistics.base.result import Flag, Reason

RESAMPLES = 2000
MANY_OPTIONS = 11  # on longer scales only single moves are tried: their pairs and triples are too many


@dataclass(frozen=True)
class Resampled:
    """Share of resampled panels with each verdict; it never changes the verdict itself."""

    verdict: Verdict
    shares: dict[Verdict, float]
    resamples: int
    seed: int
    reason: Reason | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True)
class LeaveOneOut:
    """Panelists whose absence alone would change the verdict; None if there is nobody to leave out."""

    flips: int | None
    n: int
    reason: Reason | None = None


@dataclass(frozen=True)
class Fragility:
    """Fewest panelists who would have to rate otherwise for another verdict; None if more than ``searched``."""

    moves: int | None
    searched: int
    reason: Reason | None = None


Sample = Counts | ArrayLike
EXTRA: Mapping[str, int] = {
    Denominator.RATED: 0,
    Denominator.ANSWERED: 1,
    Denominator.SHOWN: 2,
}  # columns beside the ratings that a denominator looks at


@dataclass(frozen=True)
class _Panel:
    """One statement as a table of groups × (options, then opt-outs and blanks as far as the denominator counts them)."""

    table: Integers
    options: int
    groups: tuple[str, ...]
    definition: Definition

    @classmethod
    def of(cls, sample: Sample, definition: Definition) -> "_Panel":
        counts = sample if isinstance(sample, Counts) else Counts.of(np.atleast_2d(np.asarray(sample))[None])
        if not definition.rule.deciding_groups(Tally(counts, definition.terms)):
            counts = counts.pooled()
        beside = np.stack([counts.not_qualified[0], counts.blank[0]], axis=1)[:, : EXTRA[definition.denominator]]
        whole = np.concatenate([counts.ratings[0], beside], axis=1)
        return cls(whole, counts.ratings.shape[2], counts.groups, definition)

    @property
    def n_rated(self) -> int:
        return int(self.table[:, : self.options].sum())

    def codes(self, tables: Integers) -> Integers:
        """Verdict codes of such tables (B, G, K + extra)."""
        none = np.zeros(tables.shape[:2], dtype=np.int64)
        ratings, *beside = np.split(tables, range(self.options, tables.shape[2]), axis=2)
        opt_outs, blank = [*(column[..., 0] for column in beside), none, none][:2]
        invited = np.zeros(len(self.groups), dtype=np.int64)
        tally = Tally(Counts(ratings, opt_outs, blank, invited, self.groups), self.definition.terms)
        return np.asarray(self.definition.rule.status(tally), dtype=np.int64)

    @property
    def own(self) -> int:
        return int(self.codes(self.table[None])[0])


def bootstrap_verdict(sample: Sample, definition: Definition, resamples: int = RESAMPLES, seed: int = 1) -> Resampled:
    """Judge panels drawn with replacement from the panel; within each group, if the rule asks groups.

    Parameters
    ----------
    sample : (K,) or (G, K), or Counts
        Ratings of one statement; its `Counts` where the denominator needs opt-outs, or the rule the names of groups.
    definition
        The definition of the study.
    resamples, seed
        Number of panels drawn, and seed of the generator (PCG64).

    Returns
    -------
    Resampled
        Shares from 0 to 1, with flag ``monte_carlo``, or ``no_variation`` where no draw can differ; ``no_ratings``.

    References
    ----------
    .. [1] Efron B, Tibshirani RJ. An Introduction to the Bootstrap. New York: Chapman & Hall; 1993.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> result = bootstrap_verdict(np.array([0, 0, 0, 0, 9]), Definition.of(SCALES["agree5"]))
    >>> result.shares[Verdict.IN], result.flags
    (1.0, (<Flag.NO_VARIATION: 'no_variation'>,))
    """
    panel = _Panel.of(sample, definition)
    verdict = CODES[Code(panel.own)]
    if not panel.n_rated:
        return Resampled(verdict, {}, 0, seed, Reason.NO_RATINGS)
    rng = np.random.Generator(np.random.PCG64(seed))
    drawn = np.stack([rng.multinomial(n, row / max(n, 1), resamples) for n, row in _rows(panel.table)], axis=1)
    codes = panel.codes(np.asarray(drawn, dtype=np.int64))
    shares = {verdict: float(np.mean(codes == code)) for code, verdict in CODES.items()}
    same = all(np.count_nonzero(row) <= 1 for row in panel.table)
    return Resampled(verdict, shares, resamples, seed, flags=(Flag.NO_VARIATION if same else Flag.MONTE_CARLO,))


def _rows(table: Integers) -> Iterator[tuple[int, Integers]]:
    """Size and answers of each group; an empty group keeps a placeholder for its shares."""
    for row in table:
        n = int(row.sum())
        yield n, row if n else np.eye(1, len(row), dtype=np.int64)[0]


def leave_one_out(sample: Sample, definition: Definition) -> LeaveOneOut:
    """Number of panelists without whom the verdict would be another.

    Parameters
    ----------
    sample : (K,) or (G, K), or Counts
        Ratings of one statement, as for `bootstrap_verdict`.
    definition
        The definition of the study.

    Returns
    -------
    LeaveOneOut
        ``no_ratings``; ``n_below_2`` for a single panelist.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> leave_one_out(np.array([0, 0, 1, 2, 1]), Definition.of(SCALES["agree5"])).flips
    3
    """
    panel = _Panel.of(sample, definition)
    table, n = panel.table, panel.n_rated
    if n < 2:
        return LeaveOneOut(None, n, Reason.NO_RATINGS if n == 0 else Reason.N_BELOW_2)
    cells = np.argwhere(table > 0)
    without = np.repeat(table[None], len(cells), axis=0)
    without[np.arange(len(cells)), cells[:, 0], cells[:, 1]] -= 1
    differs = panel.codes(without) != panel.own
    return LeaveOneOut(int(table[cells[:, 0], cells[:, 1]][differs].sum()), n)


def fragility(sample: Sample, definition: Definition, max_moves: int = 3) -> Fragility:
    """Fewest ratings that would have to be others for the verdict to differ, the panel staying the same.

    Parameters
    ----------
    sample : (K,) or (G, K), or Counts
        Ratings of one statement. With several groups, or on a long scale, single moves only are tried.
    definition
        The definition of the study.
    max_moves
        Most ratings that are changed at once.

    Returns
    -------
    Fragility
        ``moves`` is None where no change of up to ``searched`` ratings is enough; ``no_ratings``.

    Examples
    --------
    >>> from delphi.consensus.shipped_scales import SCALES
    >>> fragility(np.array([0, 0, 2, 5, 5]), Definition.of(SCALES["agree5"])).moves
    2
    """
    panel = _Panel.of(sample, definition)
    if not panel.n_rated:
        return Fragility(None, max_moves, Reason.NO_RATINGS)
    several = len(panel.table) > 1 or panel.options > MANY_OPTIONS
    searched, own = 1 if several else max_moves, panel.own
    for moves in range(1, searched + 1):
        others = _moved(panel, moves)
        if len(others) and (panel.codes(others) != own).any():
            return Fragility(moves, searched)
    return Fragility(None, searched)


def _moved(panel: _Panel, moves: int) -> Integers:
    """All tables that differ in so many ratings of one group: some options lose them, others win them."""
    changed = []
    for g, row in enumerate(panel.table[:, : panel.options]):
        rows = _moved_row(row, moves)
        tables = np.repeat(panel.table[None], len(rows), axis=0)
        tables[:, g, : panel.options] = rows
        changed.append(tables)
    return np.concatenate(changed)


def _moved_row(row: Integers, moves: int) -> Integers:
    lose, win = _exchanges(len(row), moves)
    kept: Integers = (row - lose + win)[(row >= lose).all(-1)]
    return kept


@cache
def _exchanges(options: int, moves: int) -> tuple[Integers, Integers]:
    """All ways in which so many ratings leave their options for others: what each option loses, and what it wins."""
    choices = list(combinations_with_replacement(range(options), moves))
    change = np.zeros((len(choices), options), dtype=np.int64)
    for i, choice in enumerate(choices):
        np.add.at(change[i], list(choice), 1)
    lose, win = (index.ravel() for index in np.indices((len(choices), len(choices))))
    apart = lose != win
    return change[lose[apart]], change[win[apart]]
