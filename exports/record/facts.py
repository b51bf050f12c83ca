"""Facts of a study as reports know them, one class a kind of fact. Nobody's name stands here but of who asked for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class StudyFacts:
    """The study itself, from its protocol; ``paper`` is the house style of its files, and its designed tables."""

    slug: str
    title: str
    language: str
    notice: str
    smallest_cell: int
    maximum_rounds: int
    settled: str
    feedback: tuple[str, ...]
    groups: tuple[str, ...]
    lead_name: str
    locked_at: datetime | None
    protocol_sha256: str | None
    protocol: Mapping[str, Any]
    open_question: str = ""
    marks: tuple[str, ...] = ()
    paper: Mapping[str, Any] = field(default_factory=dict)
    item_noun: str = "statement"
    person_noun: str = "panelist"
    languages: tuple[str, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class RoundFacts:
    """When a round ran, and what it was for."""

    number: int
    opened_on: date | None = None
    closes_on: date | None = None
    closed_on: date | None = None
    released_on: date | None = None
    extensions: int = 0
    reminders: int = 0


@dataclass(frozen=True)
class Response:
    """How many of the panel, of a group that the round shows, or of all others took part, as the round was sealed.

    Attributes
    ----------
    people
        `EVERYBODY`, the key of a group, or "" for all who are in no shown group.
    declined
        Those who said no and gave no answer.
    started
        Those who gave at least one answer; ``complete`` are those of them who sent the round off, None where version 0.1.0
        told it nowhere.
    stayed, left, joined
        Against the round before: answered in both, only before, only now; None in a first round.
    """

    round: int
    people: str
    invited: int
    sent: int = 0
    bounced: int = 0
    declined: int = 0
    consented: int = 0
    started: int = 0
    complete: int | None = 0
    stayed: int | None = None
    left: int | None = None
    joined: int | None = None


@dataclass(frozen=True)
class LineageEdge:
    """A change of the questionnaire on the way into a round."""

    round: int
    change: str
    before: str | None
    before_version: int | None
    after: str | None
    after_version: int | None
    same_meaning: bool
    reason: str
    text_before: str = ""
    text_after: str = ""


@dataclass(frozen=True)
class ReleasedComment:
    """A comment that the panel may read, without its author; the group stands where it tells nobody."""

    statement: str
    version: int
    round: int
    text: str
    action: str
    group: str = ""


@dataclass(frozen=True)
class ConsentVersion:
    """One version of what a panelist read before taking part, and what was agreed to."""

    version: int
    text: str
    items: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class AskedStatement:
    """A statement at its place in a questionnaire, worded as it was shown."""

    round: int
    position: int
    section: str
    statement: str
    version: int
    text: str
    help: str
    evidence: str
    number: int = 0


@dataclass(frozen=True)
class Untranslated:
    """What a file in another language says in the source: statements as code and wording, sections, words of the scale."""

    language: str = ""
    statements: tuple[tuple[str, str], ...] = ()
    sections: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamedMember:
    """Somebody of the panel who asked to be named, as they wrote themselves."""

    name: str
    affiliation: str
    orcid: str
    certificate: bool


@dataclass(frozen=True)
class AuditEvent:
    """An event of the audit trail."""

    sequence: int
    at: datetime
    role: str
    actor: str
    kind: str
    data: Mapping[str, Any]
    previous_hash: str
    hash: str


@dataclass(frozen=True)
class AmendmentFacts:
    """A change of the protocol after its lock."""

    number: int
    on: date
    reason: str
    changes: Mapping[str, Any]
    answers_given: bool
    results_seen: bool


@dataclass(frozen=True)
class PanelCharacteristic:
    """How many of those who were counted have a characteristic; counts below the smallest cell are in no row.

    Attributes
    ----------
    counts
        Answer and how many gave it, the most frequent first.
    others
        All whose answers stand in no row, together.
    distinct
        How many different answers there are.
    """

    label: str
    counts: Sequence[tuple[str, int]]
    others: int
    distinct: int


@dataclass(frozen=True)
class PanelFacts:
    """Who was counted, by characteristics: nothing here is crossed with an answer or a group."""

    people: int
    characteristics: Sequence[PanelCharacteristic]
