"""A core outcome set with three groups, one of four people: no page shows them or lets them be computed.

Black box: two worlds in which the four, and four of a larger hidden group, gave each other's answers. Everything that may be shown
is the same in both, so every page must be the same, word for word. What differs would be a way to compute the four.
"""

import re
from dataclasses import replace

import pytest
from browsing import HOST, SECRET, Browser
from builders import LATER, NOW, account, lead_of, people, rate_again, vote
from sqlalchemy import select

import wsgi
from delphi.config import Settings
from delphi.model.account import Account
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.study import Consent, Harm, Membership, Role, Study
from delphi.people import roster
from delphi.protocol import method
from delphi.statements.statements import NewStatement
from delphi.studies import creation, designs
from delphi.studies.designs import StudyPlan
from rounds.lifecycle import lifecycle

SIZES = {"patients": 20, "clinicians": 18, "carers": 4}
OUTCOMES = tuple(NewStatement(f"OUT{n}", f"Outcome {n}.", section="Core") for n in range(1, 7))
# What each group rates, by statement and round: the carers are alone with their low ratings.
TYPICAL = {"patients": (9, 8, 7, 9, 5, 9), "clinicians": (9, 9, 7, 8, 8, 9), "carers": (1, 2, 1, 9, 1, 3)}


def ballots(*, swapped: bool) -> dict[str, list[tuple[dict[int, int], dict[int, int]]]]:
    """Give everybody's ratings of both rounds, by group; in the other world four carers and four clinicians changed places."""
    given = {}
    for group, size in SIZES.items():
        mine = []
        for person in range(size):
            first = {n: max(1, value - (person + n) % 3 % 2) for n, value in enumerate(TYPICAL[group], 1)}
            second = {n: min(9, value + (person % 5 == 0)) for n, value in first.items()}
            mine.append((first, second))
        given[group] = mine
    if swapped:
        given["carers"], given["clinicians"][:4] = given["clinicians"][:4], given["carers"]
    return given


def play(session, *, swapped: bool):
    ada = account(session, "ada")
    plan = StudyPlan(slug="cos", title="A core outcome set", lead_name="Ada", contact_email="ada@example.org")
    design = replace(
        designs.templates()["core-outcome-set"],
        statements=OUTCOMES,
        groups=tuple(SIZES),
        targets={},
        rounds=4,
        public_groups=(),
    )
    made = creation.create(session, design, plan, by=ada.id, at=NOW)
    made.harm = Harm.NO
    method.lock(session, made, by=ada.id, at=NOW)
    for name, role in (("ben", Role.ANALYST), ("mia", Role.PANEL_MANAGER), ("vic", Role.VIEWER)):
        session.add(Membership(study_id=made.id, account=account(session, name).id, role=role))
    groups = [group for group, size in SIZES.items() for _ in range(size)]
    roster.add(session, made, [replace(new, group=g) for new, g in zip(people(42), groups, strict=True)])
    given = ballots(swapped=swapped)
    for number in (1, 2):
        round_ = session.get_one(Round, (made.id, number))
        rate_again(session, made, round_)
        lifecycle.launch(session, made, round_, closes_at=LATER, by=lead_of(session, made), at=NOW)
        for group, sheets in given.items():
            members = select(Panelist.id).filter_by(study_id=made.id, stakeholder_group=group).order_by(Panelist.code)
            for who, sheet in zip(session.scalars(members), sheets, strict=True):
                vote(session, round_, who, sheet[number - 1])
        lifecycle.close(session, round_, by=lead_of(session, made), at=NOW)
        if number == 1:
            lifecycle.release(session, made, round_, by=lead_of(session, made), at=NOW)
        lifecycle.prepare_next(session, made, round_, by=lead_of(session, made), at=NOW)
    session.add_all(
        Consent(study_id=made.id, panelist=who, version=1, given_on=NOW.date())
        for who in session.scalars(select(Panelist.id).filter_by(study_id=made.id))
    )
    session.flush()
    return made


def addresses() -> list[str]:
    at = "/studies/cos"
    desk = [f"{at}/rounds/{n}{rest}" for n in (1, 2, 3) for rest in ("", "/comments", "/preview")]
    desk += [f"{at}/rounds/3/statements/{n}" for n in range(1, 7)] + [f"{at}/rounds/3?show=waiting", f"{at}/finish"]
    results = [f"{at}/results", f"{at}/results?round=1", f"{at}/results/statements", f"{at}/results/panel"]
    results += [f"{at}/results/statements/{n}" for n in range(1, 7)]
    results += [f"{at}/results/statements?sort={name}&order=down" for name in ("combined", "median", "stable")]
    return [at, *desk, *results]


def steady(text: str) -> str:
    """Take out what differs from one play to the next by itself: tokens, hashes, random keys."""
    text = re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", text)
    return re.sub(r"[0-9a-f]{8,}(-[0-9a-f]{4,})*|\d{2}:\d{2}", "#", text)


def pages(template, *, swapped: bool) -> dict[tuple[str, str], str]:
    with template.copy() as url:
        app = wsgi.app(Settings(database_url=url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1]))
        app.testing, app.test_client_class = True, Browser
        with app.extensions["database"].transaction() as session:
            made = play(session, swapped=swapped)
            accounts = {a.email.partition("@")[0]: a for a in session.scalars(select(Account))}
            session.expunge_all()
        seen = {}
        for name in ("ada", "ben", "vic", "mia"):
            browser = app.test_client().sign_in(accounts[name])
            for path in addresses():
                response = browser.get(path)
                seen[name, path] = f"{response.status_code} {steady(response.text)}"
            table = browser.send("/studies/cos/results.csv")
            seen[name, "file"] = steady(table.text) if name in ("vic", "mia") else ""
        seen |= third_round(app, made.id, accounts["ada"])
        app.extensions["database"].engine.dispose()
        assert made.slug == "cos"
        return seen


def third_round(app, study_id: int, ada: Account) -> dict[tuple[str, str], str]:
    """Release round 2 and open round 3: what the lead sees of it, and what a patient gets as feedback."""
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, study_id)
        lifecycle.release(session, made, session.get_one(Round, (study_id, 2)), by=ada.id, at=NOW)
        draft = session.get_one(Round, (study_id, 3))
        rate_again(session, made, draft)
        lifecycle.launch(session, made, draft, closes_at=LATER, by=ada.id, at=NOW)
        patients = (
            select(Panelist.id).filter_by(study_id=study_id, stakeholder_group="patients").order_by(Panelist.code)
        )
        one = session.scalars(patients).first()
    lead, patient = app.test_client().sign_in(ada), app.test_client().enter(study_id, one)
    asked = [(lead, "ada", path) for path in ("/studies/cos/rounds/3", "/studies/cos/results/statements/1")]
    asked += [(patient, "patient", f"/panel/{path}") for path in ("page/1", "changes", "rounds/1", "rounds/2")]
    seen = {}
    for browser, name, path in asked:
        response = browser.get(path)
        seen[name, f"{path} in round 3"] = f"{response.status_code} {steady(response.text)}"
    return seen


@pytest.fixture(scope="module")
def worlds(template):
    return pages(template, swapped=False), pages(template, swapped=True)


def test_no_page_tells_the_two_worlds_apart(worlds):
    one, other = worlds
    assert {key for key in one if one[key] != other[key]} == set()


def test_the_worlds_differ_indeed():
    assert ballots(swapped=False)["carers"] != ballots(swapped=True)["carers"]


def test_the_pages_are_there(worlds):
    found = {key: page[:3] for key, page in worlds[0].items() if key[0] in ("ada", "patient") and key[1] != "file"}
    assert {key for key, status in found.items() if status != "200"} == set()


def test_the_rule_by_group_says_too_few(worlds):
    table = worlds[0]["ada", "/studies/cos/results/statements"]
    assert table.startswith("200")
    assert table.count("Too few answers") >= len(OUTCOMES)


def test_the_larger_group_is_shown_and_the_small_one_never(worlds):
    page = worlds[0]["ada", "/studies/cos/results/statements/1"]
    assert '<th scope="row">patients</th>' in page
    listed = [key for key, page in worlds[0].items() if "/results" in key[1] or "/rounds" in key[1] if "carers" in page]
    assert {path for _, path in listed} == {"/studies/cos/rounds/3 in round 3"}, "the monitor names who is invited"


def test_a_hole_would_be_seen(template, monkeypatch):
    monkeypatch.setattr("rounds.seal.plan.shown_groups", lambda now, *_past, **_terms: [name for name in now if name])
    monkeypatch.setattr("rounds.seal.plan.shown_in_statement", lambda _sizes, shown, _k: list(shown))
    one, other = (pages(template, swapped=swapped) for swapped in (False, True))
    assert {key[1] for key in one if one[key] != other[key]} >= {
        f"/studies/cos/results/statements/{n}" for n in range(1, 4)
    }
