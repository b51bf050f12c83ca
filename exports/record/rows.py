"""From a study to rows: frozen ones where a round is released, computed ones where it is only closed."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from delphi.model.round import Round
from delphi.model.statement import Lineage, Statement
from delphi.model.study import Study
from delphi.protocol import amendments
from delphi.protocol.method import definition_of
from exports.record import consensus
from exports.tables.table import Table
from rounds.results.rows import results


def consensus_table(session: Session, study: Study, rounds: Iterable[Round], *, by_group: bool = False) -> Table:
    """The consensus table of these rounds, with what became of each statement afterwards."""
    rows = [
        row | decisions.get(row["statement"], {})
        for round_ in rounds
        for decisions in [decisions_after(session, study, round_.number)]
        for row in results(session, study, round_, by_group=by_group)
    ]
    definition = definition_of(study)
    table = consensus.from_rows(rows, definition.as_dict() | {"id": definition.id})
    return replace(table, notes=(*table.notes, *amendments.notes(session, study)))


def decisions_after(session: Session, study: Study, number: int) -> dict[str, dict[str, Any]]:
    """Decisions on the statements of a round on the way into the next, by code."""
    target = aliased(Statement)
    edges = session.execute(
        select(Statement.code, target.code, Lineage)
        .join(Lineage, (Lineage.study_id == Statement.study_id) & (Lineage.from_statement == Statement.number))
        .join(target, (target.study_id == Lineage.study_id) & (target.number == Lineage.to_statement))
        .where(Lineage.study_id == study.id, Lineage.round == number + 1, Lineage.from_version.is_not(None))
        .order_by(Lineage.from_statement, Lineage.to_statement)
    )
    return {
        code: {
            "decision": edge.change.value if code == into else f"{edge.change.value} into {into}",
            "decision_reason": edge.reason,
        }
        for code, into, edge in edges
    }
