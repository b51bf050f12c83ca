"""The end of a study: the stopping rule is applied to the facts and said; a person ends it, earlier only with a reason."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.stopping import Criterion, RoundState, stopping_advice
from delphi.consensus.vocabulary import Verdict
from delphi.database import locked
from delphi.errors import Issue, NotReady, Refused
from delphi.model.event import EventKind
from delphi.model.round import Round, State, latest_round
from delphi.model.seal import SealKind
from delphi.model.study import Study
from delphi.protocol.method import definition_of, stopping_rule_of
from rounds.lifecycle import headcount
from rounds.lifecycle.headcount import Responded
from rounds.results.rows import panel_rows, stable_share
from rounds.seal import chain, publishing

Describe = Callable[[Session, Study], dict[str, Any] | None]
AT_CONSENSUS = (Verdict.IN, Verdict.OUT)


def criteria(session: Session, study: Study) -> Sequence[Criterion]:
    """Apply the stopping rule to the last released round."""
    last = latest_round(session, study)
    if last is None or last.state is not State.RELEASED:
        return []
    return advise(session, study, last, panel_rows(session, study, last))[1]


def issues_before_end(session: Session, study: Study) -> list[Issue]:
    """List what stands in the way of ending the study."""
    last = latest_round(session, study)
    if study.finished_at is not None:
        return [Issue("finished", "The study is finished already.")]
    if last is None:
        return [Issue("no_round", "No round was launched yet.")]
    if last.state is not State.RELEASED:
        return [
            Issue(
                "not_released",
                "Round %(number)s is not released, so the panel would not see its results.",
                values={"number": last.number},
            )
        ]
    return []


def finish(
    session: Session, study: Study, *, reason: str, by: int, at: datetime, describe: Describe | None = None
) -> None:
    """End the study; where the stopping rule is not reached the reason is kept as a departure from the protocol.

    Where the panel agreed to open rows, they are published with it.
    Names stand on the other side: ``describe`` counts there who was counted, for the description of the panel.
    """
    locked(session, Study, (study.id,))
    if issues := issues_before_end(session, study):
        raise NotReady(issues)
    reached = [criterion.name for criterion in criteria(session, study) if criterion.met]
    if not reached and not reason.strip():
        raise Refused("The stopping rule is not reached. Ending earlier needs a reason; nothing was changed.")
    study.finished_at, study.finish_reason = at, reason.strip()
    audit.record(session, study.id, EventKind.STUDY_FINISHED, by=by, at=at, reached=reached, reason=reason.strip())
    publishing.publish_rows(session, study, by=by, at=at)
    if describe is not None:
        _describe(session, study, describe, at=at)


def _describe(session: Session, study: Study, describe: Describe, *, at: datetime) -> None:
    """Seal the characteristics of the panel, once: two descriptions would tell of whoever came in between."""
    last = latest_round(session, study)
    if last is None or chain.entries_of(session, study.id, SealKind.PANEL):
        return
    content = describe(session, study)
    if content is None:
        return
    entry = chain.append(session, study, last.number, SealKind.PANEL, content, definition=definition_of(study), at=at)
    facts = {"number": entry.number, "sha256": entry.sha256}
    audit.record(session, study.id, EventKind.PANEL_DESCRIBED, by=None, at=at, **facts)


def take_back(session: Session, study: Study, *, by: int, at: datetime) -> None:
    """Take the end of the study back: nothing was sent and nothing deleted by it."""
    locked(session, Study, (study.id,))
    if study.finished_at is None:
        raise Refused("The study is not finished; nothing was changed.")
    if publishing.are_published(session, study.id):
        raise Refused("The single rows of this study were published with its end. Nothing was changed.")
    if study.names_destroyed_at is not None:
        raise Refused("The names were destroyed, so nobody can be asked again. Nothing was changed.")
    study.finished_at, study.finish_reason = None, ""
    # The kinds of events stand in a constraint of the table, so the event of finishing says that it was taken back.
    audit.record(session, study.id, EventKind.STUDY_FINISHED, by=by, at=at, taken_back=True)


def state_of(
    session: Session, study: Study, round_: Round, rows: Sequence[Mapping[str, Any]], people: Responded | None = None
) -> RoundState:
    """What a closed round shows: statements at consensus, statements that are stable, panelists who responded."""
    people, share = people or headcount.responded(session, round_), stable_share(session, study, round_)
    return RoundState(
        number=round_.number,
        at_consensus=(sum(row["verdict"] in AT_CONSENSUS for row in rows), len(rows)),
        stable=None if share is None else (share, 100),
        responded=(people.submitted, people.invited),
    )


def advise(
    session: Session, study: Study, round_: Round, rows: Sequence[Mapping[str, Any]], people: Responded | None = None
) -> tuple[RoundState, list[Criterion]]:
    """The state of the study after a round, and every stopping criterion with whether it is met."""
    state = state_of(session, study, round_, rows, people)
    return state, stopping_advice(state, stopping_rule_of(study))
