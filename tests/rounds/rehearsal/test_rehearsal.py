"""A rehearsal over HTTP: a simulated panel plays every round of a copy, every page says so, one click wipes it."""

import pytest
from browsing import fingerprint
from builders import NEW_STUDY, open_to_all
from sqlalchemy import func, select
from uploads import upload

from delphi.consensus.shipped_scales import SCALES
from delphi.model.identity import Identity
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.result import Result
from delphi.model.study import Study
from rounds.rehearsal.answers import RehearsalSettings, is_absent, value_of

REHEARSAL = "/studies/care/rehearsal"
SIZE = {"size": "15", "attrition": "20", "disagreement": "30"}
WITHOUT = ("event", "account_session", "panelist_session")


def rows(app, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        study = session.scalars(select(Study).filter_by(**where)).one()
        return session.scalar(select(func.count()).select_from(Rating).filter_by(study_id=study.id))


def test_a_rehearsal_is_played_seen_and_wiped(app, pages, ada):
    """The journey of the rehearsal, from its first page to the line in the audit trail."""
    before = fingerprint(app)
    assert "Nothing of it can meet a real answer" in ada.get(REHEARSAL).text
    assert ada.send(f"{REHEARSAL}/begin", SIZE).location == REHEARSAL
    assert ada.send(f"{REHEARSAL}/step").status_code == 303
    page = ada.get(REHEARSAL).text
    for told in ("open, the panel has answered", "As panelist B", "REHEARSAL", "Invitation"):
        assert told in page, told
    assert ada.send(f"{REHEARSAL}/as/B").location == "/panel"
    for path in ("/panel", "/panel/page/1", "/panel/protocol"):
        seen = ada.get(path)
        assert seen.status_code == 200, path
        assert "REHEARSAL with a simulated panel" in seen.text, path
    assert ada.send(f"{REHEARSAL}/play").status_code == 303
    assert "released" in ada.get(REHEARSAL).text
    for path in ("", "/results", "/protocol", "/statements", "/rounds/1", "/rounds/3"):
        seen = ada.get(f"/studies/care-rehearsal{path}")
        assert seen.status_code == 200, path
        assert "REHEARSAL with a simulated panel" in seen.text, path
    assert b"care-rehearsal" in ada.send("/studies/care-rehearsal/results.csv").headers["Content-Disposition"].encode()
    assert rows(app, slug="care-rehearsal") > 60
    assert rows(app, slug="care") == 0
    assert "care-rehearsal" not in ada.get("/studies").text
    assert ada.send(f"{REHEARSAL}/wipe").status_code == 303
    after = fingerprint(app)
    assert {name for name in after if after[name] != before[name]} == {"event"}
    assert "Nobody rehearsed the study yet" not in ada.get("/studies/care").text
    trail = ada.get("/studies/care/trail").text
    assert "rehearsal: wiped" in trail
    assert "rounds: 3" in trail


def test_a_rehearsal_ends_where_nothing_is_left_to_ask(app, ada):
    ada.send("/studies/new", NEW_STUDY | {"template": "agreement-75"})
    upload(ada, "/studies/fresh/statements", "code,text\nO1,Item 1.\n")
    ada.send("/studies/fresh/rehearsal/begin", SIZE | {"disagreement": "0"})
    assert ada.send("/studies/fresh/rehearsal/play").status_code == 303
    page = ada.get("/studies/fresh/rehearsal").text
    assert "Play to the end" not in page
    assert "Wipe the rehearsal" in page


def test_a_rehearsal_has_no_names_and_sends_no_mail(app, pages, ada):
    ada.send(f"{REHEARSAL}/begin", SIZE)
    ada.send(f"{REHEARSAL}/step")
    with app.extensions["database"].transaction() as session:
        copy = session.scalars(select(Study).filter_by(slug="care-rehearsal")).one()
        assert session.scalars(select(Identity.name).filter_by(study_id=copy.id)).all() == []
        assert session.scalar(select(func.count()).select_from(Letter).filter_by(study_id=copy.id)) == 15


@pytest.mark.parametrize(
    ("key", "told"),
    [("core-outcome-set", "unable to score"), ("rand-ucla", "outside my field"), ("agreement-75", "strongly agree")],
)
def test_every_design_can_be_rehearsed(app, ada, key, told):
    ada.send("/studies/new", NEW_STUDY | {"template": key})
    upload(ada, "/studies/fresh/statements", "code,text,section\n" + "".join(f"O{i},Item {i}.,S\n" for i in range(6)))
    ada.send("/studies/fresh/rehearsal/begin", SIZE | {"size": "30"})
    assert ada.send("/studies/fresh/rehearsal/play").status_code == 303
    results = ada.get("/studies/fresh-rehearsal/results?round=1")
    assert results.status_code == 200
    assert "Item 5." in results.text
    ada.send("/studies/fresh/rehearsal/wipe")
    ada.send("/studies/fresh/rehearsal/begin", SIZE)
    ada.send("/studies/fresh/rehearsal/step")
    ada.send("/studies/fresh/rehearsal/as/C")
    assert told in ada.get("/panel/page/1").text


@pytest.mark.parametrize(
    ("path", "form", "status"),
    [
        ("begin", SIZE | {"size": "4"}, 422),
        ("begin", SIZE | {"attrition": "91"}, 422),
        ("step", {}, 409),
        ("play", {}, 409),
        ("wipe", {}, 409),
        ("as/A", {}, 409),
    ],
)
def test_what_cannot_be_rehearsed_says_why_and_changes_nothing(app, ada, path, form, status):
    before = fingerprint(app)
    assert ada.send(f"{REHEARSAL}/{path}", form).status_code == status
    assert fingerprint(app) == before


def test_there_is_one_rehearsal_at_a_time_and_none_of_a_rehearsal(app, ada):
    ada.send(f"{REHEARSAL}/begin", SIZE)
    before = fingerprint(app)
    assert ada.send(f"{REHEARSAL}/begin", SIZE).status_code == 409
    assert ada.send("/studies/care-rehearsal/rehearsal/begin", SIZE).status_code == 409
    assert ada.send(f"{REHEARSAL}/as/Z").status_code == 404
    assert fingerprint(app) == before


def test_a_study_that_runs_can_still_be_rehearsed(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        open_to_all(session, session.get_one(Study, pages.study.id))
    before = {name: kept for name, kept in fingerprint(app).items() if name in ("rating", "letter", "participation")}
    ada.send(f"{REHEARSAL}/begin", SIZE)
    ada.send(f"{REHEARSAL}/play")
    ada.send(f"{REHEARSAL}/wipe")
    assert {name: kept for name, kept in fingerprint(app).items() if name in before} == before


@pytest.mark.parametrize("key", SCALES)
def test_a_simulated_answer_is_on_the_scale_and_the_panel_draws_closer(key):
    scale, scene = SCALES[key], RehearsalSettings(200, 20, 40)
    rounds = [[value_of(scene, scale, who, "S1", number) for who in range(200)] for number in (1, 2, 3)]
    for answers in rounds:
        assert {a for a in answers if isinstance(a, int)} <= set(scale.values)
        assert ("nq" in answers) == (scale.opt_out is not None)
    against = [sum(a in scale.low for a in answers) for answers in rounds]
    assert against[0] > against[1] > against[2]
    assert 20 <= sum(is_absent(scene, who, 1) for who in range(200)) <= 60


def test_a_rule_by_group_says_too_few_for_a_group_of_four_and_nothing_shows_it(app, ada):
    ada.send("/studies/new", NEW_STUDY | {"template": "core-outcome-set"})
    groups = {"key-0": "patients and carers", "target-0": "12", "key-1": "health professionals", "target-1": "12",
              "key-2": "researchers", "target-2": "4"}  # fmt: skip
    ada.send("/studies/fresh/groups", groups)
    upload(ada, "/studies/fresh/statements", "code,text\nO1,Pain.\nO2,Sleep.\n")
    ada.send("/studies/fresh/rehearsal/begin", {"size": "28", "attrition": "0", "disagreement": "10"})
    ada.send("/studies/fresh/rehearsal/play")
    with app.extensions["database"].transaction(writing=False) as session:
        copy = session.scalars(select(Study).filter_by(slug="fresh-rehearsal")).one()
        sizes = select(Panelist.stakeholder_group, func.count()).filter_by(study_id=copy.id)
        assert dict(session.execute(sizes.group_by(Panelist.stakeholder_group)).all())["researchers"] == 4
        verdicts = select(Result.verdict).filter_by(study_id=copy.id, group="all")
        assert set(session.scalars(verdicts)) == {"too_few"}
    ada.send("/studies/fresh/rehearsal/as/A")
    for path in ("/panel", "/studies/fresh-rehearsal/results", "/studies/fresh-rehearsal/rounds/1"):
        page = ada.get(path)
        assert page.status_code == 200
        assert "researchers" not in page.text, path
