"""Correcting an address: the same person under the same code, never a second one."""

import pytest
from sqlalchemy import select

from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity
from delphi.model.panel import Panelist

OLD, NEW = "panelist1@panel.example.org", "right@example.org"


def people(app, cast):
    with app.extensions["database"].transaction(writing=False) as session:
        known = select(Identity.email, Identity.panelist, Identity.changed_by_team).filter_by(study_id=cast.study.id)
        return {email: (who, changed) for email, who, changed in session.execute(known)}


def test_a_corrected_address_keeps_its_person(app, ada, opened):
    before = people(app, opened)
    answer = ada.send("/studies/care/panel/address", {"old": OLD.upper(), "new": f" {NEW.title()} "})
    assert answer.location == "/studies/care/panel"
    after = people(app, opened)
    assert after.pop(NEW) == (before.pop(OLD)[0], True)
    assert after == before
    assert NEW in ada.get("/studies/care/panel").text
    with app.extensions["database"].transaction(writing=False) as session:
        assert len(session.scalars(select(Panelist).filter_by(study_id=opened.study.id)).all()) == 6
        assert session.scalars(select(Event).filter_by(kind=EventKind.PANELIST_CORRECTED)).one().data == {}


@pytest.mark.parametrize(
    ("old", "new"), [(OLD, "no address"), ("nobody@example.org", NEW), (OLD, "panelist2@panel.example.org"), (OLD, "")]
)
def test_an_address_that_cannot_be_is_refused(app, ada, opened, old, new):
    before = people(app, opened)
    answer = ada.send("/studies/care/panel/address", {"old": old, "new": new})
    assert answer.status_code == 409
    assert "Nothing was changed" in answer.text
    assert people(app, opened) == before
