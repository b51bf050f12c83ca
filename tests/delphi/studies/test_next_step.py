"""Where a study stands, in words: its headline, and what its lead does next."""

from datetime import UTC, datetime, timedelta

import pytest

from delphi.errors import Issue
from delphi.model.round import Progress, Round
from delphi.model.study import Study
from delphi.studies import next_step
from delphi.studies.next_step import Situation

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


def progress(*rounds, **facts):
    return Progress(study(maximum_rounds=2, **facts), rounds)


MISSING = Issue("undecided", "%(n)s are undecided.", values={"n": 3})
NO_PANEL = Issue("no_panel", "The panel is empty.", "roster.index")
HINT = Issue("long", "It is long.", blocks=False)
FIRST = Round(number=1, **RELEASED)


@pytest.mark.parametrize(
    ("rounds", "now", "words", "leads_to"),
    [
        ([Round(number=1)], Situation([NO_PANEL, MISSING]), "The panel is empty.", "roster.index"),
        ([Round(number=1)], Situation([HINT]), "Everything is there. Round 1 can be launched.", "round.show"),
        ([FIRST, Round(number=2)], Situation([MISSING]), "3 are undecided.", "round.show"),
        ([Round(number=1, **OPEN)], Situation(), "Nothing waits for you.", "round.show"),
        ([Round(number=1, **OPEN)], Situation(accepts=False), "The deadline of round 1 has passed.", "round.show"),
        ([Round(number=1, **OPEN)], Situation(letters_refused=1), "1 letter was refused", "roster.index"),
        (
            [Round(number=1, **OPEN)],
            Situation(addresses_bounced=2),
            "Mail to 2 people comes back.",
            "returned_mail.show",
        ),
        ([Round(number=1, **CLOSED)], Situation(is_counted=False), "Round 1 is being counted.", "overview.show"),
        ([Round(number=1, **CLOSED)], Situation((), 14), "14 comments of round 1 wait", "moderation.show"),
        ([Round(number=1, **CLOSED), Round(number=2)], Situation(), "Round 1 is closed and counted.", "round.show"),
        ([FIRST], Situation(), "The results of round 1 are out. Prepare round 2", "round.show"),
        ([FIRST, Round(number=2, **RELEASED)], Situation(), "The results of round 2, the last one", "finishing.show"),
    ],
)
def test_the_next_step_is_what_the_study_waits_for(rounds, now, words, leads_to):
    step = next_step.next_step(progress(*rounds), now)
    assert step.words.startswith(words)
    assert step.endpoint == leads_to


def test_a_finished_study_asks_for_nothing_but_its_files():
    step = next_step.next_step(progress(FIRST, finished_at=AT), Situation())
    assert step.endpoint == "files.index"


@pytest.mark.parametrize(
    ("rounds", "words"),
    [
        ([Round(number=1)], "The study is being prepared"),
        ([Round(number=1, **OPEN)], "Round 1 is open, less than a day is left"),
        ([Round(number=1, **(OPEN | {"closes_at": AT + 3 * DAY}))], "Round 1 is open, 2 days left"),
        ([Round(number=1, **(OPEN | {"closes_at": AT}))], "Round 1 is past its deadline"),
        ([Round(number=1, **CLOSED), Round(number=2)], "Round 1 is closed, its results are not out"),
        ([FIRST, Round(number=2)], "Round 2 is being prepared"),
        ([FIRST], "The results of round 1 are out"),
    ],
)
def test_the_headline_says_where_a_study_stands(rounds, words):
    assert next_step.headline(progress(*rounds), at=AT + timedelta(hours=1)) == words


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
