"""The study with its protocol, its stakeholder groups, its documents and its team."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

import delphi.model.account  # noqa: F401 (a key points there, also where no web page is made)
from delphi.model.base import Base, UtcDateTime, Word, belongs, one_of


class Role(StrEnum):
    """What an account may do in a study (TRUST 5.6)."""

    OWNER = "owner"
    ANALYST = "analyst"
    PANEL_MANAGER = "panel_manager"
    VIEWER = "viewer"


class Settled(StrEnum):
    """What happens to statements that reached consensus."""

    STAY = "stay"
    LEAVE = "leave"


class Study(Base):
    """A Delphi study; its method is written once and locked before round 1."""

    __tablename__ = "study"
    __table_args__ = (
        UniqueConstraint("slug"),
        CheckConstraint("smallest_cell >= 3", name="smallest_cell_floor"),
        CheckConstraint("minimum_n >= 1", name="minimum_n_positive"),
        CheckConstraint("quantile_type BETWEEN 1 AND 9", name="quantile_type"),
        CheckConstraint("maximum_rounds >= 1", name="maximum_rounds_positive"),
        CheckConstraint("denominator IN ('rated', 'answered', 'shown')", name="denominator"),
        CheckConstraint(one_of("settled", Settled), name="settled"),
        CheckConstraint("(protocol_locked_at IS NULL) = (protocol_sha256 IS NULL)", name="lock_has_time_and_hash"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    lead_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12), default="en")
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    simulated: Mapped[bool] = mapped_column(default=False)
    notice: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    scale: Mapped[str] = mapped_column(String(40))
    rule: Mapped[str] = mapped_column(String(40))
    rule_settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    denominator: Mapped[str] = mapped_column(String(20), default="rated")
    quantile_type: Mapped[int] = mapped_column(default=7)
    minimum_n: Mapped[int] = mapped_column(default=5)
    smallest_cell: Mapped[int] = mapped_column(default=5)
    maximum_rounds: Mapped[int] = mapped_column(default=3)
    settled: Mapped[Settled] = mapped_column(Word(Settled), default=Settled.STAY)
    feedback_plan: Mapped[list[str]] = mapped_column(JSON, default=list)
    protocol_locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    protocol_sha256: Mapped[str | None] = mapped_column(String(64))


class Membership(Base):
    """An account's role in a study."""

    __tablename__ = "membership"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "account"),
        CheckConstraint(one_of("role", Role), name="role"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    account: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[Role] = mapped_column(Word(Role))


class StakeholderGroup(Base):
    """A declared subgroup of the panel."""

    __tablename__ = "stakeholder_group"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "key"),
        UniqueConstraint("study_id", "position"),
        CheckConstraint("key <> '' AND key <> 'all'", name="key_is_a_name"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]


class Document(Base):
    """One version of the text that a panelist reads before consenting; immutable."""

    __tablename__ = "document"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "version"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))


class Consent(Base):
    """A panelist agreed to one version of the document; append only, a date and no time of day."""

    __tablename__ = "consent"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "panelist", "version"),
        belongs("panelist", "panelist", "id"),
        belongs("version", "document"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    panelist: Mapped[UUID]
    version: Mapped[int]
    given_on: Mapped[date]
