"""Texts of a study in its other languages, each beside the wording that it was made from."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, PrimaryKeyConstraint, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, UtcDateTime


class Translation(Base):
    """One piece of content in one language, with the source wording that it was made from.

    It is stale as soon as the source says something else; that is compared where it is read, and never stored.
    """

    __tablename__ = "translation"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "item", "language"),
        CheckConstraint("length(text) > 0", name="text_present"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    item: Mapped[str] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    by: Mapped[int | None] = mapped_column(
        ForeignKey("account.id")
    )  # nobody: it came with the platform, or with a bundle
    at: Mapped[datetime] = mapped_column(UtcDateTime)
