"""Invariants of METHOD 2.9 that hold for whole rounds."""

import math
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delphi.consensus.analysis import Analysis, Definition, Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.rows import consensus_rows
from delphi.consensus.vocabulary import Relation
from delphi.statistics import agreement_a, blair_lacy_l2, consensus_cns, iov, leik_d, pairwise_agreement, sd

OPT_OUTS = {"n_shown", "n_nq", "nq_pct", "combined_pct_nq_in", "flags"}  # what an opt-out may change
tables = st.lists(st.lists(st.integers(0, 9), min_size=4, max_size=4), min_size=1, max_size=4)


def rows_of(table, *, nq=0, blank=0, scale="agree4_nq", groups=1):
    f = np.array(table)[:, None].repeat(groups, 1)
    some = np.zeros(f.shape[:2], dtype=int)
    names = ("",) if groups == 1 else tuple("abc"[:groups])
    counts = Counts(f, some + nq, some + blank, np.full(groups, 99), names)
    items = tuple(Item(f"S{j}", 1, "statement", 1, "", "", Relation.NEW, None) for j in range(len(f)))
    analysis = Analysis(Definition.of(SCALES[scale]), (RoundData(1, items, counts),))
    return consensus_rows(analysis, by_group=groups > 1)


@given(table=tables, nq=st.integers(1, 9))
@settings(max_examples=50)
def test_an_opt_out_changes_no_figure_of_those_who_rated(table, nq):
    for without, with_ in zip(rows_of(table), rows_of(table, nq=nq), strict=True):
        changed = {name for name in without if without[name] != with_[name]}
        assert changed <= OPT_OUTS | ({"reasons"} if not without["n_rated"] else set())


@given(table=tables, blank=st.integers(1, 9))
@settings(max_examples=25)
def test_a_blank_changes_no_figure_but_its_own(table, blank):
    for without, with_ in zip(rows_of(table), rows_of(table, blank=blank), strict=True):
        assert {name for name in without if without[name] != with_[name]} == {"n_shown", "n_blank"}


@given(table=tables, scale=st.sampled_from(["agree4_nq", "yesno", "rand9"]))
@settings(max_examples=50)
def test_no_figure_is_infinite_or_no_number(table, scale):
    k = SCALES[scale].K
    wide = [(row * 3)[:k] for row in table]
    for row in rows_of(wide, scale=scale):
        assert all(math.isfinite(value) for value in row.values() if isinstance(value, float))


@pytest.mark.parametrize("index", [agreement_a, blair_lacy_l2, consensus_cns, iov, leik_d, pairwise_agreement, sd])
@given(f=st.lists(st.integers(0, 20), min_size=3, max_size=9))
@settings(max_examples=50)
def test_the_direction_of_the_scale_changes_no_index(index, f):
    there, back = index(f), index(f[::-1])
    assert there.reason == back.reason
    assert there.value == pytest.approx(back.value, abs=1e-12)
    if index is not sd and there.value is not None:
        assert (-1 if index is agreement_a else 0) - 1e-12 <= there.value <= 1 + 1e-12


def test_the_numbers_load_without_scipy_web_or_database():
    code = "import sys, delphi.statistics, delphi.consensus.rules.parsing; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"scipy", "flask", "sqlalchemy", "jinja2", "pandas"}
