"""What everybody is shown of the round before: what was asked, sealed results, and the way of each statement.

None of it is anybody's own; once the next round is launched it stays, and a process may keep it (`rounds.questionnaire.prepared`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from delphi.consensus.scale import Scale
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import count_name
from delphi.contents.asked import groups_in, reason_in
from delphi.contents.reading import Contents
from delphi.model.result import Result
from delphi.model.statement import Lineage
from delphi.model.study import Study
from delphi.protocol.groups import groups_of
from delphi.statements.questionnaire import AskedStatement, asked
from rounds.feedback.distribution import FULL_FROM
from rounds.feedback.evidence import Source
from rounds.seal import chain

ResultRow = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PastRound:
    """The round before, fetched once; ``edges`` lead from what was asked then, by the statement that they lead to."""

    asked: Mapping[int, AskedStatement]
    rows: Mapping[int, ResultRow]
    groups: Mapping[int, Mapping[str, ResultRow]]
    declared: int
    edges: Mapping[int, list[Lineage]]
    texts: Mapping[int, str]  # what was asked, and why it was changed, in the language of the reader
    reasons: Mapping[tuple[int, int], str]
    top: int = 50

    @classmethod
    def of(cls, session: Session, study: Study, number: int, contents: Contents) -> "PastRound":
        """Fetch the round before a round, for readers of a language."""
        before = asked(session, study.id, number - 1)
        rows, groups = released_rows(session, study, number - 1)
        declared = len(groups_of(session, study)) if "groups" in study.feedback_plan else 0
        edges = _edges(session, study, number, before)
        return cls(
            asked=before,
            rows=rows,
            groups={statement: groups_in(contents, told) for statement, told in groups.items()},
            declared=declared,
            edges=edges,
            texts={n: contents.statement(n, "text", row.text) for n, row in before.items()},
            reasons={(one.from_statement, to): reason_in(contents, one) for to, into in edges.items() for one in into},
            top=axis_top(rows.values(), SCALES[study.scale], study.smallest_cell),
        )

    def source(self, statement: int, own: int | str | None) -> Source:
        """One statement of the round before, with its results and the own answer."""
        code, text = self.asked[statement].code, self.texts[statement]
        return Source(code, text, self.rows[statement], own, self.groups.get(statement, {}))


def axis_top(rows: Iterable[ResultRow], scale: Scale, smallest_cell: int) -> int:
    """The share at which upright axes of a round end: 50, or 100 where any option that is shown has more."""
    shown = [row for row in rows if (row["n_rated"] or 0) >= max(FULL_FROM, smallest_cell)]
    return 100 if any(2 * row[count_name(value)] > row["n_rated"] for row in shown for value in scale.values) else 50


def _edges(
    session: Session, study: Study, number: int, before: Mapping[int, AskedStatement]
) -> dict[int, list[Lineage]]:
    edges: dict[int, list[Lineage]] = {}
    for edge in session.scalars(select(Lineage).filter_by(study_id=study.id, round=number)).all():
        if edge.to_version is not None and edge.from_statement in before:
            session.expunge(edge)  # it outlives this session
            edges.setdefault(edge.to_statement, []).append(edge)
    return edges


def released_rows(
    session: Session, study: Study, number: int
) -> tuple[dict[int, ResultRow], dict[int, dict[str, ResultRow]]]:
    """The released results of the whole panel by statement, and those of its groups where the plan shows them."""
    results = select(Result.statement, Result.group, Result.row).filter_by(study_id=study.id, round=number)
    panel = Result.group == "all"
    results = results.where(or_(panel, chain.OF_A_SEAL) if "groups" in study.feedback_plan else panel)
    rows: dict[int, ResultRow] = {}
    groups: dict[int, dict[str, ResultRow]] = {}
    for statement, group, row in session.execute(results.order_by(Result.position)):
        if group == "all":
            rows[statement] = row
        else:
            groups.setdefault(statement, {})[group] = row
    return rows, groups
