"""What a bundle holds of its rounds, read into seals: as they were sealed, or as its counts tell them to the public."""

import csv
import json
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from delphi.consensus.analysis import Definition, Item
from delphi.consensus.scale import Scale
from delphi.consensus.sealed_counts import Cell, Composition, SealedChange, SealedRound
from delphi.consensus.table.result_row import EVERYBODY, count_name
from delphi.consensus.vocabulary import Band, Relation, Stability
from delphi.sheets.writing import guarded
from exports.archive import BadBundle, Bundle
from exports.bundle import seals
from exports.bundle.counts_file import PEOPLE
from exports.bundle.protocol import EVENTS

LONGEST_SCALE = 1000
W = TypeVar("W", bound=StrEnum)
Numbers = dict[tuple[int, str], dict[int, list[int]]]


@dataclass(frozen=True)
class Contents:
    """What a bundle holds of its rounds.

    Attributes
    ----------
    counts
        By round, group and position: invited, blank, opt-outs, then the options.
    sealed
        The rounds as they were sealed; where the contents of the seals were withheld, made of the counts that are told.
    whole
        Whether they are as they were sealed.
    rows
        Single ratings by round: code, group and answers of each person; None where there are none.
    older
        Whether version 0.1.0 released the rounds: no event tells of a seal.
    """

    definitions: dict[int, Definition]
    items: dict[int, list[Item]]
    counts: Numbers
    sealed: dict[int, SealedRound]
    whole: bool
    rows: dict[int, list[dict[str, Any]]] | None
    older: bool


def contents_of(bundle: Bundle) -> Contents:
    """Read what the numbers come from."""
    definitions = {int(n): _definition(plain) for n, plain in bundle.json("protocol/definitions.json").items()}
    scale = next(iter(definitions.values())).scale
    items, counts, sealed = _items(bundle), _counts_by_group(bundle, scale), seals.sealed_rounds(bundle)
    told = {number: sealed.get(number) or _told(bundle, number, items[number], counts) for number in items}
    whole = set(items) <= set(sealed)
    return Contents(definitions, items, counts, told, whole, _rows(bundle), not seals.told_by(events_of(bundle)))


def events_of(bundle: Bundle) -> list[dict[str, Any]]:
    """Read the events in the order of the file."""
    return [json.loads(line) for line in bundle.archive.read(EVENTS).decode().splitlines()]


def _definition(plain: dict[str, Any]) -> Definition:
    if not 0 < plain["scale"]["hi"] - plain["scale"]["lo"] <= LONGEST_SCALE:
        raise BadBundle("protocol/definitions.json: the scale is not one that can be rated on.")
    return Definition.from_dict(plain)


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


def _groups(bundle: Bundle) -> dict[str, str]:
    """The groups of the study in order, by their names as a CSV file has them."""
    groups = sorted(bundle.json("protocol/facts.json")["groups"], key=lambda row: row["position"])
    return {guarded(row["key"]): row["key"] for row in groups}


def _counts_by_group(bundle: Bundle, scale: Scale) -> Numbers:
    names = ["n_invited", "n_blank", "n_nq", *(count_name(value) for value in scale.values)]
    groups, counts = _groups(bundle), defaultdict[tuple[int, str], dict[int, list[int]]](dict)
    with bundle.text("ratings/counts.csv") as stream:
        for row in csv.DictReader(stream):
            place = int(row["round"]), groups.get(row["group"], row["group"])
            counts[place][int(row["position"])] = [int(row[name]) for name in names]
    return dict(counts)


def composition_of(bundle: Bundle, number: int) -> tuple[Composition, ...]:
    """Who took part in a round, as the file of people tells it."""
    groups = _groups(bundle)
    with bundle.text("panel/flow.csv") as stream:
        return tuple(
            Composition(groups.get(row["group"], row["group"]), **_people(row))
            for row in csv.DictReader(stream)
            if int(row["round"]) == number
        )


def _people(row: dict[str, str]) -> dict[str, Any]:
    """Numbers of people; in a first round nobody stayed, left or joined."""
    return {name: int(row[name]) if row[name] else None for name in PEOPLE}


def cells_of(number: int, items: list[Item], counts: Numbers) -> set[Cell]:
    """The cells of a round, as the file of counts tells them."""
    return {
        Cell(items[position - 1].statement, group, tuple(row[3:]), row[2], row[1])
        for (round_, group), rows in counts.items()
        if round_ == number
        for position, row in rows.items()
    }


def _told(bundle: Bundle, number: int, items: list[Item], counts: Numbers) -> SealedRound:
    """A round as far as it is told: its counts, its people, and the bands of change as the results have them."""
    people = composition_of(bundle, number)
    return SealedRound(
        groups=tuple(_groups(bundle).values()),
        shown=tuple(one.people for one in people if one.people not in (EVERYBODY, "")),
        composition=people,
        cells=tuple(cells_of(number, items, counts)),
        changes=tuple(_changes(bundle, number)),
    )


def _changes(bundle: Bundle, number: int) -> list[SealedChange]:
    if number not in bundle.manifest["rounds"]:
        return []
    rows = [entry["row"] for entry in bundle.json(f"results/release-{number}.json")["rows"]]
    return [
        SealedChange(
            row["statement"],
            0,
            _word(Band, row["changed_band"]),
            _word(Stability, row["stable"]),
        )
        for row in rows
        if row["group"] == EVERYBODY and row["previous_round"] is not None
    ]


def _word(vocabulary: type[W], word: Any) -> W | None:
    """Read a word; one that is none is left to the check of what stands unproven."""
    return vocabulary(word) if word in list(vocabulary) else None


def _rows(bundle: Bundle) -> dict[int, list[dict[str, Any]]] | None:
    if seals.ROWS not in bundle.manifest["files"]:
        return None
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in bundle.json(seals.ROWS):
        rows[row["round"]].append(row)
    return dict(rows)
