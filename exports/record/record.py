"""What reports are made of: a study as a reader of one profile may know it. Nobody's name stands here."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from delphi.consensus.analysis import Analysis, Definition
from delphi.consensus.panel import RoundPanel
from exports.record.profile import Profile, Watch, unwatched
from exports.tables.suppression import hidden_note
from exports.tables.table import HIDDEN, Cell, reasons_of

Row = Mapping[str, Any]


@dataclass(frozen=True)
class StudyFacts:
    """The study itself, from its protocol."""

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
class Presence:
    """One invitation and what became of it; the person is a key without meaning outside this list."""

    round: int
    person: Hashable
    group: str = ""
    sent: bool = True
    bounced: bool = False
    declined: bool = False
    consented: bool = True
    started: bool = False
    complete: bool = False


@dataclass(frozen=True)
class Edge:
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
class Remark:
    """A comment that the panel may read, without its author."""

    statement: str
    version: int
    round: int
    text: str
    action: str
    group: str = ""


@dataclass(frozen=True)
class Leaflet:
    """One version of what a panelist read before taking part, and what was agreed to."""

    version: int
    text: str
    items: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Asked:
    """A statement at its place in a questionnaire, worded as it was shown."""

    round: int
    position: int
    section: str
    statement: str
    version: int
    text: str
    help: str
    evidence: str


@dataclass(frozen=True)
class Member:
    """Somebody of the panel who asked to be named, as they wrote themselves."""

    name: str
    affiliation: str
    orcid: str
    certificate: bool


@dataclass(frozen=True)
class Deed:
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
class Amended:
    """A change of the protocol after its lock."""

    number: int
    on: date
    reason: str
    changes: Mapping[str, Any]
    answers_given: bool
    results_seen: bool


class Record(Protocol):
    """What a builder may ask for; each part is loaded when it is asked for."""

    @property
    def study(self) -> StudyFacts:
        """The study."""

    @property
    def definition(self) -> Definition:
        """The consensus definition."""

    @property
    def profile(self) -> Profile:
        """Who the file is for."""

    @property
    def by_group(self) -> bool:
        """Whether groups get rows of their own where that is a choice."""

    @property
    def watch(self) -> Watch:
        """Who is told how far something long is."""

    @property
    def rounds(self) -> Sequence[RoundFacts]:
        """Rounds whose results this profile may see, in order."""

    @property
    def rows(self) -> Sequence[Row]:
        """Rows of the consensus table, groups included; what the profile may not see is empty already."""

    @property
    def analysis(self) -> Analysis:
        """Counts and transitions of the rounds; only tables that hide small numbers afterwards may use them."""

    @property
    def panels(self) -> tuple[RoundPanel, ...]:
        """Ratings as matrices, for analysts only."""

    @property
    def presences(self) -> Sequence[Presence]:
        """Every invitation of the rounds that were opened."""

    @property
    def edges(self) -> Sequence[Edge]:
        """The lineage, up to the last round that was opened."""

    @property
    def remarks(self) -> Sequence[Remark]:
        """Released comments."""

    @property
    def leaflets(self) -> Sequence[Leaflet]:
        """What the panel read before taking part, oldest first."""

    @property
    def asked(self) -> Sequence[Asked]:
        """The questionnaires of the rounds whose results this profile may see, in the order shown."""

    @property
    def members(self) -> Sequence[Member]:
        """Who asked to be named: for the manager of the panel, whose files hold no answer, and for nobody else."""

    @property
    def deeds(self) -> Sequence[Deed]:
        """The audit trail."""

    @property
    def amendments(self) -> Sequence[Amended]:
        """Changes of the protocol after its lock."""


@dataclass(frozen=True)
class Given:
    """Material that is at hand: an analysis without a study, or a test."""

    study: StudyFacts
    definition: Definition
    analysis: Analysis
    rows: Sequence[Row]
    rounds: Sequence[RoundFacts]
    profile: Profile = Profile.ANALYST
    by_group: bool = False
    presences: Sequence[Presence] = ()
    edges: Sequence[Edge] = ()
    remarks: Sequence[Remark] = ()
    leaflets: Sequence[Leaflet] = ()
    asked: Sequence[Asked] = ()
    members: Sequence[Member] = ()
    deeds: Sequence[Deed] = ()
    amendments: Sequence[Amended] = ()
    panels: tuple[RoundPanel, ...] = ()
    watch: Watch = unwatched


def last_round(record: Record) -> int:
    """Give the number of the newest round this profile may see; 0 if there is none."""
    return max((round_.number for round_ in record.rounds), default=0)


def of_round(record: Record, number: int, group: str | None = "all") -> list[Row]:
    """Give the rows of one round, of one group or (None) of all."""
    return [row for row in record.rows if row["round"] == number and group in (None, row["group"])]


def defined(record: Record) -> dict[str, Cell | Any]:
    """Give the definition as files carry it."""
    return record.definition.as_dict() | {"id": record.definition.id}


def base_of(record: Record, row: Row) -> int:
    """Give the denominator of the shares of a row, by the definition."""
    inside = {"rated": ("n_rated",), "answered": ("n_rated", "n_nq"), "shown": ("n_rated", "n_nq", "n_blank")}
    return sum(row[name] for name in inside[record.definition.denominator])


def hidden_notes(record: Record, rows: Sequence[Row], columns: Collection[str] = ()) -> tuple[str, ...]:
    """Say once why cells are dashes, if any of these columns are."""
    reasons = [reasons_of(row) for row in rows]
    if not any(why == HIDDEN and (not columns or name in columns) for row in reasons for name, why in row.items()):
        return ()
    return (hidden_note(record.study.smallest_cell),)
