"""Where a study came from, if it was not prepared here."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, UtcDateTime


class StudyImport(Base):
    """The study was read from a bundle: it can be looked at and exported, not changed."""

    __tablename__ = "study_import"
    __table_args__ = (CheckConstraint("length(bundle_sha256) = 64", name="bundle_sha256_length"),)

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    bundle_sha256: Mapped[str] = mapped_column(String(64))
