"""Files that a worker makes for somebody of the team: the order, how far it is, and what came of it, for some days."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    and_,
    text,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, Leased, UtcDateTime

WAITING = text("made_at IS NULL AND failed_at IS NULL")


class ExportJob(Leased, Base):
    """An ordered file. Its content comes with the moment it was made, so that there is never half of it."""

    __tablename__ = "export_job"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "id"),
        Index("ix_export_job_waiting", "asked_at", sqlite_where=WAITING, postgresql_where=WAITING),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claim_has_lease"),
        CheckConstraint("made_at IS NULL OR failed_at IS NULL", name="one_ending"),
        CheckConstraint(
            "(made_at IS NULL) = (content IS NULL) AND (made_at IS NULL) = (sha256 IS NULL)"
            " AND (made_at IS NULL) = (rows IS NULL)",
            name="made_whole",
        ),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    report: Mapped[str] = mapped_column(String(40))
    format: Mapped[str] = mapped_column(String(20))
    profile: Mapped[str] = mapped_column(String(20))
    by_group: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str | None] = mapped_column(String(12))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    progress: Mapped[str] = mapped_column(String(100), default="")
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message: Mapped[str] = mapped_column(String(500), default="")
    rows: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)

    @hybrid_property
    def unfinished(self) -> bool:
        """Whether it was neither made nor given up."""
        return self.made_at is None and self.failed_at is None

    @unfinished.inplace.expression
    @classmethod
    def _unfinished(cls) -> ColumnElement[bool]:
        return and_(cls.made_at.is_(None), cls.failed_at.is_(None))
