"""Rows of the consensus table, written when a round is sealed: what the panel was told does not change afterwards."""

from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, belongs


class Result(Base):
    """One row of the consensus table of a sealed round: of the whole panel ("all"), or of a group that is shown."""

    __tablename__ = "result"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "statement", "group"),
        belongs("round statement", "questionnaire_item"),
        UniqueConstraint("study_id", "round", "position"),
        CheckConstraint("verdict IN ('in', 'out', 'none', 'too_few')", name="verdict"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    statement: Mapped[int]
    group: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    row: Mapped[dict[str, Any]] = mapped_column(JSON)
