"""From a bundle alone: every number again, and whether it is the one that was frozen."""

import csv
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, Matrix, count_moves, histogram
from delphi.consensus.rows import consensus_rows
from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import Relation
from delphi.sheets.writing import guarded
from exports.archive import BadBundle, Bundle
from exports.bundle.results import MARKS, Row

FOLLOWED = (Relation.SAME, Relation.REWORDED_SAME_MEANING)
LONGEST_SCALE = 1000
CODES = {"nq": NOT_QUALIFIED, "blank": BLANK}


@dataclass
class Comparison:
    """Numbers computed again beside the frozen ones."""

    rows: list[Row] = field(default_factory=list)
    compared: int = 0
    not_recomputable: int = 0
    differences: list[str] = field(default_factory=list)

    @property
    def equal(self) -> int:
        """How many are the same, bit for bit."""
        return self.compared - len(self.differences)


@dataclass(frozen=True)
class Contents:
    """What a bundle holds of its rounds."""

    definitions: dict[int, Definition]
    items: dict[int, list[Item]]
    counts: dict[tuple[int, str], dict[int, list[int]]]
    rounds: "dict[int, Rows] | None"


@dataclass(frozen=True, eq=False)
class Rows:
    """The records of one round: codes, groups, and answers (records × items)."""

    codes: list[str]
    group: list[str]
    matrix: Matrix


def recompute(bundle: Bundle) -> Comparison:
    """Compute every round of a bundle again and compare it with the release."""
    try:
        return _recomputed(bundle)
    except (KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError) as error:
        raise BadBundle(f"The bundle is not built as one ({type(error).__name__}); nothing was computed.") from None


def _recomputed(bundle: Bundle) -> Comparison:
    contents = _contents(bundle)
    result = Comparison()
    result.differences += _rows_against_counts(contents)
    for number in contents.items:
        frozen = bundle.json(f"results/release-{number}.json")["rows"]
        groups = list(dict.fromkeys(entry["row"]["group"] for entry in frozen))
        own = {group: _population(contents, number, group, groups) for group in groups}
        for entry in frozen:
            computed = own[entry["row"]["group"]].get(entry["row"]["statement"])
            if computed is None:
                raise BadBundle(f"results/release-{number}.json has a statement that was not asked.")
            _compare(result, entry["row"], computed, entry[MARKS])
    return result


def _compare(result: Comparison, frozen: Row, computed: Row, withheld: dict[str, str]) -> None:
    """Compare one row; what cannot be computed again is empty in the result, with its reason."""
    place = f"round {frozen['round']}, {frozen['statement']}, {frozen['group']}"
    for name, value in frozen.items():
        if name in withheld:
            result.not_recomputable += 1
        elif name != "reasons":
            result.compared += 1
            if repr(value) != repr(computed[name]):
                result.differences.append(f"{place}: {name} is {value!r} in the release, computed {computed[name]!r}")
    kept = [pair for pair in computed["reasons"].split(";") if pair and pair.partition("=")[0] not in withheld]
    reasons = ";".join(kept + [f"{name}={why}" for name, why in withheld.items()])
    result.rows.append(computed | dict.fromkeys(withheld) | {"reasons": reasons})


def _population(contents: Contents, number: int, group: str, groups: list[str]) -> dict[str, Row]:
    """Give the rows of one population by statement."""
    items, definition = contents.items[number], contents.definitions[number]
    parts = [name for name in groups if name != "all"] if group == "all" else [group]
    if group == "all" and not _adds_up(contents, number, parts):
        parts = ["all"]
    counts = _counts(contents, number, parts)
    paired = _moves(contents, number, group)
    data = RoundData(number, tuple(items), counts, paired)
    rows = consensus_rows(Analysis(definition, (data,)))
    return {str(row["statement"]): row | {"group": group} for row in rows}


def _adds_up(contents: Contents, number: int, parts: list[str]) -> bool:
    """Whether the groups told are the whole panel: a rule that asks each group then knows all of them."""
    whole = contents.counts.get((number, "all"), {})
    told = [contents.counts.get((number, part), {}) for part in parts]
    return bool(parts) and all(
        all(position in part for part in told)
        and [sum(n) for n in zip(*(p[position] for p in told), strict=True)] == row
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
    names = ("",) if parts == ["all"] else tuple(parts)
    return Counts(table[:, :, 3:], table[:, :, 2], table[:, :, 1], np.asarray(invited), names)


def _moves(contents: Contents, number: int, group: str) -> NDArray[np.int64] | None:
    """Count the moves of those who can be followed, since each statement was rated before."""
    if contents.rounds is None or all(item.previous_round is None for item in contents.items[number]):
        return None
    now = contents.rounds[number]
    chosen = [i for i, name in enumerate(now.group) if group in ("all", name)]
    then = np.full_like(now.matrix, ABSENT)
    for j, item in enumerate(contents.items[number]):
        before = contents.rounds.get(item.previous_round or 0)
        if before is not None and item.relation in FOLLOWED:
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


def _contents(bundle: Bundle) -> Contents:
    """Read what the numbers come from."""
    definitions = {int(n): _definition(told) for n, told in bundle.json("protocol/definitions.json").items()}
    scale = next(iter(definitions.values())).scale
    items = _items(bundle)
    rounds = _rows(bundle, items, scale) if "ratings/long.csv" in bundle.manifest["files"] else None
    return Contents(definitions, items, _told_counts(bundle, scale), rounds)


def _definition(told: dict[str, Any]) -> Definition:
    if not 0 < told["scale"]["hi"] - told["scale"]["lo"] <= LONGEST_SCALE:
        raise BadBundle("protocol/definitions.json: the scale is not one that can be rated on.")
    return Definition.from_dict(told)


def _items(bundle: Bundle) -> dict[int, list[Item]]:
    stored = bundle.json("statements/statements.json")
    texts = {(row["statement"], row["version"]): row["text"] for row in stored["versions"]}
    statements = {row["code"]: row for row in stored["statements"]}
    versions = {(row["round"], row["statement"]): row["version"] for row in stored["questionnaires"]}
    items: dict[int, list[Item]] = defaultdict(list)
    for row in bundle.json("statements/items.json"):
        statement = statements[row["statement"]]
        version = versions[row["round"], statement["number"]]
        items[row["round"]].append(
            Item(
                statement=statement["code"],
                version=version,
                kind=statement["kind"],
                section_no=row["section_no"],
                section=statement["section"],
                text=texts[statement["number"], version],
                relation=Relation(row["relation"]),
                previous_round=row["previous_round"],
            )
        )
    return dict(items)


def _told_counts(bundle: Bundle, scale: Scale) -> dict[tuple[int, str], dict[int, list[int]]]:
    """Read the counts by round, group and position: invited, blank, opt-outs, then the options."""
    names = ["n_invited", "n_blank", "n_nq", *(f"k_{value}" for value in scale.values)]
    groups = {guarded(row["key"]): row["key"] for row in bundle.json("protocol/facts.json")["groups"]}
    found: dict[tuple[int, str], dict[int, list[int]]] = defaultdict(dict)
    with bundle.text("ratings/counts.csv") as stream:
        for row in csv.DictReader(stream):
            place = int(row["round"]), groups.get(row["group"], row["group"])
            found[place][int(row["position"])] = [int(row[name]) for name in names]
    return dict(found)


def _rows(bundle: Bundle, items: dict[int, list[Item]], scale: Scale) -> dict[int, Rows]:
    """Read the long file into one matrix a round."""
    groups = {guarded(row["key"]): row["key"] for row in bundle.json("protocol/facts.json")["groups"]}
    found: dict[int, dict[str, tuple[str, Matrix]]] = {number: {} for number in items}
    with bundle.text("ratings/long.csv") as stream:
        for row in csv.DictReader(stream):
            number, code = int(row["round"]), row["panelist"]
            if code not in found[number]:
                empty = np.full(len(items[number]), ABSENT, dtype=np.int8)
                found[number][code] = groups.get(row["group"], row["group"]), empty
            rated = row["status"] == "rated"
            answer = int(row["rating"]) - scale.lo if rated else CODES[row["status"]]
            found[number][code][1][int(row["position"]) - 1] = answer
    return {
        number: Rows(
            list(people),
            [group for group, _ in people.values()],
            np.array([row for _, row in people.values()], dtype=np.int8).reshape(len(people), len(items[number])),
        )
        for number, people in found.items()
    }


def _rows_against_counts(contents: Contents) -> list[str]:
    """Compare the counts with the rows, where there are rows."""
    if contents.rounds is None:
        return []
    return [
        f"ratings/counts.csv, round {number}, group {group}: the counts are not those of ratings/long.csv"
        for number, rows in contents.rounds.items()
        for group in ("all", *dict.fromkeys(rows.group))
        if rows.codes and not _same_counts(contents, number, group)
    ]


def _same_counts(contents: Contents, number: int, group: str) -> bool:
    """Whether rows and counts agree; a group of which nothing is told has no counts."""
    assert contents.rounds is not None
    told = contents.counts.get((number, group))
    rows = contents.rounds[number]
    chosen = [i for i, name in enumerate(rows.group) if group in ("all", name)]
    counted = histogram(np.asfortranarray(rows.matrix[chosen]), BLANK, contents.definitions[number].scale.K - 1)
    return told is None or all(counted[position - 1].tolist() == row[1:] for position, row in told.items())
