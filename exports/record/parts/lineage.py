"""How statements changed from round to round, and the comments that the panel read on them."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, aliased

from delphi.model.panel import Panelist
from delphi.model.rating import Comment
from delphi.model.round import QuestionnaireItem
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Study
from exports.record.facts import LineageEdge, ReleasedComment


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
    comments = session.execute(
        select(Comment, Statement.code, item.version, Panelist.stakeholder_group)
        .join(Statement, (Statement.study_id == Comment.study_id) & (Statement.number == Comment.statement))
        .join(
            item,
            (item.study_id == Comment.study_id) & (item.round == Comment.round) & (item.statement == Comment.statement),
        )
        .join(Panelist, (Panelist.study_id == Comment.study_id) & (Panelist.id == Comment.panelist))
        .where(Comment.study_id == study.id, Comment.round.in_(numbers))
        .where(Comment.released_text.is_not(None))
    )
    return [
        ReleasedComment(
            statement=code,
            version=version,
            round=comment.round,
            text=comment.released_text or "",
            action="as written" if comment.released_text == comment.text else "edited",
            group=group or "",
        )
        for comment, code, version, group in comments
    ]
