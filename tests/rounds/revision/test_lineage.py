"""The parts of a split: what they take over from the statement in whose place they stand."""

import pytest

from delphi.errors import NotFound
from rounds.revision.lineage import parts_of

WORDINGS = [("A", "One part."), ("B", "The other part.")]


def test_parts_stay_in_the_section_of_their_statement(cast):
    parts = parts_of(cast.session, cast.draft, 2, WORDINGS)
    assert [(part.code, part.text, part.section) for part in parts] == [
        ("A", "One part.", "Services"),
        ("B", "The other part.", "Services"),
    ]


@pytest.mark.parametrize("statement", [99, 2**31, 2**63])
def test_what_is_not_there_has_no_parts(cast, statement):
    with pytest.raises(NotFound):
        parts_of(cast.session, cast.draft, statement, WORDINGS)
