"""How firmly each verdict stands: resampled panels, one panelist fewer, a few changed ratings (METHOD 9.4, 9.5)."""

from collections.abc import Iterator
from dataclasses import replace

from delphi.consensus.analysis import Analysis, Definition, Population, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.firmness.robustness import RESAMPLES, bootstrap_verdict, fragility, leave_one_out
from delphi.consensus.table.columns import Cell, Reasons, filled
from delphi.consensus.vocabulary import EVERYBODY, Verdict
from delphi.statistics.base.result import Reason
from exports.record.columns import POINTS, SHARES
from exports.record.material import REASONS, Material, place, row_of
from exports.record.record import Record, sealed_notes
from exports.record.sealed_figures import Firmness
from exports.tables.table import Column, Table, rows_of

SEED = 1
COLUMNS = (
    *place(),
    Column("n_rated", "int", "Rated", SHARES, brief=True),
    Column("verdict", "text", "Verdict", SHARES, brief=True),
    Column("same_pct", "percent", "Resampled: same %", POINTS, brief=True),
    *(
        Column(f"{verdict}_pct", "percent", f"Resampled: {verdict} %", POINTS, brief=verdict != Verdict.TOO_FEW)
        for verdict in Verdict
    ),
    Column("flips", "int", "Flips without", POINTS, brief=True),
    Column("fragility", "int", "Fragility", POINTS, brief=True),
    Column("searched", "int", "Up to so many ratings were changed"),
    REASONS,
)
NOTES = (
    (
        f"Resampled: verdicts of {RESAMPLES} panels drawn with replacement from this one (seed {SEED}). Flips without: "
        "panelists without any one of whom the verdict changes. Fragility: fewest ratings that, given otherwise, turn it; –: more than "
        "were searched. "
        "None of this changes a verdict."
    ),
    "For analysts only: what one panelist changes tells that panelist’s rating.",
)


def build(material: Material) -> Table:
    """Build the table: a row for each statement, round and population."""
    definition = material.definition
    places = list(_places(material))
    rows = [_row(*place_, definition) for place_ in material.watch(places, "Resampling")]
    names = rows_of(COLUMNS, rows)
    caption = f"How firmly each verdict stands. {definition.describe()}"
    return Table(
        "robustness/1", "Robustness of the verdicts", caption, COLUMNS, names, NOTES, material.definition_dict()
    )


def of_record(record: Record) -> Table:
    """Build the table of a study from what was sealed: of the whole panel."""
    if record.figures is None:
        return build(Material(record.analysis, (), record.by_group, record.watch))
    rows = [
        _sealed(code, number, one)
        for number, figures in record.figures.items()
        for code, one in figures.firmness.items()
    ]
    whole = build(Material(Analysis(record.definition, ())))
    return replace(whole, rows=rows_of(COLUMNS, rows), notes=(*NOTES, *sealed_notes(record)))


def _sealed(code: str, number: int, one: Firmness) -> dict[str, Cell]:
    """The row of one statement, with the reason where nothing was tried."""
    head: dict[str, Cell] = {"statement": code, "round": number, "group": EVERYBODY}
    if one.reason is not None:
        empty = [column.name for column in COLUMNS if column.name not in {*head, "reasons"}]
        return row_of([(head, {}), filled(dict.fromkeys(empty), Reason(one.reason))])
    shares = {f"{verdict}_pct": 100 * one.shares[verdict] if one.shares else None for verdict in Verdict}
    same = {"same_pct": 100 * one.shares[one.verdict or ""] if one.shares else None}
    why = {name: Reason(reason) for name, reason in one.why.items()}
    return row_of(
        [
            (head | {"n_rated": one.n_rated, "verdict": one.verdict, "searched": one.searched}, {}),
            filled(same | shares, why.get("shares", Reason.NO_RATINGS)),
            filled({"flips": one.flips}, why.get("flips", Reason.NO_RATINGS)),
            filled({"fragility": one.moves}, why.get("moves", Reason.MORE_THAN_SEARCHED)),
        ]
    )


def _places(material: Material) -> Iterator[tuple[RoundData, Population, int, Verdict]]:
    for round_, population in material.populations():
        for j, verdict in enumerate(material.definition.judge(population.counts).verdict):
            yield round_, population, j, verdict


def _row(
    round_: RoundData, population: Population, j: int, verdict: Verdict, definition: Definition
) -> dict[str, Cell]:
    counts = population.counts.statement(j)
    head: dict[str, Cell] = {
        "statement": round_.items[j].statement,
        "round": round_.number,
        "group": population.name,
        "n_rated": int(counts.n_rated.sum()),
        "verdict": verdict.value,
    }
    if definition.rule.of_the_round:
        empty = [column.name for column in COLUMNS if column.name not in {*head, "reasons"}]
        return row_of([(head, {}), filled(dict.fromkeys(empty), Reason.NOT_APPLICABLE)])
    without, few = leave_one_out(counts, definition), fragility(counts, definition)
    return row_of(
        [
            (head | {"searched": few.searched}, {}),
            _resampled(counts, definition),
            filled({"flips": without.flips}, without.reason or Reason.NO_RATINGS),
            filled({"fragility": few.moves}, few.reason or Reason.MORE_THAN_SEARCHED),
        ]
    )


def _resampled(counts: Counts, definition: Definition) -> tuple[dict[str, Cell], Reasons]:
    """Shares of the verdicts of resampled panels."""
    drawn = bootstrap_verdict(counts, definition, seed=SEED)
    shares: dict[str, Cell] = {"same_pct": 100 * drawn.shares[drawn.verdict] if drawn.shares else None}
    shares |= {f"{verdict}_pct": 100 * drawn.shares[verdict] if drawn.shares else None for verdict in Verdict}
    return filled(shares, drawn.reason or Reason.NO_RATINGS)
