"""The page on which a study ends says what cannot be taken back, and asks before it."""

import pytest
from builders import NOW, account, released, study

from delphi.model.seal import SealedRow
from delphi.model.study import Harm, Level, Study
from delphi.protocol import method

PAGE = "/studies/open/finish"
PUBLISH = "Publish every panelist's answers under a code"


@pytest.fixture
def lead(app):
    with app.extensions["database"].transaction() as session:
        ada = account(session, "ada")
        made = study(session, ada, "open", panelists=12, locked=False)
        made.harm, made.level = Harm.NO, Level.OPEN_ROWS
        method.lock(session, made, by=ada.id, at=NOW)
        released(session, made, [{1: 4, 2: 3, 3: 4}] * 12)
        session.refresh(ada)
        session.expunge_all()
    return app.test_client().sign_in(ada)


def test_publishing_is_asked_for_and_the_typed_reason_comes_back(app, lead):
    assert PUBLISH in text(lead)
    asked = lead.send(PAGE, {"reason": "enough was said"})
    assert (asked.status_code, "enough was said" in asked.text) == (422, True)
    assert "Tick it to finish the study. Nothing was changed." in asked.text
    assert kept(app) == (False, 0)


def test_a_published_end_says_that_the_study_cannot_go_on(app, lead):
    assert lead.send(PAGE, {"reason": "enough was said", "publish": "y"}).status_code == 303
    assert kept(app) == (True, 12)
    page = text(lead)
    assert "so the study cannot go on" in page
    assert "Nothing was sent or deleted by finishing" not in page
    assert "Go on with the study" not in page
    assert lead.send(PAGE, {"reason": "again"}).status_code == 409


def text(browser):
    return " ".join(browser.get(PAGE).text.split())


def kept(app):
    with app.extensions["database"].transaction(writing=False) as session:
        made = session.query(Study).filter_by(slug="open").one()
        return made.finished_at is not None, session.query(SealedRow).filter_by(study_id=made.id).count()
