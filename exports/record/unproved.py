"""What a file of ratings does not tell of its study: these cells stay empty, with the reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from delphi.consensus.counts import Counts
from delphi.consensus.table.change_columns import CHANGES, DIFFERENCES
from delphi.consensus.table.result_row import EVERYBODY, read_reasons, write_reasons
from delphi.sheets.answer_status import NOT_SHOWN
from delphi.sheets.ratings import RatingsFile, RoundAnswers
from delphi.statistics.base.result import Flag

VERDICT_COLUMNS = ("verdict", "grade", "verdict_basis", "group_rule", "flags", "di", "ipras", "disagreement")
WORDS = ("kind", "section_no", "section", "text")
LINEAGE = ("previous_round", "relation")
INVITED = "n_invited"


class Why(StrEnum):
    """Why a file does not tell a number."""

    NOT_IN_FILE = "not_in_file"
    ROWS_CUT = "rows_cut_apart"  # rounds of somebody may stand under two codes, so nobody's change can be counted
    GROUPS_LEFT_OUT = "groups_left_out"


@dataclass(frozen=True)
class Unproved:
    """Cells that a file does not tell.

    Attributes
    ----------
    cells
        By round and column, why.
    group_verdicts
        Rounds in which a verdict that rests on groups cannot be told: groups are left out.
    """

    cells: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    group_verdicts: frozenset[int] = frozenset()

    def without(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Empty what is not told in a row of the consensus table."""
        why = dict(self.cells.get(row["round"], {}))
        if row["round"] in self.group_verdicts and row["group"] == EVERYBODY and row["group_rule"]:
            why |= dict.fromkeys(VERDICT_COLUMNS, Why.GROUPS_LEFT_OUT.value)
        if not why:
            return dict(row)
        told = {**row, **dict.fromkeys(why), "reasons": write_reasons(read_reasons(row["reasons"]) | why)}
        if DIFFERENCES[0] in why and told["flags"]:  # whether the raters changed follows from the counts of both rounds
            told["flags"] = ";".join(flag for flag in told["flags"].split(";") if flag != Flag.COMPOSITION_CHANGE)
        return told

    @property
    def changes(self) -> bool:
        """Whether the change of some round cannot be told."""
        return any(CHANGES[0] in why for why in self.cells.values())


NOTHING = Unproved()


def unproved_by(file: RatingsFile, *, items: bool) -> Unproved:
    """Say what a file written here does not tell; ``items`` whether wordings and lineage came with it."""
    if not file.written_here:
        return NOTHING
    cells = {round_.number: _cells(file, round_, items=items) for round_ in file.rounds}
    hidden = NOT_SHOWN in file.groups.values()
    return Unproved(cells, frozenset(cells) if hidden else frozenset())


def _cells(file: RatingsFile, round_: RoundAnswers, *, items: bool) -> dict[str, str]:
    why = {INVITED: Why.NOT_IN_FILE.value}
    if not items:
        why |= dict.fromkeys(WORDS if round_.versions else (*WORDS, "version"), Why.NOT_IN_FILE.value)
    if round_.number == 1:
        return why
    if not items:
        why |= dict.fromkeys(LINEAGE, Why.NOT_IN_FILE.value)
    before = next((other for other in file.rounds if other.number == round_.number - 1), None)
    if before is None or not (items or round_.versions):
        return why | dict.fromkeys((*CHANGES, *DIFFERENCES), Why.NOT_IN_FILE.value)
    return why | (dict.fromkeys(CHANGES, Why.ROWS_CUT.value) if _cut(file, before, round_) else {})


def _cut(file: RatingsFile, before: RoundAnswers, now: RoundAnswers) -> bool:
    """Whether somebody may stand under one code in a round and under another in the next: both have codes of one round."""
    if not file.may_be_cut:
        return False
    rest = {who for other in file.rounds if other is not before and other is not now for who in other.panelists}
    return bool(set(before.panelists) - set(now.panelists) - rest) and bool(
        set(now.panelists) - set(before.panelists) - rest
    )


def unproved_by_counts(counts: Mapping[int, Counts]) -> Unproved:
    """Say what counts alone do not tell: wordings, lineage, and who moved."""
    words, later = (*WORDS, "version"), (*LINEAGE, *CHANGES, *DIFFERENCES)
    cells = {n: dict.fromkeys((*words, *later) if n > 1 else words, Why.NOT_IN_FILE.value) for n in counts}
    return Unproved(cells, frozenset(number for number, one in counts.items() if one.groups == (EVERYBODY,)))
