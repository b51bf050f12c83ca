"""What of a round's counts is kept: nothing of a statement that fewer than the smallest cell rated."""

import pytest
from builders import NOW, launched, vote

from delphi.consensus.sealed_counts import SealedRound
from rounds.lifecycle import lifecycle
from rounds.results.rows import results
from rounds.seal import chain


@pytest.mark.parametrize(("raters", "kept"), [(4, False), (5, True)])
def test_a_statement_with_too_few_ratings_has_no_cell_and_says_so(cast, raters, kept):
    round_ = launched(cast.session, cast.study)
    for place, who in enumerate(cast.panel):
        vote(cast.session, round_, who, {1: 4 if place < raters else "nq", 2: 3})
    lifecycle.close(cast.session, round_, by=None, at=NOW)
    seal = SealedRound.from_dict(chain.seal_of(cast.session, cast.study.id, 1).content)
    assert {cell.statement for cell in seal.cells} == {"STMT1.2"} | ({"STMT1.1"} if kept else set())
    row = next(row for row in results(cast.session, cast.study, round_) if row["statement"] == "STMT1.1")
    assert (row["n_rated"], row["n_nq"]) == ((raters, 6 - raters) if kept else (None, None))
    assert ("n_rated=suppressed_disclosure" in row["reasons"]) is not kept
