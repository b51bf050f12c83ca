"""A study as its record: read from the database part by part, for one profile. No name is read here but on request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis, Definition
from delphi.consensus.panel import RoundPanel
from delphi.consensus.table.result_row import ResultRow
from delphi.model.round import Round
from delphi.model.study import Level, Study
from delphi.protocol import method
from exports.record import facts
from exports.record.parts import lineage, people, protocol, results, rounds, trail
from exports.record.reader_profile import Profile, Watch, unwatched
from exports.record.sealed_figures import RoundFigures
from rounds.results import rows as sealed_rows


@dataclass
class StudyRecord:
    """What one profile may know of a study; a round is left out until this profile may see it.

    Each part is read once, when it is asked for.
    """

    session: Session
    source: Study
    profile: Profile = Profile.ANALYST
    by_group: bool = False
    round: int | None = None
    watch: Watch = unwatched

    @cached_property
    def study(self) -> facts.StudyFacts:
        """The study's own facts; a simulated panel is always called one."""
        return protocol.study_facts(self.session, self.source)

    @cached_property
    def definition(self) -> Definition:
        """The definition of consensus as it stands."""
        return method.definition_of(self.source)

    @property
    def _is_analyst(self) -> bool:
        return self.profile in (Profile.ANALYST, Profile.STATISTICIAN)

    @cached_property
    def visible(self) -> list[Round]:
        """Rounds this profile may see results of: released ones, and closed ones for analysts."""
        known = rounds.visible_rounds(self.session, self.source, closed=self._is_analyst)
        return [round_ for round_ in known if round_.number >= 1 and self.round in (None, round_.number)]

    @cached_property
    def numbers(self) -> list[int]:
        """Their numbers."""
        return [round_.number for round_ in self.visible]

    @cached_property
    def rounds(self) -> Sequence[facts.RoundFacts]:
        """When they ran."""
        return rounds.round_facts(self.session, self.source, self.visible)

    @cached_property
    def rows(self) -> Sequence[ResultRow]:
        """Rows of the consensus table, the small ones hidden from everybody but analysts."""
        return results.rows_of_rounds(self.session, self.source, self.visible, all_numbers=self._is_analyst)

    @cached_property
    def analysis(self) -> Analysis:
        """Counts of the rounds, as they were sealed."""
        return sealed_rows.analyse(self.session, self.source, self.numbers)

    @cached_property
    def panels(self) -> tuple[RoundPanel, ...]:
        """Matrices of the rounds, in an order that tells nothing; only where rows are kept for this profile."""
        return results.matrices(self.session, self.source, self.numbers) if self._reads_rows else ()

    @property
    def _reads_rows(self) -> bool:
        """Rows are published of a study with open rows once it is finished, and else kept for the statistician."""
        if self.source.level is Level.OPEN_ROWS:
            return self.source.finished_at is not None
        return self.source.level is Level.SEPARATED and self.profile is Profile.STATISTICIAN

    @cached_property
    def figures(self) -> Mapping[int, RoundFigures]:
        """Sealed figures of these rounds."""
        return results.figures_of_rounds(self.session, self.source, self.numbers)

    @cached_property
    def stable_shares(self) -> Mapping[int, int]:
        """Shares of stable statements."""
        return results.stable_shares(self.session, self.source, self.numbers)

    @cached_property
    def responses(self) -> Sequence[facts.Response]:
        """Who took part in these rounds."""
        return people.responses(self.session, self.source, self.visible)

    @cached_property
    def panel(self) -> facts.PanelFacts | None:
        """Characteristics of the people counted."""
        return people.panel_facts(self.session, self.source)

    @cached_property
    def edges(self) -> Sequence[facts.LineageEdge]:
        """The lineage up to the last visible round."""
        return lineage.lineage_edges(self.session, self.source, max(self.numbers, default=0))

    @cached_property
    def comments(self) -> Sequence[facts.ReleasedComment]:
        """Comments that were released to the panel."""
        return lineage.released_comments(self.session, self.source, self.numbers)

    @cached_property
    def consent_versions(self) -> Sequence[facts.ConsentVersion]:
        """Information and consent, version by version."""
        return protocol.consent_versions(self.session, self.source)

    @cached_property
    def wordings(self) -> Mapping[str, Mapping[str, str]]:
        """Translations by language and piece."""
        return protocol.wordings(self.session, self.source)

    @cached_property
    def untranslated(self) -> facts.Untranslated:
        """Nothing: all is said in the source."""
        return facts.Untranslated()

    @cached_property
    def asked(self) -> Sequence[facts.AskedStatement]:
        """Questionnaires as they were shown."""
        return rounds.asked_statements(self.session, self.source, self.numbers)

    @cached_property
    def members(self) -> Sequence[facts.NamedMember]:
        """Who asked to be named; only for the profile that holds no answer."""
        return people.named_members(self.session, self.source) if self.profile is Profile.MANAGER else ()

    @cached_property
    def audit_events(self) -> Sequence[facts.AuditEvent]:
        """The audit trail with the role of each actor."""
        return trail.audit_events(self.session, self.source)

    @cached_property
    def amendments(self) -> Sequence[facts.AmendmentFacts]:
        """Changes of the protocol after its lock."""
        return protocol.amendment_facts(self.session, self.source)
