"""What reports are made of: a study as a reader of one profile may know it. Nobody's name stands here."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from delphi.consensus.analysis import Analysis, Definition
from delphi.consensus.panel import RoundPanel
from delphi.consensus.table.columns import Cell
from delphi.consensus.table.result_row import EVERYBODY, ResultRow
from delphi.consensus.vocabulary import Denominator
from exports.record.facts import (
    AmendmentFacts,
    AskedStatement,
    AuditEvent,
    ConsentVersion,
    LineageEdge,
    NamedMember,
    PanelFacts,
    ReleasedComment,
    Response,
    RoundFacts,
    StudyFacts,
    Untranslated,
)
from exports.record.reader_profile import Profile, Watch, unwatched
from exports.record.sealed_figures import UNKEPT, RoundFigures
from exports.tables.suppression import hidden_note
from exports.tables.table import HIDDEN, reasons_of


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
    def rows(self) -> Sequence[ResultRow]:
        """Rows of the consensus table, groups included; what the profile may not see is empty already."""

    @property
    def analysis(self) -> Analysis:
        """Counts and transitions of the rounds; only tables that hide small numbers afterwards may use them."""

    @property
    def panels(self) -> tuple[RoundPanel, ...]:
        """Ratings as matrices, where the study keeps rows that this profile may read."""

    @property
    def figures(self) -> Mapping[int, RoundFigures] | None:
        """Sealed figures by round, as far as they are made; None where nothing is sealed, as in a file of ratings."""

    @property
    def stable_shares(self) -> Mapping[int, int]:
        """Per cent of the comparable statements that are stable, down to the next ten, by round."""

    @property
    def responses(self) -> Sequence[Response]:
        """Who took part in each round, in numbers."""

    @property
    def panel(self) -> PanelFacts | None:
        """Characteristics of the people counted; None until the study is finished."""

    @property
    def edges(self) -> Sequence[LineageEdge]:
        """The lineage, up to the last round that was opened."""

    @property
    def comments(self) -> Sequence[ReleasedComment]:
        """Released comments."""

    @property
    def consent_versions(self) -> Sequence[ConsentVersion]:
        """What the panel read before taking part, oldest first."""

    @property
    def wordings(self) -> Mapping[str, Mapping[str, str]]:
        """What the panel read in other languages than that of the source: by language, then by piece."""

    @property
    def untranslated(self) -> Untranslated:
        """What is said in the source though the file is in another language; nothing in a file of the source."""

    @property
    def asked(self) -> Sequence[AskedStatement]:
        """The questionnaires of the rounds whose results this profile may see, in the order shown."""

    @property
    def members(self) -> Sequence[NamedMember]:
        """Who asked to be named: for the manager of the panel, whose files hold no answer, and for nobody else."""

    @property
    def audit_events(self) -> Sequence[AuditEvent]:
        """The audit trail."""

    @property
    def amendments(self) -> Sequence[AmendmentFacts]:
        """Changes of the protocol after its lock."""


@dataclass(frozen=True)
class GivenRecord:
    """Material that is at hand: an analysis without a study, or a test."""

    study: StudyFacts
    definition: Definition
    analysis: Analysis
    rows: Sequence[ResultRow]
    rounds: Sequence[RoundFacts]
    profile: Profile = Profile.ANALYST
    by_group: bool = False
    responses: Sequence[Response] = ()
    figures: Mapping[int, RoundFigures] | None = None
    stable_shares: Mapping[int, int] = field(default_factory=dict)
    panel: PanelFacts | None = None
    edges: Sequence[LineageEdge] = ()
    comments: Sequence[ReleasedComment] = ()
    consent_versions: Sequence[ConsentVersion] = ()
    asked: Sequence[AskedStatement] = ()
    wordings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    untranslated: Untranslated = field(default_factory=Untranslated)
    members: Sequence[NamedMember] = ()
    audit_events: Sequence[AuditEvent] = ()
    amendments: Sequence[AmendmentFacts] = ()
    panels: tuple[RoundPanel, ...] = ()
    watch: Watch = unwatched


def last_round(record: Record) -> int:
    """Number of the newest round this profile may see; 0 if there is none."""
    return max((round_.number for round_ in record.rounds), default=0)


def shown_cells(record: Record) -> set[tuple[int, str, str]]:
    """Round, statement and people of every row that may be shown."""
    return {(row.round, row.statement, row.group) for row in record.rows if row["n_rated"] is not None}


def sealed_notes(record: Record) -> tuple[str, ...]:
    """Say of which rounds the sealed figures are still being computed, or were in no bundle."""
    if record.figures is None:
        return ()
    missing = [f"{r.number}" for r in record.rounds if r.number not in record.figures]
    unkept = [f"{r.number}" for r in record.rounds if record.figures.get(r.number) is UNKEPT]
    notes = [f"Figures of round {', '.join(missing)} are being computed."] if missing else []
    notes += [f"Figures of round {', '.join(unkept)} were not in the imported bundle."] if unkept else []
    return tuple(notes)


def of_round(record: Record, number: int, group: str | None = EVERYBODY) -> list[ResultRow]:
    """Rows of one round, of one group or (None) of all."""
    return [row for row in record.rows if row.round == number and group in (None, row.group)]


def defined(record: Record) -> dict[str, Cell | Any]:
    """The definition as files carry it."""
    return record.definition.as_dict() | {"id": record.definition.id}


def base_of(definition: Definition, row: ResultRow) -> int:
    """Denominator of the shares of a row, by the definition."""
    inside = {
        Denominator.RATED: ("n_rated",),
        Denominator.ANSWERED: ("n_rated", "n_nq"),
        Denominator.SHOWN: ("n_rated", "n_nq", "n_blank"),
    }
    return sum(row[name] for name in inside[Denominator(definition.denominator)])


def hidden_notes(record: Record, rows: Sequence[Mapping[str, Any]], columns: Collection[str] = ()) -> tuple[str, ...]:
    """Say once why cells are dashes, if any of these columns are."""
    reasons = [reasons_of(row) for row in rows]
    if not any(why == HIDDEN and (not columns or name in columns) for row in reasons for name, why in row.items()):
        return ()
    return (hidden_note(record.study.smallest_cell),)
