"""What the team does with everybody who is ticked on the roster: counted first, then done one after the other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from delphi import access
from delphi.model.study import Study
from delphi.people.person import changes
from delphi.people.person.changes import By
from delphi.people.person.reading import Person, persons_of

MOST = 50  # a page of the roster


class Act(StrEnum):
    """What can be done with several people at once."""

    LINK = "link"
    PRINT = "print"
    GROUP = "group"
    REMOVE = "remove"


class Spared(StrEnum):
    """Why somebody who is ticked is left as they are; each is told on the roster, too."""

    NOT_INVITED = "not_invited"
    DECLINED = "declined"
    GROUP_FIXED = "group_fixed"
    SAME_GROUP = "same_group"
    INVITED = "invited"
    NO_ADDRESS = "no_address"


@dataclass(frozen=True)
class Plan:
    """With whom it would be done, and how many are left as they are, by the reason."""

    act: Act
    group: str = ""
    people: Sequence[Person] = ()
    spared: Counter[Spared] = field(default_factory=Counter)


def plan(session: Session, study: Study, codes: Sequence[str], act: Act, group: str = "") -> Plan:
    """Say what would become of those who are ticked; nothing is changed."""
    ticked = persons_of(session, study, access.panelists_coded(session, study, codes[:MOST]))
    why = {one.panelist.id: next(_hindrances(study, one, act, group), None) for one in ticked}
    people = [one for one in ticked if why[one.panelist.id] is None]
    return Plan(act, group, people, Counter(reason for reason in why.values() if reason))


def _hindrances(study: Study, person: Person, act: Act, group: str) -> Iterator[Spared]:
    if act in (Act.LINK, Act.PRINT) and not person.invited:
        yield Spared.NOT_INVITED
    if act in (Act.LINK, Act.PRINT) and person.panelist.declined_on is not None:
        yield Spared.DECLINED
    if act is Act.LINK and person.identity.email is None:
        yield Spared.NO_ADDRESS
    if act is Act.GROUP and (person.panelist.stakeholder_group or "") == group:
        yield Spared.SAME_GROUP
    if act is Act.GROUP and person.group_fixed:
        yield Spared.GROUP_FIXED
    if act is Act.REMOVE and not person.removable(study):
        yield Spared.INVITED


def carry_out(session: Session, study: Study, planned: Plan, *, secret: str, by: By) -> int:
    """Do it; with how many something changed."""
    done = [_do(session, study, planned, one, secret, by) for one in planned.people]
    return sum(done)


def links(
    session: Session, study: Study, planned: Plan, *, form: UUID, secret: str, by: By
) -> list[tuple[Person, str]]:
    """Make a link to print or copy for each of them, and give it beside the person; the same form gives the same links."""
    return [
        (
            one,
            changes.hand_link(
                session, study, one.panelist, form=uuid5(form, str(one.panelist.id)), secret=secret, by=by
            ),
        )
        for one in planned.people
    ]


def _do(session: Session, study: Study, planned: Plan, one: Person, secret: str, by: By) -> bool:
    match planned.act:
        case Act.LINK:
            return changes.send_link(session, study, one.panelist, by=by)
        case Act.GROUP:
            return changes.regroup(session, study, one.panelist, planned.group, by=by)
        case Act.REMOVE:
            changes.remove(session, study, one.panelist, secret=secret, by=by)
    return True
