"""Verdicts under neighbouring definitions of consensus (METHOD 9.6)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from delphi.consensus.analysis import Population, RoundData
from delphi.consensus.firmness.sensitivity import NEAR, Alternative, ThresholdMap, threshold_map
from delphi.consensus.rules.groups import GroupRule
from delphi.consensus.table.columns import Cell, filled
from delphi.consensus.table.result_row import EVERYBODY, hidden_reasons, write_reasons
from delphi.consensus.vocabulary import Verdict
from delphi.statistics.base.result import Reason
from exports.record.columns import SHARES
from exports.record.material import REASONS, Material, place, row_of
from exports.record.record import Record, shown_cells
from exports.tables.table import Column, Table, rows_of

SETTINGS = {
    "threshold": "threshold",
    "strict": "strict or not",
    "denominator": "denominator",
    "quantile_type": "quantile type",
}
HINGES = 0
NOTES = (
    (
        f"Depends on: settings that, changed alone, change the verdict (thresholds within {NEAR} points of the locked one). "
        "Sensitive: some definition within that distance says otherwise, whatever else is changed with it."
    ),
    (
        "A cell such as at_70 is the verdict under that threshold, all else as locked. The locked rule stands; this table "
        "never replaces it."
    ),
)


def build(material: Material) -> Table:
    """Build the table: a row for each statement, round and population."""
    maps = [
        (round_, population, threshold_map(population.counts, material.definition))
        for round_, population in material.watch(list(material.populations()), "Definitions")
    ]
    others = list(dict.fromkeys(name for _, _, variants in maps for name in _varied(variants)))
    columns = _columns(others)
    rows = [row for round_, population, variants in maps for row in _rows(round_, population, variants, others)]
    caption = (
        f"Verdicts under {len(maps[0][2].alternatives) if maps else 0} definitions. {material.definition.describe()}"
    )
    return Table(
        "sensitivity/1",
        "Sensitivity to the definition",
        caption,
        columns,
        rows_of(columns, rows),
        NOTES,
        material.definition_dict(),
    )


def of_record(record: Record) -> Table:
    """Build the table of a study: of the cells that may be shown, and nothing where a group that is asked is not."""
    whole = build(Material(record.analysis, (), record.by_group, record.watch))
    if record.figures is None:
        return whole
    shown, asked = shown_cells(record), _asked(record)
    rows = [row for row in whole.as_dicts() if _cell(row) in shown]
    kept = [
        row if row["group"] != EVERYBODY or all((*_cell(row)[:2], name) in shown for name in asked) else _untold(row)
        for row in rows
    ]
    return replace(whole, rows=rows_of(whole.columns, kept))


def _cell(row: Mapping[str, Any]) -> tuple[int, str, str]:
    return row["round"], row["statement"], row["group"]


def _asked(record: Record) -> list[str]:
    """Groups that the rule asks."""
    rule = record.definition.rule
    return [name for name in rule.required(("", *record.study.groups)) if name] if isinstance(rule, GroupRule) else []


def _untold(row: Mapping[str, Any]) -> dict[str, Any]:
    """Say why nothing is tried: a group that the rule asks is not shown."""
    names = [name for name in row if name not in ("statement", "round", "group", "n_rated", "reasons")]
    return {**row, **dict.fromkeys(names), "reasons": write_reasons(hidden_reasons(names))}


def _columns(others: list[str]) -> tuple[Column, ...]:
    """Columns of the table; the last are verdicts under definitions with one setting changed."""
    return (
        *place(),
        Column("n_rated", "int", "Rated", SHARES),
        Column("verdict", "text", "Verdict", SHARES, brief=True),
        Column("sensitive", "bool", "Sensitive", SHARES, brief=True),
        Column("depends_on", "text", "Depends on", SHARES, brief=True),
        Column("definitions", "int", "Definitions tried"),
        *(
            Column(f"n_{verdict}", "int", f"Tried: {verdict}", SHARES, brief=verdict == Verdict.IN)
            for verdict in Verdict
        ),
        *(Column(name, "text", _worded(name), SHARES, brief=name.startswith("at_")) for name in others),
        REASONS,
    )


def _worded(name: str) -> str:
    """Head of a column of verdicts."""
    kind, _, value = name.partition("_")
    return {"at": f"{value} %", "of": f"of {value}"}.get(kind, name.replace("_", " "))


def _varied(variants: ThresholdMap) -> dict[str, Alternative]:
    """Alternatives that differ from the locked one in a single setting, by the name of their column."""
    locked, named = variants.locked, {}
    for alternative in variants.alternatives:
        changed = [name for name in SETTINGS if getattr(alternative, name) != getattr(locked, name)]
        if not changed or changed == ["threshold"]:
            if alternative.threshold is not None:
                named[f"at_{alternative.threshold}"] = alternative
        elif len(changed) == 1:
            named[_column(alternative, changed[0])] = alternative
    return named


def _column(one: Alternative, setting: str) -> str:
    if setting == "quantile_type":
        return "hinges" if one.quantile_type == HINGES else f"type_{one.quantile_type}"
    return {"strict": "strict" if one.strict else "not_strict", "denominator": f"of_{one.denominator}"}[setting]


def _rows(
    round_: RoundData, population: Population, variants: ThresholdMap, others: list[str]
) -> Iterator[dict[str, Cell]]:
    sensitive, varied = set(variants.sensitive()), _varied(variants)
    for j, item in enumerate(round_.items):
        head: dict[str, Cell] = {
            "statement": item.statement,
            "round": round_.number,
            "group": population.name,
            "n_rated": int(population.counts.n_rated[j].sum()),
            "verdict": variants.locked.verdicts[j].value,
            "sensitive": j in sensitive,
            "depends_on": ", ".join(_deciding(variants, varied, j)),
            "definitions": len(variants.alternatives),
        }
        tally: dict[str, Cell] = {
            f"n_{verdict}": sum(one.verdicts[j] is verdict for one in variants.alternatives) for verdict in Verdict
        }
        cells = {name: varied[name].verdicts[j].value if name in varied else None for name in others}
        yield row_of([(head | tally, {}), filled(cells, Reason.NOT_APPLICABLE)])


def _deciding(variants: ThresholdMap, varied: dict[str, Alternative], j: int) -> list[str]:
    """Settings that, changed alone within the distance, change the verdict on a statement."""
    near, locked = {id(one) for one in variants.near()}, variants.locked
    moved = [one for one in varied.values() if id(one) in near and one.verdicts[j] != locked.verdicts[j]]
    return [
        label for name, label in SETTINGS.items() if any(getattr(one, name) != getattr(locked, name) for one in moved)
    ]
