"""What the record of a study says of its rounds."""

import pytest
from builders import NOW, drafted, launched
from databases import one_engine
from played import play
from sqlalchemy import select

from delphi.model.letter import Letter
from exports.catalogue import CATALOGUE
from exports.files.orders import Order, exhibit_of
from exports.record.reader_profile import Profile
from exports.record.study_record import StudyRecord
from rounds.lifecycle import lifecycle
from rounds.lifecycle.reminder_plan import Audience


def test_sent_reminders_are_counted_for_each_round_apart(cast):
    lead = {"by": cast.ada.id, "at": NOW}
    for number, audience in ((1, Audience.NOT_SUBMITTED), (2, Audience.UNFINISHED)):
        round_ = launched(cast.session, cast.study, number)
        lifecycle.remind(cast.session, round_, audience, **lead)
        if number == 2:
            lifecycle.remind(cast.session, round_, Audience.NOT_STARTED, **lead)
        lifecycle.close(cast.session, round_, **lead)
        lifecycle.release(cast.session, cast.study, round_, **lead)
        drafted(cast.session, cast.study, round_)
    letters = cast.session.scalars(select(Letter).order_by(Letter.round, Letter.kind, Letter.panelist)).all()
    for letter in letters[:-2]:  # two of the second round were not sent yet
        letter.sent_at = NOW
    cast.session.flush()
    rounds = StudyRecord(cast.session, cast.study, Profile.ANALYST).rounds
    assert [(one.number, one.reminders) for one in rounds] == [(1, 6), (2, 4)]


@one_engine
@pytest.mark.parametrize(
    ("level", "profile", "reads"),
    [
        ("sealed", Profile.ANALYST, False),
        ("sealed", Profile.STATISTICIAN, False),
        ("separated", Profile.ANALYST, False),
        ("separated", Profile.STATISTICIAN, True),
        ("open_rows", Profile.ANALYST, True),
        ("open_rows", Profile.PUBLIC, True),
    ],
)
def test_rows_are_read_by_whom_the_level_names(session, level, profile, reads):
    made = play(session, panelists=12, rounds=2, leavers=0, level=level)
    assert bool(StudyRecord(session, made, profile).panels) is reads
    if profile in CATALOGUE["stability"].profiles:
        rows = exhibit_of(session, made, Order("stability", "csv", profile)).as_dicts()
        assert any(row.get("n_paired") is not None for row in rows) is reads
