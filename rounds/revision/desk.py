"""The next-round desk as a table: one row a statement with its result, the rule's proposal and the lead's decision."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from delphi.consensus.disclosure.shown_rows import ShownRow
from delphi.consensus.proposal import Proposed
from delphi.consensus.vocabulary import Decided
from delphi.model.account import Account
from delphi.model.rating import Comment
from delphi.model.round import Round
from delphi.model.statement import Decision, Lineage, Statement, StatementVersion
from delphi.model.study import Study
from delphi.statements import questionnaire
from rounds.feedback.wording import Piece, difference
from rounds.revision import decisions, proposals

FOLLOWED = (Decided.SETTLED_IN, Decided.SETTLED_OUT, Decided.RATE_AGAIN, Decided.REOPEN)


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
    row: Mapping[str, Any] | None
    proposed: Proposed | None
    decision: Decision | None
    comments: int
    into: tuple[str, ...]
    pieces: tuple[Piece, ...]

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
    results: Mapping[int, ShownRow]

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
    """Collect the desk of a draft round; a bounded number of queries, whatever the number of statements."""
    before = dict(questionnaire.versions_asked(session, study.id, draft.number - 1))
    now = dict(questionnaire.versions_asked(session, study.id, draft.number))
    made = decisions.decisions_of(session, study.id, draft.number)
    edges = decisions.edges_into(session, study.id, draft.number)
    results = proposals.results_before(session, study, draft) if draft.number > 1 else {}
    proposed = proposals.proposals_for(session, study, draft, results)
    facts = _Facts(session, study, draft, edges)
    settled = decisions.settled_before(session, study.id, draft.number)

    def row(number: int, old: int | None) -> DeskRow:
        statement = facts.statements[number]
        text, draft_text = facts.texts.get((number, old)), facts.texts.get((number, now.get(number)))
        return DeskRow(
            number=number,
            code=statement.code,
            kind=statement.kind.value,
            section=statement.section,
            text=text,
            draft_text=draft_text,
            row=results.get(number),
            proposed=proposed.get(number),
            decision=made.get(number),
            comments=facts.comments.get(number, 0),
            into=facts.into.get(number, ()),
            pieces=tuple(difference(text, draft_text)) if text and draft_text and text != draft_text else (),
        )

    asked = [row(number, version) for number, version in before.items()]
    new = [row(number, None) for number in now if number not in before]
    left = [row(number, None) for number in settled if number not in before and number not in now]
    return Drafting((*asked, *new), tuple(left), facts.team, results)


class _Facts:
    """What the rows are made of, fetched once."""

    def __init__(self, session: Session, study: Study, draft: Round, edges: list[Lineage]) -> None:
        own = {"study_id": study.id}
        self.statements = {s.number: s for s in session.scalars(select(Statement).filter_by(**own))}
        wordings = session.scalars(select(StatementVersion).filter_by(**own))
        self.texts: dict[tuple[int, int | None], str] = {(v.statement, v.version): v.text for v in wordings}
        counted = (
            select(Comment.statement, func.count())
            .filter_by(**own, round=draft.number - 1)
            .where(Comment.text != "")
            .group_by(Comment.statement)
        )
        self.comments = {row.statement: row[1] for row in session.execute(counted)}
        self.into: dict[int, tuple[str, ...]] = {}
        for edge in edges:
            if edge.from_statement != edge.to_statement:
                code = self.statements[edge.to_statement].code
                self.into[edge.from_statement] = (*self.into.get(edge.from_statement, ()), code)
        authors = select(Account.id, Account.email).join(Decision, Decision.by == Account.id).filter_by(**own)
        self.team = {row.id: row.email for row in session.execute(authors.distinct())}
