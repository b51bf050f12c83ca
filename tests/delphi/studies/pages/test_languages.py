"""The lead chooses languages, translates piece by piece, and a launch waits for what is missing and warns of what is stale."""

import html
import re
from datetime import timedelta

import pytest
from builders import NEW_STUDY, NOW, open_to_all
from sqlalchemy import select

from delphi.contents import items, languages, translating
from delphi.contents.reading import Wording
from delphi.model.panel import Panelist
from delphi.model.round import Round
from delphi.model.statement import StatementVersion
from delphi.model.study import Study
from delphi.model.translation import Translation

LIST, DUTCH, ROUND = "/studies/care/languages", "/studies/care/languages/nl", "/studies/care/rounds/1"
DEADLINE = {"closes_at": f"{NOW + timedelta(days=7):%Y-%m-%dT23:59}"}


@pytest.fixture
def chosen(ada):
    assert ada.send(LIST, {"languages": ["nl"], "stale_mark": "source"}).status_code == 303
    return ada


def fields_of(page):
    """What the page of translations would send: a text for each piece."""
    seen = dict(re.findall(r'name="(seen-[^"]+)" value="([^"]+)"', page))
    return {html.unescape(name): value for name, value in seen.items()}


def translate_all(browser):
    for _ in range(3):
        sent = fields_of(browser.get(DUTCH).text)
        sent |= {name.replace("seen-", "text-"): f"NL {name}" for name in sent}
        browser.send(DUTCH, sent)


def stored(app, query):
    with app.extensions["database"].transaction(writing=False) as session:
        return list(session.scalars(query))


def correct(app):
    """Correct the first statement in the source."""
    with app.extensions["database"].transaction() as session:
        session.scalars(select(StatementVersion).filter_by(statement=1, study_id=1)).one().text = "Service 1 is wanted."


def test_a_lead_chooses_the_languages(app, chosen):
    assert stored(app, select(Study.languages).filter_by(slug="care")) == [["nl"]]
    assert stored(app, select(Study.stale_mark).filter_by(slug="care")) == ["source"]
    page = chosen.get(LIST).text
    assert re.search(r'value="nl" checked> Nederlands', page)
    assert re.search(r'<a\s+href="/studies/care/languages/nl"\s+lang="nl"\s*>Nederlands</a>', page)
    assert chosen.send(LIST, {"languages": ["xx"], "stale_mark": "note"}).status_code == 422


def test_a_piece_is_translated_beside_its_source(app, chosen):
    page = chosen.get(DUTCH).text
    assert "Service 1 is needed." in page
    sent = fields_of(page) | {"text-statement.1.1.text": "Dienst 1 is nodig."}
    assert chosen.send(DUTCH, sent).status_code == 303
    assert "1 translations were saved." in chosen.get(DUTCH).text
    own = select(Translation.text).filter_by(item="statement.1.1.text", language="nl")
    assert stored(app, own) == ["Dienst 1 is nodig."]
    assert "Dienst 1 is nodig." in chosen.get(f"{DUTCH}?show=all").text
    assert "Dienst 1 is nodig." not in chosen.get(DUTCH).text


def test_a_source_that_changed_meanwhile_keeps_its_translation_away(app, chosen):
    sent = fields_of(chosen.get(DUTCH).text) | {"text-statement.1.1.text": "Dienst 1 is nodig."}
    correct(app)
    chosen.send(DUTCH, sent)
    assert "1 were not: their source was changed meanwhile" in chosen.get(DUTCH).text
    assert stored(app, select(Translation).filter_by(item="statement.1.1.text")) == []


def test_a_stale_translation_shows_the_difference_until_it_fits(app, chosen):
    item = "statement.1.1.text"
    chosen.send(DUTCH, fields_of(chosen.get(DUTCH).text) | {f"text-{item}": "Dienst 1 is nodig."})
    correct(app)
    page = chosen.get(DUTCH).text
    assert re.search(r"<del>.*needed\.", page)
    assert re.search(r"<ins>.*wanted\.", page)
    chosen.send(DUTCH, fields_of(page) | {f"text-{item}": "Dienst 1 is nodig."})
    assert f'name="fits-{item}"' in chosen.get(DUTCH).text
    chosen.send(DUTCH, fields_of(page) | {f"text-{item}": "Dienst 1 is nodig.", f"fits-{item}": "y"})
    assert f'name="fits-{item}"' not in chosen.get(DUTCH).text
    assert stored(app, select(Translation.source).filter_by(item=item)) == ["Service 1 is wanted."]


def test_a_launch_waits_for_what_is_missing_and_warns_of_what_is_stale(app, chosen):
    assert "Nederlands: " in chosen.get(ROUND).text
    assert "pieces of what the panel reads are not translated" in chosen.get(ROUND).text
    assert chosen.send(f"{ROUND}/launch", DEADLINE).status_code == 409
    translate_all(chosen)
    assert "are not translated" not in chosen.get(ROUND).text
    correct(app)
    assert "Nederlands: 1 translations were made of an earlier wording" in chosen.get(ROUND).text
    assert chosen.send(f"{ROUND}/launch", DEADLINE).status_code == 303
    assert stored(app, select(Round.opened_at).filter_by(study_id=1, number=1)) != [None]


def test_the_own_words_of_a_scale_are_written_before_the_lock(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, pages.study.id)
        study.protocol_locked_at = study.protocol_sha256 = None
    words = {
        "word-scale.label.4": "fully agree",
        "word-scale.opt_out": "not qualified to respond",
        "word-scale.band.2": "",
    }
    assert ada.send(f"{LIST}/words", words).status_code == 303
    assert stored(app, select(Study.scale_words).filter_by(slug="care")) == [{"scale.label.4": "fully agree"}]
    assert 'value="fully agree"' in ada.get(LIST).text


def test_the_words_of_a_locked_protocol_stay(app, ada):
    assert ada.send(f"{LIST}/words", {"word-scale.label.4": "fully agree"}).status_code == 409
    assert stored(app, select(Study.scale_words).filter_by(slug="care")) == [{}]
    assert "They are part of the protocol, which is locked." in ada.get(LIST).text


def test_a_language_that_the_study_does_not_have_leads_to_the_choice(ada):
    assert ada.get(f"{LIST}/nl").location == LIST
    assert ada.send(f"{LIST}/nl", {}).location == LIST


def test_one_corrected_statement_is_one_item_in_each_language(app, pages, chosen):
    """The panel goes on reading the last wording that was valid, and what it answers is of one statement."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, pages.study.id)
        sources = {one.item: one.source for one in items.items_of(session, study)}
        texts = {item: Wording(f"NL {source}", source) for item, source in sources.items()}
        translating.write(session, study, "nl", texts, by=1, at=NOW)
    correct(app)
    with app.extensions["database"].transaction() as session:
        open_to_all(session, session.get_one(Study, pages.study.id))
        for place, code in enumerate(("nl", "en")):
            languages.speak(session.get_one(Panelist, (pages.study.id, pages.panel[place])), code)
    dutch, english = (app.test_client().enter(pages.study.id, pages.panel[place]) for place in (0, 1))
    assert "NL Service 1 is needed." in dutch.get("/panel/page/1").text
    assert "Service 1 is wanted." in english.get("/panel/page/1").text
    for browser in (dutch, english):
        assert browser.send("/panel/page/1", {"answer-1": "4"}).status_code == 303


def test_a_copy_takes_its_languages_and_translations_along(app, chosen):
    chosen.send(DUTCH, fields_of(chosen.get(DUTCH).text) | {"text-statement.2.1.text": "Dienst 2 is nodig."})
    assert chosen.send("/studies/new", NEW_STUDY | {"template": "copy:care"}).status_code == 303
    [copied] = stored(app, select(Study.id).filter_by(slug="fresh"))
    texts = select(Translation.text).filter_by(study_id=copied, language="nl", item="statement.2.1.text")
    assert stored(app, texts) == ["Dienst 2 is nodig."]
    assert stored(app, select(Study.languages).filter_by(id=copied)) == [["nl"]]
    assert stored(app, select(Study.stale_mark).filter_by(id=copied)) == ["source"]


def test_a_rehearsal_speaks_the_languages_without_waiting_for_them(app, chosen):
    settings = {"size": "15", "attrition": "10", "disagreement": "25"}
    assert chosen.send("/studies/care/rehearsal/begin", settings).status_code == 303
    assert chosen.send("/studies/care/rehearsal/step").status_code == 303
    assert stored(app, select(Study.languages).filter_by(slug="care-rehearsal")) == [["nl"]]
    assert stored(
        app, select(Round.opened_at).join(Study, Study.id == Round.study_id).filter_by(slug="care-rehearsal")
    ) != [None]
