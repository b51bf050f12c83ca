"""Statements, their versions and the lineage between the rounds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, PrimaryKeyConstraint, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from delphi.consensus.vocabulary import Change, Decided, Proposal
from delphi.model.base import Base, UtcDateTime, Word, belongs, one_of


class Kind(StrEnum):
    """What an item is, as far as it is put to agreement."""

    STATEMENT = "statement"
    RECOMMENDATION = "recommendation"


class Statement(Base):
    """An item put to agreement, with a stable code; its wording stands in its versions."""

    __tablename__ = "statement"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "number"),
        UniqueConstraint("study_id", "code"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("enters_round >= 1", name="enters_round_positive"),
        CheckConstraint(one_of("kind", Kind), name="kind"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    code: Mapped[str] = mapped_column(String(120))
    kind: Mapped[Kind] = mapped_column(Word(Kind))
    section: Mapped[str] = mapped_column(String(200), default="")
    enters_round: Mapped[int] = mapped_column(default=1)


class StatementVersion(Base):
    """One exact wording; never changed once it was asked."""

    __tablename__ = "statement_version"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "statement", "version"),
        belongs("statement", "statement", "number", ondelete="CASCADE"),
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint("length(text) > 0", name="text_present"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    statement: Mapped[int]
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    help: Mapped[str] = mapped_column(Text, default="")
    evidence: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")


class Lineage(Base):
    """What became of a statement on the way into a round, and why."""

    __tablename__ = "lineage"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "from_statement", "to_statement"),
        belongs("round", "round", "number"),
        belongs("from_statement from_version", "statement_version", "statement version"),
        belongs("to_statement to_version", "statement_version", "statement version"),
        Index("ix_lineage_to", "study_id", "to_statement"),
        CheckConstraint(one_of("change", Change), name="change"),
        CheckConstraint(
            "(change IN ('merged', 'split')) = (from_statement <> to_statement)", name="only_merge_and_split_cross"
        ),
        CheckConstraint("(change = 'added') = (from_version IS NULL)", name="added_comes_from_nothing"),
        CheckConstraint("(change = 'dropped') = (to_version IS NULL)", name="dropped_goes_to_nothing"),
        CheckConstraint("length(reason) > 0", name="reason_present"),
        CheckConstraint("change <> 'kept'", name="kept_needs_no_row"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    from_statement: Mapped[int]
    from_version: Mapped[int | None]
    to_statement: Mapped[int]
    to_version: Mapped[int | None]
    change: Mapped[Change] = mapped_column(Word(Change))
    same_meaning: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text)


class Decision(Base):
    """What the lead decided on a statement on the way into a round, beside what the rule proposed: one a statement."""

    __tablename__ = "decision"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "round", "statement"),
        belongs("round", "round", "number"),
        belongs("statement", "statement", "number"),
        CheckConstraint(f"proposal IS NULL OR {one_of('proposal', Proposal)}", name="proposal"),
        CheckConstraint(one_of("decided", Decided), name="decided"),
        CheckConstraint(
            "(proposal IS NOT NULL AND decided = proposal) OR length(reason) > 0", name="other_than_proposed_has_reason"
        ),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    round: Mapped[int]
    statement: Mapped[int]
    proposal: Mapped[Proposal | None] = mapped_column(Word(Proposal))
    decided: Mapped[Decided] = mapped_column(Word(Decided))
    reason: Mapped[str] = mapped_column(Text, default="")
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # nobody known here, if the study was imported
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Taken(StrEnum):
    """What the lead made of a statement that a panelist proposed."""

    ACCEPTED = "accepted"
    MERGED = "merged"
    DECLINED = "declined"


class StatementProposal(Base):
    """A statement that a panelist wrote; the lead reads it, the panel does not.

    The id names and orders it: random, so that neither author nor time can be told from it.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "id"),
        belongs("round panelist", "participation"),
        belongs("statement", "statement", "number"),
        Index("ix_proposal_panelist", "study_id", "round", "panelist"),
        CheckConstraint(f"taken IS NULL OR {one_of('taken', Taken)}", name="taken"),
        CheckConstraint("statement IS NULL OR (taken IS NOT NULL AND taken <> 'declined')", name="statement_was_taken"),
        CheckConstraint("length(text) > 0", name="text_present"),
        CheckConstraint("version >= 1", name="version_positive"),
        {"sqlite_with_rowid": False},
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    id: Mapped[UUID] = mapped_column(default=uuid4)
    round: Mapped[int]
    panelist: Mapped[UUID]
    section: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    source: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int]
    taken: Mapped[Taken | None] = mapped_column(Word(Taken))
    note: Mapped[str] = mapped_column(Text, default="")
    statement: Mapped[int | None]
