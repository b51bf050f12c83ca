"""One person who stands on the panel twice becomes one: never two ballots counted, and no answer dropped in silence."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from delphi import audit
from delphi.database import locked
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.people.person import changes
from delphi.people.person.changes import By, Correction
from delphi.people.person.reading import Details, Person, person_of


@dataclass(frozen=True, slots=True)
class Merge:
    """Which two are one person, and under which of the two addresses: of the first, or of the other."""

    one: Panelist
    other: Panelist
    address_of_other: bool = False


def merge(session: Session, study: Study, asked: Merge, *, secret: str, by: By) -> Panelist:
    """Make two one, and give who stays: whoever gave something; where neither did, the first.

    Raises
    ------
    Refused
        Both gave something, or may have: only the person can say which answers are theirs.
    """
    if asked.one.id == asked.other.id:
        raise Refused("This is the same entry of the panel. Choose the other one. Nothing was changed.")
    for key in sorted((asked.one.id, asked.other.id)):
        locked(session, Panelist, (study.id, key))
    one, other = (person_of(session, study, panelist) for panelist in (asked.one, asked.other))
    stays, goes = (one, other) if other.removable(study) else (other, one)
    if not goes.removable(study):
        raise Refused(
            "Both entries were invited, and both may hold answers: nobody but the person can say which count. Let one of "
            "the two leave, as the person says; their page offers it, and says what becomes of the answers. Nothing was "
            "changed."
        )
    wanted = _together(stays, goes, (other if asked.address_of_other else one).details.email)
    changes.remove(session, study, goes.panelist, secret=secret, by=by)
    correction = Correction(wanted, stays.details.mark(), end_links=False)
    changes.correct(session, study, stays.panelist, correction, by=by)
    audit.record(session, study.id, EventKind.PANELIST_CORRECTED, by=by.account, at=by.at, what=["merged"])
    return stays.panelist


def _together(stays: Person, goes: Person, email: str) -> Details:
    """What is known of both: of whoever stays first."""
    first, second = stays.details, goes.details
    group = first.group if stays.group_fixed else first.group or second.group
    note = "\n".join(dict.fromkeys(filter(None, (first.note, second.note))))
    known = {**second.characteristics, **first.characteristics}
    return Details(first.name, email, group, note, known, first.language or second.language)
