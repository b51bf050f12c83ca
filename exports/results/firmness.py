"""Everything a page says of one statement beyond its rows: how firmly its verdict stands, for who may analyse."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.disclosure.small_cells import visible_groups
from delphi.consensus.firmness.robustness import (
    Fragility,
    LeaveOneOut,
    Resampled,
    bootstrap_verdict,
    fragility,
    leave_one_out,
)
from delphi.consensus.firmness.sensitivity import ThresholdMap, threshold_map
from delphi.consensus.rules.groups import GroupRule
from delphi.consensus.vocabulary import Verdict
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.protocol.method import definition_of
from rounds.results import rows
from rounds.seal.items import items_of


@dataclass(frozen=True)
class Firmness:
    """What another definition, another panel, or other ratings would have said."""

    definitions: ThresholdMap
    resampled: Resampled
    without: LeaveOneOut
    fragile: Fragility

    @property
    def by_threshold(self) -> list[tuple[str, Verdict, bool]]:
        """Verdict by threshold, all else as locked, with the locked one marked."""
        locked = self.definitions.locked
        same = [
            one
            for one in self.definitions.alternatives
            if (one.strict, one.denominator, one.quantile_type)
            == (locked.strict, locked.denominator, locked.quantile_type)
        ]
        return [(one.threshold or "", one.verdicts[0], one.locked) for one in same if one.threshold is not None]

    @property
    def other(self) -> int:
        """Definitions of the map that say otherwise."""
        own = self.definitions.locked.verdicts[0]
        return sum(one.verdicts[0] is not own for one in self.definitions.alternatives)

    @property
    def sensitive(self) -> bool:
        """Whether a definition near the locked one says otherwise."""
        return bool(self.definitions.sensitive())


def firmness_of(session: Session, study: Study, round_: Round, statement: int) -> Firmness | None:
    """Try the verdict of one statement.

    None where the rule judges a whole round, where too few rated, and where the rule asks groups of which one is not
    shown: what moves the verdict would tell of it.
    """
    definition: Definition = definition_of(study)
    place: Sequence[int] = list(items_of(session, study, round_.number))
    counts: Counts = rows.analyse(session, study, [round_.number]).rounds[0].counts.statement(place.index(statement))
    sizes = dict(zip(counts.groups, counts.n_rated[0].tolist(), strict=True))
    asks_hidden = isinstance(definition.rule, GroupRule) and len(visible_groups(sizes, study.smallest_cell)) < len(
        sizes
    )
    if definition.rule.of_the_round or sum(sizes.values()) < study.smallest_cell or asks_hidden:
        return None
    return Firmness(
        threshold_map(counts, definition),
        bootstrap_verdict(counts, definition),
        leave_one_out(counts, definition),
        fragility(counts, definition),
    )
