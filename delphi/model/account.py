"""Accounts of the study team and their sessions; columns as Flask-Security expects them (TRUST 5.1)."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, UtcDateTime


class Account(Base):
    """A person of a study team, who signs in with a password."""

    __tablename__ = "account"
    __table_args__ = (
        UniqueConstraint("email"),
        UniqueConstraint("fs_uniquifier"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    email: Mapped[str] = mapped_column(String(254))
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64))


class AccountSession(Base):
    """A signed-in browser: without its row a cookie opens nothing."""

    __tablename__ = "account_session"
    __table_args__ = (CheckConstraint("length(grant_sha256) = 64", name="grant_is_a_hash"),)

    grant_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountSubject(Base):
    """Who an account is for the institution that signs it in: its provider's number of the person, not the address."""

    __tablename__ = "account_subject"
    __table_args__ = (UniqueConstraint("issuer", "account"),)

    issuer: Mapped[str] = mapped_column(String(255), primary_key=True)
    subject: Mapped[str] = mapped_column(String(255), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)


class AccountInvitation(Base):
    """A link with which a new member of a team chooses a first password; useless once there is one."""

    __tablename__ = "account_invitation"
    __table_args__ = (CheckConstraint("length(token_sha256) = 64", name="token_is_a_hash"),)

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class SentForm(Base):
    """A form of a team's page that did its work, and where it led on: sent again, it does nothing twice.

    The key is a hash of who sent what from which page.
    """

    __tablename__ = "sent_form"
    __table_args__ = (CheckConstraint("length(key_sha256) = 64", name="key_is_a_hash"),)

    key_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    sent_on: Mapped[date]
    led_to: Mapped[str | None] = mapped_column(String(2000))
