"""A bundle of version 0.1.0, read as one of this version: its counts as seals, its single ratings as open rows.

What was published never changes: figures that are defined otherwise today, and those whose single ratings were cut apart
then, stay as they were and are said to be so.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any, TextIO

from delphi.consensus.analysis import Definition
from delphi.consensus.sealed_counts import Cell, Composition, SealedRound
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.change_columns import CHANGES, DIFFERENCES
from delphi.consensus.table.result_row import count_name
from delphi.model.event import sha256_of
from delphi.model.seal import SealKind, seal_hash
from delphi.model.study import Level, Turnout
from delphi.sheets.writing import guarded
from exports.archive import MANIFEST, Bundle
from exports.bundle import seals
from exports.bundle.counts_file import PEOPLE
from exports.bundle.facts import TRANSLATIONS
from exports.bundle.results import MARKS, Withheld
from rounds.seal import chain

SCHEMA_OF = {"study-bundle/1": "study-bundle/2"}
FLOW, LONG = "panel/flow.csv", "ratings/long.csv"
# Facts that 0.1.0 did not know; without a choice of the team the protocol, and so its hash, stays what it was.
UNCHOSEN = {
    "level": Level.OPEN_ROWS.value,
    "caution": 2,
    "harm": None,
    "turnout": Turnout.SHOWN.value,
    "closing_hours": 0,
    "item_noun": "statement",
    "person_noun": "panelist",
    "languages": [],
    "stale_mark": "note",
    "scale_words": {},
}
DEFINED_ANEW = (*DIFFERENCES, *CHANGES, "flags")
CUT = ("rows_cut_apart", "rows_without_groups", "ratings_withheld")
REMOVED = "answers_removed_after_release"
Row = dict[str, Any]


def of_any_version(bundle: Bundle) -> Bundle:
    """The bundle itself, or one of version 0.1.0 as this version reads it."""
    older = bundle.json(MANIFEST).get("schema") in SCHEMA_OF
    return OlderBundle(bundle.archive, bundle.sha256) if older and not isinstance(bundle, OlderBundle) else bundle


class OlderBundle(Bundle):
    """An archive of version 0.1.0 that answers as one of today."""

    @cached_property
    def stored(self) -> dict[str, Any]:
        """The manifest as it stands in the archive."""
        manifest: dict[str, Any] = super().json(MANIFEST)
        return manifest

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the bundle says of itself, in the words of today."""
        more = [seals.CHAIN, *([seals.ROWS] if self.has_rows else [])]
        told = {"schema": SCHEMA_OF[self.stored["schema"]], "level": Level.OPEN_ROWS.value, "older": True}
        files = self.stored["files"] | {name: {"bytes": 0, "sha256": ""} for name in more}
        withheld = [] if self.has_rows else ["ratings"]
        return self.stored | told | {"files": files, "withheld": withheld}

    @property
    def has_rows(self) -> bool:
        """Whether single ratings are in the archive."""
        return LONG in self.stored["files"]

    def json(self, name: str) -> Any:
        """Read a file of JSON, or make what this version has beside."""
        if name == seals.CHAIN:
            return self.entries
        if name == seals.ROWS:
            return self.rows
        if name == TRANSLATIONS:
            return []
        stored = super().json(name)
        if name == "protocol/facts.json":
            return _facts(stored)
        return self._release(stored) if name.startswith("results/release-") else stored

    @contextmanager
    def text(self, name: str) -> Iterator[TextIO]:
        """Open a file for reading; the numbers of people have the columns of today."""
        with super().text(name) as stream:
            yield io.StringIO(_flow(stream), newline="") if name == FLOW else stream

    @cached_property
    def groups(self) -> dict[str, str]:
        """The groups of the study in order, by their names as a CSV file has them."""
        stored = sorted(self.json("protocol/facts.json")["groups"], key=lambda row: row["position"])
        return {guarded(row["key"]): row["key"] for row in stored}

    @cached_property
    def rows(self) -> list[Row]:
        """Single ratings: one code a row as it stands, so that some people have another one in each round."""
        statements = self.json("statements/statements.json")["statements"]
        numbers = {row["code"]: str(row["number"]) for row in statements}
        answers: dict[tuple[int, str, str], dict[str, int | None]] = defaultdict(dict)
        with self.text(LONG) as stream:
            for row in csv.DictReader(stream):
                number, group = int(row["round"]), self.groups.get(row["group"], "")
                given = answers[number, row["panelist"], group]
                if row["status"] != "blank":
                    rated = row["status"] == "rated"
                    given[numbers[self._asked[number, int(row["position"])]]] = int(row["rating"]) if rated else None
        names = ("round", "code", "group", "submitted", "answers")
        return [dict(zip(names, (*key, False, answers[key]), strict=True)) for key in sorted(answers)]

    @cached_property
    def entries(self) -> list[Row]:
        """The chain that the counts give, one entry a round, and one for the rows where there are some."""
        contents = [(number, SealKind.ROUND, self._sealed(number)) for number in self.stored["rounds"]]
        if self.has_rows:
            people = len({row["code"] for row in self.rows})
            told = {"people": people, "rows_sha256": sha256_of(self.rows), "as_released": True}
            contents.append((max(self.stored["rounds"]), SealKind.ROWS, told))
        return self._chained(contents)

    def _chained(self, contents: Sequence[tuple[int, SealKind, Row]]) -> list[Row]:
        study, definitions = self.json("protocol/facts.json")["study"][0], self.json("protocol/definitions.json")
        entries, previous = [], chain.FIRST
        for place, (number, kind, content) in enumerate(contents, 1):
            judged = Definition.from_dict(definitions[str(number)]).id
            terms = [study["smallest_cell"], study["level"], study["caution"], judged]
            own = seal_hash(study["slug"], number, kind.value, terms, content, previous)
            values = (place, number, kind.value, *terms, content, previous, own)
            entries.append(dict(zip(seals.KEPT, values, strict=True)))
            previous = own
        return entries

    def _sealed(self, number: int) -> Row:
        """What the files of counts and people tell of a round."""
        cells = tuple(self._cells(number))
        told = {cell.people for cell in cells}
        with self.text(FLOW) as stream:
            people = tuple(
                Composition(
                    self.groups.get(row["group"], row["group"]),
                    int(row["invited"]),
                    int(row["counted"]),
                    submitted=None,
                )
                for row in csv.DictReader(stream)
                if int(row["round"]) == number
            )
        shown = tuple(key for key in self.groups.values() if key in told)
        sealed = SealedRound(groups=tuple(self.groups.values()), shown=shown, composition=people, cells=cells)
        rows = [entry["row"] for entry in self.json(f"results/release-{number}.json")["rows"]]
        return sealed.as_dict() | {"texts": {}, "rows_sha256": sha256_of(rows), "as_released": True}

    def _cells(self, number: int) -> Iterator[Cell]:
        scale = SCALES[self.json("protocol/facts.json")["study"][0]["scale"]]
        with self.text("ratings/counts.csv") as stream:
            for row in csv.DictReader(stream):
                if int(row["round"]) == number:
                    code = self._asked[number, int(row["position"])]
                    options = tuple(int(row[count_name(value)]) for value in scale.values)
                    people = self.groups.get(row["group"], row["group"])
                    yield Cell(code, people, options, int(row["n_nq"]), int(row["n_blank"]))

    @cached_property
    def _asked(self) -> dict[tuple[int, int], str]:
        """Codes of the statements by round and place."""
        return {(row["round"], row["position"]): row["statement"] for row in self.json("statements/items.json")}

    def _release(self, stored: Row) -> Row:
        """Results as they were published, with the columns of today; what nobody can compute again is marked."""
        for entry in stored["rows"]:
            entry["row"] = {"changed_band": None} | entry["row"]
            entry[MARKS] = self._marks(entry["row"], entry[MARKS])
        return stored

    def _marks(self, row: Mapping[str, Any], marks: Mapping[str, str]) -> dict[str, str]:
        removed = row["round"] in self.stored["answers_removed_after_release"]
        told = {
            name: Withheld.RELEASED.value if why in CUT or (why == REMOVED and removed) else why
            for name, why in marks.items()
        }
        anew = DEFINED_ANEW if row["previous_round"] is not None else ("changed_band",)
        return dict.fromkeys(anew, Withheld.RELEASED.value) | told


def _facts(stored: Row) -> Row:
    """Facts with the columns of today."""
    rounds = [{name: value for name, value in row.items() if name != "input_sha256"} for row in stored["rounds"]]
    return stored | {"study": [row | UNCHOSEN for row in stored["study"]], "rounds": rounds}


def _flow(stream: TextIO) -> str:
    """Numbers of people with the columns of today; who sent a round off, stayed or joined was not told."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(["round", "group", *PEOPLE])
    unknown = [""] * (len(PEOPLE) - 2)
    for row in csv.DictReader(stream):
        writer.writerow([row["round"], row["group"], row["invited"], row["analysed"], *unknown])
    return target.getvalue()
