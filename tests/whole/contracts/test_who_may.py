"""Who may do what: every rule, every method, every member of the cast; the expected answer follows from the policy."""

import pytest
from browsing import fingerprint
from builders import account
from routes import EXAMPLES, requests
from sqlalchemy import delete, select

from delphi import clock
from delphi.access import ALLOWED, Capability
from delphi.model.account import Account
from delphi.model.job import ExportJob
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.round import Participation, Round
from delphi.model.study import Role
from delphi.studies import held_roles
from delphi.web.policy import ACCOUNT, OPEN, PANELIST, policy_of

ROLES = {
    "ada": Role.OWNER,
    "ben": Role.ANALYST,
    "mod": Role.MODERATOR,
    "mia": Role.PANEL_MANAGER,
    "vic": Role.VIEWER,
    "tess": Role.TRANSLATOR,
}
# What each role was promised, and what it was not (docs/design/trust.md 5.6).
DESK, ACTS = {"round.show"}, {"round.close", "round.release", "round.launch", "round.prepare_next", "protocol.edit"}
RUNNING, COMMENTS = {"round.remind", "round.extend", "round.stop_reminders"}, {"moderation.show", "moderation.decide"}
NAMES = {"roster.index", "person.show", "panel_import.take", "late.invite"}
MAY = {
    "ada": DESK | ACTS | RUNNING | COMMENTS | NAMES,
    "ben": DESK,
    "mod": DESK | COMMENTS,
    "mia": DESK | RUNNING | NAMES,
    "vic": DESK,
    "tess": set(),
}
ACCOUNTS = (*ROLES, "cleo", "deactivated")
WHO = ("anonymous", "panelist", *ACCOUNTS)
SIGN_IN = "/account/sign-in"


@pytest.fixture
def everybody(app, opened):
    """Browsers of the whole cast."""
    with app.extensions["database"].transaction() as session:
        account(session, "deactivated")
        held_roles.give(session, opened.study.id, account(session, "mod").id, Role.MODERATOR)
        session.flush()
        accounts = {a.email.partition("@")[0]: a for a in session.scalars(select(Account))}
        session.expunge_all()
    browsers = {name: app.test_client().sign_in(accounts[name]) for name in ACCOUNTS}
    with app.extensions["database"].transaction() as session:
        session.get_one(Account, accounts["deactivated"].id).active = False
        session.get_one(Panelist, (opened.study.id, opened.panel[-1])).page_code = EXAMPLES["code"]
        order = {"report": "consensus", "format": "csv", "profile": "public", "asked_at": clock.now()}
        session.add(
            ExportJob(study_id=opened.study.id, id=EXAMPLES["job"], account=accounts["ada"].id, by_group=False, **order)
        )
    study = opened.study
    return browsers | {
        "anonymous": app.test_client(),
        "panelist": app.test_client().enter(study.id, opened.panel[0]),
    }


def expected(who: str, policy: str | None) -> str:
    """Say what the policy promises: "in", "not found", or "sign in"."""
    if policy is None:
        return "not found"
    if policy == OPEN:
        return "in"
    if policy == PANELIST:
        return "in" if who == "panelist" else "not found"
    if who not in (*ROLES, "cleo"):
        return "sign in"
    if policy == ACCOUNT:
        return "in"
    return "in" if who in ROLES and Capability(policy) in ALLOWED[ROLES[who]] else "not found"


def answered(response) -> str:
    if response.status_code in (401, 404):  # autosave asks for the link once more: its page keeps what was typed
        return "not found"
    if response.status_code == 303 and response.location.startswith(SIGN_IN):
        return "sign in"
    return "in"


@pytest.mark.parametrize("who", WHO)
def test_the_answer_follows_from_the_policy(app, everybody, who):
    browser = everybody[who]
    cases = [(e, m, path, expected(who, policy_of(app, e))) for e, m, path in requests(app) if m != "OPTIONS"]
    secret = ("/p/", "/join/", "/stop/")  # addresses with secrets of their own
    cases = [case for case in cases if not any(word in case[2] for word in secret)]
    before = fingerprint(app)
    for _endpoint, method, path, promised in cases:
        if promised != "in":
            assert answered(browser.ask(path, method)) == promised, (method, path)
    assert fingerprint(app) == before
    for endpoint, method, path, promised in cases:
        if promised == "in" and endpoint != "static":
            response = browser.ask(path, method)
            away = response.status_code == 404 and policy_of(app, endpoint) == OPEN  # a handbook, a provider: not here
            assert away or answered(response) == "in", (method, path)
            assert response.status_code < 500, (method, path)


@pytest.mark.parametrize("who", MAY)
def test_each_role_may_what_it_was_promised(app, who):
    promised = MAY["ada"]
    may = {endpoint for endpoint in promised if Capability(policy_of(app, endpoint)) in ALLOWED[ROLES[who]]}
    assert may == MAY[who]


@pytest.mark.parametrize(
    ("who", "shown", "hidden"),
    [
        ("ada", ["Send the reminder", "Move the deadline", "Close round 1"], []),
        ("mia", ["Send the reminder", "Move the deadline"], ["Close round 1"]),
        ("ben", ["Round 1 is open"], ["Send the reminder", "Move the deadline", "Close round 1"]),
        ("vic", ["Round 1 is open"], ["Send the reminder", "Move the deadline", "Close round 1"]),
    ],
)
def test_the_desk_offers_what_its_reader_may_do(everybody, who, shown, hidden):
    page = everybody[who].get("/studies/care/rounds/1").text
    assert [words for words in shown if words not in page] == []
    assert [words for words in hidden if words in page] == []
    assert "/studies/care/rounds/1" in everybody[who].get("/studies/care").text


@pytest.mark.parametrize("who", ["ben", "mia", "vic"])
def test_who_does_not_lead_reads_a_draft_along(app, everybody, who):
    with app.extensions["database"].transaction() as session:
        draft = session.get_one(Round, (1, 1))
        session.execute(delete(Letter))
        session.execute(delete(Participation))
        draft.opened_at = draft.closes_at = None
    page = everybody[who].get("/studies/care/rounds/1").text
    assert "Round 1 in preparation" in page
    assert "Service 1 is needed." in page
    assert "Launch" not in page


def test_reading_changes_nothing(app, everybody):
    before = fingerprint(app)
    for browser in everybody.values():
        for _, method, path in requests(app):
            if method in ("GET", "HEAD", "OPTIONS"):
                assert browser.ask(path, method).status_code < 500, path
    assert fingerprint(app) == before


def test_what_is_foreign_looks_like_what_is_missing(app, everybody):
    cleo = everybody["cleo"]
    foreign, missing = cleo.get("/studies/care"), cleo.get("/studies/nowhere")
    assert (foreign.status_code, foreign.data) == (missing.status_code, missing.data)
    assert dict(foreign.headers) == dict(missing.headers)


def test_a_lead_reaches_no_round_of_another_study_through_her_own(everybody):
    assert everybody["cleo"].get("/studies/other/rounds/1").status_code == 200
    assert everybody["cleo"].get("/studies/other/rounds/2").status_code == 404
    assert everybody["ada"].get("/studies/other/rounds/1").status_code == 404
