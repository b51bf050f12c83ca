"""Advice on ending the study: it lists what is met; a person decides and gives the reason (METHOD 7.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from delphi.consensus.disclosure.change_bands import stable_share
from delphi.statistics.base.exact import Threshold, meets_threshold


class Dajani(StrEnum):
    """Outcome of a statement in the hierarchical stopping criterion."""

    ANOTHER_ROUND = "another_round"
    CONSENSUS = "consensus"
    MAJORITY = "majority"
    BIPOLAR = "bipolar"
    PLURALITY = "plurality"
    DISAGREEMENT = "disagreement"


def dajani_class(zones: Sequence[int], *, stable: bool, consensus: bool) -> Dajani:
    """Class of a statement in the hierarchy of Dajani, Sincoff and Talley, as operationalised by this project.

    Parameters
    ----------
    zones
        Ratings in the low, the middle and the high zone.
    stable
        Whether the ratings are stable between the last two rounds.
    consensus
        Whether the study's consensus rule is met.

    Notes
    -----
    Unstable: another round. Stable: the first that fits of consensus, majority (one zone has more than 50 %),
    bipolar (low and high have 40 % each), plurality (one zone is strictly the largest), disagreement.

    References
    ----------
    .. [1] Dajani JS, Sincoff MZ, Talley WK. Stability and agreement criteria for the termination of Delphi studies.
           Technol Forecast Soc Change 1979;13:83-90. doi:10.1016/0040-1625(79)90007-6

    Examples
    --------
    >>> dajani_class([5, 0, 5], stable=True, consensus=False).value
    'bipolar'
    """
    n, (low, _, high) = sum(zones), zones
    if not stable or n == 0:
        return Dajani.ANOTHER_ROUND
    if consensus:
        return Dajani.CONSENSUS
    if any(meets_threshold(k, n, 50, strict=True) for k in zones):
        return Dajani.MAJORITY
    if all(meets_threshold(k, n, 40) for k in (low, high)):
        return Dajani.BIPOLAR
    return Dajani.PLURALITY if list(zones).count(max(zones)) == 1 else Dajani.DISAGREEMENT


class CriterionName(StrEnum):
    """Criteria that a protocol may set for ending the study."""

    MAX_ROUNDS = "max_rounds"
    CONSENSUS_SHARE = "consensus_share"
    STABLE_SHARE = "stable_share"
    RESPONSE_FLOOR = "response_floor"


@dataclass(frozen=True, slots=True)
class StoppingRule:
    """Criteria of the protocol; None leaves one out. Shares in per cent."""

    max_rounds: int | None = None
    consensus_share: str | None = None
    stable_share: str | None = None
    response_floor: str | None = None


@dataclass(frozen=True, slots=True)
class RoundState:
    """What a closed round shows: each pair is (k, n), None where it cannot be computed."""

    number: int
    at_consensus: tuple[int, int] | None
    stable: tuple[int, int] | None
    responded: tuple[int, int] | None

    @property
    def stable_step(self) -> int | None:
        """Per cent of the statements that are stable, down to the next ten: as much as may be told of any panel.

        Examples
        --------
        >>> RoundState(2, None, (13, 35), None).stable_step, RoundState(1, None, None, None).stable_step
        (30, None)
        """
        return None if self.stable is None else stable_share(*self.stable)


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: met, not met, or not computable (None)."""

    name: CriterionName
    bound: str
    value: Fraction | None
    met: bool | None


def stopping_advice(round_: RoundState, rule: StoppingRule) -> list[Criterion]:
    """Criteria of the protocol's stopping rule, each met, not met or not computable.

    Parameters
    ----------
    round_
        State of the closed round.
    rule
        Criteria of the protocol.

    Returns
    -------
    list of Criterion
        ``response_floor`` is met when the response has fallen *below* the floor, a reason to stop.

    Examples
    --------
    >>> rule = StoppingRule(max_rounds=3, consensus_share="80")
    >>> [(c.name.value, c.met) for c in stopping_advice(RoundState(2, (17, 20), None, None), rule)]
    [('max_rounds', False), ('consensus_share', True)]
    """
    criteria = []
    if rule.max_rounds is not None:
        reached = round_.number >= rule.max_rounds
        criteria.append(Criterion(CriterionName.MAX_ROUNDS, str(rule.max_rounds), Fraction(round_.number), reached))
    shares = (
        (CriterionName.CONSENSUS_SHARE, rule.consensus_share, round_.at_consensus),
        (CriterionName.STABLE_SHARE, rule.stable_share, round_.stable),
        (CriterionName.RESPONSE_FLOOR, rule.response_floor, round_.responded),
    )
    return criteria + [_share(name, bound, pair) for name, bound, pair in shares if bound is not None]


def _share(name: CriterionName, bound: Threshold, pair: tuple[int, int] | None) -> Criterion:
    k, n = pair or (0, 0)
    if n == 0:
        return Criterion(name, str(bound), None, None)
    reached = meets_threshold(k, n, bound)
    met = (not reached) if name is CriterionName.RESPONSE_FLOOR else reached
    return Criterion(name, str(bound), Fraction(100 * k, n), met)
