"""A reader chooses the language, or the browser does."""

import pytest

from delphi.translations import LANGUAGES


def test_the_browser_says_which_language_and_the_reader_changes_it(app, one):
    assert 'lang="en"' in one.get("/panel").text
    assert 'lang="nl"' in one.get("/panel", headers={"Accept-Language": "xx, nl;q=0.8, en;q=0.5"}).text
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


def test_the_chooser_names_each_language_in_its_own_words(one):
    chooser = one.get("/panel").text.partition('class="languages"')[2].partition("</details>")[0]
    assert "Language: English" in chooser
    for code, name in list(LANGUAGES.items())[1:]:
        assert f'value="{code}"' in chooser
        assert f">{name}</button>" in chooser
    assert 'href="/languages"' in chooser


def test_the_page_of_languages_says_who_reviewed_them(one):
    page = one.get("/languages").text
    assert '<span lang="nl">Nederlands</span>' in page
    assert "machine-made, not yet reviewed by a native speaker" in page
