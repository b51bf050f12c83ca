"""The consensus table as journals print it: one style a study design (REPORTING 1.3)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from delphi import __version__
from delphi.consensus.analysis import DENOMINATOR_TEXT
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import Values
from delphi.statistics.base.exact import mean_share, round_half_up
from exports.record.columns import POINTS, QUARTILES, SHARES
from exports.record.record import Record, Row, base_of, defined, hidden_notes, last_round, of_round
from exports.tables.table import Cell, Column, Table, reasons_of, rows_of

MARKS = ("0*", "100†")
CLOSING = (Column("reasons", "text", "Why cells are empty"),)
CHANGE = Column("delta_combined_pp", "float", "Change", SHARES, "n_paired", signed=True, says_why=True)
ROUNDING = "0*: fewer than 0.5 %, but not none. 100†: at least 99.5 %, but not all."
CODES = "Scale codes are treated as numbers."
ABBREVIATIONS = {
    "iqr": "IQR: interquartile range.",
    "q1": "Q1, Q3: lower and upper quartile.",
    "sd": "SD: sample standard deviation (n − 1).",
    "p30": "P30, P70: 30th and 70th percentile.",
    "di": "DI: disagreement index, the range from P30 to P70 over the range adjusted for symmetry (IPRAS).",
    "delta_combined_pp": (
        "Change: points of combined agreement since the round before, of those who rated in both; a word says why there is none."
    ),
}
CHANGED_MEANING = ("reworded", "merged", "split")


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


def share(name: str, label: str, floor: int = SHARES) -> Column:
    """Make a column of percentages in the style of journals."""
    return Column(name, "percent", label, floor, marks=MARKS)


def agreement(record: Record, number: int) -> Table:
    """Statement, grade, each option, N, NQ, median, IQR, change: the style of Nature 2022;611:332, table 2."""
    scale = record.definition.scale
    options = scale.printed_options
    columns = [Column("grade", "text", "Grade", SHARES, brief=True)]
    columns += [share(f"share_{i}", f"{short} %", POINTS) for i, (short, _, _) in enumerate(options, 1)]
    columns += [share("combined_pct", "Combined %"), Column("n_rated", "int", "N", SHARES)]
    columns += [share("nq_pct", "NQ %")] if scale.opt_out else []
    columns += [Column("median", "float", "Median", QUARTILES), Column("iqr", "float", "IQR", QUARTILES), CHANGE]
    if not record.definition.rule.has_grades:
        columns[0] = Column("verdict", "text", "Verdict", SHARES, brief=True)

    def filled(row: Row) -> dict[str, Cell]:
        shares = {f"share_{i}": _share(row, values) for i, (_, _, values) in enumerate(options, 1)}
        hidden = [f"share_{i}=suppressed_disclosure" for i in range(1, len(options) + 1) if _hidden(row)]
        return {**row, **shares, "reasons": ";".join([str(row["reasons"]), *hidden])}

    legend = "; ".join(f"{short}, {label}" for short, label, _ in options if short != label)
    return _styled(record, number, columns, filled, [f"{legend}." if legend else ""])


def _share(row: Row, values: Values) -> float | None:
    counts = [row[f"k_{value}"] for value in values]
    return None if None in counts or not row["n_rated"] else 100 * sum(counts) / row["n_rated"]


def _hidden(row: Row) -> bool:
    return "k_" in str(row["reasons"]) and "suppressed" in str(row["reasons"])


def middle(record: Record, number: int) -> Table:
    """Statement, n, median with quartiles, agreement, verdict."""
    columns = [
        Column("n_rated", "int", "n", SHARES),
        Column("median", "float", "Median", QUARTILES),
        Column("q1", "float", "Q1", QUARTILES),
        Column("q3", "float", "Q3", QUARTILES),
        share("combined_pct", "Agreement %"),
        *_verdict_columns(record, number),
        CHANGE,
    ]
    return _styled(record, number, columns, _with_verdicts(record, number), [])


def means(record: Record, number: int) -> Table:
    """Statement, n, mean and standard deviation, agreement."""
    columns = [
        Column("n_rated", "int", "n", SHARES),
        Column("mean", "float", "Mean", POINTS),
        Column("sd", "float", "SD", POINTS),
        share("combined_pct", "Agreement %"),
        *_verdict_columns(record, number),
    ]
    return _styled(record, number, columns, _with_verdicts(record, number), [CODES])


def _verdict_columns(record: Record, number: int) -> list[Column]:
    """Name the verdict of each round so far."""
    before = [r.number for r in record.rounds if r.number < number]
    columns = [
        Column(f"verdict_r{earlier}", "text", f"Verdict round {earlier}", SHARES, says_why=True) for earlier in before
    ]
    label = f"Verdict round {number}" if before else "Verdict"
    return [*columns, Column("verdict", "text", label, SHARES, brief=True)]


def _with_verdicts(record: Record, number: int) -> Callable[[Row], dict[str, Cell]]:
    """Give the verdicts of earlier rounds, as long as the statement meant the same."""
    cells = {(row["statement"], row["round"]): row for row in record.rows if row["group"] == "all"}
    rounds = [r.number for r in record.rounds if r.number < number]

    def filled(row: Row) -> dict[str, Cell]:
        found: dict[str, Cell] = {**row}
        reasons, newer = [str(row["reasons"])], row
        for earlier in sorted(rounds, reverse=True):
            name = f"verdict_r{earlier}"
            older = cells.get((row["statement"], earlier))
            if newer["relation"] in CHANGED_MEANING or older is None:
                changed = {"reworded": "wording_changed"}.get(newer["relation"], newer["relation"])
                reasons.append(f"{name}={changed if newer['relation'] in CHANGED_MEANING else 'not_in_round'}")
                continue
            found[name], newer = older["verdict"], older
            why = reasons_of(older).get("verdict")
            reasons += [f"{name}={why}"] if why else []
        return found | {"reasons": ";".join(filter(None, reasons))}

    return filled


def rand(record: Record, number: int) -> Table:
    """Indication, n, median, 30th and 70th percentile, disagreement index, classification: RAND/UCLA."""
    words = {"in": "appropriate", "out": "inappropriate", "none": "uncertain", "too_few": "too few ratings"}
    columns = [
        Column("n_rated", "int", "n", SHARES),
        Column("median", "float", "Median", QUARTILES),
        Column("p30", "float", "P30", POINTS),
        Column("p70", "float", "P70", POINTS),
        Column("di", "float", "DI", POINTS),
        Column("disagreement", "bool", "Disagreement", SHARES),
        Column("classification", "text", "Classification", SHARES, brief=True),
    ]

    def filled(row: Row) -> dict[str, Cell]:
        found = words.get(str(row["verdict"]), row["verdict"])
        percentiles, why = _percentiles(record, row)
        reasons = ";".join(filter(None, [str(row["reasons"]), *(f"{name}={why}" for name in percentiles if why)]))
        return {**row, **percentiles, "classification": None if row["verdict"] is None else found, "reasons": reasons}

    return _styled(record, number, columns, filled, [], INDICATION)


def _percentiles(record: Record, row: Row) -> tuple[dict[str, Cell], str]:
    """Give the percentiles on which the index rests, by the rule itself; or why there are none."""
    counts = [row[f"k_{value}"] for value in record.definition.scale.values]
    none: dict[str, Cell] = {"p30": None, "p70": None}
    if None in counts:
        return none, "suppressed_disclosure"
    [detail] = record.definition.judge(Counts.of(counts)).detail
    if detail.get("p30") is None:
        return none, "no_ratings" if "p30" in detail else "not_applicable"
    return {name: float(detail[name]) for name in none}, ""


def groups(record: Record, number: int) -> Table:
    """Outcome, then for each group n, agreement, disagreement and unable; the verdict last: core outcome sets."""
    names = list(dict.fromkeys(row["group"] for row in of_round(record, number, None) if row["group"] != "all"))
    scale = record.definition.scale
    high, low = (f"{zone[0]}–{zone[-1]} %" if zone else "%" for zone in (scale.combined, scale.disagree))
    columns = []
    for i, name in enumerate(names or ["all"], 1):
        label, over = ("", "") if name == "all" else (f"{name}: ", name)
        own = [
            Column(f"n_{i}", "int", f"{label}n"),
            share(f"high_{i}", f"{label}{high}"),
            share(f"low_{i}", f"{label}{low}"),
            share(f"nq_{i}", f"{label}unable %"),
        ]
        columns += [replace(column, over=over) for column in own]
    columns += _verdict_columns(record, number)
    verdicts = _with_verdicts(record, number)
    cells = {(row["statement"], row["group"]): row for row in of_round(record, number, None)}

    def filled(row: Row) -> dict[str, Cell]:
        found = verdicts(row)
        reasons = [str(found["reasons"])]
        for i, name in enumerate(names or ["all"], 1):
            group = cells.get((row["statement"], name), {})
            for ours, theirs in (("n", "n_rated"), ("high", "combined_pct"), ("low", "disagree_pct"), ("nq", "nq_pct")):
                found[f"{ours}_{i}"] = group.get(theirs)
                if f"{theirs}=suppressed_disclosure" in str(group.get("reasons")):
                    reasons.append(f"{ours}_{i}=suppressed_disclosure")
        return found | {"reasons": ";".join(reasons)}

    return _styled(record, number, columns, filled, [], OUTCOME)


Style = Callable[[Record, int], Table]
STYLES: dict[str, Style] = {"agreement": agreement, "median": middle, "mean": means, "rand": rand, "groups": groups}

NAMES = {
    "agreement": "grades and shares of every option",
    "median": "median and quartiles",
    "mean": "mean and standard deviation",
    "rand": "RAND/UCLA",
    "groups": "groups side by side, as core outcome sets print it",
}


def of(key: str) -> Callable[[Record], Table]:
    """Give the builder of one style, for the newest round."""
    return lambda record: STYLES[key](record, last_round(record))


def style_of(record: Record) -> str:
    """Give the style that journals of the field expect of such a study."""
    rule = record.definition.rule.key
    if rule.startswith("rand"):
        return "rand"
    if rule in ("comet_by_group", "comet_70_15", "each_group"):
        return "groups"
    return "median" if record.definition.scale.kind == "interval" else "agreement"


def build(record: Record) -> Table:
    """Print the newest round in the style of its design."""
    return STYLES[style_of(record)](record, last_round(record))


def _styled(
    record: Record,
    number: int,
    columns: Sequence[Column],
    filled: Callable[[Row], dict[str, Cell]],
    notes: Sequence[str],
    noun: Noun = STATEMENT,
) -> Table:
    whole = (*_head(noun), *columns, *CLOSING)
    rows = [filled(row) | {"part": part} for part, row in _parts(record, of_round(record, number), noun)]
    return Table(
        schema="journal-table/1",
        title=f"Consensus after round {number}",
        caption=f"{_denominator(record, columns, noun)}{_invited(record, number)}",
        columns=whole,
        rows=rows_of(whole, rows),
        notes=tuple(note for note in (*notes, _rounded(columns, rows), *_notes(record, columns, rows, noun)) if note),
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


def _parts(record: Record, rows: Sequence[Row], noun: Noun) -> Iterator[tuple[str, Row]]:
    """Put rows of one kind together, under a line with their number and their mean."""
    kinds = list(dict.fromkeys(str(row["kind"]) for row in rows))
    in_order = sorted(rows, key=lambda row: kinds.index(str(row["kind"])))
    for kind, members in groupby(in_order, lambda row: str(row["kind"])):
        own = list(members)
        for row in own:
            yield _part(record, kind, own, noun), row


def _part(record: Record, kind: str, rows: Sequence[Row], noun: Noun) -> str:
    mean = mean_share([(row["combined_k"], base_of(record, row)) for row in rows if row["combined_k"] is not None])
    sizes = [row["n_rated"] for row in rows if row["n_rated"] is not None] or [0]
    said = f": mean combined agreement {'–' if mean is None else round_half_up(mean, 1)} %" if noun.averaged else ""
    fewest, most = min(sizes), max(sizes)
    return f"{noun.counted(kind, len(rows))}{said} ({noun.n} {fewest if fewest == most else f'{fewest} to {most}'})"


def _rounded(columns: Sequence[Column], rows: Sequence[Row]) -> str:
    """Explain the marks of shares that round to none or to all, where one stands."""
    shares = [row.get(column.name) for column in columns if column.marks == MARKS for row in rows]
    marked = any(x is not None and (0 < x < 0.5 or 99.5 <= x < 100) for x in shares)
    return ROUNDING if marked else ""


def _denominator(record: Record, columns: Sequence[Column], noun: Noun) -> str:
    if not any(column.type == "percent" for column in columns):
        return ""
    whole = f"Percentages are of those who rated {noun.one} ({noun.n})"
    if record.definition.denominator == "rated":
        return f"{whole}. "
    return f"{whole}; agreement and disagreement are of {DENOMINATOR_TEXT[record.definition.denominator]}. "


def _invited(record: Record, number: int) -> str:
    invited = max((row["n_invited"] for row in of_round(record, number)), default=0)
    return f"{invited} panelists were invited to round {number}."


def _notes(record: Record, columns: Sequence[Column], rows: Sequence[Row], noun: Noun) -> Iterator[str]:
    """Explain what stands in this table, and nothing else."""
    names = [column.name for column in columns]
    scale = record.definition.scale
    said = record.definition.describe()
    yield said if said.startswith("Consensus") else f"Consensus: {said}"
    if scale.opt_out and any(name.startswith("nq_") for name in names):
        short = "NQ" if "nq_pct" in names else "Unable"
        yield f"{short}: “{scale.opt_out}”, per cent of those who rated or said so; not counted in {noun.n}."
    yield " ".join(ABBREVIATIONS[name] for name in ABBREVIATIONS if name in names)
    yield from hidden_notes(record, rows, names)
    means = f"Means over {noun.bare}s are taken over unrounded shares. " if noun.averaged else ""
    yield f"{means}Delphi {__version__}."
