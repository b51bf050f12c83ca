"""What is kept of a closed round: counts that may be shown, chained by hashes, and single rows where the panel agreed to them."""

from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from delphi.model.base import Base, Word, belongs, one_of
from delphi.model.event import data_hash, sha256_of
from delphi.model.letter import DUE, Mail
from delphi.model.study import Level


class SealKind(StrEnum):
    """What an entry of the chain holds."""

    ROUND = "round"
    AMENDED = "amended"
    FIGURES = "figures"
    PANEL = "panel"
    ROWS = "rows"


class Seal(Base):
    """One entry of a study's chain; each kind stands once a round, but for amended verdicts."""

    __tablename__ = "seal"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "number"),
        belongs("round", "round", "number"),
        Index("ix_seal_round", "study_id", "round", "kind"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint(one_of("kind", SealKind), name="kind"),
        CheckConstraint(one_of("level", Level), name="level"),
        CheckConstraint("length(sha256) = 64 AND length(previous_sha256) = 64", name="hash_length"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    round: Mapped[int]
    kind: Mapped[SealKind] = mapped_column(Word(SealKind))
    smallest_cell: Mapped[int]
    level: Mapped[Level] = mapped_column(Word(Level))
    caution: Mapped[int]
    definition_sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_sha256: Mapped[str] = mapped_column(String(64))
    sha256: Mapped[str] = mapped_column(String(64))

    def expected_hash(self, study: str) -> str:
        """SHA-256 of this entry as it stands, of the study with this short name."""
        terms = [self.smallest_cell, self.level.value, self.caution, self.definition_sha256]
        return seal_hash(study, self.round, self.kind.value, terms, self.content, self.previous_sha256)


def seal_hash(study: str, round_: int, kind: str, terms: list[Any], content: dict[str, Any], previous: str) -> str:
    """SHA-256 of one entry of the chain, over the entry before and the hash of its content.

    ``terms`` are smallest cell, level, caution, and the hash of the definition. A content that was withheld from a bundle
    left its hash behind.
    """
    return sha256_of([study, round_, kind, *terms, data_hash(content), previous])


class SealedRow(Base):
    """What one person answered in a round, under a code that is used for nothing else; never in a sealed study."""

    __tablename__ = "sealed_row"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "code"),
        belongs("round", "round", "number"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    group: Mapped[str] = mapped_column(String(60))
    submitted: Mapped[bool]
    answers: Mapped[dict[str, int | None]] = mapped_column(JSON)


class SealLetter(Mail, Base):
    """The hash of a seal on its way to an owner, or to the data protection contact where no account stands here."""

    __tablename__ = "seal_letter"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "id"),
        belongs("seal", "seal", "number"),
        UniqueConstraint("study_id", "seal", "account"),
        Index("ix_seal_letter_due", "run_after", sqlite_where=DUE, postgresql_where=DUE),
        CheckConstraint("(claimed_by IS NULL) = (claimed_until IS NULL)", name="claim_has_lease"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    seal: Mapped[int]
    account: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
