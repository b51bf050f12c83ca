"""Answers: ratings, comments and the keys of saves. No time and no serial number may stand here (TRUST 3.2)."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, Word, belongs, one_of


class AnswerKind(StrEnum):
    """What a panelist gave; a cleared answer keeps its row and its version."""

    RATED = "rated"
    NOT_QUALIFIED = "not_qualified"
    CLEARED = "cleared"


class Moderation(StrEnum):
    """What the team did with a comment."""

    RELEASED = "released"
    EDITED = "edited"
    HELD = "held"


SHOWN = (Moderation.RELEASED, Moderation.EDITED)


class Rating(Base):
    """One panelist's answer to one statement of one round: only of the invited, only to what was asked."""

    __tablename__ = "rating"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "panelist", "statement"),
        belongs("round statement", "questionnaire_item"),
        belongs("round panelist", "participation"),
        CheckConstraint(one_of("kind", AnswerKind), name="kind"),
        CheckConstraint("(kind = 'rated') = (value IS NOT NULL)", name="rated_has_value"),
        CheckConstraint("version >= 1", name="version_positive"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    statement: Mapped[int]
    panelist: Mapped[UUID]
    kind: Mapped[AnswerKind] = mapped_column(Word(AnswerKind))
    value: Mapped[int | None]
    version: Mapped[int]

    @hybrid_property
    def given(self) -> bool:
        """Whether it is an answer: a rating or "not qualified", and not one that was cleared."""
        return self.kind is not AnswerKind.CLEARED

    @given.inplace.expression
    @classmethod
    def _given(cls) -> ColumnElement[bool]:
        return cls.kind != AnswerKind.CLEARED


class Comment(Base):
    """One panelist's comment on one statement of one round; the panel reads only the released text.

    The ticket names and orders a comment on pages: random, so that an author cannot be followed over statements.
    ``note`` is the team's reason for holding or editing it, ``tags`` what the team says it is about.
    """

    __tablename__ = "comment"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "panelist", "statement"),
        belongs("round statement", "questionnaire_item"),
        belongs("round panelist", "participation"),
        UniqueConstraint("study_id", "ticket"),
        CheckConstraint(f"moderation IS NULL OR {one_of('moderation', Moderation)}", name="moderation"),
        CheckConstraint(
            "(released_text IS NOT NULL) = (moderation IS NOT NULL AND moderation IN ('released', 'edited'))",
            name="released_has_text",
        ),
        CheckConstraint("version >= 1", name="version_positive"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    statement: Mapped[int]
    panelist: Mapped[UUID]
    ticket: Mapped[UUID] = mapped_column(default=uuid4)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(12))  # of whoever wrote it, then
    version: Mapped[int]
    moderation: Mapped[Moderation | None] = mapped_column(Word(Moderation))
    released_text: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str] = mapped_column(Text, default="")
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)


class ChangeReason(Base):
    """Why one panelist moved to another band of the scale; for the team's analysis, never shown to the panel."""

    __tablename__ = "change_reason"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "panelist", "statement"),
        belongs("round statement", "questionnaire_item"),
        belongs("round panelist", "participation"),
        CheckConstraint("version >= 1", name="version_positive"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    statement: Mapped[int]
    panelist: Mapped[UUID]
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int]


class SaveRequest(Base):
    """A save that was acknowledged, by the key its page chose: asked again, it gets the same answer."""

    __tablename__ = "save_request"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "panelist", "key"),
        belongs("round panelist", "participation"),
        CheckConstraint("length(digest) = 64", name="digest_length"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    panelist: Mapped[UUID]
    key: Mapped[str] = mapped_column(String(36))
    digest: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)
