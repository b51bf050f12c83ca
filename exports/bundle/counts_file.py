"""The counts of a bundle: how often each option was chosen, by round, statement and shown group; and who took part."""

from collections.abc import Iterator, Sequence

from delphi.consensus.counts import Counts
from delphi.consensus.table.result_row import EVERYBODY, count_name
from delphi.sheets.writing import write_csv
from exports.archive import Writer
from exports.bundle.results import Release, has_counts
from exports.bundle.source import Source
from exports.tables.table import Row

PEOPLE = ("invited", "counted", "submitted", "stayed", "left", "joined", "returned")


def write_counts(writer: Writer, source: Source, release: Release) -> None:
    """Write the counts of each option, of every row whose counts may be told."""
    names = ["n_invited", "n_blank", "n_nq", *(count_name(value) for value in source.definition.scale.values)]
    with writer.text("ratings/counts.csv") as stream:
        write_csv(stream, ["round", "position", "statement", "group", *names], _count_rows(source, release))


def _count_rows(source: Source, release: Release) -> Iterator[Row]:
    for number, items in source.items.items():
        codes = [item.statement for item in items]
        counts = source.sealed[number].counts(codes, source.definition.scale.K)
        place = {code: j for j, code in enumerate(codes)}
        for entry in release.get(number, ()):
            if has_counts(entry.row, source.definition):
                j, group = place[entry.row["statement"]], entry.row["group"]
                yield (number, j + 1, entry.row["statement"], group, *_counted(counts, group, j))


def _counted(counts: Counts, group: str, j: int) -> list[int]:
    own = counts.pooled() if group == EVERYBODY else counts.only(group)
    return [int(n) for n in (own.invited[0], own.blank[j, 0], own.not_qualified[j, 0], *own.ratings[j, 0])]


def write_people(writer: Writer, source: Source) -> None:
    """Write how many were invited, took part, stayed, left and joined: the panel, shown groups, and all others together."""
    rows: Sequence[Row] = [
        (number, one.people, *(getattr(one, name) for name in PEOPLE))
        for number, sealed in source.sealed.items()
        for one in sealed.composition
    ]
    with writer.text("panel/flow.csv") as stream:
        write_csv(stream, ["round", "group", *PEOPLE], rows)
