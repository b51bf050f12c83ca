"""Agreement of the panel over all statements of a round, with intervals (METHOD 8)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from delphi.consensus.analysis import Analysis
from delphi.consensus.counts import Integers
from delphi.consensus.matrix import histogram
from delphi.consensus.panel import RoundPanel
from delphi.consensus.table.columns import Cell, filled
from delphi.consensus.vocabulary import EVERYBODY
from delphi.statistics.agreement.chance_corrected import Agreement, brennan_prediger, gwet_ac
from delphi.statistics.agreement.concordance import kendall_w, kendall_w_gaps
from delphi.statistics.agreement.kappa import fleiss_general
from delphi.statistics.agreement.krippendorff import krippendorff_alpha, krippendorff_interval
from delphi.statistics.agreement.reliability import icc
from delphi.statistics.base.result import Flag, Reason
from exports.record.columns import POINTS
from exports.record.material import REASONS, Material, place, row_of
from exports.record.record import Record, sealed_notes
from exports.tables.table import Column, Table, rows_of

PERMUTATIONS = 500  # a panel of 400 who rated 200 statements, by group, in a few seconds
COLUMNS = (
    *place(statement=False),
    Column("measure", "text", "Measure", brief=True),
    Column("n_statements", "int", "Statements", brief=True),
    Column("n_rated", "int", "Panelists", brief=True),
    Column("panelists_dropped", "int", "Panelists left out", brief=True),
    Column("value", "float", "Value", POINTS, brief=True),
    Column("low", "float", "Lower 95 %", POINTS, brief=True),
    Column("high", "float", "Upper 95 %", POINTS, brief=True),
    Column("p", "p", "p", POINTS, brief=True),
    Column("interval", "text", "Interval"),
    Column("flags", "text", "Flags"),
    REASONS,
)
NOTES = (
    (
        "Agreement over many statements; it says nothing of a single one. Ratings: alpha or AC2; rankings: W. Chance is that of "
        "the whole declared scale. A small p is trivial in a large panel."
    ),
    (
        "W and ICC need panelists who rated every statement; “W, gaps” uses all who rated two statements or more, "
        f"with a p from {PERMUTATIONS} permutations."
    ),
)


@dataclass(frozen=True)
class Measured:
    """One measure of one panel; ``dropped`` panelists are not in it."""

    value: float | None
    reason: Reason | None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    interval: str = ""
    statements: int | None = None
    dropped: int = 0
    flags: tuple[Flag, ...] = ()


Ratings = NDArray[np.float64]
Measure = Callable[[Integers, Ratings], Measured]


def _alpha(f: Integers, x: Ratings) -> Measured:
    del x
    alpha, between = krippendorff_alpha(f), krippendorff_interval(f)
    return Measured(
        alpha.value,
        alpha.reason,
        between.low,
        between.high,
        None,
        "bootstrap of statements",
        alpha.n,
        flags=between.flags,
    )


def _corrected(coefficient: Callable[[Integers], Agreement]) -> Measure:
    def measure(f: Integers, x: Ratings) -> Measured:
        del x
        agreement = coefficient(f)
        return Measured(
            agreement.value,
            agreement.reason,
            agreement.low,
            agreement.high,
            None,
            "t, statements",
            agreement.n,
            flags=agreement.flags,
        )

    return measure


def _concordance(f: Integers, x: Ratings) -> Measured:
    del f
    w = kendall_w(x)
    return Measured(w.value, w.reason, p=w.p, statements=w.n, dropped=w.panelists_dropped, flags=w.flags)


def _concordance_gaps(f: Integers, x: Ratings) -> Measured:
    del f
    w = kendall_w_gaps(x, permutations=PERMUTATIONS)
    return Measured(w.value, w.reason, p=w.p_permutation, statements=w.n, dropped=w.panelists_dropped, flags=w.flags)


def _intraclass(f: Integers, x: Ratings) -> Measured:
    del f
    intraclass = icc(x)
    return Measured(
        intraclass.icc2,
        intraclass.reason,
        intraclass.icc2_low,
        intraclass.icc2_high,
        None,
        "F",
        intraclass.n,
        dropped=intraclass.dropped,
    )


MEASURES: dict[str, Measure] = {
    "Krippendorff’s alpha (ordinal)": _alpha,
    "Gwet’s AC2 (quadratic)": _corrected(lambda f: gwet_ac(f, "quadratic")),
    "Gwet’s AC1": _corrected(gwet_ac),
    "Brennan–Prediger (quadratic)": _corrected(lambda f: brennan_prediger(f, "quadratic")),
    "Fleiss’ kappa (general)": _corrected(fleiss_general),
    "Kendall’s W": _concordance,
    "Kendall’s W, gaps": _concordance_gaps,
    "ICC(2,1)": _intraclass,
}


def build(material: Material) -> Table:
    """Build the table: a row for each round, population and measure."""
    places = [(name, panel, measure) for name, panel in material.panels_by_group() for measure in MEASURES]
    options = material.definition.scale.K
    rows = [_row(*one, options=options) for one in material.watch(places, "Agreement")]
    caption = f"Agreement of the panel over the statements of a round, on the scale {material.definition.scale.name}."
    names = rows_of(COLUMNS, rows)
    return Table("agreement/1", "Panel-wide agreement", caption, COLUMNS, names, NOTES, material.definition_dict())


def of_record(record: Record) -> Table:
    """Build the table of a study: from its rows where the profile may read them, else from what was sealed."""
    if record.figures is None or record.panels:
        return build(Material(Analysis(record.definition, ()), record.panels, record.by_group, record.watch))
    sealed = record.figures
    rows = [{**row, "round": number, "group": EVERYBODY} for number in sealed for row in sealed[number].agreement]
    whole = build(Material(Analysis(record.definition, ())))
    waiting = sealed_notes(record)
    return replace(whole, rows=rows_of(COLUMNS, rows), notes=(*NOTES, *waiting))


def _row(group: str, panel: RoundPanel, measure: str, options: int) -> dict[str, Cell]:
    seen = panel.values[panel.analysed]
    measured = MEASURES[measure](histogram(panel.ratings, 0, options - 1), seen)
    head: dict[str, Cell] = {
        "round": panel.number,
        "group": group,
        "measure": measure,
        "n_statements": len(panel.statements) if measured.statements is None else measured.statements,
        "n_rated": int((~np.isnan(seen)).any(1).sum()) - measured.dropped if len(seen) else 0,
        "panelists_dropped": measured.dropped,
        "interval": measured.interval,
        "flags": ";".join(measured.flags),
    }
    return row_of([(head, {}), *_cells(measured)])


def _cells(measured: Measured) -> Iterator[tuple[dict[str, Cell], dict[str, Reason]]]:
    yield filled({"value": measured.value}, measured.reason or Reason.NO_VARIATION)
    why = measured.reason or (Reason.NO_VARIATION if measured.interval else Reason.NO_INTERVAL)
    yield filled({"low": measured.low, "high": measured.high}, why)
    yield filled({"p": measured.p}, measured.reason or Reason.NOT_APPLICABLE)
