"""Rows stand in an order that no group, no pair of rounds and no person decides: a figure drawn at random would tell it."""

import numpy as np

from delphi.consensus.matrix import ABSENT
from rounds.seal.matrices import PanelAnswers, Wave

FIRST = np.array([[3, 1], [0, 2], [3, 1], [1, 1]], dtype=np.int8)
SECOND = np.array([[0, -1], [2, 2], [ABSENT, ABSENT], [-1, 3]], dtype=np.int8)


def answers(groups, first=FIRST, second=SECOND):
    stage = np.full((4, 2), 2, dtype=np.int8)
    return PanelAnswers(tuple(groups), stage, (Wave(1, {}, first), Wave(2, {}, second)))


def test_the_order_of_rows_depends_on_no_group():
    one, other = answers("abab").arranged(), answers("bbaa").arranged()
    for mine, theirs in zip(one.waves, other.waves, strict=True):
        assert mine.matrix.tolist() == theirs.matrix.tolist()


def test_the_last_round_alone_tells_no_pair():
    one, other = answers("aaaa").of_last(), answers("aaaa", first=FIRST[::-1]).of_last()
    assert [wave.number for wave in one.waves] == [2]
    assert one.stage.shape == (4, 1)
    assert one.waves[0].matrix.tolist() == other.waves[0].matrix.tolist()


def test_among_rows_alike_so_far_the_absent_come_first():
    for given in ([0, 0], [-1, -1], [-2, 3]):
        second = SECOND.copy()
        second[0] = given
        assert answers("aaaa", second=second).arranged().waves[1].matrix[2:].tolist() == [[ABSENT, ABSENT], given]
