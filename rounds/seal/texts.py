"""Comments, reasons and suggestions of a closed round, as the team may read them: under a random ticket, without an author."""

import hashlib
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.consensus.sealed_counts import SealedRound
from delphi.consensus.vocabulary import EVERYBODY
from delphi.model.rating import Comment
from delphi.model.round import Participation
from delphi.model.statement import StatementProposal
from delphi.model.study import Study
from rounds.seal import chain


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


@dataclass(frozen=True, slots=True)
class ReleasedText:
    """A comment as it was released to the panel, without its author.

    Attributes
    ----------
    edited
        Whether a moderator changed it.
    group
        Of its author, where enough of the group and enough others commented on the statement; else "".
    """

    round: int
    statement: int
    text: str
    edited: bool
    group: str = ""


def released(
    session: Session, study: Study, numbers: Collection[int], *, statement: int | None = None
) -> list[ReleasedText]:
    """Comments that reached the panel, in the order of their random tickets; none where too few took part."""
    k = study.smallest_cell
    enough = [number for number in numbers if _counted(session, study, number) >= k]
    written = (
        select(Comment, Participation.counted_group)
        .join(
            Participation,
            (Participation.study_id == Comment.study_id)
            & (Participation.round == Comment.round)
            & (Participation.panelist == Comment.panelist),
        )
        .where(Comment.study_id == study.id, Comment.round.in_(enough), Comment.released_text.is_not(None))
        .order_by(Comment.round, Comment.statement, Comment.ticket)
    )
    found = session.execute(written if statement is None else written.where(Comment.statement == statement)).all()
    wrote = Counter((comment.round, comment.statement, group or "") for comment, group in found)
    on = Counter((comment.round, comment.statement) for comment, _group in found)

    def label(number: int, about: int, group: str) -> str:
        own = wrote[number, about, group]
        return group if own >= k and on[number, about] - own >= k else ""

    return [
        ReleasedText(
            comment.round,
            comment.statement,
            comment.released_text or "",
            comment.released_text != comment.text,
            label(comment.round, comment.statement, group or ""),
        )
        for comment, group in found
    ]


def _counted(session: Session, study: Study, number: int) -> int:
    """How many took part in a sealed round."""
    seal = chain.seal_of(session, study.id, number)
    panel = SealedRound.from_dict(seal.content).numbers_of(EVERYBODY) if seal else None
    return panel.counted if panel else 0


def comment_counts(session: Session, study_id: int, numbers: Collection[int]) -> dict[int, int]:
    """How many comments each of these rounds has."""
    counted = (
        select(Comment.round, func.count())
        .where(Comment.study_id == study_id, Comment.round.in_(numbers), Comment.text != "")
        .group_by(Comment.round)
    )
    return {number: n for number, n in session.execute(counted)}  # noqa: C416 (a result is no sequence of pairs for dict)
