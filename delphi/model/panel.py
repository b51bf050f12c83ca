"""The panelist as the answers know one: a random code, a group, dated facts. No name, no address, no time."""

from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, belongs


class Panelist(Base):
    """A member of the panel."""

    __tablename__ = "panelist"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "id"),
        UniqueConstraint("study_id", "code"),
        belongs("stakeholder_group", "stakeholder_group", "key"),
        CheckConstraint("length(code) >= 8", name="code_is_long"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    code: Mapped[str] = mapped_column(String(20))
    stakeholder_group: Mapped[str | None] = mapped_column(String(60))
    declined_on: Mapped[date | None]


class AccessLink(Base):
    """A personal link, known by the hash of its token only; several live links a panelist."""

    __tablename__ = "access_link"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "token_sha256"),
        belongs("panelist", "panelist", "id", ondelete="CASCADE"),
        Index("ix_access_link_token_sha256", "token_sha256"),
        CheckConstraint("length(token_sha256) = 64", name="token_is_a_hash"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    token_sha256: Mapped[str] = mapped_column(String(64))
    panelist: Mapped[UUID]
    minted_on: Mapped[date]


class PanelistSession(Base):
    """A panelist's browser; a date and no time, so that it cannot be tied to a rating."""

    __tablename__ = "panelist_session"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "grant_sha256"),
        belongs("panelist", "panelist", "id", ondelete="CASCADE"),
        Index("ix_panelist_session_grant_sha256", "grant_sha256"),
        CheckConstraint("length(grant_sha256) = 64", name="grant_is_a_hash"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    grant_sha256: Mapped[str] = mapped_column(String(64))
    panelist: Mapped[UUID]
    expires_on: Mapped[date]
