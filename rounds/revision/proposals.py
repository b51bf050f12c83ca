"""What the rule proposes for every statement of a closed round, beside what the lead decided."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi.consensus.proposal import Proposed, proposal
from delphi.consensus.vocabulary import Decided, Proposal, Verdict
from delphi.model.round import Round, find_round
from delphi.model.study import Study
from delphi.statements.questionnaire import asked
from rounds.results.rows import READABLE, panel_rows
from rounds.revision import changes, decisions
from rounds.revision.decisions import DecidedBy
from rounds.seal import texts

REOPEN = "reopen"  # the tag by which a moderator marks a comment that asks to reopen its statement
SETTLED_AS = {Decided.SETTLED_IN: Verdict.IN, Decided.SETTLED_OUT: Verdict.OUT}
ResultRows = Mapping[int, Mapping[str, Any]]


def results_before(session: Session, study: Study, draft: Round) -> dict[int, dict[str, Any]]:
    """The rows of the round before, for the whole panel, by statement number in the order shown."""
    before = find_round(session, study.id, draft.number - 1)
    if before is None or before.state not in READABLE:
        return {}
    numbers = {row.code: number for number, row in asked(session, study.id, before.number).items()}
    return {numbers[row["statement"]]: row for row in panel_rows(session, study, before)}


def proposals_for(session: Session, study: Study, draft: Round, rows: ResultRows) -> dict[int, Proposed]:
    """What the rule proposes for every statement of the round before."""
    settled = decisions.settled_before(session, study.id, draft.number)
    asking = _reopeners(session, study, draft.number - 1)
    return {
        number: proposal(
            Verdict(row["verdict"]),
            stable=row["stable"],
            settled=SETTLED_AS[settled[number].decided] if number in settled else None,
            reopeners=asking.get(number, 0),
        )
        for number, row in rows.items()
    }


def _reopeners(session: Session, study: Study, number: int) -> dict[int, int]:
    """Count, by statement, the panelists whose comment asks to reopen it."""
    asking: Counter[int] = Counter()
    for one in texts.tagged_counts(session, study.id, number):
        asking[one.statement] += one.n if one.decided and REOPEN in one.tags else 0
    return asking


def proposed_for(session: Session, study: Study, draft: Round) -> dict[int, Proposal]:
    """The bare proposals; nothing for a first round."""
    if draft.number == 1:
        return {}
    rows = results_before(session, study, draft)
    return {number: proposed.proposal for number, proposed in proposals_for(session, study, draft, rows).items()}


def accept_all(session: Session, study: Study, draft: Round, *, by: int, at: datetime) -> int:
    """Follow the rule on every undecided statement that it does not propose to revise; how many those are."""
    waiting = set(decisions.undecided(session, study.id, draft.number))
    followed = {
        number: (Decided(proposed), DecidedBy(by, at, proposal=proposed))
        for number, proposed in proposed_for(session, study, draft).items()
        if number in waiting and proposed is not Proposal.REVISE
    }
    return changes.decide(session, draft, followed)
