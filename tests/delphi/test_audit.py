"""The chain of events: what was done to it is found, and an imported study takes no further decision."""

import pytest
from builders import NOW, study
from rows import HASH
from sqlalchemy import select

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import WITHHELD, Event, EventKind, data_hash
from delphi.model.origin import StudyImport
from delphi.protocol import amendments


def chain(cast) -> list[Event]:
    for number in range(4):
        audit.record(cast.session, cast.study.id, EventKind.EXPORTED, by=cast.ada.id, at=NOW, number=number)
    cast.session.expire_all()
    events = list(cast.session.scalars(select(Event).filter_by(study_id=cast.study.id).order_by(Event.sequence)))
    assert audit.first_broken(events) is None
    return events


@pytest.mark.parametrize(
    ("name", "value"),
    [("data", {"number": 9}), ("actor", 99), ("kind", EventKind.ROUND_CLOSED), ("at", NOW.replace(year=2001))],
)
def test_a_changed_event_is_found(cast, name, value):
    events = chain(cast)
    setattr(events[4], name, value)
    assert audit.first_broken(events) == 5


def test_a_resealed_event_breaks_the_next(cast):
    events = chain(cast)
    events[4].data = {"number": 9}
    events[4].seal(events[3].hash)
    assert audit.first_broken(events) == 6


def test_a_removed_or_moved_event_is_found(cast):
    events = chain(cast)
    assert audit.first_broken(events[:3] + events[4:]) == 4
    assert audit.first_broken([*events[:3], events[4], events[3]]) == 4


def test_data_can_be_left_out_and_the_chain_holds(cast):
    events = chain(cast)
    events[4].data = {WITHHELD: data_hash(events[4].data)}
    assert audit.first_broken(events) is None


def test_nothing_is_decided_on_an_imported_study(cast):
    cast.session.add(StudyImport(study_id=cast.study.id, at=NOW, bundle_sha256=HASH))
    cast.session.flush()
    with pytest.raises(Refused, match="imported"):
        amendments.amend(cast.session, cast.study, {"minimum_n": 4}, reason="few", by=cast.ada.id, at=NOW)
    audit.record(cast.session, cast.study.id, EventKind.EXPORTED, by=cast.ada.id, at=NOW)
    study(cast.session, cast.ada, "another")
