"""Which groups will probably not be shown, told while they are planned: the show plan, played on the planned numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from delphi.consensus.disclosure.show_plan import UNGROUPED, People, RoundPeople, shown_groups


class WhyHidden(StrEnum):
    """Why a planned group will probably not be shown."""

    FEWER_THAN_K = "fewer_than_k"  # fewer than k people are planned
    FEW_STAY = "few_stay"  # once one or two leave, fewer than caution times k stay
    BESIDE = "beside"  # the groups that are hidden would follow by subtraction


@dataclass(frozen=True, slots=True)
class ProbablyHidden:
    """A group that will probably not be shown in every round, and why."""

    group: str
    why: WhyHidden


def probably_hidden(
    targets: Mapping[str, int | None], k: int, caution: int, loss_percent: int = 3
) -> list[ProbablyHidden]:
    """Groups that will probably not be shown in every round, in the order of ``targets``.

    Parameters
    ----------
    targets
        How many people are planned in each group; None where no number is set, which counts as many. "" are people
        without a group.
    k
        Smallest cell.
    caution
        1, 2 or 3, as in `shown_groups`.
    loss_percent
        Share of a group that leaves from one round to the next, rounded up to a whole person.

    Raises
    ------
    ValueError
        k or caution is out of bounds, or the share is not 0 to 100.

    Notes
    -----
    It plays a first round of the planned numbers and a second one where each group has lost its share, and asks the
    show plan. That is a warning and no probability: a group of 12 from which nobody leaves stays shown. Groups that
    recruit fewer people than planned fare worse.

    Examples
    --------
    >>> [(one.group, one.why.value) for one in probably_hidden({"A": 47, "B": 6, "C": 4}, 5, 2)]
    [('A', 'beside'), ('B', 'few_stay'), ('C', 'fewer_than_k')]
    >>> [(one.group, one.why.value) for one in probably_hidden({"A": 19, "B": 12, "C": 10}, 5, 2)]
    [('B', 'beside'), ('C', 'few_stay')]
    """
    if not 0 <= loss_percent <= 100:
        raise ValueError("a share is 0 to 100 per cent")
    known = sum(n for n in targets.values() if n)
    sizes = {group: known + 10 * caution * k if n is None else n for group, n in targets.items()}
    stay = {group: n - -(-n * loss_percent // 100) for group, n in sizes.items()}
    first = shown_groups(_people(sizes), [], k=k, caution=caution)
    second = shown_groups(_people(stay), [RoundPeople(_people(sizes), frozenset(first))], k=k, caution=caution)
    return [
        ProbablyHidden(group, _why(sizes[group], stay[group], k, caution))
        for group in targets
        if group not in (UNGROUPED, *second)
    ]


def _people(sizes: Mapping[str, int]) -> dict[str, People]:
    return {group: frozenset((group, number) for number in range(n)) for group, n in sizes.items()}


def _why(planned: int, stay: int, k: int, caution: int) -> WhyHidden:
    if planned < k:
        return WhyHidden.FEWER_THAN_K
    few_leave = 0 < planned - stay < k
    return WhyHidden.FEW_STAY if stay < k or (few_leave and stay < caution * k) else WhyHidden.BESIDE
