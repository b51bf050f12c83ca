"""Comments and suggestions of a closed round, as the team and the panel may read them: under a random ticket, no author."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, String, and_, cast, func, select, update
from sqlalchemy.orm import Session

from delphi.consensus.sealed_counts import SealedRound
from delphi.database import remembered
from delphi.handed_links import OF_EVERYBODY
from delphi.model.rating import Comment, Moderation
from delphi.model.round import Participation, Round
from delphi.model.statement import StatementProposal, Taken
from delphi.model.study import Study
from rounds.seal import chain


@dataclass(frozen=True, slots=True)
class WrittenComment:
    """A comment as a moderator reads it, with what was decided on it."""

    statement: int
    ticket: UUID
    text: str
    moderation: Moderation | None
    released_text: str | None
    note: str
    tags: list[str]
    language: str | None = None


@dataclass(frozen=True, slots=True)
class TaggedCount:
    """How many comments on a statement were decided on, or wait, with the same tags."""

    statement: int
    decided: bool
    tags: list[str]
    n: int


@dataclass(frozen=True, slots=True)
class ReleasedComment:
    """A comment as the panel may read it."""

    round: int
    statement: int
    ticket: UUID
    text: str
    as_written: bool
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A statement that a panelist suggested, with what the lead made of it."""

    id: UUID
    round: int
    section: str
    text: str
    reason: str
    source: str
    taken: Taken | None
    statement: int | None
    note: str


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
    return {number: n for number, n in session.execute(counted, execution_options=OF_EVERYBODY)}  # noqa: C416 (a result is no sequence of pairs for dict)


def tagged_counts(session: Session, study_id: int, number: int) -> list[TaggedCount]:
    """How many comments of a closed round are about a statement and bear the same tags."""
    if number < 1:
        return []  # nothing to comment on is asked before round 1
    known = remembered(session, "tagged_counts")
    if (study_id, number) not in known:
        closed = and_(Round.study_id == Comment.study_id, Round.number == Comment.round)
        tags = cast(Comment.tags, String)  # as text: PostgreSQL compares no JSON
        by = (Comment.statement, Comment.moderation.is_not(None), tags)
        counted = select(*by, func.count()).join(Round, closed).where(Round.closed_at.is_not(None))
        own = counted.where(Comment.study_id == study_id, Comment.round == number, Comment.text != "").group_by(*by)
        known[study_id, number] = [
            TaggedCount(about, bool(ruled), json.loads(tags), n) for about, ruled, tags, n in session.execute(own)
        ]
    counts: list[TaggedCount] = known[study_id, number]
    return counts


def counts_by_statement(session: Session, study_id: int, number: int) -> dict[int, int]:
    """How many comments each statement of a closed round has."""
    counts: Counter[int] = Counter()
    for one in tagged_counts(session, study_id, number):
        counts[one.statement] += one.n
    return dict(counts)


def comments(session: Session, round_: Round, statement: int | None = None) -> list[WrittenComment]:
    """The comments of a closed round by statement, within it in the order of random tickets; none of an open round."""
    if round_.closed_at is None:
        return []
    columns = [getattr(Comment, name) for name in WrittenComment.__dataclass_fields__]
    listed = select(*columns).where(Comment.study_id == round_.study_id, Comment.round == round_.number)
    listed = listed if statement is None else listed.where(Comment.statement == statement)
    listed = listed.where(Comment.text != "").order_by(Comment.statement, Comment.ticket)
    return [WrittenComment(*row) for row in session.execute(listed)]


def rule(session: Session, round_: Round, ticket: UUID, **ruling: Any) -> None:
    """Keep what a moderator decided on a comment of a closed round."""
    own = update(Comment).where(Comment.study_id == round_.study_id, Comment.round == round_.number)
    session.execute(own.where(Comment.ticket == ticket).values(**ruling))


def waiting(session: Session, round_: Round) -> int:
    """How many comments of a closed round nobody has decided on."""
    if round_.closed_at is None:
        return 0
    own = select(func.count()).select_from(Comment).where(Comment.study_id == round_.study_id)
    return (
        session.scalar(own.where(Comment.round == round_.number, Comment.text != "", Comment.moderation.is_(None))) or 0
    )


def released(
    session: Session, study: Study, numbers: Collection[int], statement: int | None = None
) -> list[ReleasedComment]:
    """Comments that were shown to the panel, by round, statement and random ticket.

    Of a round in which fewer than the smallest cell took part there are none: the moderators alone have read them.
    """
    columns = (Comment.round, Comment.statement, Comment.ticket, Comment.released_text)
    shown = (
        select(*columns, Comment.released_text == Comment.text, Comment.language)
        .where(Comment.study_id == study.id, Comment.round.in_(_large_rounds(study, numbers)))
        .where(Comment.released_text.is_not(None))
        .order_by(Comment.round, Comment.statement, Comment.ticket)
    )
    shown = shown if statement is None else shown.where(Comment.statement == statement)
    # Of everybody, also for a handed link: a difference between two readers would tell whose a comment is.
    rows = session.execute(shown, execution_options=OF_EVERYBODY)
    return [ReleasedComment(n, about, ticket, text or "", same, code) for n, about, ticket, text, same, code in rows]


def _large_rounds(study: Study, numbers: Collection[int]) -> Select[int]:
    """Ask for the rounds in which enough people took part for their texts to be read by the panel."""
    return (
        select(Participation.round)
        .where(Participation.study_id == study.id, Participation.round.in_(numbers), Participation.counted.is_(True))
        .group_by(Participation.round)
        .having(func.count() >= study.smallest_cell)
    )


def author_groups(session: Session, study: Study, numbers: Collection[int]) -> dict[UUID, str]:
    """The group of its author by ticket of a released comment, where enough authors of the round are in it and not in it."""
    part = and_(
        Participation.study_id == Comment.study_id,
        Participation.round == Comment.round,
        Participation.panelist == Comment.panelist,
    )
    own = and_(Comment.study_id == study.id, Comment.round.in_(numbers), Comment.released_text.is_not(None))
    key = (Comment.round, Participation.counted_group)
    counted = select(*key, func.count(Comment.panelist.distinct())).join(Participation, part).where(own).group_by(*key)
    authors = {(number, group): n for number, group, n in session.execute(counted, execution_options=OF_EVERYBODY)}
    everybody: Counter[int] = Counter()
    for (number, _group), n in authors.items():
        everybody[number] += n
    shown = {n: SealedRound.from_dict(seal.content).shown for n, seal in chain.seals_of(session, study.id).items()}
    k = study.smallest_cell
    told = {
        (number, group)
        for (number, group), n in authors.items()
        if group in shown.get(number, ()) and k <= n <= everybody[number] - k
    }
    rows = session.execute(
        select(Comment.ticket, *key).join(Participation, part).where(own), execution_options=OF_EVERYBODY
    )
    return {ticket: group for ticket, number, group in rows if group and (number, group) in told}


def suggestions(session: Session, study_id: int, *, before: int) -> list[Suggestion]:
    """What was suggested in the closed rounds before a round, undecided ones first, in a random order."""
    columns = [getattr(StatementProposal, name) for name in Suggestion.__dataclass_fields__]
    closed = and_(Round.study_id == StatementProposal.study_id, Round.number == StatementProposal.round)
    listed = (
        select(*columns)
        .join(Round, closed)
        .where(StatementProposal.study_id == study_id, StatementProposal.round < before)
        .where(Round.closed_at.is_not(None))
        .order_by(StatementProposal.taken.is_not(None), StatementProposal.section, StatementProposal.id)
    )
    return [Suggestion(*row) for row in session.execute(listed)]


def decide_suggestion(
    session: Session, study_id: int, id_: UUID, taken: Taken | None, *, statement: int | None = None, note: str = ""
) -> None:
    """Keep what the lead made of a suggestion; None takes the decision back."""
    own = update(StatementProposal).where(StatementProposal.study_id == study_id, StatementProposal.id == id_)
    session.execute(own.values(taken=taken, statement=statement, note=note))
