"""From who was counted, and what the counts are, to what may be shown: a seal's content, the same bytes whenever it is made."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np

from delphi.consensus.analysis import Item
from delphi.consensus.disclosure.change_bands import band_of, may_show_band, stable_share
from delphi.consensus.disclosure.show_plan import RoundPeople, shown_groups, shown_in_statement
from delphi.consensus.scale import Scale
from delphi.consensus.sealed_counts import UNSHOWN, Cell, Composition, SealedChange, SealedRound
from delphi.consensus.stability import moves_table
from delphi.consensus.vocabulary import EVERYBODY, Band, Stability
from delphi.model.study import Level
from rounds.seal.counting import Counted, Integers, Tally


@dataclass(frozen=True, slots=True)
class Terms:
    """What a study promised its panel."""

    smallest_cell: int
    caution: int
    level: Level


@dataclass(frozen=True, eq=False)
class Past:
    """What the rounds before have shown, and who is new.

    Attributes
    ----------
    rounds
        Who was counted in each, and the groups it showed, oldest first.
    late
        People who were not invited to the first round.
    rated
        Ratings of the panel in the round before (K), by code of the statement.
    """

    rounds: Sequence[RoundPeople]
    late: frozenset[UUID]
    rated: Mapping[str, Sequence[int]]


def sealed_round(
    people: Sequence[Counted],
    counts: Tally,
    moved: Integers,
    items: Sequence[Item],
    scale: Scale,
    past: Past,
    terms: Terms,
) -> SealedRound:
    """Decide what a round shows, and keep only that.

    Parameters
    ----------
    people
        Everybody invited.
    counts
        The answers of the counted.
    moved : (J, K, K)
        Rating before × rating now.
    """
    groups = counts.groups[1:]
    now = {
        name: frozenset(one.panelist for one in people if one.counted and one.group == name) for name in counts.groups
    }
    shown = shown_groups(now, past.rounds, k=terms.smallest_cell, caution=terms.caution, late=past.late)
    changes, share = _changes(counts, moved, items, scale, past, terms)
    return SealedRound(
        groups=groups,
        shown=tuple(shown),
        composition=tuple(_composition(people, shown, past)),
        cells=tuple(_cells(counts, items, shown, terms.smallest_cell)),
        changes=changes,
        stable_share=share,
    )


def _cells(counts: Tally, items: Sequence[Item], shown: Sequence[str], k: int) -> list[Cell]:
    """The panel from k ratings on, and of the groups of the round those that the statement may show."""
    cells: list[Cell] = []
    for item, answers, rated in zip(items, counts.answers, counts.rated, strict=True):
        if rated.sum() < k:
            continue
        cells.append(_cell(item, EVERYBODY, answers.sum(0)))
        sizes = dict(zip(counts.groups, rated.tolist(), strict=True))
        cells += [_cell(item, name, answers[counts.groups.index(name)]) for name in shown_in_statement(sizes, shown, k)]
    return cells


def _cell(item: Item, people: str, answers: Integers) -> Cell:
    *options, opt_out, blank = answers.tolist()
    return Cell(item.statement, people, tuple(options), opt_out, blank)


def _composition(people: Sequence[Counted], shown: Sequence[str], past: Past) -> list[Composition]:
    """Numbers of the panel, of each shown group, and of all others together."""

    def part_of(group: str) -> str:
        return group if group in shown else UNSHOWN

    ever = [_by_person(one) for one in past.rounds]
    before = ever[-1] if ever else {}
    here = {one.panelist: part_of(one.group) for one in people}
    parts = here | {who: part_of(group) for who, group in before.items() if who not in here}
    names = [EVERYBODY, *shown, *([UNSHOWN] if shown and UNSHOWN in here.values() else [])]
    return [
        _numbers(
            name,
            [one for one in people if name in (EVERYBODY, parts[one.panelist])],
            {who for who in before if name in (EVERYBODY, parts[who])} if ever else None,
            ever[:-1],
        )
        for name in names
    ]


def _numbers(
    name: str, members: Sequence[Counted], before: set[Hashable] | None, earlier: Sequence[Mapping[Hashable, str]]
) -> Composition:
    """Numbers of some people; ``before`` are those of them counted in the round before, None in a first round."""
    counted = {one.panelist for one in members if one.counted}
    numbers = (name, len(members), len(counted), sum(one.submitted for one in members))
    if before is None:
        return Composition(*numbers)
    joined = counted - before
    returned = sum(any(who in one for one in earlier) for who in joined)
    return Composition(*numbers, len(counted & before), len(before - counted), len(joined), returned)


def _by_person(one: RoundPeople) -> dict[Hashable, str]:
    return {who: group for group, people in one.groups.items() for who in people}


def _changes(
    counts: Tally, moved: Integers, items: Sequence[Item], scale: Scale, past: Past, terms: Terms
) -> tuple[tuple[SealedChange, ...], int | None]:
    """Bands where no band tells an answer; and how many statements are stable, of all that can be compared."""
    table = moves_table(moved, scale.lo, scale.combined)
    totals, k = counts.answers[:, :, :-2].sum(1), terms.smallest_cell
    changes, words = [], []
    for j, item in enumerate(items):
        before, paired = past.rated.get(item.statement), int(table.n[j])
        if not item.relation.same_meaning or before is None or totals[j].sum() < k:
            continue
        band = band_of(int(table.changed[j]), paired) if paired else None
        stable = _stable(band, table.stable[j], terms.level)
        if paired >= k and stable is not None:
            words.append(stable)
        after = totals[j].tolist()
        leavers, joiners = int(np.sum(before)) - paired, int(totals[j].sum()) - paired
        told = band is not None and may_show_band(before, after, paired, leavers, joiners, k)
        changes.append(SealedChange(item.statement, paired, *((band, stable) if told else (None, None))))
    return tuple(changes), stable_share(words.count(Stability.STABLE), len(words))


def _stable(band: Band | None, word: Stability, level: Level) -> Stability | None:
    """Stable is the lowest band in a sealed study; where rows are kept it is what the stability rule says of the pairs."""
    if band is None:
        return None
    if level is not Level.SEALED:
        return word
    return Stability.STABLE if band is Band.UP_TO_15 else Stability.UNSTABLE
