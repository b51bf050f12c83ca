"""How often a reader of two rounds guesses the answers of one person who joined."""

import pytest

from delphi.consensus.disclosure.newcomers import guess_newcomer


def test_a_second_round_never_makes_the_guess_worse():
    for n in (1, 2, 5, 20, 100):
        guess = guess_newcomer([[n, 2 * n, 3 * n, 2 * n]] * 20)
        assert guess.both >= guess.one


def test_a_small_panel_tells_more_of_a_newcomer_than_a_large_one():
    small, large = (guess_newcomer([[n, n, n, n, n]] * 40) for n in (1, 200))
    assert small.both > large.both
    assert (large.one, small.one) == (2, 2)


def test_where_all_agree_the_newcomer_is_known():
    guess = guess_newcomer([[0, 0, 9]])
    assert (guess.both, guess.one) == (10, 10)


@pytest.mark.parametrize("counts", [[], [[0, 0, 0]]])
def test_nothing_is_guessed_where_nobody_has_rated(counts):
    assert guess_newcomer(counts) is None


def test_the_same_counts_give_the_same_guess():
    counts = [[3, 1, 4, 1], [5, 9, 2, 6]]
    assert guess_newcomer(counts) == guess_newcomer(counts)
