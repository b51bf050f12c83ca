"""Published Delphi data: what our table must say of them.

``EXINSS`` are the counts of CSM-Research/DLPH-ExInSS, commit 2db76bb (CC BY 4.0): 35 panelists in round 1, 28 of them in
round 2, twelve items on four points; medians and modes as published there.
``TABLE_2`` are nine rows of Table 2 of Lazarus JV et al., Nature 2022;611:332, doi:10.1038/s41586-022-05398-2 (CC BY 4.0).
"""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from published import EXINSS, MISPRINTED_MODES, MOVES

from delphi.consensus.analysis import Definition
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.stability import moves_of
from delphi.consensus.table.summary import figures
from delphi.statistics.base.exact import format_percent, round_half_up

FOUR = Definition.of(SCALES["agree4_nq"])
TABLE_2 = [
    ("STMT1.1", "A", 81, 19, 0, "1", 316),
    ("STMT1.2", "A", 68, 24, 6, "3", 313),
    ("STMT1.3", "A", 70, 23, 4, "3", 312),
    ("STMT1.4", "A", 91, 8, 1, "0*", 316),
    ("STMT1.5", "A", 69, 25, 4, "1", 312),
    ("STMT1.6", "B", 57, 31, 8, "4", 307),
    ("STMT1.7", "A", 94, 5, 1, "0", 315),
    ("STMT2.1", "A", 73, 18, 6, "3", 309),
    ("STMT2.2", "A", 82, 16, 2, "1", 306),
]


@pytest.mark.parametrize(("number", "name", "f", "median", "mode"), EXINSS)
def test_every_published_median_and_mode(number, name, f, median, mode):
    [row] = figures(Counts.of(f), FOUR)
    assert row.n_rated == {1: 35, 2: 28}[number]
    assert row.median == median
    assert (mode in row.modes) != ((number, name) in MISPRINTED_MODES)


def test_a_quarter_of_the_paired_ratings_changed():
    moves = [moves_of(np.array(table), 1, (3, 4)) for table in MOVES]
    assert {one.n_paired for one in moves} == {28}
    assert (sum(one.n_paired for one in moves), sum(one.changed for one in moves)) == (336, 84)


def test_a_tie_of_modes_is_listed_whole():
    [tied] = [f for number, name, f, _, _ in EXINSS if (number, name) == (1, "domain_expert IC/EC")]
    assert figures(Counts.of(tied), FOUR)[0].modes == (3, 4)


def counts_printing(percent, n):
    """Counts of n that print as this per cent; "0*" is not none."""
    if percent == "0*":
        return [k for k in range(1, n) if format_percent(k, n) == "<1"]
    if int(percent) == 0:
        return [0]
    return [k for k in range(1, n + 1) if round_half_up(Fraction(100 * k, n)) == int(percent)]


@pytest.mark.parametrize("row", TABLE_2, ids=[row[0] for row in TABLE_2])
def test_every_panel_that_prints_a_published_row_has_its_grade(row):
    _, grade, agree, somewhat, somewhat_not, disagree, n = row
    choices = (counts_printing(share, n) for share in (disagree, somewhat_not, somewhat, agree))
    panels = np.array([f for f in product(*choices) if sum(f) == n])
    assert 1 <= len(panels) <= 22
    assert set(FOUR.judge(Counts.of(panels[:, None])).grade) == {grade}
