"""The rounds: which a profile may see, when they ran, and what they asked."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.model.event import Event, EventKind
from delphi.model.letter import REMINDERS, Letter
from delphi.model.round import QuestionnaireItem, Round, State, rounds_of
from delphi.model.statement import Statement, StatementVersion
from delphi.model.study import Study
from exports.record.facts import AskedStatement, RoundFacts
from rounds.seal import chain


def visible_rounds(session: Session, study: Study, *, closed: bool) -> list[Round]:
    """List the rounds whose results may be seen: released ones, and where ``closed`` is set those that are counted."""
    states = {State.RELEASED} | ({State.CLOSED} if closed else set())
    sealed = chain.sealed_numbers(session, study.id)
    return [round_ for round_ in rounds_of(session, study.id) if round_.state in states and round_.number in sealed]


def rounds_being_counted(session: Session, study: Study) -> list[int]:
    """Name the closed rounds that are not counted yet."""
    sealed = chain.sealed_numbers(session, study.id)
    return [one.number for one in rounds_of(session, study.id) if one.closed_at and one.number not in sealed]


def round_facts(session: Session, study: Study, rounds: Sequence[Round]) -> list[RoundFacts]:
    """Read when these rounds ran, how often they were extended and how many letters reminded."""
    extended = select(Event).filter_by(study_id=study.id, kind=EventKind.ROUND_EXTENDED)
    extensions = Counter(event.data.get("round") for event in session.scalars(extended))
    counted = (
        select(Letter.round, func.count())
        .where(Letter.study_id == study.id, Letter.kind.in_(REMINDERS), Letter.sent_at.is_not(None))
        .group_by(Letter.round)
    )
    reminders = {number or 0: n for number, n in session.execute(counted)}
    return [
        RoundFacts(
            number=round_.number,
            opened_on=_day(round_.opened_at),
            closes_on=_day(round_.closes_at),
            closed_on=_day(round_.closed_at),
            released_on=_day(round_.released_at),
            extensions=extensions[round_.number],
            reminders=reminders.get(round_.number, 0),
        )
        for round_ in rounds
    ]


def asked_statements(session: Session, study: Study, numbers: Sequence[int]) -> list[AskedStatement]:
    """Read the questionnaires as they were shown."""
    item, version = QuestionnaireItem, StatementVersion
    asked = session.execute(
        select(item, version, Statement)
        .join(version, (version.study_id == item.study_id) & (version.statement == item.statement))
        .join(Statement, (Statement.study_id == item.study_id) & (Statement.number == item.statement))
        .where(item.study_id == study.id, item.round.in_(numbers), version.version == item.version)
        .order_by(item.round, item.position)
    )
    return [
        AskedStatement(i.round, i.position, s.section, s.code, v.version, v.text, v.help, v.evidence, s.number)
        for i, v, s in asked
    ]


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else moment.date()
