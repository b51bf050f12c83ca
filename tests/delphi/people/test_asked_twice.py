"""The launch warns where much of the panel is asked much the same in another study."""

from dataclasses import replace

import pytest
from builders import SMALL, people, study

from delphi.people import roster
from delphi.people.asked_twice import asked_twice
from delphi.statements.statements import NewStatement

OTHER = tuple(NewStatement(f"X{n}", f"Something else {n}.") for n in (1, 2, 3))


def with_panel(cast, slug, addresses, statements):
    made = study(cast.session, cast.cleo, slug, panelists=0, statements=statements)
    roster.add(cast.session, made, addresses)
    return made


@pytest.mark.parametrize(
    ("common", "asked", "warned"),
    [
        (12, SMALL.statements, True),
        (6, (*SMALL.statements[:2], *OTHER), True),
        (5, SMALL.statements, False),
        (12, (SMALL.statements[0], *OTHER), False),
        (12, OTHER, False),
    ],
)
def test_half_of_the_panel_and_half_of_the_wordings_are_too_much(cast, common, asked, warned):
    # Under addresses that no study of the cast knows.
    addresses = [replace(new, email=f"twice.{new.email}") for new in people(24)]
    made = with_panel(cast, "mine", addresses[:12], SMALL.statements)
    with_panel(cast, "theirs", addresses[12 - common : 24 - common], asked)
    assert asked_twice(cast.session, made) is warned


def test_a_study_without_a_panel_shares_nothing(cast):
    assert not asked_twice(cast.session, study(cast.session, cast.cleo, "empty", panelists=0))


def test_the_desk_warns_before_the_launch(pages, ada):
    """The cast's two studies have the same panel and the same statements."""
    assert "Another study on this server asks half of this panel" in " ".join(
        ada.get("/studies/care/rounds/1").text.split()
    )
