"""What a seal says, for everybody who asks about a round that is over: counts, figures, rows of the consensus table."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis, ChangeShown, Definition, Item, People, RoundData
from delphi.consensus.scale import Scale
from delphi.consensus.sealed_counts import SealedRound
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import hidden_reasons, write_reasons
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import EVERYBODY
from delphi.errors import Refused
from delphi.model.study import Study
from delphi.statistics.base.result import Reason
from rounds.seal import chain
from rounds.seal.items import items_of

# Columns that say which statement, round and people a row is about, and not what they answered.
HEAD = (
    "statement",
    "version",
    "kind",
    "section_no",
    "section",
    "text",
    "round",
    "group",
    "n_invited",
    "previous_round",
    "relation",
    "decision",
    "decision_reason",
    "rule_id",
)


def sealed_of(session: Session, study: Study, number: int) -> SealedRound | None:
    """What the seal of a round holds; None while it is being counted."""
    seal = chain.seal_of(session, study.id, number)
    return None if seal is None else SealedRound.from_dict(seal.content)


def sealed(session: Session, study: Study, number: int) -> SealedRound:
    """What the seal of a round holds.

    Raises
    ------
    Refused
        The round is closed and still being counted.
    """
    found = sealed_of(session, study, number)
    if found is None:
        raise Refused("Round %(number)s is being counted. Look again in a few seconds.", number=number)
    return found


def round_data(session: Session, study: Study, number: int) -> RoundData:
    """The counts of a sealed round, with those of the rounds before it."""
    previous = round_data(session, study, number - 1) if number > 1 else None
    items = list(items_of(session, study, number).values())
    return round_data_of(number, sealed(session, study, number), items, SCALES[study.scale], previous)


def round_data_of(
    number: int, sealed: SealedRound, items: Sequence[Item], scale: Scale, previous: RoundData | None = None
) -> RoundData:
    """Read a seal into counts."""
    codes = [item.statement for item in items]
    panel, changes = sealed.numbers_of(EVERYBODY), {one.statement: one for one in sealed.changes}
    moved = None
    if panel is not None and panel.stayed is not None:
        moved = People(panel.stayed, panel.left or 0, panel.joined or 0)
    return RoundData(
        number=number,
        items=tuple(items),
        counts=sealed.counts(codes, scale.K),
        previous=previous,
        bands=tuple(
            ChangeShown(one.band, one.stable, None if one.band else Reason.SUPPRESSED_DISCLOSURE)
            if (one := changes.get(code))
            else None
            for code in codes
        ),
        moved=moved,
    )


def analysis_of(session: Session, study: Study, numbers: Sequence[int], definition: Definition) -> Analysis:
    """The sealed counts of rounds under a definition."""
    return Analysis(definition, tuple(round_data(session, study, number) for number in numbers))


def shown_rows(analysis: Analysis, sealed: SealedRound) -> list[dict[str, Cell]]:
    """Rows of the consensus table of one sealed round: the panel and the groups that each statement shows.

    A statement with fewer ratings than the smallest cell keeps its row, empty and with the reason.
    """
    cells = {(cell.statement, cell.people) for cell in sealed.cells}
    rows: list[dict[str, Cell]] = []
    for row in consensus_rows(analysis, by_group=True):
        if (row["statement"], row["group"]) in cells:
            rows.append(row)
        elif row["group"] == EVERYBODY:
            rows.append(_hidden(row))
    return rows


def _hidden(row: dict[str, Any]) -> dict[str, Any]:
    """Say nothing of the answers, and why; no verdict either."""
    names = [name for name in row if name not in (*HEAD, "verdict", "flags", "reasons")]
    return (
        row
        | dict.fromkeys(names)
        | {"verdict": "too_few", "flags": "", "reasons": write_reasons(hidden_reasons([*names, "verdict"]))}
    )
