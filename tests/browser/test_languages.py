"""A person of each language of a study in Chromium: the whole card in it, mirrored where it is read from right to left."""

import pytest
from axe import violations
from builders import NOW, lead_of
from playwright.sync_api import expect

from delphi.contents import items, languages, translating
from delphi.contents.reading import Wording
from delphi.model.panel import Panelist
from delphi.model.study import Study

SPOKEN = {"en": "ltr", "nl": "ltr", "de": "ltr", "ar": "rtl"}
MARK = {"nl": "vertaald", "de": "übersetzt", "ar": "مترجم"}
SIZES = [{"width": 320, "height": 640}, {"width": 1280, "height": 800}]


@pytest.fixture(scope="module")
def played(site):
    """The second round of a nine-point study in four languages, with one person of each."""
    made = site.study("spoken", rounds=2, statements=3, scale="grade9", rule="comet_70_15")
    with site.database.transaction() as session:
        study = session.get_one(Study, made.id)
        lead = lead_of(session, study)
        languages.choose(session, study, list(MARK), by=lead, at=NOW)
        for code, mark in MARK.items():
            listed = translating.states(session, study, items.items_of(session, study), code)
            texts = {
                one.item: Wording(f"{mark} {n}", one.source) for n, one in enumerate(listed) if one.state == "missing"
            }
            translating.write(session, study, code, texts, by=lead, at=NOW)
        for who, code in zip(made.panel, SPOKEN, strict=False):
            languages.speak(session.get_one(Panelist, (made.id, who)), code)
    return made


@pytest.mark.parametrize("size", SIZES, ids=lambda size: size["width"])
@pytest.mark.parametrize("code", SPOKEN)
def test_a_card_speaks_the_language_of_its_reader(played, visit, code, size):
    person = list(SPOKEN).index(code)
    page = visit(viewport=size)
    page.goto(played.link(person))
    page.locator("main form button").first.click()
    page.goto("/panel/page/1")
    html, card = page.locator("html"), page.locator("article").first
    expect(html).to_have_attribute("lang", code)
    expect(html).to_have_attribute("dir", SPOKEN[code])
    assert ("within reach" in page.locator("main").inner_text()) is (code == "en")
    assert page.locator(f"main [lang]:not([lang={code}])").all_inner_texts() == []
    assert (MARK.get(code, "Statement 1") in card.inner_text()) is True
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    before, after = (card.locator(f"input[type=radio][value='{n}']").bounding_box()["x"] for n in (1, 9))
    across = before != after
    assert not across or (before > after) is (SPOKEN[code] == "rtl")
    assert violations(page) == []
    card.locator("label:has(input[value='9'])").click()
    expect(page.locator("#progress")).to_contain_text("1")
    expect(card.locator(".state")).to_have_class("state ok")
    asked = card.locator(".reason label").inner_text()
    assert "9" in asked
    assert "9," not in asked
    assert played.ratings(person)[1][0] == 9
