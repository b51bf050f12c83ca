"""Each kind of event is said in words."""

import pytest

from delphi.model.event import EventKind
from delphi.studies import event_words


@pytest.fixture(autouse=True)
def page(app):
    with app.test_request_context():
        yield


def test_every_kind_of_event_has_words():
    assert set(event_words.WORDS) == set(EventKind)
    assert all(event_words.said(kind, {"round": 2}) for kind in EventKind)


def test_an_event_of_a_round_names_it():
    assert event_words.said(EventKind.ROUND_LAUNCHED, {"round": 2}) == "Round 2 launched"


def test_going_on_is_no_finish():
    assert event_words.said(EventKind.STUDY_FINISHED, {"taken_back": True}) == "Study goes on"
