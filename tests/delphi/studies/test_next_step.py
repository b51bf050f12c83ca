"""Where a study stands, in words: the state of its rounds, and what its lead does next."""

from datetime import UTC, datetime, timedelta

import pytest

from delphi.model.round import Round
from delphi.model.study import Study
from delphi.studies import next_step

AT = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
DRAFT: dict[str, datetime] = {}
OPEN = {"opened_at": AT, "closes_at": AT + DAY}
CLOSED = OPEN | {"closed_at": AT + 2 * DAY}
RELEASED = CLOSED | {"released_at": AT + 3 * DAY}


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context():
        yield


def study(**facts):
    return Study(time_zone="UTC", **facts)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (DRAFT, "in preparation"),
        (OPEN, "open until Tuesday 2 March 2027"),
        (CLOSED, "closed on Wednesday 3 March 2027"),
        (RELEASED, "released on Thursday 4 March 2027"),
    ],
)
def test_the_state_of_a_round_is_said_with_its_time(facts, words):
    assert next_step.of_round(study(), Round(number=2, **facts)).startswith(words)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        (DRAFT, "decide on the statements of round 2"),
        (OPEN, "round 2 is open until Tuesday 2 March 2027"),
        (CLOSED, "read the comments of round 2"),
        (RELEASED, "round 2 is released; prepare the next one"),
    ],
)
def test_the_next_step_follows_from_the_newest_round(facts, words):
    step = next_step.next_step(study(), [Round(number=1, **RELEASED), Round(number=2, **facts)])
    assert step.round == 2
    assert step.words.startswith(words)


def test_a_finished_study_asks_for_nothing_but_reading():
    step = next_step.next_step(study(finished_at=AT), [Round(number=1, **OPEN)])
    assert step.words.startswith("the study is finished")


@pytest.mark.parametrize(
    ("newest", "words"),
    [
        (None, "in preparation"),
        (Round(number=1), "in preparation"),
        (Round(number=2), "round 2 is being prepared"),
        (Round(number=2, **OPEN), "round 2 is open until"),
        (Round(number=2, **CLOSED), "round 2 is closed"),
        (Round(number=2, **RELEASED), "round 2 is released"),
    ],
)
def test_a_list_says_where_each_study_stands(newest, words):
    assert next_step.of_study(study(), newest).startswith(words)


def test_a_list_says_first_what_will_be_deleted():
    doomed = study(deletion_due_at=AT)
    assert next_step.of_study(doomed, Round(number=2, **OPEN)).startswith("will be deleted on Monday 1 March 2027")
