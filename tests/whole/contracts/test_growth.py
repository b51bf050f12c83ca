"""No page sends more than ten statements of SQL, and none reads more where the panel is larger: every GET, in every state."""

import grown
import pytest
from databases import one_engine
from routes import requests
from statements import counted, rows_counted

from delphi.model.account import Account
from delphi.model.study import Study
from delphi.web.policy import OPEN, PANELIST, policy_of

pytestmark = pytest.mark.timeout(300)  # the first test walks through two studies
SIZES = (60, 240)  # both fill a page of a list
MOST = 10
# The next-round desk alone: how long the draft takes to read is counted in a statement of its own.
MORE = {("round 2 drafted", "lead", "/studies/…/rounds/2"): 11}
NUMBERS = (1, 2)


def pages_of(app, study, token):
    """Every GET of the URL map, with every round where the address names one."""
    values = {"slug": study.study.slug, "job": study.job, "token": token}
    return {
        path: endpoint
        for number in NUMBERS
        for endpoint, method, path in requests(app, number=number, **values)
        if method == "GET" and endpoint not in ("static", "security.logout")
    }


def walked(app, study, browsers, rows, token):
    """What each page answers, sends and reads when it is opened."""
    measured = {}
    for path, endpoint in pages_of(app, study, token).items():
        names = [name for name in browsers if (name == "lead") != (policy_of(app, endpoint) == PANELIST)]
        for name in names:
            before = rows.n
            with counted(app) as sent:
                status = browsers[name].get(path).status_code
            place = path.replace(study.study.slug, "…").replace(str(study.job), "…").replace(token, "…")
            measured[name, place] = (endpoint, status, len(sent), rows.n - before)
    return measured


def played(app, size, rows):
    """Walk all pages of a study of this size at each of its stages."""
    database, found = app.extensions["database"], {}
    with database.transaction() as session:
        study = grown.prepared(session, f"grown-{size}", size)
        key, lead = study.study.id, study.lead.id
        session.expunge_all()
    browsers = {
        "lead": app.test_client().sign_in(study.lead),
        "panelist": app.test_client().enter(key, study.who),
        "handed": app.test_client().enter(key, study.who, "h" * 64),
    }
    token = app.test_client().link(key, study.who).removeprefix("/p/")
    for stage, step in grown.STEPS:
        with database.transaction() as session:
            study.study, study.lead = session.get_one(Study, key), session.get_one(Account, lead)
            step(session, study)
            session.flush()
            session.expunge_all()
        for place, measured in walked(app, study, browsers, rows, token).items():
            found[stage, *place] = measured
    return found


@pytest.fixture(scope="module")
def walks():
    """What was measured, by size: the first test walks for both."""
    return {}


@pytest.fixture
def both(app, walks):
    """The pages of a small panel and of a large one."""
    if not walks:
        with rows_counted(app) as rows:
            walks.update({size: played(app, size, rows) for size in SIZES})
    return [walks[size] for size in SIZES]


@one_engine
def test_every_page_sends_at_most_ten_statements(both):
    small, large = both
    sent = {place: n for walk in both for place, (_endpoint, _status, n, _rows) in walk.items()}
    assert len(small) == len(large) > 500
    assert {place: n for place, n in sent.items() if n > MORE.get(place, MOST)} == {}


@one_engine
def test_a_larger_panel_costs_no_more_statements_or_rows(both):
    small, large = both
    assert {place: (small[place], large[place]) for place in small if small[place] != large[place]} == {}


@one_engine
def test_every_page_was_opened_and_lists_are_full(app, both):
    # 409 is a page, too: what is asked once more before a launch is drawn with what stands against it.
    opened = {endpoint for endpoint, status, *_ in both[0].values() if status in (200, 302, 303, 409)}
    known = {endpoint for endpoint, method, _ in requests(app) if method == "GET"}
    assert {endpoint for endpoint in known - opened if policy_of(app, endpoint) not in (None, OPEN)} == set()
    for walk in both:
        roster = walk["round 1 open", "lead", "/studies/…/panel"]
        assert roster[-1] > 50
