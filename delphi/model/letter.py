"""The outbox: letters as references. No address, no text, no link stands here (TRUST 9)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    String,
    UniqueConstraint,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, Leased, UtcDateTime, Word, belongs, one_of

DUE = text("sent_at IS NULL AND failed_at IS NULL AND dropped_at IS NULL")


class LetterKind(StrEnum):
    """What a letter is about; its template has the same name."""

    INVITATION = "invitation"
    REMINDER = "reminder"
    NOT_STARTED = "not_started"
    UNFINISHED = "unfinished"
    EXTENSION = "extension"
    LINK = "link"
    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    ADDRESS_CHANGED = "address_changed"
    STATISTICIAN = "statistician"
    CLOSING_EARLY = "closing_early"
    INFORMATION = "information"
    NEWS = "news"
    RESULTS = "results"
    THANKS = "thanks"
    FINISHED = "finished"
    ACKNOWLEDGEMENT = "acknowledgement"


class TeamLetterKind(StrEnum):
    """What a letter to a member of the team is about."""

    TEAM = "team"
    ROUND_CLOSED = "round_closed"
    RESPONSE_ALARM = "response_alarm"
    BOUNCE = "bounce"
    TEST = "test"


PLANNED = "plan-"  # how the turn of a planned reminder begins
REMINDERS = (LetterKind.REMINDER, LetterKind.NOT_STARTED, LetterKind.UNFINISHED)
PERSONAL = (
    LetterKind.LINK,
    LetterKind.CONSENT,
    LetterKind.WITHDRAWAL,
    LetterKind.ADDRESS_CHANGED,
    LetterKind.STATISTICIAN,
    LetterKind.INFORMATION,
    LetterKind.FINISHED,
    LetterKind.ACKNOWLEDGEMENT,
)


class Mail(Leased):
    """Columns of everything that the postman sends: when to try, and how it ended."""

    run_after: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dropped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @hybrid_property
    def unsent(self) -> bool:
        """Whether it was neither sent, nor given up, nor dropped."""
        return self.sent_at is None and self.failed_at is None and self.dropped_at is None

    @unsent.inplace.expression
    @classmethod
    def _unsent(cls) -> ColumnElement[bool]:
        return and_(cls.sent_at.is_(None), cls.failed_at.is_(None), cls.dropped_at.is_(None))


class Letter(Mail, Base):
    """A letter to a panelist, queued in the transaction that decided it; personal ones belong to no round.

    ``due_at`` is when it was meant to leave and stays; ``run_after`` moves when a delivery is tried again.
    """

    __tablename__ = "letter"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "id"),
        belongs("round panelist", "participation"),
        belongs("panelist", "panelist", "id"),
        UniqueConstraint("study_id", "dedupe_key"),
        Index("ix_letter_due", "run_after", sqlite_where=DUE, postgresql_where=DUE),
        Index("ix_letter_panelist", "study_id", "panelist"),
        CheckConstraint(one_of("kind", LetterKind), name="kind"),
        CheckConstraint(
            f"(round IS NULL) = (kind IN ({', '.join(repr(kind.value) for kind in PERSONAL)}))", name="round_of_kind"
        ),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claim_has_lease"),
        CheckConstraint(
            "(CASE WHEN sent_at IS NULL THEN 0 ELSE 1 END) + (CASE WHEN failed_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN dropped_at IS NULL THEN 0 ELSE 1 END) <= 1",
            name="one_ending",
        ),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    round: Mapped[int | None]
    panelist: Mapped[UUID]
    dedupe_key: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @hybrid_property
    def planned(self) -> bool:
        """Whether it is a reminder of the plan, which waits for its hour."""
        return f":{PLANNED}" in self.dedupe_key

    @planned.inplace.expression
    @classmethod
    def _planned(cls) -> ColumnElement[bool]:
        return cls.dedupe_key.contains(f":{PLANNED}", autoescape=True)


class TeamLetter(Mail, Base):
    """A letter to a member of the team: you were invited, a round was closed, mail came back, or a test of a letter.

    ``about`` is the number of a round, or the kind and the language that are tested.
    """

    __tablename__ = "team_letter"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "id"),
        belongs("account", "membership", ondelete="CASCADE"),
        Index("ix_team_letter_due", "run_after", sqlite_where=DUE, postgresql_where=DUE),
        CheckConstraint(one_of("kind", TeamLetterKind), name="kind"),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claim_has_lease"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    account: Mapped[int]
    kind: Mapped[TeamLetterKind] = mapped_column(
        Word(TeamLetterKind), default=TeamLetterKind.TEAM, server_default="team"
    )
    about: Mapped[str | None] = mapped_column(String(80))
