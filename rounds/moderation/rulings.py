"""Comments before the panel sees them: show as written, show edited, or hold; the raw text stays apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.rating import Comment, Moderation
from delphi.model.round import Round, State

TAGS = ("wording", "pro", "contra", "reopen")


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a moderator decided on a comment: the text for the panel where it is edited, the reason where it is held."""

    moderation: Moderation
    text: str = ""
    note: str = ""
    tags: tuple[str, ...] = ()


def queue(session: Session, round_: Round, statement: int | None = None) -> list[Comment]:
    """List the comments of a closed round by statement, within it in the order of random tickets."""
    if round_.state not in (State.CLOSED, State.RELEASED):
        return []
    comments = _comments(round_)
    comments = comments if statement is None else comments.where(Comment.statement == statement)
    return list(session.scalars(comments.order_by(Comment.statement, Comment.ticket)))


def waiting(session: Session, round_: Round) -> int:
    """Count the comments of a closed round on which nobody has decided."""
    if round_.state not in (State.CLOSED, State.RELEASED):
        return 0
    open_ones = _comments(round_).where(Comment.moderation.is_(None))
    return session.scalar(select(func.count()).select_from(open_ones.subquery())) or 0


def decide(session: Session, round_: Round, rulings: Mapping[UUID, Ruling], *, by: int, at: datetime) -> int:
    """Show or hold comments, by ticket; how many were decided."""
    if round_.state is not State.CLOSED:
        raise Refused("Comments are decided between the close and the release of a round; nothing was changed.")
    decided = 0
    for comment in queue(session, round_):
        if (ruling := rulings.get(comment.ticket)) is not None:
            _rule(comment, ruling)
            decided += 1
    session.flush()
    audit.record(
        session, round_.study_id, EventKind.COMMENTS_MODERATED, by=by, at=at, round=round_.number, decided=decided
    )
    return decided


def original(session: Session, round_: Round, ticket: UUID, *, by: int, at: datetime) -> Comment:
    """Read a comment as it was written, after it was edited or held: reading it is kept in the audit trail."""
    if round_.state not in (State.CLOSED, State.RELEASED):
        raise Refused("Comments are read once the round is closed; nothing was shown.")
    comment = session.scalars(_comments(round_).where(Comment.ticket == ticket)).one_or_none()
    if comment is None:
        raise Refused("This comment is not there any more; nothing was shown.")
    facts = {"round": round_.number, "statement": comment.statement}
    audit.record(session, round_.study_id, EventKind.COMMENT_READ, by=by, at=at, **facts)
    return comment


def _rule(comment: Comment, ruling: Ruling) -> None:
    text, note = ruling.text.strip(), ruling.note.strip()
    if ruling.moderation is Moderation.EDITED and not text:
        raise Refused("An edited comment needs its text; nothing was changed. Hold it if nothing of it can be shown.")
    if ruling.moderation is Moderation.HELD and not note:
        raise Refused("Holding a comment needs a reason, which stays with the team; nothing was changed.")
    as_written = ruling.moderation is Moderation.EDITED and text == comment.text.strip()
    comment.moderation = Moderation.RELEASED if as_written else ruling.moderation
    texts = {Moderation.RELEASED: comment.text, Moderation.EDITED: text, Moderation.HELD: None}
    comment.released_text, comment.note, comment.tags = texts[comment.moderation], note, list(ruling.tags)


def _comments(round_: Round) -> Select[Comment]:
    return select(Comment).where(
        Comment.study_id == round_.study_id, Comment.round == round_.number, Comment.text != ""
    )
