"""A rule that asks groups, and groups that are too small for the level: warned before the lock, refused at the launch."""

import pytest
from builders import LATER, NOW, people, study

from delphi.errors import NotReady
from delphi.model.study import Level
from delphi.people import roster
from delphi.studies import readiness
from rounds.lifecycle import lifecycle
from rounds.lifecycle.lifecycle import Round

ASKS_GROUPS = {"scale": "grade9", "rule": "comet_by_group"}


def of_groups(cast, size=8, **changes):
    """A study whose rule asks nurses and peers, with half as many of each."""
    made = study(cast.session, cast.ada, "asks", panelists=size, **ASKS_GROUPS | changes)
    cast.session.flush()
    return made


def launch(cast, made):
    round_ = cast.session.get_one(Round, (made.id, 1))
    lifecycle.launch(cast.session, made, round_, closes_at=LATER, by=cast.ada.id, at=NOW)


def codes(cast, made):
    return [issue.code for issue in readiness.issues(cast.session, made)]


def test_a_sealed_study_is_not_launched_with_a_group_that_is_never_judged(cast):
    made = of_groups(cast)
    with pytest.raises(NotReady, match="too few are invited in: nurses, peers"):
        launch(cast, made)
    roster.add(cast.session, made, people(12)[8:10])
    launch(cast, made)


@pytest.mark.parametrize("level", [Level.SEPARATED, Level.OPEN_ROWS])
def test_other_levels_are_launched_with_small_groups(cast, level):
    made = of_groups(cast)
    made.level = level
    launch(cast, made)


@pytest.mark.parametrize(
    "changes",
    [
        {"rule": "comet_70_15"},
        {"groups": (), "rule": "comet_by_group"},
        {"rule_settings": {"require": "named", "named": "nurses"}},
    ],
)
def test_only_groups_that_the_rule_asks_hold_up_a_launch(cast, changes):
    made = of_groups(cast, 0, **changes)
    roster.add(cast.session, made, people(6, ("nurses",) if changes.get("groups", True) else (None,)))
    launch(cast, made)


def test_groups_that_panelists_choose_are_not_known_at_the_launch(cast):
    made = of_groups(cast)
    made.group_chosen = True
    launch(cast, made)


def test_a_target_below_the_smallest_number_is_told_before_the_lock(cast):
    made = of_groups(cast, locked=False, targets={"nurses": 4, "peers": 5})
    issues = {issue.code: issue for issue in readiness.issues(cast.session, made)}
    assert issues["target_too_small"].values["groups"] == "nurses"
    assert not issues["target_too_small"].blocks
    made.level = Level.OPEN_ROWS
    assert "target_too_small" not in codes(cast, made)


def test_a_level_that_nobody_chose_is_missing(cast):
    made = of_groups(cast, locked=False)
    assert "level_open" not in codes(cast, made)
    made.harm = None
    assert "level_open" in codes(cast, made)
