"""Comments before the panel sees them: release or hold; the raw text stays apart."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.rating import Comment, Moderation
from delphi.model.round import Round, State


def queue(session: Session, round_: Round) -> list[Comment]:
    """List the comments of a closed round by statement, within it in the order of random tickets."""
    if round_.state not in (State.CLOSED, State.RELEASED):
        return []
    comments = select(Comment).where(
        Comment.study_id == round_.study_id, Comment.round == round_.number, Comment.text != ""
    )
    return list(session.scalars(comments.order_by(Comment.statement, Comment.ticket)))


def decide(
    session: Session,
    round_: Round,
    decisions: Mapping[UUID, Moderation],
    *,
    by: int,
    at: datetime,
) -> int:
    """Release or hold comments, by ticket; gives how many were decided."""
    if round_.state is not State.CLOSED:
        raise Refused("Comments are decided between the close and the release of a round; nothing was changed.")
    decided = 0
    for comment in queue(session, round_):
        if (action := decisions.get(comment.ticket)) is not None:
            comment.moderation = action
            comment.released_text = comment.text if action is Moderation.RELEASED else None
            decided += 1
    session.flush()
    audit.record(
        session, round_.study_id, EventKind.COMMENTS_MODERATED, by=by, at=at, round=round_.number, decided=decided
    )
    return decided
