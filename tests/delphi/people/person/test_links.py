"""Links of a person: mailed, printed and ended, each once."""

import re

import pytest
from persons import RIGHT, delivered, filled, handed, kinds, letters, stored, who
from sqlalchemy import select

from delphi.access import sha256
from delphi.model.letter import LetterKind
from delphi.model.panel import AccessLink, PanelistSession


@pytest.mark.parametrize("end", [True, False])
def test_links_of_a_wrong_address_end_where_the_team_says_so(app, ada, opened, at, end):
    delivered(app)
    old = app.test_client().enter(opened.study.id, who(app))
    link = app.test_client().link(opened.study.id, who(app))
    sent = filled(ada, at) | {"email": RIGHT}
    ada.send(at, sent if end else {name: value for name, value in sent.items() if name != "end_links"})
    assert (old.get("/panel").status_code == 404) is end
    assert (stored(app, select(AccessLink.minted_on).where(AccessLink.panelist == who(app))) == []) is end
    assert link


def test_a_letter_that_waits_is_not_sent_twice(app, ada, opened, at):
    ada.send(at, filled(ada, at) | {"email": RIGHT})
    assert letters(app, LetterKind.LINK) == []


def test_a_new_link_sent_twice_is_mailed_once(app, ada, opened, at):
    delivered(app)
    assert [ada.send(f"{at}/link").status_code for _ in range(2)] == [303, 303]
    assert len(letters(app, LetterKind.LINK)) == 1
    assert kinds(app).count("link:mailed") == 1


def test_ending_links_signs_out_every_device(app, ada, opened, at):
    mine = app.test_client().enter(opened.study.id, who(app))
    for _ in range(2):
        ada.send(f"{at}/links/end")
    assert mine.get("/panel").status_code == 404
    assert stored(app, select(PanelistSession.expires_on).where(PanelistSession.panelist == who(app))) == []
    assert "link:ended" in kinds(app)


def test_a_handed_link_made_twice_is_one_link(app, ada, opened, at):
    key = re.search(r'name="form" value="(\w+)"', ada.get(at).text)[1]
    first, second = (handed(ada.send(f"{at}/links/hand", {"form": key}).text) for _ in range(2))
    assert first == second
    link = select(AccessLink.handed).where(AccessLink.token_sha256 == sha256(first))
    assert stored(app, link) == [(True,)]
    assert kinds(app).count("link:handed") == 1


def test_a_link_that_was_ended_does_not_come_back(app, ada, opened, at):
    key = re.search(r'name="form" value="(\w+)"', ada.get(at).text)[1]
    token = handed(ada.send(f"{at}/links/hand", {"form": key}).text)
    ada.send(f"{at}/links/end")
    assert ada.send(f"{at}/links/hand", {"form": key}).status_code == 409
    assert stored(app, select(AccessLink.handed).where(AccessLink.token_sha256 == sha256(token))) == []


def test_the_new_address_shows_nothing_given_before(app, ada, opened, at):
    delivered(app)
    person, link = who(app), sha256("a link to the right address")
    own = app.test_client().enter(opened.study.id, person)
    own.send("/panel/page/1", {"answer-1": "4", "comment-1": "Only I know this."})
    ada.send(at, filled(ada, at) | {"email": RIGHT})
    assert own.get("/panel/page/1").status_code == 404
    handed_one = app.test_client().enter(opened.study.id, person, link)
    for path in ("/panel", "/panel/page/1", "/panel/review", "/panel/my-data"):
        text = handed_one.get(path, follow_redirects=True).text
        assert "Only I know this." not in text
        assert " checked" not in text
