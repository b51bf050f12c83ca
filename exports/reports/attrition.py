"""Attrition: who answered, who stayed, and whether those who left had rated otherwise (METHOD 10.1, 10.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from delphi.consensus.analysis import Analysis
from delphi.consensus.panel import Mask, RoundPanel
from delphi.consensus.table.columns import Cell, filled
from delphi.consensus.table.result_row import EVERYBODY
from delphi.statistics.base.result import Reason
from delphi.statistics.change.attrition import (
    PERMUTATIONS,
    AttritionBias,
    ItemBias,
    Rate,
    attrition_bias,
    completion,
    response_rate,
    retention,
)
from delphi.statistics.groups.association import fisher_exact_rxc
from exports.record.columns import POINTS, SHARES
from exports.record.facts import Response
from exports.record.material import REASONS, Material, place, row_of
from exports.record.record import Record, sealed_notes
from exports.record.sealed_figures import ATTRITION
from exports.tables.table import Column, Table, rows_of

EVERY_STATEMENT = "all"  # code of the rows over all statements
COLUMNS = (
    *place(),
    Column("next_round", "int", "Next round"),
    Column("n_invited", "int", "Invited", brief=True),
    Column("n_rated", "int", "Answered", SHARES, brief=True),
    Column("response_pct", "percent", "Response rate %", brief=True),
    Column("n_new", "int", "New in this round"),
    Column("completion_pct", "percent", "Of round 1, answered every round so far %"),
    Column("n_stayed", "int", "Stayed", SHARES, brief=True),
    Column("n_left", "int", "Left", SHARES, brief=True),
    Column("retention_pct", "percent", "Retention %", brief=True),
    Column("mean_gap", "float", "Mean distance", POINTS, "n_left"),
    Column("delta", "float", "Cliff’s delta", POINTS, "n_left", brief=True),
    Column("p", "p", "p", POINTS, "n_left", brief=True),
    Column("p_holm", "p", "p, Holm", POINTS, "n_left", brief=True),
    Column("p_response", "p", "p, equal response (Fisher)", SHARES),
    REASONS,
)
NOTES = (
    (
        "Rows of the statement “all” are about panelists: invited, answered, stayed; the rest compares, statement by statement, the "
        "ratings of those who stayed with those of panelists who left: Cliff’s delta (above 0: those who stayed rated higher), "
        "exact Mann–Whitney p, Holm over the statements."
    ),
    "p of the whole panel: permutation of who left, statistic the mean over statements of the absolute difference of means.",
)

SEALED_NOTE = (
    "Rows are about panelists: invited, answered, stayed, as each round was sealed. Whether those who left had rated otherwise is "
    "told by one test over all statements, where enough left; single ratings are not kept, so no statement is compared."
)


def build(material: Material) -> Table:
    """Build the table: for each round its participation, by group where there are groups, then its statements."""
    panels = material.panels
    rows: list[dict[str, Cell]] = []
    for k, (panel, following) in enumerate(material.watch(list(pairwise([*panels, None])), "Attrition")):
        assert panel is not None
        so_far = [one.analysed for one in panels[: k + 1]]
        bias = None if following is None else _bias(panel, following)
        rows += _people(panel, following, so_far, bias)
        rows += () if following is None else by_statement(panel, following, bias)
    caption = f"{len(panels)} rounds. Answered: at least one answer in the round."
    names = rows_of(COLUMNS, rows)
    return Table("attrition/1", "Attrition", caption, COLUMNS, names, NOTES, material.definition_dict())


def of_record(record: Record) -> Table:
    """Build the table of a study: people as the rounds were sealed, and statements where the profile may read rows."""
    if record.figures is None:
        return build(Material(Analysis(record.definition, ()), record.panels, record.by_group, record.watch))
    rows = [row for number in (r.number for r in record.rounds) for row in _responses(record, number)]
    rows += [row for pair in pairwise(record.panels) for row in by_statement(*pair)]
    whole = build(Material(Analysis(record.definition, ())))
    notes = NOTES if record.panels else (SEALED_NOTE, NOTES[-1])
    return replace(
        whole,
        caption=f"{len(record.rounds)} rounds. Answered: at least one answer in the round.",
        rows=rows_of(COLUMNS, rows),
        notes=(*notes, *sealed_notes(record)),
    )


def _responses(record: Record, number: int) -> Iterator[dict[str, Cell]]:
    """Participation of the panel in a round, then of each group that it shows."""
    here = [one for one in record.responses if one.round == number and one.people]
    later = {one.people: one for one in record.responses if one.round == number + 1}
    entry = (record.figures or {}).get(number + 1)
    bias = entry.attrition if entry is not None else None
    for one in here:
        after = later.get(one.people)
        stay: dict[str, Cell] = {"n_stayed": None, "n_left": None, "retention_pct": None}
        if after is not None and after.stayed is not None and after.left is not None:
            stay = {"n_stayed": after.stayed, "n_left": after.left}
            stay |= {"retention_pct": _percent(after.stayed, after.stayed + after.left)}
        unshown = Reason.SUPPRESSED_DISCLOSURE if later and after is None else Reason.NOT_APPLICABLE
        everybody = one.people == EVERYBODY
        test = {name: bias[name] if bias and everybody else None for name in ATTRITION}
        few = Reason.SUPPRESSED_DISCLOSURE if bias and everybody else Reason.NOT_APPLICABLE
        yield row_of(
            [
                ({"statement": EVERY_STATEMENT, "round": number, "group": one.people, "n_invited": one.invited}, {}),
                ({"n_rated": one.started}, {}),
                filled({"response_pct": _percent(one.started, one.invited)}, Reason.NO_RATINGS),
                filled({"completion_pct": None}, Reason.SEALED),
                filled({"n_new": one.joined}, Reason.NOT_APPLICABLE),
                filled(stay, unshown),
                _equal_response(here if everybody else []),
                filled({"delta": None, "p_holm": None}, Reason.NOT_APPLICABLE),
                filled(test, few),
                filled({"next_round": number + 1 if later else None}, Reason.NOT_APPLICABLE),
            ]
        )


def _equal_response(here: Sequence[Response]) -> tuple[dict[str, Cell], dict[str, Reason]]:
    """Compare the response of the groups that are shown."""
    table = [[one.started, one.invited - one.started] for one in here if one.people != EVERYBODY]
    test = fisher_exact_rxc(table) if len(table) > 1 else None
    return filled({"p_response": test.p if test else None}, (test and test.reason) or Reason.NOT_APPLICABLE)


def _percent(k: int, n: int) -> float | None:
    return 100 * k / n if n else None


def _people(
    panel: RoundPanel, following: RoundPanel | None, so_far: Sequence[Mask], bias: AttritionBias | None
) -> Iterator[dict[str, Cell]]:
    """Participation of the whole panel, then of each group."""
    everyone = np.ones(len(panel.member), dtype=bool)
    groups = {name: panel.member == g for g, name in enumerate(panel.groups) if panel.groups != ("",)}
    for name, members in {EVERYBODY: everyone, **groups}.items():
        invited, answered = panel.invited & members, panel.analysed & members
        before = so_far[-2] & members if len(so_far) > 1 else None
        parts = [
            ({"statement": EVERY_STATEMENT, "round": panel.number, "group": name, "n_invited": int(invited.sum())}, {}),
            ({"n_rated": int(answered.sum())}, {}),
            _rate("response_pct", response_rate(int(answered.sum()), int(invited.sum()))),
            _rate("completion_pct", completion([_names(mask & members) for mask in so_far])),
            filled({"n_new": None if before is None else int((answered & ~before).sum())}, Reason.NOT_APPLICABLE),
            *_stay(answered, None if following is None else following.analysed & members),
            _response(panel, groups if name == EVERYBODY else {}),
            *(_whole(bias) if name == EVERYBODY else [filled(_NO_TEST, Reason.NOT_APPLICABLE)]),
        ]
        yield row_of([*parts, filled({"next_round": following.number if following else None}, Reason.NOT_APPLICABLE)])


_NO_TEST: dict[str, Cell] = {"mean_gap": None, "delta": None, "p": None, "p_holm": None}


def _names(mask: Mask) -> frozenset[str]:
    return frozenset(map(str, np.flatnonzero(mask)))


def _rate(name: str, rate: Rate) -> tuple[dict[str, Cell], dict[str, Reason]]:
    return filled({name: None if rate.value is None else 100 * rate.value}, rate.reason or Reason.NO_RATINGS)


def _stay(answered: Mask, following: Mask | None) -> Iterator[tuple[dict[str, Cell], dict[str, Reason]]]:
    """Count who stayed until the next round, and who left."""
    if following is None:
        yield filled({"n_stayed": None, "n_left": None, "retention_pct": None}, Reason.NOT_APPLICABLE)
        return
    stayed = int((answered & following).sum())
    yield {"n_stayed": stayed, "n_left": int(answered.sum()) - stayed}, {}
    yield _rate("retention_pct", retention(_names(answered), _names(following)))


def _response(panel: RoundPanel, groups: dict[str, Mask]) -> tuple[dict[str, Cell], dict[str, Reason]]:
    """Compare the response of the groups."""
    table = [
        [int((panel.invited & panel.analysed & one).sum()), int((panel.invited & ~panel.analysed & one).sum())]
        for one in groups.values()
    ]
    test = fisher_exact_rxc(table) if len(table) > 1 else None
    return filled({"p_response": test.p if test else None}, (test and test.reason) or Reason.NOT_APPLICABLE)


def _whole(bias: AttritionBias | None) -> Iterator[tuple[dict[str, Cell], dict[str, Reason]]]:
    """Compare those who left with those who stayed, over all statements."""
    yield filled({"delta": None, "p_holm": None}, Reason.NOT_APPLICABLE)
    if bias is None:
        yield filled({"mean_gap": None, "p": None}, Reason.NOT_APPLICABLE)
    else:
        yield filled({"mean_gap": bias.statistic, "p": bias.p}, bias.reason or Reason.EMPTY_GROUP)


def _bias(panel: RoundPanel, following: RoundPanel, permutations: int = PERMUTATIONS) -> AttritionBias:
    here = panel.analysed
    return attrition_bias(panel.values[here], ~following.analysed[here], permutations=permutations)


def by_statement(
    panel: RoundPanel, following: RoundPanel, bias: AttritionBias | None = None
) -> Iterator[dict[str, Cell]]:
    """Compare, statement by statement, the ratings of those who stayed with those of who left."""
    bias = bias or _bias(panel, following, permutations=1)
    for name, item in zip(panel.statements, bias.items, strict=True):
        yield row_of(_item(panel.number, following.number, name, item))


def _item(
    number: int, following: int, name: str, item: ItemBias
) -> Iterator[tuple[dict[str, Cell], dict[str, Reason]]]:
    yield {"statement": name, "round": number, "group": EVERYBODY, "next_round": following}, {}
    yield {"n_rated": item.n_completers + item.n_leavers, "n_stayed": item.n_completers, "n_left": item.n_leavers}, {}
    none = ("n_invited", "response_pct", "n_new", "completion_pct", "retention_pct", "mean_gap", "p_response")
    yield filled(dict.fromkeys(none), Reason.NOT_APPLICABLE)
    yield filled({"delta": item.delta, "p": item.p, "p_holm": item.p_holm}, Reason.EMPTY_GROUP)
