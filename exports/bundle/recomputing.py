"""From a bundle alone: every number again, and whether it is the one that was frozen."""

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Analysis, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.matrix import ABSENT, BLANK, Matrix, count_moves, histogram
from delphi.consensus.table.result_row import EVERYBODY, read_reasons, write_reasons
from delphi.consensus.table.rows import consensus_rows
from exports.archive import BadBundle, Bundle
from exports.bundle.reading import Contents, Rows, contents_of
from exports.bundle.results import MARKS, PlainRow, Withheld
from exports.record.unproved import VERDICT_COLUMNS
from exports.tables.table import HIDDEN


@dataclass
class Comparison:
    """Numbers computed again beside the frozen ones."""

    rows: list[PlainRow] = field(default_factory=list)
    compared: int = 0
    equal: int = 0
    not_recomputable: int = 0
    differences: list[str] = field(default_factory=list)


def recompute(bundle: Bundle) -> Comparison:
    """Compute every round of a bundle again and compare it with the release."""
    try:
        return _recomputed(bundle)
    except (KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
        raise BadBundle(
            "The bundle is not built as one (%(error)s); nothing was computed.", error=type(error).__name__
        ) from None


def _recomputed(bundle: Bundle) -> Comparison:
    contents = contents_of(bundle)
    result = Comparison()
    result.differences += _rows_against_counts(contents, bundle.manifest["answers_removed_after_release"])
    for number in contents.items:
        frozen = bundle.json(f"results/release-{number}.json")["rows"]
        groups = list(dict.fromkeys(entry["row"]["group"] for entry in frozen))
        own = {group: _population(contents, number, group, groups) for group in groups}
        result.differences += _rows_missing(contents, number, frozen)
        for entry in frozen:
            computed = own[entry["row"]["group"]].get(entry["row"]["statement"])
            if computed is None:
                raise BadBundle("results/release-%(n)s.json has a statement that was not asked.", n=number)
            _compare(result, entry["row"], computed, entry[MARKS])
    return result


def _rows_missing(contents: Contents, number: int, frozen: list[dict[str, PlainRow]]) -> list[str]:
    """Name the statements that were asked and stand in the release not once, for the panel or for a group told."""
    found = Counter((entry["row"]["statement"], entry["row"]["group"]) for entry in frozen)
    groups = dict.fromkeys([EVERYBODY, *(entry["row"]["group"] for entry in frozen)])
    asked = [(item.statement, group) for item in contents.items[number] for group in groups]
    return [
        f"results/release-{number}.json: {statement}, {group} stands there {found[statement, group]} times, not once"
        for statement, group in asked
        if found[statement, group] != 1
    ]


def _compare(result: Comparison, frozen: PlainRow, computed: PlainRow, marks: dict[str, str]) -> None:
    """Compare one row; what cannot be computed again is empty in the result, with its reason."""
    place = f"round {frozen['round']}, {frozen['statement']}, {frozen['group']}"
    if strangers := frozen.keys() ^ computed.keys():
        result.differences.append(f"{place}: other columns than a release has: {', '.join(sorted(strangers))}")
    withheld = _empty_verdicts(frozen, marks) | marks
    for name, value in frozen.items():
        if name in withheld:
            result.not_recomputable += name in marks
        elif name != "reasons":
            result.compared += 1
            if repr(value) == repr(computed.get(name)):
                result.equal += 1
            else:
                told = computed.get(name)
                result.differences.append(f"{place}: {name} is {value!r} in the release, computed {told!r}")
    hidden = {name for name, why in read_reasons(frozen["reasons"]).items() if why == HIDDEN}
    if _reasons(computed, withheld.keys() | hidden) != _reasons(frozen, withheld.keys() | hidden):
        result.differences.append(f"{place}: the release gives other reasons for its empty cells")
    reasons = write_reasons(_reasons(computed, withheld.keys()) | withheld)
    result.rows.append(computed | dict.fromkeys(withheld) | {"reasons": reasons})


def _empty_verdicts(frozen: PlainRow, marks: dict[str, str]) -> dict[str, str]:
    """Find what a verdict left empty while a group that had a part in it is not told: it may be so, nobody can say."""
    if Withheld.GROUPS_LEFT_OUT not in marks.values():
        return {}
    return {name: Withheld.GROUPS_LEFT_OUT.value for name in VERDICT_COLUMNS if frozen.get(name) is None}


def _reasons(row: PlainRow, but: Collection[str]) -> dict[str, str]:
    """Why cells are empty, but for those of which a bundle does not tell it."""
    return {name: why for name, why in read_reasons(row["reasons"]).items() if name not in but}


def _population(contents: Contents, number: int, group: str, groups: list[str]) -> dict[str, PlainRow]:
    """Rows of one population, by statement."""
    items, definition = contents.items[number], contents.definitions[number]
    parts = [name for name in groups if name != EVERYBODY] if group == EVERYBODY else [group]
    if group == EVERYBODY and not _adds_up(contents, number, parts):
        parts = [EVERYBODY]
    counts = _counts(contents, number, parts)
    paired = _moves(contents, number, group)
    data = RoundData(number, tuple(items), counts, paired, previous=_round_before(contents, number, group))
    rows = consensus_rows(Analysis(definition, (data,)))
    return {str(row["statement"]): row | {"group": group} for row in rows}


def _round_before(contents: Contents, number: int, group: str) -> RoundData | None:
    """Counts of the round before, of the panel or of one group."""
    before = max((item.previous_round or 0 for item in contents.items[number]), default=0)
    if before not in contents.items:
        return None
    return RoundData(before, tuple(contents.items[before]), _counts(contents, before, [group]))


def _adds_up(contents: Contents, number: int, parts: list[str]) -> bool:
    """Whether the groups told are the whole panel: a rule that asks each group then knows all of them."""
    whole = contents.counts.get((number, EVERYBODY), {})
    by_group = [contents.counts.get((number, part), {}) for part in parts]
    return bool(parts) and all(
        all(position in part for part in by_group)
        and [sum(n) for n in zip(*(p[position] for p in by_group), strict=True)] == row
        for position, row in whole.items()
    )


def _counts(contents: Contents, number: int, parts: list[str]) -> Counts:
    """Make counts of the given populations as groups; nobody where nothing is told."""
    scale, size = contents.definitions[number].scale, len(contents.items[number])
    table = np.zeros((size, len(parts), 3 + scale.K), dtype=np.int64)
    for g, part in enumerate(parts):
        for position, numbers in contents.counts.get((number, part), {}).items():
            table[position - 1, g] = numbers
    invited = table[:, :, 0].max(0, initial=0)
    names = ("",) if parts == [EVERYBODY] else tuple(parts)
    return Counts(table[:, :, 3:], table[:, :, 2], table[:, :, 1], np.asarray(invited), names)


def _moves(contents: Contents, number: int, group: str) -> NDArray[np.int64] | None:
    """Count the moves of those who can be followed, since each statement was rated before."""
    if contents.rounds is None or all(item.previous_round is None for item in contents.items[number]):
        return None
    now = contents.rounds[number]
    chosen = [i for i, name in enumerate(now.group) if group in (EVERYBODY, name)]
    then = np.full_like(now.matrix, ABSENT)
    for j, item in enumerate(contents.items[number]):
        before = contents.rounds.get(item.previous_round or 0)
        if before is not None and item.relation.same_meaning:
            column = [asked.statement for asked in contents.items[item.previous_round or 0]].index(item.statement)
            then[:, j] = _joined(now, before)(column)
    return np.asarray(
        count_moves(then[chosen], now.matrix[chosen], contents.definitions[number].scale.K), dtype=np.int64
    )


def _joined(now: Rows, before: Rows) -> Callable[[int], Matrix]:
    """Look up what the records of one round had answered in another."""
    place = {code: i for i, code in enumerate(before.codes)}
    index = np.array([place.get(code, -1) for code in now.codes], dtype=np.intp)

    def column(j: int) -> Matrix:
        there = before.matrix[index, j] if len(before.codes) else np.full(len(index), ABSENT, dtype=np.int8)
        return np.where(index >= 0, there, ABSENT).astype(np.int8)

    return column


def _rows_against_counts(contents: Contents, removed: list[int]) -> list[str]:
    """Compare the counts with the rows, where there are rows and none was removed."""
    if contents.rounds is None:
        return []
    return [
        f"ratings/counts.csv, round {number}, group {group}: the counts are not those of ratings/long.csv"
        for number, rows in contents.rounds.items()
        for group in (EVERYBODY, *dict.fromkeys(rows.group))
        if rows.codes and number not in removed and not _same_counts(contents, number, group)
    ]


def _same_counts(contents: Contents, number: int, group: str) -> bool:
    """Whether rows and counts agree; a group of which nothing is told has no counts."""
    assert contents.rounds is not None
    counts = contents.counts.get((number, group))
    rows = contents.rounds[number]
    chosen = [i for i, name in enumerate(rows.group) if group in (EVERYBODY, name)]
    counted = histogram(np.asfortranarray(rows.matrix[chosen]), BLANK, contents.definitions[number].scale.K - 1)
    return counts is None or all(counted[position - 1].tolist() == row[1:] for position, row in counts.items())
