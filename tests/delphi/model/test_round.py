"""Where a study stands, from the facts of its rounds."""

from datetime import timedelta

import pytest
from builders import NOW

from delphi.model.round import Round, latest_round, newest_rounds, progress_of

HASH = "0" * 64
OPEN = {"opened_at": NOW, "closes_at": NOW + timedelta(days=7)}
CLOSED = OPEN | {"closed_at": NOW, "input_sha256": HASH}
RELEASED = CLOSED | {"released_at": NOW}


def rounds_of(session, study, *facts, first=1):
    """Write the rounds of a study: one a dict of facts, from a number on."""
    for number, values in enumerate(facts, first):
        round_ = session.get(Round, (study.id, number)) or Round(study_id=study.id, number=number)
        for name, value in values.items():
            setattr(round_, name, value)
        session.add(round_)
    session.flush()
    return progress_of(session, study)


def number_of(round_):
    return round_.number if round_ else None


@pytest.mark.parametrize(
    ("facts", "first", "latest", "upcoming", "phase"),
    [
        ([{}], 1, None, 1, 0),
        ([OPEN], 1, 1, None, 1),
        ([RELEASED, {}], 1, 1, 2, 1),
        ([RELEASED, CLOSED], 1, 2, None, 2),
        ([RELEASED, RELEASED], 1, 2, None, 3),
        ([OPEN, {}], 0, 0, 1, 0),
        ([CLOSED, RELEASED], 0, 1, None, 1),
    ],
)
def test_progress_follows_from_the_rounds(session, cast, facts, first, latest, upcoming, phase):
    cast.study.maximum_rounds = 2
    progress = rounds_of(session, cast.study, *facts, first=first)
    assert (number_of(progress.latest), number_of(progress.upcoming), progress.phase) == (latest, upcoming, phase)
    assert number_of(latest_round(session, cast.study)) == latest
    assert latest_round(session, cast.foreign) is None


def test_a_study_that_was_finished_early_is_over(session, cast):
    progress = rounds_of(session, cast.study, RELEASED, {})
    assert not progress.is_over
    cast.study.finished_at = NOW
    assert progress.is_over
    assert progress.phase == cast.study.maximum_rounds + 1


def test_the_newest_round_of_each_study_is_found(session, cast):
    rounds_of(session, cast.study, RELEASED, {})
    newest = newest_rounds(session, [cast.study])
    assert {study: round_.number for study, round_ in newest.items()} == {cast.study.id: 2}
