"""The consensus table as journals print it: one style a study design (REPORTING 1.3)."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from delphi import __version__
from delphi.consensus.scale import Values
from delphi.statistics.exact import mean_share, round_half_up
from exports.record import Record, Row, defined, hidden_notes, last_round, of_round
from exports.reports.columns import POINTS, QUARTILES, SHARES
from exports.table import Cell, Column, Table, rows_of

MARKS = ("0*", "100†")
HEAD = (
    Column("part", "text", "Part"),
    Column("section", "text", "Section"),
    Column("statement", "text", "No.", brief=True),
    Column("text", "text", "Statement", brief=True),
)
CLOSING = (Column("reasons", "text", "Why cells are empty"),)
CHANGE = Column("delta_combined_pp", "float", "Change", SHARES, "n_paired", signed=True)
ROUNDING = "0*: fewer than 0.5 %, but not none. 100†: at least 99.5 %, but not all."
CODES = "Scale codes are treated as numbers."


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
    return _styled(record, number, columns, filled, [f"{legend}." if legend else "", ROUNDING])


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
        Column("verdict", "text", "Verdict", SHARES, brief=True),
        CHANGE,
    ]
    return _styled(record, number, columns, dict, [ROUNDING])


def means(record: Record, number: int) -> Table:
    """Statement, n, mean and standard deviation, agreement."""
    columns = [
        Column("n_rated", "int", "n", SHARES),
        Column("mean", "float", "Mean", POINTS),
        Column("sd", "float", "SD", POINTS),
        share("combined_pct", "Agreement %"),
        Column("verdict", "text", "Verdict", SHARES, brief=True),
    ]
    return _styled(record, number, columns, dict, [CODES, ROUNDING])


def rand(record: Record, number: int) -> Table:
    """Indication, n, median, disagreement index, classification: RAND/UCLA."""
    words = {"in": "appropriate", "out": "inappropriate", "none": "uncertain", "too_few": "too few ratings"}
    columns = [
        Column("n_rated", "int", "n", SHARES),
        Column("median", "float", "Median", QUARTILES),
        Column("di", "float", "DI", POINTS),
        Column("disagreement", "bool", "Disagreement", SHARES),
        Column("classification", "text", "Classification", SHARES, brief=True),
    ]

    def filled(row: Row) -> dict[str, Cell]:
        found = words.get(str(row["verdict"]), row["verdict"])
        return {**row, "classification": None if row["verdict"] is None else found}

    notes = ["DI: disagreement index, the 30th to 70th percentile range over the range adjusted for symmetry (IPRAS)."]
    return _styled(record, number, columns, filled, notes)


def groups(record: Record, number: int) -> Table:
    """Outcome, then for each group n, agreement, disagreement and unable; the verdict last: core outcome sets."""
    names = list(dict.fromkeys(row["group"] for row in of_round(record, number, None) if row["group"] != "all"))
    scale = record.definition.scale
    high, low = (f"{zone[0]}–{zone[-1]} %" if zone else "%" for zone in (scale.combined, scale.disagree))
    columns = []
    for i, name in enumerate(names or ["all"], 1):
        label = "" if name == "all" else f"{name}: "
        columns += [
            Column(f"n_{i}", "int", f"{label}n"),
            share(f"high_{i}", f"{label}{high}"),
            share(f"low_{i}", f"{label}{low}"),
            share(f"nq_{i}", f"{label}unable %"),
        ]
    columns.append(Column("verdict", "text", "Verdict", SHARES, brief=True))
    cells = {(row["statement"], row["group"]): row for row in of_round(record, number, None)}

    def filled(row: Row) -> dict[str, Cell]:
        found: dict[str, Cell] = {**row}
        reasons = [str(row["reasons"])]
        for i, name in enumerate(names or ["all"], 1):
            group = cells.get((row["statement"], name), {})
            for ours, theirs in (("n", "n_rated"), ("high", "combined_pct"), ("low", "disagree_pct"), ("nq", "nq_pct")):
                found[f"{ours}_{i}"] = group.get(theirs)
                if f"{theirs}=suppressed_disclosure" in str(group.get("reasons")):
                    reasons.append(f"{ours}_{i}=suppressed_disclosure")
        return found | {"reasons": ";".join(reasons)}

    return _styled(record, number, columns, filled, [ROUNDING])


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
) -> Table:
    whole = (*HEAD, *columns, *CLOSING)
    rows = [filled(row) | {"part": part} for part, row in _parts(of_round(record, number))]
    return Table(
        schema="journal-table/1",
        title=f"Consensus after round {number}",
        caption=f"Percentages are of those who rated a statement (N). {_invited(record, number)}",
        columns=whole,
        rows=rows_of(whole, rows),
        notes=(*(note for note in notes if note), *_notes(record)),
        definition=defined(record),
        breaks=("part", "section"),
    )


def _parts(rows: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Put rows of one kind together, under a line with their number and their mean."""
    kinds = list(dict.fromkeys(str(row["kind"]) for row in rows))
    in_order = sorted(rows, key=lambda row: kinds.index(str(row["kind"])))
    for kind, members in groupby(in_order, lambda row: str(row["kind"])):
        own = list(members)
        for row in own:
            yield _part(kind, own), row


def _part(kind: str, rows: Sequence[Row]) -> str:
    mean = mean_share([(row["combined_k"], row["n_rated"]) for row in rows if row["combined_k"] is not None])
    sizes = [row["n_rated"] for row in rows if row["n_rated"] is not None] or [0]
    said = "–" if mean is None else round_half_up(mean, 1)
    name = f"{kind}s" if len(rows) > 1 else kind
    return f"{len(rows)} {name}: mean combined agreement {said} % (N {min(sizes)} to {max(sizes)})"


def _invited(record: Record, number: int) -> str:
    invited = max((row["n_invited"] for row in of_round(record, number)), default=0)
    return f"{invited} panelists were invited to round {number}."


def _notes(record: Record) -> Iterator[str]:
    scale = record.definition.scale
    yield f"Consensus: {record.definition.describe()}"
    if scale.opt_out:
        yield f"NQ: “{scale.opt_out}”, per cent of N + NQ; not counted in N."
    yield "IQR: interquartile range. Change: points of combined agreement since the round before, of those who rated in both."
    yield from hidden_notes(record, record.rows)
    yield f"Means over statements are taken over unrounded shares. Delphi {__version__}."
