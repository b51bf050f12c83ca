"""From a bundle alone: every number again, and whether it is the one that was sealed."""

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

from delphi.consensus.analysis import Analysis, RoundData
from delphi.consensus.table.result_row import EVERYBODY, read_reasons, write_reasons
from delphi.consensus.table.rows import consensus_rows
from delphi.statistics.base.result import Reason
from exports.archive import BadBundle, Bundle
from exports.bundle.counting_rows import differences_of_rows
from exports.bundle.older import of_any_version
from exports.bundle.reading import Contents, cells_of, composition_of, contents_of
from exports.bundle.results import MARKS, PlainRow, Withheld
from exports.bundle.seals import CHAIN
from exports.record.unproved import VERDICT_COLUMNS
from exports.tables.table import HIDDEN
from rounds.seal.reading import round_data_of, shown_rows


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
        return _recomputed(of_any_version(bundle))
    except (KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
        raise BadBundle(
            "The bundle is not built as one (%(error)s); nothing was computed.", error=type(error).__name__
        ) from None


def _recomputed(bundle: Bundle) -> Comparison:
    contents = contents_of(bundle)
    result = Comparison()
    result.differences += [*_seals_against_files(bundle, contents), *differences_of_rows(contents, _numbers(bundle))]
    for number in bundle.manifest["rounds"]:
        frozen = bundle.json(f"results/release-{number}.json")["rows"]
        own = _computed(contents, number, frozen)
        result.differences += _rows_missing(contents, number, frozen)
        for entry in frozen:
            computed = own.get((entry["row"]["statement"], entry["row"]["group"]))
            if computed is None:
                raise BadBundle("results/release-%(n)s.json has a statement that was not asked.", n=number)
            _compare(result, entry["row"], computed, entry[MARKS])
    return result


def _numbers(bundle: Bundle) -> dict[str, str]:
    """Number of each statement, as rows name it, by its code."""
    return {row["code"]: str(row["number"]) for row in bundle.json("statements/statements.json")["statements"]}


def _computed(contents: Contents, number: int, frozen: list[dict[str, PlainRow]]) -> dict[tuple[Any, Any], PlainRow]:
    """Rows of a round by statement and group, from what is told of its cells."""
    analysis, sealed = Analysis(contents.definitions[number], (_round(contents, number),)), contents.sealed[number]
    rows = {(row["statement"], row["group"]): row for row in shown_rows(analysis, sealed)}
    if contents.whole and not contents.older:
        return rows
    # Where counts alone are not told, the rest of the row is computed from nothing, unless all of it was hidden.
    hidden = {(e["row"]["statement"], e["row"]["group"]) for e in frozen if e["row"]["n_rated"] is None}
    told = {(row["statement"], row["group"]): row for row in consensus_rows(analysis, by_group=True)}
    return told | {key: row for key, row in rows.items() if key in hidden}


def _round(contents: Contents, number: int) -> RoundData:
    previous = _round(contents, number - 1) if number - 1 in contents.items else None
    scale = next(iter(contents.definitions.values())).scale
    return round_data_of(number, contents.sealed[number], contents.items[number], scale, previous)


def _rows_missing(contents: Contents, number: int, frozen: list[dict[str, PlainRow]]) -> list[str]:
    """Name the statements that do not stand once in a release: for the panel, and for each group whose counts are told."""
    found = Counter((entry["row"]["statement"], entry["row"]["group"]) for entry in frozen)
    asked = {(item.statement, EVERYBODY) for item in contents.items[number]}
    asked |= {(cell.statement, cell.people) for cell in contents.sealed[number].cells}
    return [
        f"results/release-{number}.json: {statement}, {group} stands there {found[statement, group]} times, not once"
        for statement, group in sorted(asked | found.keys())
        if found[statement, group] != 1
    ]


def _compare(result: Comparison, frozen: PlainRow, computed: PlainRow, marks: dict[str, str]) -> None:
    """Compare one row; what cannot be computed again is empty in the result, with its reason."""
    place = f"round {frozen['round']}, {frozen['statement']}, {frozen['group']}"
    if strangers := frozen.keys() ^ computed.keys():
        result.differences.append(f"{place}: other columns than a release has: {', '.join(sorted(strangers))}")
    withheld = _empty_verdicts(frozen, marks) | _uncounted(frozen, computed, marks) | marks
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


def _uncounted(frozen: PlainRow, computed: PlainRow, marks: dict[str, str]) -> dict[str, str]:
    """Find what is empty, and computed from counts that are not told: why it is empty, nobody can say."""
    if Withheld.NO_COUNTS not in marks.values():
        return {}
    unknown = {name for name, why in read_reasons(computed["reasons"]).items() if why == Reason.NO_RATINGS}
    return {name: Withheld.NO_COUNTS.value for name in frozen if name in unknown and frozen[name] is None}


def _reasons(row: PlainRow, but: Collection[str]) -> dict[str, str]:
    """Why cells are empty, but for those of which a bundle does not tell it."""
    return {name: why for name, why in read_reasons(row["reasons"]).items() if name not in but}


def _seals_against_files(bundle: Bundle, contents: Contents) -> Iterator[str]:
    """Compare the files of counts and people with the seals, where these tell what they hold."""
    if not contents.whole:
        return
    for number, sealed in contents.sealed.items():
        cells = cells_of(number, contents.items[number], contents.counts)
        if number in bundle.manifest["rounds"] and cells != set(sealed.cells):
            yield f"ratings/counts.csv, round {number}: the counts are not those of {CHAIN}"
        if composition_of(bundle, number) != sealed.composition:
            yield f"panel/flow.csv, round {number}: the people are not those of {CHAIN}"
