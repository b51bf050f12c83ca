"""How statements changed from round to round, and the comments that the panel read on them."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from delphi.model.round import QuestionnaireItem
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Study
from exports.record.facts import LineageEdge, ReleasedComment
from rounds.seal import texts


def lineage_edges(session: Session, study: Study, last: int) -> list[LineageEdge]:
    """Read the lineage up to a round."""
    versions = session.scalars(select(StatementVersion).filter_by(study_id=study.id))
    texts = {(v.statement, v.version): v.text for v in versions}
    return [
        LineageEdge(
            round=edge.round,
            change=edge.change.value,
            before=old if edge.from_version else None,
            before_version=edge.from_version,
            after=new if edge.to_version else None,
            after_version=edge.to_version,
            same_meaning=edge.same_meaning,
            reason=edge.reason,
            text_before=texts.get((edge.from_statement, edge.from_version or 0), ""),
            text_after=texts.get((edge.to_statement, edge.to_version or 0), ""),
        )
        for edge, old, new in session.execute(_edges_with_codes(study, last))
    ]


def _edges_with_codes(study: Study, last: int) -> Select[Lineage, str, str]:
    """The query of the lineage, with the codes of the statements at both ends."""
    before, after = aliased(Statement), aliased(Statement)
    return (
        select(Lineage, before.code, after.code)
        .outerjoin(before, (before.study_id == Lineage.study_id) & (before.number == Lineage.from_statement))
        .outerjoin(after, (after.study_id == Lineage.study_id) & (after.number == Lineage.to_statement))
        .where(Lineage.study_id == study.id, Lineage.round <= last)
        .order_by(Lineage.round, Lineage.change, Lineage.to_statement, Lineage.from_statement)
    )


def released_comments(session: Session, study: Study, numbers: Sequence[int]) -> list[ReleasedComment]:
    """Read the comments that were released to the panel."""
    item = QuestionnaireItem
    asked = (
        select(item.round, item.statement, Statement.code, item.version)
        .join(Statement, (Statement.study_id == item.study_id) & (Statement.number == item.statement))
        .where(item.study_id == study.id, item.round.in_(numbers))
    )
    wording = {(number, statement): (code, version) for number, statement, code, version in session.execute(asked)}
    groups = texts.author_groups(session, study, numbers)
    return [
        ReleasedComment(
            statement=wording[one.round, one.statement][0],
            version=wording[one.round, one.statement][1],
            round=one.round,
            text=one.text,
            action="as written" if one.as_written else "edited",
            group=groups.get(one.ticket, ""),
        )
        for one in texts.released(session, study, numbers)
    ]
