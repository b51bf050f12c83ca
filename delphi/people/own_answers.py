"""What one panelist gave in the rounds, for that panelist: read in one statement, as plain values."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from delphi.consensus.scale import Scale
from delphi.contents.reading import Contents
from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind, ChangeReason, Comment, Rating
from delphi.model.round import Participation, QuestionnaireItem
from delphi.model.statement import Statement, StatementVersion

Facts = dict[str, Any]  # what one row of a table holds, by the name of the field


@dataclass(frozen=True, slots=True)
class Given:
    """What was given to one statement of one round; a round without statements has none."""

    participation: Participation
    code: str | None
    number: int | None
    wording: str | None
    rating: Rating | None
    comment: Comment | None
    reason: ChangeReason | None


def given_by(session: Session, who: Panelist) -> list[Given]:
    """Read the rounds to which somebody was invited, with what was given there, by round and in the order asked."""
    item = QuestionnaireItem
    asked = (item.study_id == Participation.study_id) & (item.round == Participation.round)
    version = and_(
        StatementVersion.study_id == item.study_id,
        StatementVersion.statement == item.statement,
        StatementVersion.version == item.version,
    )
    query = (
        select(Participation, Statement.code, Statement.number, StatementVersion.text, Rating, Comment, ChangeReason)
        .outerjoin(item, asked)
        .outerjoin(Statement, (Statement.study_id == item.study_id) & (Statement.number == item.statement))
        .outerjoin(StatementVersion, version)
        .outerjoin(Rating, _same(Rating))
        .outerjoin(Comment, _same(Comment))
        .outerjoin(ChangeReason, _same(ChangeReason))
        .where(Participation.study_id == who.study_id, Participation.panelist == who.id)
        .order_by(Participation.round, item.position)
    )
    return [Given(*row) for row in session.execute(query)]


def _same(table: Any) -> Any:
    """Whether a row is of this participation and item."""
    same_round = and_(table.study_id == Participation.study_id, table.round == Participation.round)
    return same_round & (table.panelist == Participation.panelist) & (table.statement == QuestionnaireItem.statement)


def rounds_of_person(given: Sequence[Given]) -> list[Facts]:
    """The rounds, each with the day of submitting."""
    rounds = {one.participation.round: one.participation.submitted_on for one in given}
    return [{"round": number, "finished_on": on.isoformat() if on else None} for number, on in rounds.items()]


def answers_of(contents: Contents, scale: Scale, given: Sequence[Given]) -> list[Facts]:
    """Answers, comments and reasons for change by round, in the order asked, each with the wording that was shown."""
    return [_answer(contents, scale, one) for one in given if one.rating or one.comment or one.reason]


def _answer(contents: Contents, scale: Scale, one: Given) -> Facts:
    said = contents.statement(one.number or 0, "text", one.wording or "")
    row: Facts = {"round": one.participation.round, "statement": one.code, "wording": said, "answer": None}
    if one.rating is not None:
        row["answer"] = _said(scale, one.rating)
        row |= {"value": one.rating.value} if one.rating.kind is AnswerKind.RATED else {}
    for name, written in (("comment", one.comment), ("reason_for_change", one.reason)):
        if written is not None and written.text:
            row[name] = written.text
    return row


def _said(scale: Scale, rating: Rating) -> str:
    if rating.value is not None:
        return scale.labels[rating.value - scale.lo]
    return (scale.opt_out or "") if rating.kind is AnswerKind.NOT_QUALIFIED else rating.kind.value


def by_statement(answers: Iterable[Facts]) -> list[tuple[str, str, list[Facts]]]:
    """The answers to each statement together: its code, the wording shown last, what was given in each round."""
    statements: dict[str, list[Facts]] = {}
    for row in answers:
        statements.setdefault(row["statement"], []).append(row)
    return [(code, rows[-1]["wording"], rows) for code, rows in statements.items()]
