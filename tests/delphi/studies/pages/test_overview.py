"""Several studies side by side: from a design of the library, or as a copy of another study."""

import gzip
import re

import pytest
from browsing import fingerprint
from builders import NEW_STUDY, NOW, drafted, launched, released, select_account, study
from statements import counted
from uploads import stored

from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.statement import StatementVersion
from delphi.model.study import StakeholderGroup, Study
from delphi.studies import copying, designs
from rounds.lifecycle import lifecycle


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("agreement-grades", "U without any dissent"),
        ("core-outcome-set", "at least 70 % rate 7–9 and fewer than 15 % rate 1–3"),
        ("agreement-75", "at least 75 % of the ratings"),
        ("rand-ucla", "the median is in 7–9"),
        ("blank", "reaches the lowest grade"),
    ],
)
def test_a_study_is_made_of_each_design(app, ada, key, told):
    page = ada.get("/studies/new").text
    assert designs.templates()[key].summary in page
    assert ada.send("/studies/new", NEW_STUDY | {"template": key}).location == "/studies/fresh"
    assert told in ada.get("/studies/fresh/protocol").text


def test_the_groups_of_a_design_have_targets(app, ada):
    ada.send("/studies/new", NEW_STUDY | {"template": "core-outcome-set"})
    study_id = stored(app, Study.id, slug="fresh")[0]
    assert stored(app, StakeholderGroup.target, study_id=study_id) == [30, 30, 20]
    assert "patients or public" in ada.get("/studies/fresh/protocol").text


def test_a_copy_has_the_method_and_the_statements_and_nobody(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        released(session, session.get_one(Study, pages.study.id), [{1: 4, 2: 3, 3: "nq"}] * 6)
    assert ada.send("/studies/new", NEW_STUDY | {"template": "copy:care"}).location == "/studies/fresh"
    old, new = (stored(app, Study.id, slug=slug)[0] for slug in ("care", "fresh"))
    texts = [stored(app, StatementVersion.text, study_id=number) for number in (old, new)]
    assert texts[0] == texts[1]
    assert stored(app, Panelist.id, study_id=new) == []
    assert stored(app, Study.protocol_locked_at, slug="fresh") == [None]


def test_nobody_copies_what_is_not_theirs(app, pages):
    others = [app.test_client().sign_in(who) for who in (pages.cleo, pages.ben)]
    before = fingerprint(app)
    for browser in others:
        assert browser.send("/studies/new", NEW_STUDY | {"template": "copy:care"}).status_code == 404
    assert fingerprint(app) == before


def test_a_copy_of_a_copy_is_the_same_design(cast):
    first = copying.template_of(cast.session, cast.study)
    made = study(cast.session, cast.ada, "again", locked=False)
    second = copying.template_of(cast.session, made)
    assert (second.statements, second.information, second.feedback) == (
        first.statements, first.information, first.feedback,
    )  # fmt: skip


def test_another_scale_brings_its_own_rule(app, ada):
    assert ada.send("/studies/new", NEW_STUDY | {"template": "agreement-75", "scale": "grade9"}).status_code == 303
    assert stored(app, Study.rule, slug="fresh") == ["comet_70_15"]


def test_every_account_sees_its_own_studies(app, pages):
    assert "Study other" not in app.test_client().sign_in(pages.ada).get("/studies").text
    assert "Study other" in app.test_client().sign_in(pages.cleo).get("/studies").text


def test_the_overview_says_what_comes_next_and_what_happened(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        released(session, session.get_one(Study, pages.study.id), [{1: 4, 2: 3, 3: "nq"}] * 6)
    page = ada.get("/studies/care").text
    assert "The results of round 1 are out. Prepare round 2, or finish the study." in page
    assert "Round 1: results released" in page
    assert "6 of 6 answered" in page
    ben = app.test_client().sign_in(pages.ben).get("/studies/care").text
    assert "<h1>The results of round 1 are out</h1>" in ben
    assert "6 of 6 answered" in ben
    assert "Round 1: results released" not in ben
    assert 'id="next"' not in ben
    assert "round 1 is released" in ada.get("/studies").text


def test_preparing_ticks_what_is_done_and_names_what_is_missing(app, pages, ada):
    ada.send("/studies/new", NEW_STUDY | {"template": "core-outcome-set"})
    page = ada.get("/studies/fresh").text
    assert page.count('class="chip in"') == 1
    assert "Choose the level of anonymity" in page
    care = ada.get("/studies/care").text
    assert care.count('class="chip in"') == 5
    assert "Everything is there. Round 1 can be launched." in care


def test_an_open_round_tells_its_response_to_each_role(app, opened, ada):
    page = ada.get("/studies/care").text
    assert "Response by group" in page
    assert "Finished: fewer than 5 of 6." in page
    vic = app.test_client().sign_in(pages_account(app, "vic")).get("/studies/care").text
    assert "Finished: fewer than 5 of 6." in vic
    assert "Needs attention" not in vic
    assert "is open, 13 days left" in vic


def pages_account(app, name):
    with app.extensions["database"].transaction(writing=False) as session:
        who = session.scalars(select_account(name)).one()
        session.expunge_all()
    return who


@pytest.mark.parametrize("path", ["/studies/care", "/studies/fresh"])
def test_the_overview_takes_few_statements_and_little_room(app, opened, ada, path):
    ada.send("/studies/new", NEW_STUDY | {"template": "core-outcome-set"})
    ada.get(path)
    with counted(app) as sent:
        page = ada.get(path)
    assert len(sent) <= 10, sent
    assert len(gzip.compress(page.data)) < 60_000


def phase(browser) -> str:
    found = re.search(r'aria-current="step">\s*<b>([^<]*)', browser.get("/studies/care").text)
    return found[1]


def test_the_phase_is_reporting_once_the_last_round_is_released(app, pages, ada):
    def act(step):
        with app.extensions["database"].transaction() as session:
            step(session, session.get_one(Study, pages.study.id))
        return phase(ada)

    def play_two(session, made):
        for number in (1, 2):
            drafted(session, made, released(session, made, [{1: 4, 2: 1}] * 6, number))

    last, lead = (pages.study.id, 3), {"by": pages.ada.id, "at": NOW}
    assert phase(ada) == "Preparation"
    assert act(play_two) == "Round 3"
    assert act(lambda session, made: launched(session, made, 3)) == "Round 3, open"
    assert act(lambda session, _made: lifecycle.close(session, session.get_one(Round, last), **lead)) == "Round 3"
    assert act(lambda session, made: lifecycle.release(session, made, session.get_one(Round, last), **lead)) == "Report"


def test_a_study_begins_in_the_language_of_its_lead(app, ada):
    ada.send("/language", {"language": "nl", "back": "/"})
    assert '<option value="nl" selected>' in ada.get("/studies/new").text
    ada.send("/studies/new", NEW_STUDY)
    assert stored(app, Study.language, slug="fresh") == ["nl"]
    assert stored(app, Study.scale_words, slug="fresh")[0]["scale.opt_out"] == "geen oordeel"
    assert "geen oordeel" in ada.get("/studies/fresh/protocol").text


def test_a_copy_stays_in_its_language_with_its_own_words(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, pages.study.id).scale_words = {"scale.opt_out": "no view"}
    ada.send("/studies/new", NEW_STUDY | {"template": "copy:care", "language": "nl"})
    assert stored(app, Study.language, slug="fresh") == ["en"]
    assert stored(app, Study.scale_words, slug="fresh") == [{"scale.opt_out": "no view"}]
