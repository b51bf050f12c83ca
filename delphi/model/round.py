"""Rounds: facts with their times; the state is derived."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    exists,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from delphi.model.base import Base, UtcDateTime, belongs
from delphi.model.study import Study

RUNNING = text("opened_at IS NOT NULL AND closed_at IS NULL")


class State(StrEnum):
    """Where a round stands; a property of its recorded facts."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    RELEASED = "released"


class Round(Base):
    """One wave of questions: launched, closed, released. Number 0 is the open round, in which the panel writes.

    ``opens_on`` is what is planned and told; ``stops`` is where people stopped, as it was counted on the last day;
    ``reminders`` is the plan of the reminders; the rest are facts.
    """

    __tablename__ = "round"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "number"),
        CheckConstraint("number >= 0", name="number_from_zero"),
        CheckConstraint("opened_at IS NULL OR closes_at IS NOT NULL", name="open_has_deadline"),
        CheckConstraint("closes_at > opened_at", name="deadline_after_opening"),
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="closed_was_open"),
        CheckConstraint("closed_at >= opened_at", name="closed_after_opening"),
        CheckConstraint("released_at IS NULL OR closed_at IS NOT NULL", name="released_was_closed"),
        CheckConstraint("released_at >= closed_at", name="released_after_closing"),
        Index("uq_round_running", "study_id", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    opens_on: Mapped[date | None]
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stops: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    reminders: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON)

    @property
    def state(self) -> State:
        """Derived, so that no column can contradict the facts."""
        if self.released_at:
            return State.RELEASED
        if self.closed_at:
            return State.CLOSED
        return State.OPEN if self.opened_at else State.DRAFT

    @property
    def closed_early(self) -> bool:
        """Whether it was closed before its deadline."""
        return self.closed_at is not None and self.closes_at is not None and self.closed_at < self.closes_at

    def accepts(self, *, at: datetime) -> bool:
        """Whether an answer given at a moment counts: open, and before the deadline."""
        return self.state is State.OPEN and self.closes_at is not None and at < self.closes_at


class QuestionnaireItem(Base):
    """A statement version asked in a round, at its place."""

    __tablename__ = "questionnaire_item"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "statement"),
        belongs("round", "round", "number"),
        belongs("statement version", "statement_version"),
        UniqueConstraint("study_id", "round", "position"),
        CheckConstraint("position >= 1", name="position_positive"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    statement: Mapped[int]
    version: Mapped[int]
    position: Mapped[int]


class Participation(Base):
    """A panelist invited to a round: the denominator, the lock of every save, and the day of submitting.

    ``counted`` is set when the round closes, with the group in which the answers count; from then on they do not change.
    ``handed_link`` is the hash of the link that gave its first answer, if the team chose the way of that link.
    """

    __tablename__ = "participation"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "panelist"),
        belongs("round", "round", "number"),
        belongs("panelist", "panelist", "id"),
        Index("ix_participation_panelist", "study_id", "panelist"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    panelist: Mapped[UUID]
    submitted_on: Mapped[date | None]
    counted: Mapped[bool | None]
    counted_group: Mapped[str | None] = mapped_column(String(60))
    handed_link: Mapped[str | None] = mapped_column(String(64))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a study stands: its rounds in order, the one launched last and the one to launch next."""

    study: Study
    rounds: Sequence[Round]

    @property
    def latest(self) -> Round | None:
        """The round that was launched last."""
        return next((round_ for round_ in reversed(self.rounds) if round_.opened_at), None)

    @property
    def upcoming(self) -> Round | None:
        """The next round that is not launched yet."""
        return next((round_ for round_ in self.rounds if round_.state is State.DRAFT), None)

    @property
    def current(self) -> Round:
        """The round that the team works on: the running one, one whose results are not out, or the next to be launched."""
        running = (round_ for round_ in self.rounds if round_.state is State.OPEN)
        waiting = (round_ for round_ in self.rounds if round_.state is State.CLOSED and round_.number > 0)
        return next(running, None) or next(waiting, None) or self.upcoming or self.rounds[-1]

    @property
    def is_over(self) -> bool:
        """Whether no further round follows: the team ended the study, or the last round of the protocol is released."""
        last = self.latest
        return bool(
            self.study.finished_at
            or (last and last.state is State.RELEASED and last.number >= self.study.maximum_rounds)
        )

    @property
    def phase(self) -> int:
        """The number of the round that runs or ran last; 0 while preparing, one more than the rounds when reporting."""
        if self.latest is None:
            return 0
        return self.study.maximum_rounds + 1 if self.is_over else self.latest.number


def keep_rounds(session: Session, study_id: int, rounds: Sequence[Round]) -> None:
    """Keep the rounds that were read with their study, for a session that only reads."""
    session.info.setdefault("rounds", {})[study_id] = rounds


def rounds_of(session: Session, study_id: int) -> Sequence[Round]:
    """The rounds of a study in order."""
    kept: Sequence[Round] | None = session.info.get("rounds", {}).get(study_id)
    if kept is not None:
        return kept
    return session.scalars(select(Round).where(Round.study_id == study_id).order_by(Round.number)).all()


def find_round(session: Session, study_id: int, number: int) -> Round | None:
    """A round of a study by its number, if there is one."""
    if study_id in session.info.get("rounds", {}):
        return next((round_ for round_ in rounds_of(session, study_id) if round_.number == number), None)
    return session.get(Round, (study_id, number))


def progress_of(session: Session, study: Study) -> Progress:
    """Say where a study stands."""
    return Progress(study, rounds_of(session, study.id))


def latest_round(session: Session, study: Study) -> Round | None:
    """Find the round that was launched last."""
    return progress_of(session, study).latest


def newest_rounds(session: Session, studies: Sequence[Study]) -> dict[int, Round]:
    """Find the last round of each study, launched or not, by the id of the study."""
    rounds = select(Round).where(Round.study_id.in_([study.id for study in studies])).order_by(Round.number)
    return {round_.study_id: round_ for round_ in session.scalars(rounds)}


def invited(session: Session, study: Study) -> bool:
    """Whether the panel was invited: a round was launched, so what it was promised stands."""
    launched = exists().where(Round.study_id == study.id, Round.opened_at.is_not(None))
    return bool(session.scalar(select(launched)))


def group_fixed(session: Session, study_id: int, panelist: UUID) -> bool:
    """Whether answers of this panelist were counted in a closed round: then the group stands."""
    own = (Participation.study_id == study_id, Participation.panelist == panelist)
    return bool(session.scalar(select(exists().where(*own, Participation.counted.is_(True)))))
