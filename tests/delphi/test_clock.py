"""The clock of this host goes by the database's where the two are unlike."""

import time

import pytest

from delphi import clock

DAY = 86_400.0


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """No database has told the time yet, and what a test learns is forgotten after it."""
    monkeypatch.setattr(clock, "_ahead", clock.timedelta(0))
    monkeypatch.setattr(clock, "_asked_at", None)


def ahead() -> float:
    return clock.now().timestamp() - time.time()


@pytest.mark.parametrize("wrong_by", [DAY, -DAY, 5.0])
def test_a_clock_that_is_wrong_is_set_right(wrong_by):
    clock.follow(time.time() + wrong_by, asked_for=0.01)
    assert ahead() == pytest.approx(wrong_by, abs=1.5)


def test_less_than_a_second_is_no_difference():
    clock.follow(time.time() + 0.9, asked_for=0.01)
    assert clock._ahead == clock.timedelta(0)


def test_a_clock_that_was_put_right_is_trusted_again():
    clock.follow(time.time() + DAY, asked_for=0.01)
    clock.follow(time.time(), asked_for=0.01)
    assert ahead() == pytest.approx(0, abs=1.5)


def test_an_answer_that_came_late_changes_nothing():
    clock.follow(time.time() + DAY, asked_for=3)
    assert ahead() == pytest.approx(0, abs=1.5)


def test_the_database_is_asked_again_after_a_minute(monkeypatch):
    assert clock.is_unsure()
    clock.follow(time.time(), asked_for=0.01)
    assert not clock.is_unsure()
    later = time.monotonic() + clock.SECONDS_TO_TRUST
    monkeypatch.setattr(clock.time, "monotonic", lambda: later)
    assert clock.is_unsure()
