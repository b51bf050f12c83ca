"""What all journal styles share: parts and sections as headings, the caption, the notes below."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from delphi import __version__
from delphi.consensus.analysis import DENOMINATOR_TEXT
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import ResultRow
from delphi.consensus.vocabulary import Denominator
from delphi.statistics.base.exact import round_half_up
from exports.record.record import Record, defined, hidden_notes, of_round
from exports.reports.styles.columns import CLOSING, MARKS, opt_out_head
from exports.reports.styles.completing import share_of_figure, with_deciding
from exports.reports.styles.kinds import KindSummary, by_kind, summary_of
from exports.tables.table import Column, Table, rows_of

ROUNDING = "0*: fewer than 0.5 %, but not none. 100†: at least 99.5 %, but not all."
ABBREVIATIONS = {
    "iqr": "IQR: interquartile range.",
    "q1": "Q1, Q3: lower and upper quartile.",
    "sd": "SD: sample standard deviation (n − 1).",
    "p30": "P30, P70: 30th and 70th percentile.",
    "di": "DI: disagreement index, the range from P30 to P70 over the range adjusted for symmetry (IPRAS).",
    "delta_combined_pp": (
        "Change: points of combined agreement since the round before, of all who rated in each; a word says why there is none."
    ),
}


@dataclass(frozen=True)
class Noun:
    """What a field calls what is rated and how many rated it; whether a mean of agreement over all is usual there."""

    one: str = "a statement"
    n: str = "N"
    averaged: bool = True

    @property
    def bare(self) -> str:
        """Without its article."""
        return self.one.split()[1]

    def counted(self, kind: str, n: int) -> str:
        """Name so many of a kind."""
        name = self.bare if kind == "statement" else kind
        return f"{n} {name}" if n == 1 else f"{n} {name}s"


STATEMENT, OUTCOME, INDICATION = Noun(), Noun("an outcome", "n"), Noun("an indication", "n", averaged=False)


def styled(
    record: Record,
    number: int,
    columns: Sequence[Column],
    filled: Callable[[ResultRow], dict[str, Cell]],
    notes: Sequence[str],
    noun: Noun = STATEMENT,
) -> Table:
    """Print one round under these columns; ``filled`` turns a row of the consensus table into cells.

    What decides the verdict and stands in none of the columns is printed in one of its own.
    """
    columns, added = with_deciding(record, of_round(record, number), columns)
    whole = (*_head(noun), *columns, *CLOSING)
    rows = [
        filled(row)
        | {name: share_of_figure(record, row, figure) for name, figure in added.items()}
        | {"part": _part(summary_of(kind, members, record.definition), noun)}
        for kind, members in by_kind(of_round(record, number))
        for row in members
    ]
    return Table(
        schema="journal-table/1",
        title=f"Consensus after round {number}",
        caption=f"{_denominator(record, columns, noun)}{_invited(record, number)}",
        columns=whole,
        rows=rows_of(whole, rows),
        notes=tuple(
            note
            for note in (*notes, _rounded(columns, rows), _summed(columns, rows), *_notes(record, columns, rows, noun))
            if note
        ),
        definition=defined(record),
        breaks=("part", "section"),
    )


def _head(noun: Noun) -> tuple[Column, ...]:
    return (
        Column("part", "text", "Part"),
        Column("section", "text", "Section"),
        Column("statement", "text", "No.", brief=True),
        Column("text", "text", noun.bare.capitalize(), brief=True),
    )


def _part(kind: KindSummary, noun: Noun) -> str:
    mean = f": mean combined agreement {kind.mean_combined} %" if noun.averaged else ""
    sizes = str(kind.fewest) if kind.fewest == kind.most else f"{kind.fewest} to {kind.most}"
    return f"{noun.counted(kind.kind, kind.count)}{mean} ({noun.n} {sizes})"


def _of_shares(columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]]) -> tuple[str, str]:
    return _rounded(columns, rows), _summed(columns, rows)


def _rounded(columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]]) -> str:
    """Explain the marks of shares that round to none or to all, where one stands."""
    shares = [row.get(column.name) for column in columns if column.marks == MARKS for row in rows]
    marked = any(isinstance(x, int | float) and (0 < x < 0.5 or 99.5 <= x < 100) for x in shares)
    return ROUNDING if marked else ""


def _summed(columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]]) -> str:
    """Explain why shares of the options do not add up, where some do not."""
    names = [column.name for column in columns if column.name.startswith("share_")]
    shares = [[row.get(name) for name in names] for row in rows]
    whole = [[x for x in one if isinstance(x, int | float)] for one in shares]
    odd = any(len(one) == len(names) and sum(map(round_half_up, one)) != 100 for one in whole if one)
    return "Shares are rounded one by one and need not add up to 100 or to the combined share." if odd else ""


def _denominator(record: Record, columns: Sequence[Column], noun: Noun) -> str:
    if not any(column.type == "percent" for column in columns):
        return ""
    whole = f"Percentages are of those who rated {noun.one} ({noun.n})"
    if record.definition.denominator == Denominator.RATED:
        return f"{whole}. "
    return f"{whole}; agreement and disagreement are of {DENOMINATOR_TEXT[record.definition.denominator]}. "


def _invited(record: Record, number: int) -> str:
    invited = max((row["n_invited"] for row in of_round(record, number)), default=0)
    return f"{invited} panelists were invited to round {number}."


def _notes(record: Record, columns: Sequence[Column], rows: Sequence[Mapping[str, Cell]], noun: Noun) -> Iterator[str]:
    """Explain what stands in this table, and nothing else."""
    names = [column.name for column in columns]
    scale = record.definition.scale
    definition = record.definition.describe()
    yield definition if definition.startswith("Consensus") else f"Consensus: {definition}"
    if scale.opt_out and any(name.startswith("nq_") for name in names):
        short = opt_out_head(scale) if "nq_pct" in names else "Unable"
        yield f"{short}: “{scale.opt_out}”, per cent of those who rated or said so; not counted in {noun.n}."
    yield " ".join(ABBREVIATIONS[name] for name in ABBREVIATIONS if name in names)
    yield from hidden_notes(record, rows, names)
    means = f"Means over {noun.bare}s are taken over unrounded shares. " if noun.averaged else ""
    yield f"{means}Delphi {__version__}."
