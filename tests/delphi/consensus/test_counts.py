import numpy as np
import pytest

from delphi.consensus.counts import Counts


def two_groups():
    return Counts(
        ratings=np.array([[[1, 2, 0], [0, 0, 3]]]),
        not_qualified=np.array([[1, 0]]),
        blank=np.array([[0, 2]]),
        invited=np.array([6, 7]),
        groups=("patients", "clinicians"),
    )


def test_denominators_by_group():
    counts = two_groups()
    assert counts.n_rated.tolist() == [[3, 3]]
    assert counts.n_answered.tolist() == [[4, 3]]
    assert counts.n_shown.tolist() == [[4, 5]]


def test_pooling_adds_everything():
    pooled = two_groups().pooled()
    assert (pooled.groups, pooled.ratings.tolist(), pooled.invited.tolist()) == (("all",), [[[1, 2, 3]]], [13])
    assert (pooled.n_rated.item(), pooled.n_answered.item(), pooled.n_shown.item()) == (6, 7, 9)


def test_one_group_alone():
    alone = two_groups().only("clinicians")
    assert (alone.groups, alone.ratings.tolist(), alone.blank.tolist()) == (("clinicians",), [[[0, 0, 3]]], [[2]])


@pytest.mark.parametrize("ratings", [[1, 2, 3], [[1, 2, 3]], [[[1, 2, 3]]]])
def test_ratings_alone_in_any_shape(ratings):
    assert Counts.of(ratings).ratings.shape == (1, 1, 3)


def test_several_groups_without_names():
    assert Counts.of(np.ones((2, 3, 4))).groups == ("group 1", "group 2", "group 3")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"blank": np.zeros((2, 2), dtype=int)}, "differ in shape"),
        ({"groups": ("patients",)}, "2 groups need"),
        ({"not_qualified": np.array([[-1, 0]])}, "negative"),
    ],
)
def test_impossible_counts_are_refused(change, message):
    good = two_groups()
    parts = {name: getattr(good, name) for name in ("ratings", "not_qualified", "blank", "invited", "groups")}
    with pytest.raises(ValueError, match=message):
        Counts(**parts | change)
