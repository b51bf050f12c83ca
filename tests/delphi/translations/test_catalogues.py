"""Every text has its translation, with the same placeholders, every plural form and the field's own terms."""

from functools import cache

import pytest
from babel.messages import Catalog
from catalogues import glossary, off_the_glossary, other_placeholders, texts, untranslated, without_a_plural

from delphi.translations import LANGUAGES, NAMES, catalogue, quality

SHIPPED = [language for language in LANGUAGES if language != "en"]
read = cache(catalogue)


@pytest.mark.parametrize("language", SHIPPED)
def test_the_catalogue_has_every_text_of_the_source_and_no_other(language):
    ids = {(message.id, message.context) for message in texts() if message.id}
    assert {(message.id, message.context) for message in read(language) if message.id} == ids


@pytest.mark.parametrize("language", SHIPPED)
def test_no_text_lacks_a_translation(language):
    assert untranslated(read(language)) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_no_text_lacks_a_plural_form(language):
    assert without_a_plural(read(language)) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_translations_keep_the_placeholders(language):
    assert other_placeholders(read(language)) == []


@pytest.mark.parametrize("language", SHIPPED)
def test_translations_say_the_terms_of_the_field(language):
    assert off_the_glossary(read(language), glossary(language)) == []


@pytest.mark.parametrize("language", [code for code in NAMES if code != "en"])
def test_the_glossary_has_every_term_in_every_language(language):
    assert [term.name for term in glossary(language) if not term.forms] == []


def test_a_wrong_translation_is_found():
    wrong = Catalog(locale="pl")
    wrong.add("The round is over.", "Koniec etapu.")
    wrong.add(("%(num)s round", "%(num)s rounds"), ("%(num)s runda", "", ""))
    wrong.add("%(n)s of %(m)s", "%(n)s z")
    assert off_the_glossary(wrong, glossary("pl")) == [("round", "the round is over.", "koniec etapu.")]
    assert without_a_plural(wrong) == ["%(num)s round"]
    assert "%(n)s z" in other_placeholders(wrong)


def test_only_a_form_of_one_number_may_say_it_in_a_word():
    many = Catalog(locale="pl")
    many.add(("%(num)s round", "%(num)s rounds"), ("jedna runda", "rundy", "%(num)s rund"))
    assert other_placeholders(many) == ["rundy"]


@pytest.mark.parametrize("language", SHIPPED)
def test_each_catalogue_says_how_far_it_can_be_trusted(language):
    assert quality(language) in {"reviewed", "machine-made, not yet reviewed by a native speaker"}
