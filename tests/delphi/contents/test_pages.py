"""A panelist reads the study in the own language: asked at arrival, changed at any time, kept; and each piece says its language."""

import re

import pytest
from browsing import HOST
from builders import NOW, open_to_all
from sqlalchemy import select
from statements import counted

from delphi.contents import items, languages, translating
from delphi.contents.pages import either_of, list_of
from delphi.contents.piece import Piece
from delphi.contents.reading import Wording
from delphi.model.panel import Panelist
from delphi.model.statement import StatementVersion
from delphi.model.study import StaleMark, Study
from delphi.protocol import amendments

DUTCH = {
    "study.title": "Zorg",
    "statement.1.1.text": "Dienst 1 is nodig.",
    "section.1": "Diensten",
    "group.peers": "Lotgenoten",
}


@pytest.fixture
def dutch(app, pages):
    """Ada's open study in English and Dutch; a few of its pieces are translated, others not."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, pages.study.id)
        open_to_all(session, study)  # before the language was there: not everything is translated
        languages.choose(session, study, ["nl"], by=pages.ada.id, at=NOW)
        sources = {one.item: one.source for one in items.items_of(session, study)}
        texts = {item: Wording(text, sources[item]) for item, text in DUTCH.items()}
        translating.write(session, study, "nl", texts, by=pages.ada.id, at=NOW)
    return pages


def change(app, dutch, **facts):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, dutch.study.id)
        for name, value in facts.items():
            setattr(study, name, value)


def spoken(app, dutch, place=0):
    with app.extensions["database"].transaction(writing=False) as session:
        return session.get_one(Panelist, (dutch.study.id, dutch.panel[place])).language


def enter(app, dutch, place=0):
    return app.test_client().enter(dutch.study.id, dutch.panel[place])


def test_the_language_is_asked_at_arrival_and_kept(app, dutch):
    browser = app.test_client()
    link = browser.link(dutch.study.id, dutch.panel[0])
    page = browser.get(link, headers={"Accept-Language": "nl-BE, en;q=0.5"}).text
    assert '<option value="nl" lang="nl" selected>Nederlands</option>' in page
    assert "Zorg" in page
    assert spoken(app, dutch) is None
    browser.send(link, {"language": "nl"})
    assert spoken(app, dutch) == "nl"
    assert '<html lang="nl"' in enter(app, dutch).get("/panel", headers={"Accept-Language": "en"}).text
    assert '<html lang="nl"' in app.test_client().get(link, headers={"Accept-Language": "en"}).text


@pytest.mark.parametrize("sent", ["", "de", "xx"])
def test_a_language_that_the_study_does_not_have_is_not_kept_at_arrival(app, dutch, sent):
    browser = app.test_client()
    assert browser.send(browser.link(dutch.study.id, dutch.panel[0]), {"language": sent}).status_code == 303
    assert spoken(app, dutch) is None


def test_a_study_in_one_language_asks_for_none(app, pages):
    browser = app.test_client()
    assert 'name="language"' not in re.sub(
        r"<footer.*", "", browser.get(browser.link(1, pages.panel[0])).text, flags=re.DOTALL
    )


def test_the_chooser_changes_the_language_for_good(app, dutch):
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    assert spoken(app, dutch) == "nl"
    one.send("/panel/page/1", {"answer-1": "4", "go": "language-en"})
    assert spoken(app, dutch) == "en"
    assert spoken(app, dutch, 1) is None


def test_a_card_is_read_in_the_own_language(app, dutch):
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    page = " ".join(one.get("/panel/page/1").text.split()).replace(" >", ">")
    assert re.search(r'<h3 class="statement stays" id="t1" lang="nl" dir="auto" ?> ?Dienst 1 is nodig', page)
    assert re.search(r'<h3 class="statement stays" id="t2" lang="en" dir="auto" ?> ?Service 2 is needed', page)
    assert '<h2 lang="nl">' in page
    assert "Diensten" in page
    assert "· Zorg" in page
    assert '<span class="word cap">eens</span>' in page
    assert '<span class="word cap">geen oordeel</span>' in page


def test_a_reader_of_another_language_gets_the_source_and_is_told_so(app, dutch):
    one = enter(app, dutch, 1)
    change(app, dutch, languages=[])
    one.send("/language", {"language": "nl", "back": "/panel"})
    page = " ".join(one.get("/panel/page/1").text.split()).replace(" >", ">")
    assert '<span class="word cap" lang="en" dir="ltr">agree</span>' in page
    assert '<strong class="grow"><span lang="en" dir="ltr">' in page


def test_the_memory_keeps_languages_apart(app, dutch):
    pages_of = {}
    for code in ("en", "nl", "en", "nl"):
        one = enter(app, dutch)
        one.send("/language", {"language": code, "back": "/panel"})
        pages_of.setdefault(code, []).append(re.sub(r'(value|content)="[^"]{16,}"', "", one.get("/panel/page/1").text))
    assert all(len(set(drawn)) == 1 for drawn in pages_of.values())
    assert pages_of["en"][0] != pages_of["nl"][0]


def test_a_warm_page_costs_no_statement_more_in_another_language(app, dutch):
    one, counts = enter(app, dutch), []
    for code in ("en", "nl"):
        one.send("/language", {"language": code, "back": "/panel"})
        one.get("/panel/page/1")
        with counted(app) as sent:
            one.get("/panel/page/1")
        counts.append(len(sent))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("mark", "note", "source"),
    [(StaleMark.NONE, False, False), (StaleMark.NOTE, True, False), (StaleMark.SOURCE, True, True)],
)
def test_a_stale_wording_is_shown_with_the_mark_of_the_study(app, dutch, mark, note, source):
    change(app, dutch, stale_mark=mark)
    with app.extensions["database"].transaction() as session:
        version = session.scalars(select(StatementVersion).filter_by(study_id=dutch.study.id, statement=1)).one()
        version.text = "Service 1 is wanted."
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    page = one.get("/panel/page/1").text
    assert "Dienst 1 is nodig." in page
    assert ("Dit is de vertaling van een eerdere formulering." in page) == note
    assert ("Service 1 is wanted." in page) == source


def test_an_imported_language_is_followed_before_anything_was_chosen(app, dutch):
    with app.extensions["database"].transaction() as session:
        languages.speak(session.get_one(Panelist, (dutch.study.id, dutch.panel[2])), "nl")
    one = enter(app, dutch, 2)
    with one.session_transaction(base_url=HOST) as kept:
        kept["language"] = "en"
    assert '<html lang="nl"' in one.get("/panel").text


def test_the_team_reads_the_source(app, dutch, ada):
    ada.send("/language", {"language": "nl", "back": "/"})
    assert "peers" in ada.get("/studies/care/protocol").text
    assert "Lotgenoten" not in ada.get("/studies/care/protocol").text
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    assert "Lotgenoten" in one.get("/panel/protocol").text


def test_what_is_asked_of_oneself_is_read_in_the_own_language(app, dutch):
    asked = [{"key": "role", "label": "Role", "purpose": "to describe the panel", "options": ["nurse", "doctor"]}]
    change(app, dutch, asked_characteristics=asked, asks_expertise=True)
    texts = {
        "question.role.label": Wording("Rol", "Role"),
        "question.role.option.0": Wording("verpleegkundige", "nurse"),
    }
    with app.extensions["database"].transaction() as session:
        translating.write(session, session.get_one(Study, dutch.study.id), "nl", texts, by=1, at=NOW)
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    page = " ".join(one.get("/panel/about").text.split()).replace(" >", ">")
    assert '<option value="nurse">verpleegkundige</option>' in page
    assert '<option value="doctor" lang="en" dir="ltr">doctor</option>' in page
    assert '<span lang="en" dir="ltr">to describe the panel</span>' in page
    assert "Diensten" in page


def test_my_data_are_told_in_the_own_language(app, dutch):
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    one.send("/panel/page/1", {"answer-1": "4"})
    held = one.get("/panel/my-data.json").json
    assert held["study"] == "Zorg"
    assert [(row["wording"], row["answer"]) for row in held["answers"]] == [("Dienst 1 is nodig.", "eens")]
    assert held["person"][0]["language"] == "Nederlands"
    assert "Dienst 1 is nodig." in one.get("/panel/my-data").text


def test_a_stale_information_says_so_before_it_is_agreed_to(app, dutch):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, dutch.study.id)
        texts = {"document.1.text": Wording("Waar gaat het om? Zorg.", "What was it about? Care.")}
        translating.write(session, study, "nl", texts, by=1, at=NOW)
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    for path in ("/panel/information", "/panel/consent"):
        page = one.get(path).text
        assert "Waar gaat het om?" in page
        assert "Dit is de vertaling van een eerdere formulering." in page


def test_why_the_protocol_was_amended_is_told_in_the_own_language(app, dutch):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, dutch.study.id)
        for reason in ("a slip", "a second slip"):
            amendments.amend(session, study, {"quantile_type": len(reason) % 5 + 1}, reason=reason, by=1, at=NOW)
        texts = {"amendment.1.reason": Wording("een vergissing", "a slip")}
        translating.write(session, study, "nl", texts, by=1, at=NOW)
    one = enter(app, dutch)
    one.send("/language", {"language": "nl", "back": "/panel"})
    page = one.get("/panel/protocol").text
    assert re.search(r"<p ?>een vergissing</p>", page)
    assert re.search(r'<p +lang="en" dir="ltr">a second slip</p>', page)


def test_joined_texts_are_escaped_and_marked_one_by_one(app):
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        texts = ["<ja>", Piece("no & none", "en"), Piece("لا", "ar")]
        assert either_of(texts) == (
            '&lt;ja&gt;, <span lang="en" dir="ltr">no &amp; none</span> of <span lang="ar" dir="rtl">لا</span>'
        )
        assert (list_of([]), list_of(["een"])) == ("", "een")
