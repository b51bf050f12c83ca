"""A study says what it rates in its own words: the panel reads of outcomes where the design is one of outcomes."""

import re

import pytest
from builders import account, open_to_all, panel_of, study
from databases import one_engine

from delphi.consensus.shipped_scales import SCALES
from delphi.model.study import ItemNoun
from delphi.studies.designs import templates
from delphi.translations import NOUNS, translations

PANEL = ("/panel", "/panel/page/1", "/panel/review", "/panel/protocol")


def test_the_nouns_of_studies_are_those_of_the_catalogues():
    assert tuple(ItemNoun) == NOUNS


@pytest.mark.parametrize(
    ("design", "item", "person"),
    [
        ("core-outcome-set", "outcome", "participant"),
        ("rand-ucla", "indication", "expert"),
        ("blank", "statement", "panelist"),
    ],
)
def test_a_design_brings_its_nouns_and_a_text_that_fits(design, item, person):
    template = templates()[design]
    assert (template.item_noun, template.person_noun) == (item, person)
    assert item in template.information
    assert "{" not in template.information
    assert ("how far it agrees" in template.information) == (item == "statement")


@pytest.mark.parametrize("language", ["en", "nl", "pl"])
def test_each_text_is_said_with_each_noun(language):
    said = {noun: translations(language, noun).gettext("Rate each statement.") for noun in NOUNS}
    assert len(set(said.values())) == len(NOUNS)
    many = translations(language, "outcome").ngettext("%(num)s statement.", "%(num)s statements.", 5)
    assert many != translations(language).ngettext("%(num)s statement.", "%(num)s statements.", 5)
    assert translations(language, "outcome").gettext("Yes") == translations(language).gettext("Yes")


@one_engine
def test_a_panel_that_rates_outcomes_never_reads_of_statements(app, pages):
    with app.extensions["database"].transaction() as session:
        scale, lead = SCALES["grade9"], account(session, "olga")
        design = {"scale": "grade9", "rule": scale.rule, "rule_settings": dict(scale.settings), "groups": ()}
        made = study(session, lead, "scale", panelists=12, **design)
        made.item_noun = ItemNoun.OUTCOME
        open_to_all(session, made, 1)
        study_id, person = made.id, panel_of(session, made)[0]
    panelist = app.test_client().enter(study_id, person)
    for path in PANEL:
        page = panelist.get(path)
        assert page.status_code == 200
        words = re.sub(r"<[^>]*>", " ", page.text).lower()
        assert re.findall(r".{30}statement.{9}", words) == [], path
    assert "outcomes" in panelist.get("/panel").text
