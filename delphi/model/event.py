"""The audit trail: append only, each row carries the hash of the one before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, PrimaryKeyConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

import delphi.model.account  # noqa: F401 (a key points there, also where no web page is made)
from delphi.model.base import Base, UtcDateTime, Word, one_of


class EventKind(StrEnum):
    """What the team did. Panelists' answers are no events: nothing with a clock is caused by a rating."""

    STUDY_CREATED = "study:created"
    STUDY_CHANGED = "study:changed"
    STUDY_ARCHIVED = "study:archived"
    STUDY_RESTORED = "study:restored"
    DELETION_ASKED = "study:deletion_asked"
    DELETION_UNDONE = "study:deletion_undone"
    PROTOCOL_CHANGED = "protocol:changed"
    PROTOCOL_AMENDED = "protocol:amended"
    STATEMENT_CHANGED = "statement:changed"
    GROUPS_CHANGED = "groups:changed"
    DOCUMENT_PUBLISHED = "document:published"
    MEMBER_INVITED = "team:invited"
    MEMBER_CHANGED = "team:changed"
    MEMBER_CONFIRMED = "team:confirmed"
    MEMBER_REMOVED = "team:removed"
    REHEARSAL_STARTED = "rehearsal:started"
    REHEARSAL_WIPED = "rehearsal:wiped"
    STATEMENTS_IMPORTED = "statements:imported"
    PANEL_IMPORTED = "panel:imported"
    PROTOCOL_LOCKED = "protocol:locked"
    ROUND_PREPARED = "round:prepared"
    ROUND_LAUNCHED = "round:launched"
    ROUND_EXTENDED = "round:extended"
    ROUND_CLOSED = "round:closed"
    ROUND_SEALED = "round:sealed"
    FIGURES_SEALED = "figures:sealed"
    ROUND_RELEASED = "round:released"
    STATEMENT_REWORDED = "statement:reworded"
    STATEMENTS_MERGED = "statement:merged"
    STATEMENT_ADDED = "statement:added"
    STATEMENT_DROPPED = "statement:dropped"
    STATEMENT_SPLIT = "statement:split"
    STATEMENTS_DECIDED = "statements:decided"
    DECISION_UNDONE = "decision:undone"
    COMMENTS_MODERATED = "comments:moderated"
    COMMENT_READ = "comment:read"
    REMINDERS_PLANNED = "reminders:planned"
    REMINDERS_QUEUED = "reminders:queued"
    REMINDERS_STOPPED = "reminders:stopped"
    STUDY_FINISHED = "study:finished"
    NAMES_DESTROYED = "names:destroyed"
    ROWS_PUBLISHED = "rows:published"
    PANEL_DESCRIBED = "panel:described"
    PROPOSALS_DECIDED = "proposals:decided"
    PANELIST_WITHDREW = "panelist:withdrew"
    PANELIST_CORRECTED = "panelist:corrected"
    PANELIST_INVITED = "panelist:invited"
    PANELIST_REMOVED = "panelist:removed"
    LETTERS_CHANGED = "letters:changed"
    LETTERS_QUEUED = "letters:queued"
    LINK_HANDED = "link:handed"
    LINK_MAILED = "link:mailed"
    LINKS_ENDED = "link:ended"
    VERDICTS_AMENDED = "verdicts:amended"
    TEXTS_TRANSLATED = "texts:translated"
    EXPORTED = "export:made"


class Event(Base):
    """One decision: when, who, what."""

    __tablename__ = "event"
    __table_args__ = (
        PrimaryKeyConstraint("study_id", "sequence"),
        CheckConstraint("sequence >= 1", name="sequence_positive"),
        CheckConstraint(one_of("kind", EventKind), name="kind"),
        CheckConstraint("length(hash) = 64 AND length(previous_hash) = 64", name="hash_length"),
    )

    study_id: Mapped[int] = mapped_column(ForeignKey("study.id"))
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_elsewhere: Mapped[int | None]  # the account's number on the server from which the study was imported
    kind: Mapped[EventKind] = mapped_column(Word(EventKind))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    def seal(self, previous_hash: str) -> None:
        """Chain this row to the one before."""
        self.previous_hash = previous_hash
        self.hash = self.expected_hash()

    def expected_hash(self) -> str:
        """Hash of this row as it stands."""
        actor = self.actor if self.actor_elsewhere is None else self.actor_elsewhere
        return link_hash(self.previous_hash, self.sequence, self.at, actor, self.kind.value, data_hash(self.data))


WITHHELD = "withheld_sha256"


def data_hash(data: Mapping[str, Any]) -> str:
    """SHA-256 of an event's data as canonical JSON; data that were withheld from a bundle left their hash behind."""
    withheld: str | None = data.get(WITHHELD)
    return withheld or sha256_of(data)


def link_hash(previous_hash: str, sequence: int, at: datetime, actor: int | None, kind: str, data_sha256: str) -> str:
    """SHA-256 of one link of the chain: over the link before, and over the hash of the data, not the data.

    So a bundle can leave the data of an event out, and the chain still holds.
    """
    return sha256_of([previous_hash, sequence, at.isoformat(), actor, kind, data_sha256])


def sha256_of(content: Any) -> str:
    """SHA-256 of canonical JSON."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
