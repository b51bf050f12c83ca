"""Persons of the open study, by name."""

import pytest
from sqlalchemy import delete, select

from delphi.model.identity import Identity
from delphi.model.panel import Panelist
from delphi.model.study import Consent


@pytest.fixture
def codes(app, opened):
    """The code in the address of each person's page."""
    with app.extensions["database"].transaction(writing=False) as session:
        known = select(Identity.name, Panelist.page_code).join(
            Panelist, (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist)
        )
        return dict(session.execute(known.where(Identity.study_id == opened.study.id)).all())


@pytest.fixture
def fresh(app, opened):
    """Nobody has agreed to take part yet."""
    with app.extensions["database"].transaction() as session:
        session.execute(delete(Consent))


@pytest.fixture
def at(codes):
    """The page of the person whom the tests correct."""
    return f"/studies/care/panel/{codes['Panelist 1']}"
