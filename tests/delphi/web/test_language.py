"""Every text has its translation, with the same placeholders; a reader chooses the language, or the browser does."""

import re

import pytest
from catalogues import strings, texts, untranslated

from delphi.translations import LANGUAGES, catalogue

SHIPPED = [language for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\w+\}|</?\w+>")


@pytest.mark.parametrize("language", SHIPPED)
def test_the_catalogue_has_every_text_of_the_source_and_no_other(language):
    ids = {message.id for message in texts() if message.id}
    assert {message.id for message in catalogue(language) if message.id} == ids


@pytest.mark.parametrize("language", SHIPPED)
def test_no_text_lacks_a_translation(language):
    assert untranslated(catalogue(language)) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_translations_keep_the_placeholders(language):
    """Only the form for one may say "one" instead of its number."""
    for message in catalogue(language):
        if message.id:
            forms = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            for place, (text, source) in enumerate(zip(strings(message), forms, strict=True)):
                wanted, found = (sorted(PLACEHOLDER.findall(form)) for form in (source, text))
                if len(forms) > 1 and place == 0:
                    wanted, found = ([name for name in names if name != "%(num)s"] for names in (wanted, found))
                assert found == wanted, text


def test_the_browser_says_which_language_and_the_reader_changes_it(app, one):
    assert 'lang="en"' in one.get("/panel").text
    assert 'lang="nl"' in one.get("/panel", headers={"Accept-Language": "fr, nl;q=0.8, en;q=0.5"}).text
    assert one.send("/language", {"language": "nl", "back": "/panel"}).location == "/panel"
    assert '<html lang="nl" dir="ltr">' in one.get("/panel").text
    one.send("/language", {"language": "xx", "back": "/panel"})
    assert '<html lang="nl"' in one.get("/panel").text


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"])
def test_changing_the_language_leads_nowhere_else(one, back):
    assert one.send("/language", {"language": "nl", "back": back}).location == "/"


def test_changing_the_language_on_a_page_of_cards_saves_it_first(one):
    answer = one.send("/panel/page/1", {"answer-1": "4", "go": "language-nl"})
    assert answer.location == "/panel/page/1"
    page = one.get("/panel/page/1").text
    assert '<html lang="nl"' in page
    assert page.count(" checked") == 1
