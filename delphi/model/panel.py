"""The panelist as the answers know one: a random code, a group, dated facts. No name, no address, no time."""

import secrets
from datetime import date
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, belongs

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no letter can be mistaken for a digit


def new_code() -> str:
    """Draw a random code: never derived from anything."""
    return "".join(secrets.choice(ALPHABET) for _ in range(10))


class Panelist(Base):
    """A member of the panel."""

    __tablename__ = "panelist"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "id"),
        UniqueConstraint("study_id", "code"),
        belongs("stakeholder_group", "stakeholder_group", "key"),
        Index("uq_panelist_page_code", "study_id", "page_code", unique=True),
        CheckConstraint("length(code) >= 8", name="code_is_long"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    code: Mapped[str] = mapped_column(String(20))
    stakeholder_group: Mapped[str | None] = mapped_column(String(60))
    declined_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    left_because: Mapped[str] = mapped_column(Text, default="")
    row_code: Mapped[str | None] = mapped_column(String(20))  # names this person's rows where a study keeps rows
    language: Mapped[str | None] = mapped_column(String(12))  # None: not chosen yet
    page_code: Mapped[str | None] = mapped_column(String(20), default=new_code)  # in addresses of the team's pages
    reminders_stopped: Mapped[bool] = mapped_column(default=False, server_default=false())  # by the panelist

    @property
    def taking_part(self) -> bool:
        """Whether this person is a member of the panel now: neither declined nor withdrawn."""
        return self.declined_on is None and self.withdrawn_on is None


class AccessLink(Base):
    """A personal link, known by the hash of its token only; several live links a panelist."""

    __tablename__ = "access_link"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "token_sha256"),
        belongs("panelist", "panelist", "id", ondelete="CASCADE"),
        Index("ix_access_link_token_sha256", "token_sha256"),
        Index("ix_access_link_panelist", "study_id", "panelist"),
        CheckConstraint("length(token_sha256) = 64", name="token_is_a_hash"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    token_sha256: Mapped[str] = mapped_column(String(64))
    panelist: Mapped[UUID]
    minted_on: Mapped[date]
    handed: Mapped[bool] = mapped_column(default=False, server_default=false())  # the team chose its way


class PanelistSession(Base):
    """A panelist's browser; a date and no time, so that it cannot be tied to a rating."""

    __tablename__ = "panelist_session"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "grant_sha256"),
        belongs("panelist", "panelist", "id", ondelete="CASCADE"),
        Index("ix_panelist_session_grant_sha256", "grant_sha256"),
        Index("ix_panelist_session_panelist", "study_id", "panelist"),
        CheckConstraint("length(grant_sha256) = 64", name="grant_is_a_hash"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    grant_sha256: Mapped[str] = mapped_column(String(64))
    panelist: Mapped[UUID]
    expires_on: Mapped[date]
    handed_link: Mapped[str | None] = mapped_column(String(64))  # the link that began it, if the team chose its way


class LinkRequest(Base):
    """Somebody asked for the link of an address: the same row whether or not the address belongs to a panel."""

    __tablename__ = "link_request"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    email: Mapped[str] = mapped_column(String(254))


class Attempt(Base):
    """How often one key tried something within a window; the key is hashed with a secret of the day (TRUST 3.7)."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("length(key_hash) = 64", name="key_is_a_hash"),
        CheckConstraint("n >= 1", name="n_positive"),
    )

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    window: Mapped[str] = mapped_column(String(20), primary_key=True)
    n: Mapped[int]


class AttemptKey(Base):
    """The secret with which the keys of one day's attempts are hashed; yesterday's is deleted."""

    __tablename__ = "attempt_key"
    __table_args__ = (CheckConstraint("length(secret) = 64", name="secret_is_long"),)

    day: Mapped[date] = mapped_column(primary_key=True)
    secret: Mapped[str] = mapped_column(String(64))
