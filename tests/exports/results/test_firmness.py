"""How firm a verdict is, is told only where nothing follows of a group that is not shown."""

from dataclasses import replace

import pytest
from builders import NOW, people, released, study

from delphi.model.statement import Statement
from delphi.people import roster
from exports.results import figures
from exports.results.firmness import firmness_of


def judged(cast, *sizes, rule="comet_by_group"):
    """Release a round in which everybody rates the first statement; the first size is of nurses, the other of peers."""
    made = study(cast.session, cast.ada, "judged", panelists=0, scale="grade9", rule=rule, level="separated")
    groups = ["nurses"] * sizes[0] + ["peers"] * sizes[1]
    roster.add(cast.session, made, [replace(new, group=g) for new, g in zip(people(sum(sizes)), groups, strict=True)])
    round_ = released(cast.session, made, [{1: 8}] * sum(sizes))
    code = cast.session.get_one(Statement, (made.id, 1)).code
    assert firmness_of(cast.session, made, round_, code) is None  # it is being computed
    assert figures.complete(cast.session, made, round_, at=NOW) is not None
    assert figures.complete(cast.session, made, round_, at=NOW) is None
    return firmness_of(cast.session, made, round_, code)


@pytest.mark.parametrize(("sizes", "told"), [((5, 5), True), ((8, 4), False), ((12, 1), False)])
def test_firmness_is_not_told_where_a_judged_group_is_hidden(cast, sizes, told):
    assert (judged(cast, *sizes).reason is None) is told


@pytest.mark.parametrize(("sizes", "told"), [((3, 2), True), ((2, 2), False)])
def test_firmness_needs_as_many_ratings_as_the_smallest_cell(cast, sizes, told):
    assert (judged(cast, *sizes, rule="comet_70_15").reason is None) is told
