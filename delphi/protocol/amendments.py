"""Changes of the protocol after its lock: numbered, with a reason, and marked when data were there already."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.analysis import Definition
from delphi.dates import in_words
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.rating import Rating
from delphi.model.round import Round
from delphi.model.study import Amendment, Study
from delphi.protocol import differences
from delphi.protocol import method as protocol


def amend(
    session: Session, study: Study, wanted: Mapping[str, Any], *, reason: str, by: int, at: datetime
) -> Amendment:
    """Change the locked protocol; what had been answered or seen by then is written down with it."""
    if not study.protocol_locked_at:
        raise Refused("The protocol is not locked, so it can be changed without an amendment.")
    changes = differences.differences(study, wanted)
    if not changes or not reason.strip():
        raise Refused("An amendment changes something and says why; nothing was changed.")
    answered, seen = answers_given(session, study), _results_seen(session, study)
    _guard(session, study, changes, answered=answered)
    differences.apply(study, changes)
    made = Amendment(
        study_id=study.id,
        number=len(amendments_of(session, study)) + 1,
        at=at,
        by=by,
        reason=reason.strip(),
        changes=changes,
        answers_given=answered,
        results_seen=seen,
        sha256=protocol.sha256(protocol.document(study)),
    )
    session.add(made)
    facts = {"number": made.number, "changes": changes, "reason": made.reason, "sha256": made.sha256}
    audit.record(session, study.id, EventKind.PROTOCOL_AMENDED, by=by, at=at, after_data=made.after_data, **facts)
    return made


def _guard(session: Session, study: Study, changes: Mapping[str, list[Any]], *, answered: bool) -> None:
    """Refuse what no reason can justify."""
    if "scale" in changes and answered:
        raise Refused("Answers were given on the present scale, so it cannot be changed; nothing was changed.")
    old, new = changes.get("smallest_cell", [0, 0])
    launched = _last_launched(session, study)
    if new < old and launched:
        raise Refused(
            "The panel was promised that nothing is shown of fewer than %(n)s people. After the first invitation this "
            "number can only grow; nothing was changed.",
            n=old,
        )
    if "maximum_rounds" in changes and changes["maximum_rounds"][1] < launched:
        raise Refused(
            "Round %(number)s was launched, so there cannot be fewer rounds; nothing was changed.", number=launched
        )


def amendments_of(session: Session, study: Study) -> Sequence[Amendment]:
    """List the amendments in order."""
    return session.scalars(select(Amendment).filter_by(study_id=study.id).order_by(Amendment.number)).all()


def definition_at(session: Session, study: Study, at: datetime | None) -> Definition:
    """Give the consensus definition as it stood at a moment: later amendments are taken back."""
    method = {name: getattr(study, name) for name in protocol.METHOD}
    for made in reversed(amendments_of(session, study)):
        if at is not None and made.at > at:
            method |= {name: change[0] for name, change in made.changes.items() if name in method}
    return protocol.definition_from(method)


def changed_after_data(session: Session, study: Study) -> list[Amendment]:
    """List the amendments of the method that came after the first answer: every page and file of results says them."""
    return [a for a in amendments_of(session, study) if a.after_data and set(a.changes) & set(protocol.METHOD)]


def notes(session: Session, study: Study) -> tuple[str, ...]:
    """Give what stands under every table of a study: its notice, and what was changed after data."""
    return tuple(filter(None, (study.notice, mark(changed_after_data(session, study), study.time_zone))))


def mark(amendments: Sequence[Amendment], time_zone: str) -> str:
    """Say in one sentence what was changed after data, as files print it; empty if nothing was."""
    if not amendments:
        return ""
    said = [
        f"amendment {a.number} of {in_words(a.at, time_zone)} ({', '.join(n.replace('_', ' ') for n in a.changes)})"
        for a in amendments
    ]
    return f"Protocol changed after data: {'; '.join(said)}."


def answers_given(session: Session, study: Study) -> bool:
    """Whether any answer stands in the study."""
    one = exists().where(Rating.study_id == study.id, Rating.given)
    return bool(session.scalar(select(one)))


def _results_seen(session: Session, study: Study) -> bool:
    return bool(session.scalar(select(exists().where(Round.study_id == study.id, Round.closed_at.is_not(None)))))


def _last_launched(session: Session, study: Study) -> int:
    last = select(func.max(Round.number)).where(Round.study_id == study.id, Round.opened_at.is_not(None))
    return session.scalar(last) or 0
