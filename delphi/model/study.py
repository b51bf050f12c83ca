"""The study with its protocol, its stakeholder groups, its documents and its team."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

import delphi.model.account  # noqa: F401 (a key points there, also where no web page is made)
from delphi.model.base import Base, Filled, UtcDateTime, Word, belongs, one_of

NAMES_KEPT_DAYS = 30  # after the finish, unless a study tells its panel otherwise
CLOSING_HOURS = 48  # after the deadline, until the round closes by itself
ORDINARY, CAREFUL, STRICT = 1, 2, 3  # how many smallest cells must have stayed where a few of a group left or joined


class Role(StrEnum):
    """What an account may do in a study (TRUST 5.6)."""

    OWNER = "owner"
    ANALYST = "analyst"
    MODERATOR = "moderator"  # an analyst to whom moderation was handed
    PANEL_MANAGER = "panel_manager"
    VIEWER = "viewer"
    STATISTICIAN = "statistician"
    TRANSLATOR = "translator"


class Settled(StrEnum):
    """What happens to statements that reached consensus."""

    STAY = "stay"
    LEAVE = "leave"


class Unsettled(StrEnum):
    """What happens to statements without consensus, as long as rounds are left."""

    RATE_AGAIN = "rate_again"
    REVISE = "revise"
    LEAVE = "leave"


class Withdrawal(StrEnum):
    """What a panelist who leaves may have done with the answers given."""

    KEEP = "keep"
    REMOVE_OPEN = "remove_open"


class Level(StrEnum):
    """How far single answers are kept from everybody; fixed with the first invitation (docs/guide/levels.md)."""

    SEALED = "sealed"
    SEPARATED = "separated"
    OPEN_ROWS = "open_rows"


class Harm(StrEnum):
    """Whether it could harm a panelist to be known, as the team answered when the study was set up."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class ItemNoun(StrEnum):
    """What a study calls that which its panel rates."""

    STATEMENT = "statement"
    OUTCOME = "outcome"
    INDICATION = "indication"


class PersonNoun(StrEnum):
    """What a study calls the members of its panel."""

    PANELIST = "panelist"
    PARTICIPANT = "participant"
    EXPERT = "expert"


class Turnout(StrEnum):
    """Whether the team reads by name who has finished, or the server keeps it."""

    SHOWN = "shown"
    KEPT = "kept"


class StaleMark(StrEnum):
    """What a panelist is told where a translation was made of an earlier wording."""

    NONE = "none"
    NOTE = "note"
    SOURCE = "source"


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
        CheckConstraint(one_of("unsettled", Unsettled), name="unsettled"),
        CheckConstraint("names_kept_days >= 1", name="names_kept_days_positive"),
        CheckConstraint("names_destroyed_at IS NULL OR finished_at IS NOT NULL", name="names_go_after_the_finish"),
        CheckConstraint(one_of("level", Level), name="level"),
        CheckConstraint("caution BETWEEN 1 AND 3", name="caution"),
        CheckConstraint(f"harm IS NULL OR {one_of('harm', Harm)}", name="harm"),
        CheckConstraint(one_of("turnout", Turnout), name="turnout"),
        CheckConstraint(one_of("item_noun", ItemNoun), name="item_noun"),
        CheckConstraint(one_of("person_noun", PersonNoun), name="person_noun"),
        CheckConstraint("closing_hours BETWEEN 0 AND 72", name="closing_hours"),
        CheckConstraint(one_of("stale_mark", StaleMark), name="stale_mark"),
        CheckConstraint("rehearsal_of IS NULL OR simulated", name="rehearsal_is_simulated"),
        CheckConstraint("(protocol_locked_at IS NULL) = (protocol_sha256 IS NULL)", name="lock_has_time_and_hash"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    title: Mapped[str] = mapped_column(String(300))
    lead_name: Mapped[str] = mapped_column(String(200))
    contact_email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(12), default="en")  # of the source; `languages` are the others
    languages: Mapped[list[str]] = mapped_column(Filled(list), default=list, nullable=True)
    stale_mark: Mapped[StaleMark] = mapped_column(Word(StaleMark), default=StaleMark.NOTE, server_default="note")
    translated: Mapped[int] = mapped_column(default=0, server_default=text("0"))  # how often a translation changed
    time_zone: Mapped[str] = mapped_column(String(60), default="UTC")
    simulated: Mapped[bool] = mapped_column(default=False)
    notice: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    scale: Mapped[str] = mapped_column(String(40))
    scale_words: Mapped[dict[str, str]] = mapped_column(Filled(dict), default=dict, nullable=True)
    rule: Mapped[str] = mapped_column(String(40))
    rule_settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    denominator: Mapped[str] = mapped_column(String(20), default="rated")
    quantile_type: Mapped[int] = mapped_column(default=7)
    minimum_n: Mapped[int] = mapped_column(default=5)
    smallest_cell: Mapped[int] = mapped_column(default=5)
    maximum_rounds: Mapped[int] = mapped_column(default=3)
    settled: Mapped[Settled] = mapped_column(Word(Settled), default=Settled.STAY)
    unsettled: Mapped[Unsettled] = mapped_column(Word(Unsettled), default=Unsettled.RATE_AGAIN)
    stopping_rule: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    feedback_plan: Mapped[list[str]] = mapped_column(JSON, default=list)
    level: Mapped[Level] = mapped_column(Word(Level), default=Level.SEALED, server_default="sealed")
    caution: Mapped[int] = mapped_column(default=CAREFUL, server_default=text("2"))
    harm: Mapped[Harm | None] = mapped_column(Word(Harm))
    turnout: Mapped[Turnout] = mapped_column(Word(Turnout), default=Turnout.SHOWN, server_default="shown")
    closing_hours: Mapped[int] = mapped_column(default=CLOSING_HOURS, server_default=text("48"))
    item_noun: Mapped[ItemNoun] = mapped_column(Word(ItemNoun), default=ItemNoun.STATEMENT, server_default="statement")
    person_noun: Mapped[PersonNoun] = mapped_column(
        Word(PersonNoun), default=PersonNoun.PANELIST, server_default="panelist"
    )
    data_protection_name: Mapped[str | None] = mapped_column(String(200))
    data_protection_email: Mapped[str | None] = mapped_column(String(254))
    texts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    asked_characteristics: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    proposal_rounds: Mapped[list[int]] = mapped_column(JSON, default=list)
    open_question: Mapped[str] = mapped_column(Text, default="")
    group_chosen: Mapped[bool] = mapped_column(default=False)
    asks_expertise: Mapped[bool] = mapped_column(default=False)
    asks_conflicts: Mapped[bool] = mapped_column(default=False)
    withdrawal_choices: Mapped[list[str]] = mapped_column(JSON, default=lambda: [one.value for one in Withdrawal])
    names_until: Mapped[date | None]
    names_kept_days: Mapped[int | None] = mapped_column(default=NAMES_KEPT_DAYS)  # None: no day was told to the panel
    names_destroyed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    protocol_locked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    protocol_sha256: Mapped[str | None] = mapped_column(String(64))
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finish_reason: Mapped[str] = mapped_column(Text, default="")
    paper: Mapped[dict[str, Any]] = mapped_column(Filled(dict), default=dict, nullable=True)  # house style, tables

    rehearsal_of: Mapped[int | None] = mapped_column(ForeignKey("study.id"))
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deletion_due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def names_due_at(self) -> datetime | None:
        """When the names are destroyed by themselves; None before the finish, and where no day was told."""
        if self.finished_at is None or self.names_kept_days is None:
            return None
        return self.finished_at + timedelta(days=self.names_kept_days)


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
    confirmed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # a second owner, of a statistician
    language: Mapped[str | None] = mapped_column(String(12))  # of a translator, who sees its texts alone


class HeldRole(Base):
    """A role that an account has ever had in a study: whoever could see names never sees single rows, nor the other way."""

    __tablename__ = "held_role"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "account", "role"),
        CheckConstraint(one_of("role", Role), name="role"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    account: Mapped[int] = mapped_column(ForeignKey("account.id"))
    role: Mapped[Role] = mapped_column(Word(Role))


class StakeholderGroup(Base):
    """A declared subgroup of the panel."""

    __tablename__ = "stakeholder_group"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "key"),
        UniqueConstraint("study_id", "position"),
        CheckConstraint("key <> '' AND key <> 'all'", name="key_is_a_name"),
        CheckConstraint("target >= 1", name="target_positive"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    key: Mapped[str] = mapped_column(String(60))
    position: Mapped[int]
    target: Mapped[int | None]
    public: Mapped[bool] = mapped_column(default=False)


class Document(Base):
    """One version of what a panelist reads before consenting: information, and what is agreed to; immutable.

    After a material change consent is asked again; the reason says to the panel what changed.
    """

    __tablename__ = "document"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "version"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    consent: Mapped[str] = mapped_column(Text, default="")
    material: Mapped[bool] = mapped_column(default=True)
    reason: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def items(self) -> list[str]:
        """What is agreed to, one decision each; a line that begins with "(optional)" may be left out."""
        return [line.strip() for line in self.consent.splitlines() if line.strip()]


class Consent(Base):
    """A panelist agreed to one version of the document, and to these of its items; append only, no time of day."""

    __tablename__ = "consent"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "panelist", "version"),
        belongs("panelist", "panelist", "id"),
        belongs("version", "document"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    panelist: Mapped[UUID]
    version: Mapped[int]
    items: Mapped[list[int]] = mapped_column(JSON, default=list)
    given_on: Mapped[date]


class Amendment(Base):
    """A change of the protocol after its lock: what, why, by whom, and what was known by then; append only."""

    __tablename__ = "amendment"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "number"),
        CheckConstraint("number >= 1", name="number_positive"),
        CheckConstraint("length(reason) > 0", name="reason_present"),
        CheckConstraint("length(sha256) = 64", name="sha256_length"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))  # nobody known here, if the study was imported
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    answers_given: Mapped[bool]
    results_seen: Mapped[bool]
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def after_data(self) -> bool:
        """Whether an answer had been given, or a result been seen, when the protocol was changed."""
        return self.answers_given or self.results_seen
