"""What the pages of exports are tested on."""

import pytest
from builders import released

from delphi.model.study import Study


@pytest.fixture
def public(app, pages):
    """The cast with round 1 of Ada's study released: six panelists, two of whom disagree with the first statement."""
    with app.extensions["database"].transaction() as session:
        released(session, session.get_one(Study, pages.study.id), [{1: 4, 2: 3}] * 4 + [{1: 1, 2: 3}] * 2)
    return pages
