"""The counts of a bundle: how often each option was chosen, by round, statement and shown group."""

from collections.abc import Iterator, Sequence

from delphi.consensus.counts import Counts
from delphi.consensus.table.result_row import EVERYBODY, count_name
from delphi.sheets.writing import write_csv
from exports.archive import Writer
from exports.bundle.results import Release, has_counts
from exports.bundle.source import Source
from exports.tables.table import Row


def write_counts(writer: Writer, source: Source, release: Release) -> None:
    """Write the counts of each option, of every row whose counts may be told."""
    names = ["n_invited", "n_blank", "n_nq", *(count_name(value) for value in source.definition.scale.values)]
    with writer.text("ratings/counts.csv") as stream:
        write_csv(stream, ["round", "position", "statement", "group", *names], _count_rows(source, release, names))


def _count_rows(source: Source, release: Release, names: Sequence[str]) -> Iterator[Row]:
    for wave in source.records.waves:
        counts = source.counts[wave.number]
        place = {item.statement: j for j, item in enumerate(wave.items.values())}
        for entry in release[wave.number]:
            if has_counts(entry.row, source.definition):
                j, group = place[entry.row["statement"]], entry.row["group"]
                numbers = [entry.row[name] for name in names] if source.imported else _counted(counts, group, j)
                yield (wave.number, j + 1, entry.row["statement"], group, *numbers)


def _counted(counts: Counts, group: str, j: int) -> list[int]:
    own = counts.pooled() if group == EVERYBODY else counts.only(group)
    return [int(n) for n in (own.invited[0], own.blank[j, 0], own.not_qualified[j, 0], *own.ratings[j, 0])]
