"""What a study decides about its panelist's side: the open round, proposals, withdrawal, planned days, the list of names."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.round import Round, progress_of
from delphi.model.study import CLOSING_HOURS, NAMES_KEPT_DAYS, ItemNoun, PersonNoun, Study, Withdrawal

LOCKED = {
    "proposal_rounds",
    "open_question",
    "withdrawal_choices",
    "names_kept_days",
    "closing_hours",
    "item_noun",
    "person_noun",
}


@dataclass(frozen=True, slots=True)
class PanelistOptions:
    """The wanted settings; all but the planned days were promised to the panel and stand still after its lock."""

    open_round: bool
    proposals: bool
    open_question: str
    withdrawal_choices: tuple[Withdrawal, ...]
    opens_on: date | None
    names_until: date | None
    names_kept_days: int | None = NAMES_KEPT_DAYS
    closing_hours: int = CLOSING_HOURS
    item_noun: ItemNoun = ItemNoun.STATEMENT
    person_noun: PersonNoun = PersonNoun.PANELIST

    def proposal_rounds(self, rounds: int) -> list[int]:
        """The rounds in which panelists may write statements; in the last one it would come too late."""
        return ([0] if self.open_round else []) + (list(range(1, rounds)) if self.proposals else [])


def upcoming(session: Session, study: Study) -> Round | None:
    """Find the next round that has not opened."""
    return progress_of(session, study).upcoming


def decide(session: Session, study: Study, wanted: PanelistOptions, *, by: int, at: datetime) -> list[str]:
    """Put the settings into effect; the answer is the names of those that changed."""
    if not wanted.withdrawal_choices:
        raise Refused("Whoever leaves needs at least one choice for the answers given; nothing was changed.")
    values = {
        "proposal_rounds": wanted.proposal_rounds(study.maximum_rounds),
        "open_question": wanted.open_question,
        "withdrawal_choices": [choice.value for choice in wanted.withdrawal_choices],
        "names_until": wanted.names_until,
        "names_kept_days": wanted.names_kept_days,
        "closing_hours": wanted.closing_hours,
        "item_noun": wanted.item_noun,
        "person_noun": wanted.person_noun,
    }
    changed = [name for name, value in values.items() if getattr(study, name) != value]
    if study.protocol_locked_at and LOCKED & set(changed):
        raise Refused("The protocol is locked, so what panelists may do stands; nothing was changed.")
    for name in changed:
        setattr(study, name, values[name])
    _open_round(session, study, wanted=wanted.open_round)
    draft = upcoming(session, study)
    if draft is not None and draft.opens_on != wanted.opens_on:
        draft.opens_on = wanted.opens_on
        changed.append("opens_on")
    if changed:
        audit.record(session, study.id, EventKind.STUDY_CHANGED, by=by, at=at, changed=sorted(changed))
    session.flush()
    return changed


def _open_round(session: Session, study: Study, *, wanted: bool) -> None:
    """Make the draft of the open round, or take it away; after the lock neither happens, since nothing changed."""
    open_round = session.get(Round, (study.id, 0))
    if wanted and open_round is None:
        session.add(Round(study_id=study.id, number=0))
    elif not wanted and open_round is not None:
        session.delete(open_round)
    session.flush()
