"""The consensus table with a row a statement: the columns of each round side by side, then how it ended."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from delphi.consensus.table.result_row import ResultRow, write_reasons
from delphi.consensus.vocabulary import Relation
from exports.record.columns import consensus_columns
from exports.record.record import Record, defined
from exports.tables.table import Column, Table, rows_of

FIXED = ("statement", "kind", "section_no", "section")
LEFT_OUT = {*FIXED, "text", "round", "group", "decision", "decision_reason", "rule_id", "reasons", "version"}
LAST = (
    Column("text", "text", "Wording"),
    Column("final_round", "int", "Last round"),
    Column("final_verdict", "text", "Last verdict", brief=True),
    Column("final_grade", "text", "Last grade", brief=True),
    Column("path", "text", "Path", brief=True),
    Column("reasons", "text", "Why cells are empty"),
)


def build(record: Record) -> Table:
    """Build the table of the whole panel."""
    known = consensus_columns(record.definition.scale)
    per_round = [column for column in known if column.name not in LEFT_OUT]
    columns = (
        *(column for column in known if column.name in FIXED),
        *(
            replace(column, name=f"{column.name}_r{r.number}", label=f"{column.label}, round {r.number}", brief=False)
            for r in record.rounds
            for column in per_round
        ),
        *LAST,
    )
    by_statement: dict[str, list[ResultRow]] = {}
    for row in record.rows:
        if row.is_panel:
            by_statement.setdefault(row.statement, []).append(row)
    names = [column.name for column in per_round]
    return Table(
        schema="consensus-wide/1",
        title="Consensus by statement",
        caption=f"{len(by_statement)} statements in {len(record.rounds)} rounds. {record.definition.describe()}",
        columns=columns,
        rows=rows_of(columns, [_joined(rows, names) for rows in by_statement.values()]),
        definition=defined(record),
    )


def _joined(rows: list[ResultRow], names: list[str]) -> Mapping[str, Any]:
    last = rows[-1]
    joined: dict[str, Any] = {name: last[name] for name in (*FIXED, "text")}
    reasons: dict[str, str] = {}
    for row in rows:
        joined |= {f"{name}_r{row.round}": row[name] for name in names}
        reasons |= {f"{name}_r{row.round}": why for name, why in row.reasons.items() if name in names}
    ending = {"final_round": last["round"], "final_verdict": last["verdict"], "final_grade": last["grade"]}
    return joined | ending | {"path": path(rows), "reasons": write_reasons(reasons)}


def path(rows: list[ResultRow]) -> str:
    """Say how a statement went: “r1 none → r2 reworded → r3 in”."""
    steps = []
    for row in rows:
        change = f"{row.relation.replace('_', ' ')}, " if row.relation not in (Relation.SAME, Relation.NEW) else ""
        steps.append(f"r{row.round} {change}{row.verdict or 'hidden'}")
    return " → ".join(steps)
