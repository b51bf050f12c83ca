"""Setting up over HTTP: facts, groups, what is asked, information and consent, and the list of what is missing."""

from datetime import timedelta

import pytest
from browsing import fingerprint
from builders import NEW_STUDY, NOW, SEALED
from sqlalchemy import inspect, select
from uploads import upload

from delphi.model.event import Event
from delphi.model.study import Document, StakeholderGroup, Study

GROUPS, TEXTS, FACTS = "/studies/care/groups", "/studies/care/texts", "/studies/care/facts"
DEADLINE = f"{NOW + timedelta(days=7):%Y-%m-%dT23:59}"
OPEN_ROWS = SEALED | {"harm": "no", "level": "open_rows", "caution": "1"}
BOTH = {"key-0": "nurses", "key-1": "peers"}


def stored(app, column, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        table = column.class_ if hasattr(column, "class_") else column
        order = [table.position] if hasattr(table, "position") else inspect(table).primary_key
        return list(session.scalars(select(column).filter_by(**where).order_by(*order)))


def test_groups_get_targets_and_panelists_are_asked(app, ada):
    form = BOTH | {"target-0": "20", "public-1": "y", "new": "doctors: 5\n", "asks_conflicts": "y",
                   "asked": "country: Where do you work? | To describe the panel | Austria; Belgium\nyears: How long?"}  # fmt: skip
    assert ada.send(GROUPS, form).status_code == 303
    page = ada.get(GROUPS).text
    for told in (
        "doctors",
        'value="20"',
        "Where do you work? | To describe the panel | Austria; Belgium",
        "years: How long?",
    ):
        assert told in page, told
    assert stored(app, StakeholderGroup.target, study_id=1) == [20, None, 5]
    assert stored(app, Study.asked_characteristics, id=1)[0][0]["options"] == ["Austria", "Belgium"]
    assert stored(app, Study.asks_conflicts, id=1) == [True]
    assert ada.send(GROUPS, BOTH | {"key-2": "doctors", "remove-2": "y"}).status_code == 303
    assert stored(app, StakeholderGroup.key, study_id=1) == ["nurses", "peers"]


@pytest.mark.parametrize(
    ("form", "status", "told"),
    [
        (BOTH | {"remove-0": "y"}, 409, "People belong to nurses"),
        (BOTH | {"target-0": "many"}, 422, "whole number above 0"),
        (BOTH | {"new": "peers"}, 422, "a name of its own"),
        (BOTH | {"new": "all"}, 422, "not called"),
        (BOTH | {"asked": "no colon"}, 422, "is not of the form"),
    ],
)
def test_groups_that_cannot_be_are_not_written(app, ada, form, status, told):
    before = fingerprint(app)
    page = ada.send(GROUPS, form)
    assert (page.status_code, told in page.text) == (status, True)
    assert fingerprint(app) == before


def test_a_new_version_of_the_texts_is_published(app, opened, ada, one):
    form = {
        "information": "What is it about? More.",
        "consent": "I agree.\n\n(optional) Cite me.",
        "reason": "More is asked",
    }
    assert one.get("/panel").status_code == 200
    assert ada.send(TEXTS, form).status_code == 303
    assert one.get("/panel").status_code == 200
    assert ada.send(TEXTS, form | {"information": "Other.", "material": "y"}).status_code == 303
    assert one.get("/panel").location == "/panel/consent"
    assert "More is asked" in one.get("/panel/consent").text
    assert stored(app, Document.material, study_id=1) == [True, False, True]
    assert stored(app, Document.consent, study_id=1, version=2) == ["I agree.\n(optional) Cite me."]
    assert stored(app, Event.kind, study_id=1)[-1] == "document:published"
    page = ada.get(TEXTS).text
    assert "Version 3" in page
    assert "material change" in page


def test_the_same_texts_are_no_new_version(app, ada):
    newest = stored(app, Document, study_id=1)
    before = fingerprint(app)
    form = {
        "information": ada.get(TEXTS).text and "What is it about? Care.\n\nCan you stop? At any time.",
        "consent": "",
    }
    assert ada.send(TEXTS, form).status_code == 422
    assert fingerprint(app) == before
    assert newest


def test_facts_are_changed_with_one_event(app, ada):
    form = {"title": "Care 2", "lead_name": "Ada", "contact_email": "new@example.org", "time_zone": "Europe/Paris"}
    assert ada.send(FACTS, form).location == "/studies/care"
    assert "Care 2" in ada.get("/studies/care").text
    assert stored(app, Event.data, kind="study:changed") == [{"changed": ["contact_email", "time_zone", "title"]}]
    before = fingerprint(app)
    assert ada.send(FACTS, form | {"time_zone": "Mars"}).status_code == 422
    assert ada.send(FACTS, form).status_code == 303
    assert fingerprint(app) == before


def test_what_is_missing_is_listed_with_the_page_that_mends_it(app, ada):
    """The journey of the readiness list: from an empty study to one that can be launched."""
    ada.send("/studies/new", NEW_STUDY | {"template": "core-outcome-set"})
    page = ada.get("/studies/fresh").text
    for told in (
        "The protocol is not locked",
        "The level of anonymity is not chosen yet",
        "The questionnaire has no statement",
        "The panel is empty",
        "Nobody rehearsed",
    ):
        assert told in page, told
    upload(ada, "/studies/fresh/statements", "code,text\nO1,Pain.\n")
    rows = "".join(f"P{i},p{i}@x.org,researchers\n" for i in range(4))
    upload(ada, "/studies/fresh/panel", f"name,email,group\n{rows}")
    assert "level of anonymity is not chosen yet" in ada.send("/studies/fresh/lock").text
    assert ada.send("/studies/fresh/anonymity", OPEN_ROWS).status_code == 303
    ada.send("/studies/fresh/lock")
    page = ada.get("/studies/fresh").text
    assert "No panelist belongs to: patients and carers, health professionals" in page
    assert "researchers has 4 people. Of fewer than 5 nothing is ever shown. The rule asks every group" in page
    refusal = ada.send("/studies/fresh/rounds/1/launch", {"closes_at": DEADLINE})
    assert (refusal.status_code, "No panelist belongs to" in refusal.text) == (409, True)
    rows = "".join(f"Q{i},q{i}@x.org,{('patients and carers', 'health professionals')[i % 2]}\n" for i in range(12))
    upload(ada, "/studies/fresh/panel", f"name,email,group\n{rows}")
    assert "missing</span>" not in ada.get("/studies/fresh").text
    assert ada.send("/studies/fresh/rounds/1/launch", {"closes_at": DEADLINE}).status_code == 303
