"""Rounds: facts with their times; the state is derived."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, UtcDateTime, belongs

RUNNING = text("opened_at IS NOT NULL AND closed_at IS NULL")


class State(StrEnum):
    """Where a round stands; a property of its recorded facts."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    RELEASED = "released"


class Round(Base):
    """One wave of questions: launched, closed, released. Number 0 is the open round, in which the panel writes.

    ``opens_on`` is what is planned and told; the rest are facts.
    """

    __tablename__ = "round"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "number"),
        CheckConstraint("number >= 0", name="number_from_zero"),
        CheckConstraint("opened_at IS NULL OR closes_at IS NOT NULL", name="open_has_deadline"),
        CheckConstraint("closes_at > opened_at", name="deadline_after_opening"),
        CheckConstraint("closed_at IS NULL OR opened_at IS NOT NULL", name="closed_was_open"),
        CheckConstraint("closed_at >= opened_at", name="closed_after_opening"),
        CheckConstraint("(closed_at IS NULL) = (input_sha256 IS NULL)", name="closed_has_input_hash"),
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
    input_sha256: Mapped[str | None] = mapped_column(String(64))

    @property
    def state(self) -> State:
        """Derived, so that no column can contradict the facts."""
        if self.released_at:
            return State.RELEASED
        if self.closed_at:
            return State.CLOSED
        return State.OPEN if self.opened_at else State.DRAFT

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
    """A panelist invited to a round: the denominator, the lock of every save, and the day of submitting."""

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
