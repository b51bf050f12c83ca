"""The next-round desk as a table: one row a statement with its result, the rule's proposal and the lead's decision."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from delphi.consensus.proposal import Proposed
from delphi.consensus.table.result_row import ResultRow
from delphi.contents.difference import WordRun, difference
from delphi.errors import NotFound, Refused
from delphi.model.round import Round, State
from delphi.model.statement import Decision, Lineage, Statement
from delphi.model.study import Study
from delphi.statements import questionnaire
from delphi.statements.questionnaire import AskedStatement
from rounds.results.rows import Row
from rounds.revision import decisions, proposals
from rounds.seal import texts
from rounds.seal.items import edges_into


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A statement on the way into a draft round.

    Attributes
    ----------
    text, draft_text
        Wording as it was asked before, and as the draft asks it; None where it was or is not asked.
    into
        Codes of the statements that stand in its place.
    """

    number: int
    code: str
    kind: str
    section: str
    text: str | None
    draft_text: str | None
    row: ResultRow | None
    proposed: Proposed | None
    decision: Decision | None
    comments: int
    into: tuple[str, ...]
    pieces: tuple[WordRun, ...]

    @property
    def wording(self) -> str:
        """The wording that counts now."""
        return self.draft_text or self.text or ""

    @property
    def waits(self) -> bool:
        """Whether a decision is missing."""
        return self.text is not None and self.decision is None


@dataclass(frozen=True)
class Drafting:
    """Everything the next-round desk shows of a draft."""

    rows: tuple[DeskRow, ...]
    settled: tuple[DeskRow, ...]
    team: Mapping[int, str]
    results: Mapping[int, Row]

    @property
    def undecided(self) -> int:
        """Statements without a decision."""
        return sum(row.waits for row in self.rows)

    @property
    def proposed(self) -> Mapping[str, int]:
        """How often the rule proposes what."""
        return Counter(row.proposed.proposal.value for row in self.rows if row.proposed)

    @property
    def summary(self) -> Mapping[str, int]:
        """What the panel will be told: how many statements were settled, reworded, merged and so on."""
        return Counter(row.decision.decided.value for row in self.rows if row.decision)


def drafting(session: Session, study: Study, draft: Round) -> Drafting:
    """The desk of a draft round; a bounded number of queries, whatever the number of statements."""
    facts = _Facts(session, study, draft)
    added = [number for number in facts.now if number not in facts.before]
    settled = decisions.settled_before(session, study.id, draft.number)
    left = [number for number in settled if number not in facts.before and number not in facts.now]
    return Drafting(
        rows=tuple(facts.row(number) for number in (*facts.before, *added)),
        settled=tuple(facts.row(number) for number in left),
        team=facts.team,
        results=facts.results,
    )


def desk_of(session: Session, study: Study, draft: Round, statement: int) -> tuple[Drafting, DeskRow]:
    """The desk of a draft, and the row of one statement on it.

    Raises
    ------
    Refused
        The round was launched.
    NotFound
        There is no such statement.
    """
    if draft.state is not State.DRAFT:
        raise Refused("Round %(number)s was launched, so its questionnaire is fixed.", number=draft.number)
    desk = drafting(session, study, draft)
    for row in (*desk.rows, *desk.settled):
        if row.number == statement:
            return desk, row
    raise NotFound


class _Facts:
    """What the rows are made of, fetched once."""

    def __init__(self, session: Session, study: Study, draft: Round) -> None:
        wordings = questionnaire.asked_in(session, study.id, (draft.number - 1, draft.number))
        self.before = dict(questionnaire.versions_asked(session, study.id, draft.number - 1))
        self.now = dict(questionnaire.versions_asked(session, study.id, draft.number))
        self.decided = decisions.decisions_of(session, study.id, draft.number)
        self.results = proposals.results_before(session, study, draft) if draft.number > 1 else {}
        self.proposed = proposals.proposals_for(session, study, draft, self.results)
        written = decisions.written_down(session, study.id)
        # Whatever is settled and not asked any more was decided on.
        self.statements: dict[int, Statement | AskedStatement] = {
            one.statement.number: one.statement for one in written
        }
        self.statements |= {row.statement: row for row in wordings}
        self.texts: dict[tuple[int, int | None], str] = {(v.statement, v.version): v.text for v in wordings}
        self.comments = texts.counts_by_statement(session, study.id, draft.number - 1)
        self.into = self._codes_into(edges_into(session, study.id, draft.number))
        self.team = {one.decision.by: one.email for one in written if one.decision.by and one.email}

    def _codes_into(self, edges: Iterable[Lineage]) -> dict[int, tuple[str, ...]]:
        """The codes of what stands in the place of each statement."""
        into: dict[int, tuple[str, ...]] = {}
        for edge in edges:
            if edge.from_statement != edge.to_statement:
                code = self.statements[edge.to_statement].code
                into[edge.from_statement] = (*into.get(edge.from_statement, ()), code)
        return into

    def row(self, number: int) -> DeskRow:
        """The row of one statement."""
        statement = self.statements[number]
        text = self.texts.get((number, self.before.get(number)))
        draft_text = self.texts.get((number, self.now.get(number)))
        return DeskRow(
            number=number,
            code=statement.code,
            kind=statement.kind.value,
            section=statement.section,
            text=text,
            draft_text=draft_text,
            row=ResultRow(self.results[number]) if number in self.results else None,
            proposed=self.proposed.get(number),
            decision=self.decided.get(number),
            comments=self.comments.get(number, 0),
            into=self.into.get(number, ()),
            pieces=tuple(difference(text, draft_text)) if text and draft_text and text != draft_text else (),
        )
