"""How far answers are kept from everybody: proposed by what being known could do, chosen once, promised to the panel."""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.disclosure.forecast import ProbablyHidden, probably_hidden
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.study import CAREFUL, ORDINARY, Harm, Level, Membership, Role, Study, Turnout
from delphi.protocol import groups

FEWEST = 3  # the smallest number of people of whom anything may be shown in any study
CONTACT = frozenset({"data_protection_name", "data_protection_email"})


@dataclass(frozen=True, slots=True)
class Anonymity:
    """What the team chooses; all but the contact for data protection stands still after the lock of the protocol."""

    harm: Harm | None
    level: Level
    caution: int
    smallest_cell: int
    group_chosen: bool
    turnout: Turnout
    data_protection_name: str | None = None
    data_protection_email: str | None = None


def proposal(harm: Harm) -> tuple[Level, int]:
    """Level and caution that follow from the answer; the team still chooses."""
    return (Level.OPEN_ROWS, ORDINARY) if harm is Harm.NO else (Level.SEALED, CAREFUL)


def choose(session: Session, study: Study, wanted: Anonymity, *, by: int, at: datetime) -> list[str]:
    """Put the choice into effect; the answer is the names of what changed."""
    if bool(wanted.data_protection_name) != bool(wanted.data_protection_email):
        raise Refused("The contact for data protection has a name and a mail address, or neither; nothing was changed.")
    if wanted.harm is None and not study.protocol_locked_at:
        raise Refused("Say first whether it could harm a panelist to be known; nothing was changed.")
    values = asdict(wanted)
    changed = sorted(name for name, value in values.items() if getattr(study, name) != value)
    if study.protocol_locked_at and set(changed) - CONTACT:
        raise Refused(
            "The protocol is locked, and how far answers are kept from everybody was promised with it; nothing was "
            "changed. Only the smallest number of people can still grow, by an amendment."
        )
    _refuse_idle_statistician(session, study, wanted.level)
    for name in changed:
        setattr(study, name, values[name])
    if changed:
        audit.record(session, study.id, EventKind.STUDY_CHANGED, by=by, at=at, changed=changed)
    session.flush()
    return changed


def _refuse_idle_statistician(session: Session, study: Study, level: Level) -> None:
    named = exists().where(Membership.study_id == study.id, Membership.role == Role.STATISTICIAN)
    if level is not Level.SEPARATED and session.scalar(select(named)):
        raise Refused(
            "The team has a statistician, whom only a study with separated duties has. Take this person from the team "
            "first; nothing was changed."
        )


def planned(session: Session, study: Study) -> dict[str, int | None]:
    """People planned in each group: its target, else those who are there, else nobody knows."""
    sizes = groups.sizes(session, study)
    known: dict[str, int | None] = {g.key: g.target or sizes.get(g.key) for g in groups.groups_of(session, study)}
    without = sizes.get(None, 0)
    return known | {"": without} if without and known else known


def vanishing(session: Session, study: Study, *, k: int, caution: int) -> list[ProbablyHidden]:
    """The groups that will probably not be shown in every round under these terms."""
    return probably_hidden(planned(session, study), k, caution)
