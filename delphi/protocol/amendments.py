"""Changes of the protocol after its lock: numbered, with a reason, and marked when data were there already."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from delphi import audit, progress
from delphi.consensus.analysis import Definition
from delphi.database import remembered
from delphi.dates import in_words
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import Round, latest_round
from delphi.model.study import Amendment, Study
from delphi.protocol import differences, method

PROMISED = frozenset({"level", "caution", "turnout", "closing_hours", "groups", "group_chosen", "harm"})


def amend(
    session: Session, study: Study, wanted: Mapping[str, Any], *, reason: str, by: int, at: datetime
) -> Amendment:
    """Change the locked protocol; what had been answered or seen by then is written down with it."""
    if not study.protocol_locked_at:
        raise Refused("The protocol is not locked, so it can be changed without an amendment.")
    if PROMISED & wanted.keys():
        raise Refused(
            "Level, caution, turnout, closing hours and groups were promised to the panel, so no amendment changes them; "
            "nothing was changed."
        )
    changes, reason = differences.differences(study, wanted), reason.strip()
    if not changes or not reason:
        raise Refused("An amendment changes something and says why; nothing was changed.")
    _guard(session, study, changes, answered=progress.any_answer(session, study.id))
    differences.apply(study, changes)
    return add(session, study, changes, reason=reason, by=by, at=at)


def add(
    session: Session, study: Study, changes: Mapping[str, Any], *, reason: str, by: int | None, at: datetime
) -> Amendment:
    """Write down a change that was made, of the protocol as it stands now; ``by`` is None where an upgrade made it."""
    amendment = Amendment(
        study_id=study.id,
        number=len(amendments_of(session, study)) + 1,
        at=at,
        by=by,
        reason=reason,
        changes=dict(changes),
        answers_given=progress.any_answer(session, study.id),
        results_seen=_results_seen(session, study),
        sha256=method.sha256(method.document(study)),
    )
    session.add(amendment)
    audit.record(session, study.id, EventKind.PROTOCOL_AMENDED, by=by, at=at, **_facts(amendment))
    return amendment


def _facts(amendment: Amendment) -> dict[str, Any]:
    """What the event of an amendment says."""
    return {name: getattr(amendment, name) for name in ("after_data", "number", "changes", "reason", "sha256")}


def _guard(session: Session, study: Study, changes: Mapping[str, list[Any]], *, answered: bool) -> None:
    """Refuse what no reason can justify."""
    if "scale" in changes and answered:
        raise Refused("Answers were given on the present scale, so it cannot be changed; nothing was changed.")
    old, new = changes.get("smallest_cell", [0, 0])
    latest = latest_round(session, study)
    launched = latest.number if latest else 0
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
    known = remembered(session, "amendments")
    if study.id not in known:
        listed = select(Amendment).filter_by(study_id=study.id).order_by(Amendment.number)
        known[study.id] = session.scalars(listed).all()
    amended: Sequence[Amendment] = known[study.id]
    return amended


def definition_at(session: Session, study: Study, at: datetime | None) -> Definition:
    """The consensus definition as it stood at a moment: later amendments are taken back."""
    columns = {name: getattr(study, name) for name in method.METHOD}
    for amendment in reversed(amendments_of(session, study)):
        if at is not None and amendment.at > at:
            columns |= {name: change[0] for name, change in amendment.changes.items() if name in columns}
    return method.definition_from(columns)


def changed_after_data(session: Session, study: Study) -> list[Amendment]:
    """List the amendments of the method that came after the first answer: every page and file of results says them."""
    return [a for a in amendments_of(session, study) if a.after_data and set(a.changes) & set(method.METHOD)]


def notes(session: Session, study: Study) -> tuple[str, ...]:
    """List what stands under every table of a study: its notice, and what was changed after data."""
    return tuple(filter(None, (study.notice, mark(changed_after_data(session, study), study.time_zone))))


def mark(amendments: Sequence[Amendment], time_zone: str) -> str:
    """Say in one sentence what was changed after data, as files print it; empty if nothing was."""
    if not amendments:
        return ""
    sentences = [
        f"amendment {a.number} of {in_words(a.at, time_zone)} ({', '.join(n.replace('_', ' ') for n in sorted(a.changes))})"
        for a in amendments
    ]
    return f"Protocol changed after data: {'; '.join(sentences)}."


def _results_seen(session: Session, study: Study) -> bool:
    return bool(session.scalar(select(exists().where(Round.study_id == study.id, Round.closed_at.is_not(None)))))
