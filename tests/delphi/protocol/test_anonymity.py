"""Choosing a level without the page: what the lock holds, and a statistician for whom there is no level any more."""

from dataclasses import replace

import pytest
from builders import NOW, people, study

from delphi.consensus.disclosure.forecast import WhyHidden
from delphi.errors import Refused
from delphi.model.study import Harm, Level, Role, Turnout
from delphi.people import roster
from delphi.protocol import anonymity
from delphi.protocol.anonymity import Anonymity
from delphi.studies import team

WANTED = Anonymity(Harm.UNKNOWN, Level.SEALED, 2, 5, group_chosen=False, turnout=Turnout.SHOWN)
CHANGES = [
    {"harm": Harm.NO},
    {"level": Level.OPEN_ROWS},
    {"caution": 1},
    {"smallest_cell": 4},
    {"group_chosen": True},
    {"turnout": Turnout.KEPT},
]


@pytest.mark.parametrize("change", CHANGES)
def test_the_lock_holds_what_was_chosen(cast, change):
    with pytest.raises(Refused, match="promised"):
        anonymity.choose(cast.session, cast.study, replace(WANTED, **change), by=cast.ada.id, at=NOW)
    assert anonymity.choose(cast.session, cast.study, WANTED, by=cast.ada.id, at=NOW) == []


def test_a_study_with_a_statistician_keeps_duties_separated(cast):
    made = study(cast.session, cast.ada, "free", locked=False, level="separated")
    for name, role in (("olga", Role.OWNER), ("stat", Role.STATISTICIAN)):
        team.invite(cast.session, made, f"{name}@example.org", role, by=cast.ada.id, at=NOW)
    with pytest.raises(Refused, match="has a statistician"):
        anonymity.choose(cast.session, made, WANTED, by=cast.ada.id, at=NOW)


def test_people_without_a_group_count_among_the_hidden(cast):
    """Three people without a group: the smallest group would follow by subtraction."""
    made = study(cast.session, cast.ada, "free", locked=False, panelists=0, targets={"nurses": 30, "peers": 20})
    assert anonymity.vanishing(cast.session, made, k=5, caution=2) == []
    roster.add(cast.session, made, people(3, (None,)))
    (hidden,) = anonymity.vanishing(cast.session, made, k=5, caution=2)
    assert (hidden.group, hidden.why) == ("peers", WhyHidden.BESIDE)
