"""Every page of a study says where one is, and leads only to what its reader may open."""

import re

import pytest
from routes import requests
from sqlalchemy import select
from statements import counted

from delphi.model.account import Account
from delphi.web.policy import PANELIST, policy_of

NAV = re.compile(r'<nav class="(?:nav|sub)".*?</nav>', re.DOTALL)
LINK = re.compile(r'href="([^"]+)"')
PLACES = {
    "ada": ["Overview", "Protocol", "Statements", "Panel", "Rounds", "Results", "Files", "Team", "Audit trail"],
    "ben": ["Overview", "Protocol", "Rounds", "Results", "Files"],
    "mia": ["Overview", "Protocol", "Panel", "Rounds", "Results", "Files"],
    "vic": ["Overview", "Protocol", "Rounds", "Results", "Files"],
}


def signed_in(app, name):
    with app.extensions["database"].transaction(writing=False) as session:
        who = session.scalars(select(Account).where(Account.email == f"{name}@example.org")).one()
        session.expunge_all()
    return app.test_client().sign_in(who)


def frame(text):
    return "".join(NAV.findall(text))


def names(text):
    return [name.strip() for name in re.findall(r">([^<]+)</a>", NAV.findall(text)[0])]


@pytest.mark.parametrize("who", PLACES)
def test_a_role_is_led_only_to_what_it_may_open(app, opened, who):
    browser = signed_in(app, who)
    page = browser.get("/studies/care").text
    assert names(page) == PLACES[who]
    seen, waiting = set(), ["/studies/care"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = browser.get(path)
        assert answer.status_code == 200, path
        waiting += [link for link in LINK.findall(frame(answer.text)) if link not in seen and link not in waiting]
    assert len(seen) >= len(PLACES[who])


def test_every_page_of_a_study_says_where_one_is(app, opened, ada):
    missing = []
    for endpoint, method, path in requests(app):
        if endpoint == "letters.html":  # a letter as a mail program shows it
            continue
        if method == "GET" and path.startswith("/studies/care") and policy_of(app, endpoint) != PANELIST:
            answer = ada.get(path)
            if answer.status_code == 200 and answer.mimetype == "text/html":
                here = [part.count("aria-current") for part in NAV.findall(answer.text)]
                if not here or set(here) != {1}:
                    missing.append((endpoint, here))
    assert missing == []


def test_every_page_names_its_reader_and_the_way_out(app, opened):
    page = signed_in(app, "mia").get("/studies/care").text
    assert "mia@example.org, panel manager" in page
    assert 'action="/account/sign-out"' in page
    assert "mia@example.org" in signed_in(app, "mia").get("/studies").text


def test_the_frame_costs_no_statement_of_its_own(app, opened, ada):
    ada.get("/studies/care/facts")
    with counted(app) as sent:
        ada.get("/studies/care/facts")
    assert len(sent) <= 2, sent


def test_the_newest_round_leads_to_the_rounds(app, opened, ada):
    links = LINK.findall(NAV.findall(ada.get("/studies/care").text)[0])
    assert links[4] == "/studies/care/rounds/1"
