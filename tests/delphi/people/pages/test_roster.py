"""The roster as a lead uses it: states in words, searched, filtered, in order, and acts for all who are ticked."""

from datetime import timedelta

import pytest
from builders import NOW, people, vote
from persons import change, delivered, kinds, letters, stored, who
from sqlalchemy import delete, select, update

from delphi.access import SESSION_DAYS
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist, PanelistSession
from delphi.model.round import Participation, Round
from delphi.model.study import Consent, Study, Turnout
from delphi.people import roster
from delphi.people.roster import NewPanelist

PANEL = "/studies/care/panel"
CHOSEN = f"{PANEL}/chosen"


def codes(app, *names):
    member = (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist)
    known = select(Panelist.page_code).join(Identity, member).where(Identity.study_id == 1, Identity.name.in_(names))
    return [code for (code,) in stored(app, known)]


def join(app, *new):
    with app.extensions["database"].transaction() as session:
        roster.add(session, session.get_one(Study, 1), new)


def refused(app, person):
    change(app, update(Letter).where(Letter.panelist == person).values(sent_at=None, failed_at=NOW))


def device(app, person, *, days):
    ends = NOW.date() + timedelta(days=SESSION_DAYS + days)
    values = {"study_id": 1, "panelist": person, "grant_sha256": person.hex * 2, "expires_on": ends}
    change(app, PanelistSession.__table__.insert().values(**values))


def begin(app, person):
    with app.extensions["database"].transaction() as session:
        vote(session, session.get_one(Round, (1, 1)), person, {1: 4})


def test_states_are_told_in_words_where_turnout_is_shown(app, ada, opened):
    person = who(app)
    page = ada.get(PANEL).text
    assert page.count('class="chip ">invited<') == 6
    delivered(app)
    assert ada.get(PANEL).text.count("letter delivered<") == 6
    refused(app, person)
    page = ada.get(PANEL).text
    assert page.count("refused by the mail server<") == 1
    assert "Correct and send again" in page
    device(app, person, days=0)
    assert ada.get(PANEL).text.count("opened the link<") == 1
    begin(app, person)
    assert ada.get(PANEL).text.count("started<") == 1
    change(app, update(Panelist).where(Panelist.id == person).values(declined_on=NOW.date()))
    assert ada.get(PANEL).text.count(">declined<") == 1


def test_a_device_of_an_earlier_round_has_opened_no_link_of_this(app, ada, opened):
    device(app, who(app), days=-1)
    assert "opened the link<" not in ada.get(PANEL).text


def test_a_newer_link_that_left_takes_a_refusal_back(app, ada, opened):
    person = who(app)
    refused(app, person)
    later = NOW + timedelta(hours=1)
    letter = {"study_id": 1, "panelist": person, "id": person, "kind": "link", "dedupe_key": "link:None:x:1"}
    times = {"due_at": later, "run_after": later, "sent_at": later, "attempts": 1}
    change(app, Letter.__table__.insert().values(**letter, **times))
    assert "refused by the mail server<" not in ada.get(PANEL).text


@pytest.mark.parametrize("done", ["begun", "opened", "asked for a link"])
def test_a_kept_turnout_is_not_told_by_the_roster(app, ada, opened, done):
    change(app, update(Study).where(Study.id == 1).values(turnout=Turnout.KEPT))
    person = who(app)
    refused(app, person)
    before = steady(ada)
    if done == "begun":
        begin(app, person)
    elif done == "opened":
        device(app, person, days=0)
    else:
        letter = {"study_id": 1, "panelist": person, "id": person, "kind": "link", "dedupe_key": "link:None:abc:1"}
        times = {"due_at": NOW + timedelta(hours=1), "run_after": NOW, "sent_at": NOW, "attempts": 1}
        change(app, Letter.__table__.insert().values(**letter, **times))
    assert steady(ada) == before


def steady(browser):
    return [line for line in browser.get(PANEL).text.splitlines() if "csrf_token" not in line]


def test_names_stand_in_the_order_of_the_readers_alphabet(app, ada):
    join(app, *(NewPanelist(name, f"p{n}@x.org") for n, name in enumerate(("Zoë", "Öz", "oskar", "Éva", "Evert"))))
    page = ada.get(PANEL).text
    places = [page.index(f"<bdi>{name}</bdi>") for name in ("Éva", "Evert", "oskar", "Öz", "Panelist 1", "Zoë")]
    assert places == sorted(places)


def test_the_roster_is_searched_filtered_and_sorted(app, ada, opened):
    begin(app, who(app, "Panelist 2"))
    found = ada.get(f"{PANEL}?search=panelist3@").text
    assert ("Panelist 3" in found, "Panelist 2" in found) == (True, False)
    peers = ada.get(f"{PANEL}?group=peers").text
    assert ("<bdi>Panelist 1</bdi>" in peers, "<bdi>Panelist 2</bdi>" in peers) in ((True, False), (False, True))
    started = ada.get(f"{PANEL}?standing=started").text
    assert ("<bdi>Panelist 2</bdi>" in started, "<bdi>Panelist 3</bdi>" in started) == (True, False)
    assert "Started 1" in " ".join(started.split())
    assert ada.get(f"{PANEL}?standing=nonsense&order=nonsense").status_code == 200
    by_standing = ada.get(f"{PANEL}?order=standing").text
    assert by_standing.index("<bdi>Panelist 1</bdi>") < by_standing.index("<bdi>Panelist 2</bdi>")


def test_the_country_stands_beside_the_name(app, ada):
    assert "Country" not in ada.get(PANEL).text
    join(app, NewPanelist("Ada", "ada@x.org", None, {"Country": "Norway"}))
    assert "Norway" in ada.get(PANEL).text


def test_links_are_mailed_to_those_ticked_once(app, ada, opened):
    delivered(app)
    join(app, NewPanelist("Late", "late@x.org"))
    sent = {"act": "link", "who": codes(app, "Panelist 1", "Panelist 2", "Late")}
    asked = ada.send(CHOSEN, sent).text
    assert "A new link is mailed to 2 people." in asked
    assert "Not invited to a round yet, so a link would open nothing: 1" in asked
    assert letters(app, LetterKind.LINK) == []
    for _ in range(2):
        assert ada.send(CHOSEN, sent | {"confirm": "yes"}).status_code == 303
    assert len(letters(app, LetterKind.LINK)) == 2


def test_a_group_is_set_until_it_is_fixed(app, ada, opened):
    sent = {"act": "group", "group": "nurses", "who": codes(app, *(f"Panelist {n}" for n in range(1, 7)))}
    assert "In this group already: 3" in ada.send(CHOSEN, sent).text
    ada.send(CHOSEN, sent | {"confirm": "yes"})
    assert set(stored(app, select(Panelist.stakeholder_group).where(Panelist.study_id == 1))) == {("nurses",)}
    change(app, update(Round).where(Round.study_id == 1, Round.number == 1).values(closed_at=Round.opened_at))
    asked = ada.send(CHOSEN, sent | {"group": "peers"}).text
    assert "There is nobody with whom this can be done" in asked
    ada.send(CHOSEN, sent | {"group": "peers", "confirm": "yes"})
    assert set(stored(app, select(Panelist.stakeholder_group).where(Panelist.study_id == 1))) == {("nurses",)}


def test_an_unknown_group_is_refused_for_everybody(app, ada, opened):
    sent = {"act": "group", "group": "unheard of", "who": codes(app, "Panelist 1"), "confirm": "yes"}
    assert ada.send(CHOSEN, sent).status_code == 409


def test_whoever_gave_nothing_is_removed_and_the_others_stay(app, ada, opened):
    change(app, delete(Consent).where(Consent.panelist == who(app, "Panelist 1")))
    sent = {"act": "remove", "who": codes(app, "Panelist 1", "Panelist 2")}
    asked = ada.send(CHOSEN, sent).text
    assert "1 person is taken out" in asked
    assert "Invited already, so they can only leave: 1" in asked
    ada.send(CHOSEN, sent | {"confirm": "yes"})
    assert len(stored(app, select(Panelist.id).where(Panelist.study_id == 1))) == 5
    assert kinds(app).count("panelist:removed") == 1


def test_those_ticked_are_invited_into_the_open_round(app, ada, opened):
    with app.extensions["database"].transaction() as session:
        roster.add(session, session.get_one(Study, 1), people(8)[6:])
    sent = {"who": codes(app, "Panelist 1", "Panelist 7")}
    assert "Of those ticked, 1 person joined" in ada.send(f"{PANEL}/invite/chosen", sent).text
    ada.send(f"{PANEL}/invite/chosen", sent | {"confirm": "yes"})
    assert len(stored(app, select(Participation.panelist).where(Participation.study_id == 1))) == 7


@pytest.mark.parametrize("path", [CHOSEN, f"{PANEL}/invite/chosen"])
def test_nobody_ticked_is_said(ada, opened, path):
    answer = ada.send(path, {"act": "link"})
    assert (answer.status_code, "Tick at least one person" in answer.text) == (409, True)


def test_those_who_left_are_counted_and_not_named(app, ada, opened):
    code = codes(app, "Panelist 1")[0]
    assert "name is deleted" not in ada.get(PANEL).text
    ada.send(f"{PANEL}/{code}/leave", {"choice": "keep", "confirm": "yes"})
    page = ada.get(PANEL).text
    assert "1 left, and the name is deleted" in page
    assert "<bdi>Panelist 1</bdi>" not in page


def test_one_person_is_added_by_hand(app, ada):
    sent = {"name": "Zoë  New", "email": "Zoe@X.org", "group": "nurses"}
    answer = ada.send(f"{PANEL}/new", sent)
    assert answer.location == f"{PANEL}/{codes(app, 'Zoë New')[0]}"
    assert stored(app, select(Identity.email).where(Identity.name == "Zoë New")) == [("zoe@x.org",)]
    again = ada.send(f"{PANEL}/new", sent | {"name": "Other"})
    assert (again.status_code, "on the panel already" in again.text, 'value="Other"' in again.text) == (409, True, True)
    wrong = ada.send(f"{PANEL}/new", sent | {"email": "none"})
    assert (wrong.status_code, "is not a mail address" in wrong.text) == (422, True)


def test_the_page_of_a_person_is_the_one_way_to_correct(ada):
    assert "Correct an address" not in ada.get(PANEL).text
    assert ada.send(f"{PANEL}/address", {"old": "panelist1@panel.example.org", "new": "x@x.org"}).status_code == 404
