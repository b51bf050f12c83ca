"""What a bundle holds of its rounds, read into counts and matrices."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np

from delphi.consensus.analysis import Definition, Item
from delphi.consensus.matrix import ABSENT, BLANK, NOT_QUALIFIED, Matrix
from delphi.consensus.scale import Scale
from delphi.consensus.table.result_row import count_name
from delphi.consensus.vocabulary import Relation
from delphi.sheets.writing import guarded
from exports.archive import BadBundle, Bundle

LONGEST_SCALE = 1000
CODES = {"nq": NOT_QUALIFIED, "blank": BLANK}


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


def contents_of(bundle: Bundle) -> Contents:
    """Read what the numbers come from."""
    definitions = {int(n): _definition(plain) for n, plain in bundle.json("protocol/definitions.json").items()}
    scale = next(iter(definitions.values())).scale
    items = _items(bundle)
    rounds = _rows(bundle, items, scale) if "ratings/long.csv" in bundle.manifest["files"] else None
    return Contents(definitions, items, _counts_by_group(bundle, scale), rounds)


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


def _counts_by_group(bundle: Bundle, scale: Scale) -> dict[tuple[int, str], dict[int, list[int]]]:
    """Read the counts by round, group and position: invited, blank, opt-outs, then the options."""
    names = ["n_invited", "n_blank", "n_nq", *(count_name(value) for value in scale.values)]
    groups = {guarded(row["key"]): row["key"] for row in bundle.json("protocol/facts.json")["groups"]}
    counts: dict[tuple[int, str], dict[int, list[int]]] = defaultdict(dict)
    with bundle.text("ratings/counts.csv") as stream:
        for row in csv.DictReader(stream):
            place = int(row["round"]), groups.get(row["group"], row["group"])
            counts[place][int(row["position"])] = [int(row[name]) for name in names]
    return dict(counts)


def _rows(bundle: Bundle, items: dict[int, list[Item]], scale: Scale) -> dict[int, Rows]:
    """Read the long file into one matrix a round."""
    groups = {guarded(row["key"]): row["key"] for row in bundle.json("protocol/facts.json")["groups"]}
    people_by_round: dict[int, dict[str, tuple[str, Matrix]]] = {number: {} for number in items}
    with bundle.text("ratings/long.csv") as stream:
        for row in csv.DictReader(stream):
            number, code = int(row["round"]), row["panelist"]
            if code not in people_by_round[number]:
                empty = np.full(len(items[number]), ABSENT, dtype=np.int8)
                people_by_round[number][code] = groups.get(row["group"], row["group"]), empty
            rated = row["status"] == "rated"
            answer = int(row["rating"]) - scale.lo if rated else CODES[row["status"]]
            people_by_round[number][code][1][int(row["position"]) - 1] = answer
    return {
        number: Rows(
            list(people),
            [group for group, _ in people.values()],
            np.array([row for _, row in people.values()], dtype=np.int8).reshape(len(people), len(items[number])),
        )
        for number, people in people_by_round.items()
    }
