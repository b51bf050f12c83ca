"""The page of a person: corrected under the same code, and nothing is done twice."""

import re

import pytest
from builders import NOW
from sqlalchemy import func, select, update

from delphi.access import sha256
from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.round import Participation, Round
from delphi.model.study import Consent, Study, Turnout
from delphi.people import roster
from delphi.people.claims import ATTEMPTS
from delphi.people.roster import NewPanelist

RIGHT = "right@example.org"


def stored(app, query):
    with app.extensions["database"].transaction(writing=False) as session:
        return session.execute(query).all()


def change(app, *statements):
    with app.extensions["database"].transaction() as session:
        for statement in statements:
            session.execute(statement)


def who(app, name="Panelist 1"):
    return stored(app, select(Identity.panelist).where(Identity.name == name, Identity.study_id == 1))[0][0]


def filled(browser, at):
    """The fields of the form as the page fills them."""
    page = browser.get(at).text
    fields = dict(re.findall(r'name="(name|email|seen|group|c-\d+)"[^>]*?value="([^"]*)"', page))
    fields |= {name: value for value, name in re.findall(r'value="([^"]*)"[^>]*name="(name|email|seen|group)"', page)}
    chosen = re.search(r'<option value="([^"]*)" selected', page)
    return fields | ({"group": chosen[1]} if chosen else {}) | {"end_links": "y"}


def letters(app, kind):
    return stored(app, select(Letter.id).where(Letter.kind == kind))


def kinds(app):
    return [kind.value for (kind,) in stored(app, select(Event.kind).where(Event.study_id == 1))]


def delivered(app):
    change(app, update(Letter).values(sent_at=NOW))


def test_a_wrong_address_stays_one_person_with_one_ballot(app, ada, opened, at):
    delivered(app)
    before = stored(app, select(func.count()).select_from(Participation))
    assert ada.send(at, filled(ada, at) | {"email": RIGHT.upper()}).status_code == 303
    person = stored(app, select(Identity.panelist, Identity.changed_by_team).where(Identity.email == RIGHT))
    assert person == [(who(app), True)]
    assert stored(app, select(func.count()).select_from(Participation)) == before == [(6,)]
    assert len(letters(app, LetterKind.LINK)) == len(letters(app, LetterKind.ADDRESS_CHANGED)) == 1
    assert "panelist:corrected" in kinds(app)


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


@pytest.mark.parametrize("again", ["at once", "after another lead"])
def test_a_correction_sent_twice_is_made_once(app, ada, opened, at, again):
    delivered(app)
    sent = filled(ada, at) | {"email": RIGHT, "note": "Called on Monday."}
    ada.send(at, sent)
    delivered(app)
    before = kinds(app)
    assert ada.send(at, sent).status_code == 303
    assert len(letters(app, LetterKind.LINK)) == 1
    assert kinds(app) == before


def test_two_leads_at_once_keep_what_each_typed(app, ada, opened, at):
    mia = stored_account(app, "mia")
    first, second = filled(ada, at), filled(mia, at)
    assert ada.send(at, first | {"name": "Ada's Name"}).status_code == 303
    answer = mia.send(at, second | {"name": "Mia's Name"})
    assert answer.status_code == 409
    assert "Mia&#39;s Name" in answer.text
    assert "Ada&#39;s Name" in answer.text
    assert stored(app, select(Identity.name).where(Identity.panelist == who(app, "Ada's Name"))) == [("Ada's Name",)]


def stored_account(app, name):
    with app.extensions["database"].transaction(writing=False) as session:
        found = session.scalars(select(Account).filter_by(email=f"{name}@example.org")).one()
        session.expunge(found)
    return app.test_client().sign_in(found)


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"email": "no address"}, 422),
        ({"email": "panelist2@panel.example.org"}, 409),
        ({"name": ""}, 422),
        ({"group": "nobody"}, 409),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(app, ada, opened, at, typed, status):
    before = stored(app, select(Identity.__table__))
    answer = ada.send(at, filled(ada, at) | {"note": "Kept words."} | typed)
    assert answer.status_code == status
    assert "Kept words." in answer.text
    assert "Nothing was changed" in answer.text
    assert stored(app, select(Identity.__table__)) == before


def test_group_name_characteristics_and_note_are_corrected(app, ada, opened, at):
    change(app, update(Identity).values(characteristics={"country": "NL"}))
    sent = filled(ada, at) | {"name": "Zoë  Right", "group": "nurses", "note": "Prefers a call.", "c-0": "BE"}
    ada.send(at, sent)
    columns = (Identity.name, Identity.note, Identity.characteristics)
    person = who(app, "Zoë Right")
    assert stored(app, select(*columns).where(Identity.panelist == person)) == [
        ("Zoë Right", "Prefers a call.", {"country": "BE"})
    ]
    assert stored(app, select(Panelist.stakeholder_group).where(Panelist.id == person)) == [("nurses",)]
    mine = app.test_client().enter(opened.study.id, person)
    assert "Prefers a call." in mine.get("/panel/my-data").text


def test_the_group_stays_after_the_close(app, ada, opened, at):
    sent = filled(ada, at)
    change(app, update(Round).where(Round.number == 1, Round.study_id == 1).values(closed_at=Round.opened_at))
    other = "nurses" if sent["group"] == "peers" else "peers"
    answer = ada.send(at, sent | {"group": other})
    assert answer.status_code == 409
    assert "the group stays" in answer.text


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


def handed(page):
    return re.search(r"/p/([0-9a-f]{64})", page)[1]


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


def test_whoever_has_not_agreed_can_be_removed(app, ada, fresh, at):
    person = who(app)
    assert "Remove from the panel" in ada.get(at).text
    assert ada.send(f"{at}/remove").status_code == 200
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 303
    assert stored(app, select(Panelist.id).where(Panelist.id == person)) == []
    assert stored(app, select(Participation.panelist).where(Participation.panelist == person)) == []
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 404
    assert kinds(app).count("panelist:removed") == 1


@pytest.mark.parametrize("because", ["agreed", "declined", "closed", "turnout kept"])
def test_whoever_gave_something_can_only_leave(app, ada, fresh, at, because):
    person = who(app)
    change(app, update(Letter).values(sent_at=NOW), *hindrance(because, person))
    page = ada.get(at).text
    assert "Remove from the panel" not in page
    assert "Leave on behalf" in page
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 409
    assert stored(app, select(Panelist.id).where(Panelist.id == person)) == [(person,)]


def hindrance(because, person):
    if because == "agreed":
        return [
            Consent.__table__.insert().values(study_id=1, panelist=person, version=1, items=[], given_on=NOW.date())
        ]
    if because == "declined":
        return [update(Panelist).where(Panelist.id == person).values(declined_on=NOW.date())]
    if because == "closed":
        return [update(Round).where(Round.study_id == 1, Round.number == 1).values(closed_at=Round.opened_at)]
    return [update(Study).where(Study.id == 1).values(turnout=Turnout.KEPT)]


@pytest.mark.parametrize("done", ["nothing", "agreed", "finished", "reminder dropped", "asked for a link"])
def test_a_kept_turnout_is_not_told_by_the_page(app, ada, fresh, at, done):
    person = who(app)
    change(app, update(Study).where(Study.id == 1).values(turnout=Turnout.KEPT))
    plain = read(ada, at)
    with app.extensions["database"].transaction() as session:
        for statement in told_by(done, person):
            session.execute(statement)
    assert read(ada, at) == plain
    assert ada.send(f"{at}/remove", {"confirm": "yes"}).status_code == 409


def read(browser, at):
    return re.sub(r'value="[^"]{30,}"', "", browser.get(at).text)


def told_by(done, person):
    letter = {"study_id": 1, "panelist": person, "due_at": NOW, "run_after": NOW, "attempts": 0}
    if done == "agreed":
        return hindrance("agreed", person)
    if done == "finished":
        return [update(Participation).where(Participation.panelist == person).values(submitted_on=NOW.date())]
    if done == "reminder dropped":
        facts = letter | {"kind": "reminder", "round": 1, "dedupe_key": "r", "dropped_at": NOW}
        return [Letter.__table__.insert().values(id=person, **facts)]
    if done == "asked for a link":
        facts = letter | {"kind": "link", "dedupe_key": "link:None:abc:1", "sent_at": NOW}
        return [Letter.__table__.insert().values(id=person, **facts)]
    return []


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"sent_at": None}, "waits to be sent"),
        ({"sent_at": NOW}, "sent "),
        ({"failed_at": NOW, "attempts": 1}, "refused by the mail server"),
        ({"failed_at": NOW, "attempts": ATTEMPTS}, "given up after eight tries"),
        ({"attempts": 2}, "is tried again"),
        ({"dropped_at": NOW}, "no longer needed"),
    ],
)
def test_the_state_of_a_letter_is_told_in_words(app, ada, opened, at, facts, words):
    change(app, update(Letter).where(Letter.panelist == who(app)).values(**facts))
    assert words in ada.get(at).text


def test_the_same_name_at_another_address_is_pointed_out(app, ada, opened, at):
    with app.extensions["database"].transaction() as session:
        roster.add(session, session.get_one(Study, 1), [NewPanelist("panelist 1", "other@example.org")])
    assert "other@example.org" in ada.get(at).text
    assert "Is it the same person twice?" in ada.get("/studies/care/panel").text
    pasted = ada.send("/studies/care/panel", {"text": "Panelist 2 <second@example.org>"}).text
    assert "Same name, other address: Panelist 2." in pasted


def test_no_code_is_shown_and_the_address_leaves_with_the_name(app, ada, opened, at, codes):
    code = codes["Panelist 1"]
    own = stored(app, select(Panelist.code).where(Panelist.page_code == code))[0][0]
    assert own not in ada.get(at).text
    ada.send(f"{at}/leave", {"choice": "keep", "confirm": "yes"})
    assert stored(app, select(Panelist.page_code).where(Panelist.code == own)) == [(None,)]


def test_a_removed_double_takes_its_old_address_along(app, ada, fresh, at):
    delivered(app)
    ada.send(at, filled(ada, at) | {"email": RIGHT})
    ada.send(f"{at}/remove", {"confirm": "yes"})
    assert stored(app, select(Receipt.email)) == []
