"""Comments, reasons and suggestions of a closed round, as the team may read them: under a random ticket, without an author."""

import hashlib
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.model.rating import Comment
from delphi.model.statement import StatementProposal


def hashes(session: Session, study_id: int, number: int) -> list[dict[str, str]]:
    """Ticket and SHA-256 of each text, in the order of the random tickets: a text may go without breaking the chain."""
    comments = select(Comment.ticket, Comment.text).where(
        Comment.study_id == study_id, Comment.round == number, Comment.text != ""
    )
    suggested = select(StatementProposal.id, StatementProposal.text).where(
        StatementProposal.study_id == study_id, StatementProposal.round == number
    )
    rows = [(str(ticket), text) for query in (comments, suggested) for ticket, text in session.execute(query)]
    return [{"ticket": ticket, "sha256": hashlib.sha256(text.encode()).hexdigest()} for ticket, text in sorted(rows)]


def comment_counts(session: Session, study_id: int, numbers: Collection[int]) -> dict[int, int]:
    """How many comments each of these rounds has."""
    counted = (
        select(Comment.round, func.count())
        .where(Comment.study_id == study_id, Comment.round.in_(numbers), Comment.text != "")
        .group_by(Comment.round)
    )
    return {number: n for number, n in session.execute(counted)}  # noqa: C416 (a result is no sequence of pairs for dict)
