"""Names and addresses. Only preparing and delivering may import this module: no road leads here from an answer."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, PrimaryKeyConstraint, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, belongs


class Identity(Base):
    """Who a panelist is, with the characteristics that leave only as totals (country, field of work, years)."""

    __tablename__ = "identity"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "panelist"),
        belongs("panelist", "panelist", "id", ondelete="CASCADE"),
        UniqueConstraint("study_id", "email"),
        CheckConstraint("email = lower(email)", name="email_lower"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    panelist: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))  # None: reached by a link that is handed over
    characteristics: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    changed_by_team: Mapped[bool] = mapped_column(
        default=False, server_default=false()
    )  # the address, since it was invited
    bounced_on: Mapped[date | None]  # the day on which the address turned out to take no mail
    bounce: Mapped[str | None] = mapped_column(String(200))  # why, as the mail server said it
    note: Mapped[str | None] = mapped_column(Text)  # of the team; the panelist can read it


class Declaration(Base):
    """What a panelist says about their own knowledge and interests; leaves this side only as totals."""

    __tablename__ = "declaration"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "panelist"),
        belongs("panelist", "panelist", "id", ondelete="CASCADE"),
        CheckConstraint("conflict OR NOT conflict_published", name="only_a_conflict_is_published"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    panelist: Mapped[UUID]
    expertise: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    conflict: Mapped[bool | None]
    conflict_text: Mapped[str] = mapped_column(Text, default="")
    conflict_published: Mapped[bool] = mapped_column(default=False)


class KeptCharacteristics(Base):
    """What somebody who was counted and left had said about themselves: no name, no code, until the panel is described."""

    __tablename__ = "kept_characteristics"
    __table_args__ = (PrimaryKeyConstraint("study_id", "id"), {"sqlite_with_rowid": False})

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    characteristics: Mapped[dict[str, Any]] = mapped_column(JSON)


class Receipt(Base):
    """To whom the receipt of a withdrawal goes: all that is kept of a name, until the letter has left or was given up."""

    __tablename__ = "receipt"
    __table_args__ = (PrimaryKeyConstraint("study_id", "letter"), belongs("letter", "letter", "id", ondelete="CASCADE"))

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    letter: Mapped[UUID]
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))
    changed_by_team: Mapped[bool] = mapped_column(default=False, server_default=false())  # as the identity's
