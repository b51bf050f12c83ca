"""Every kind of letter has a whole text in every language, with placeholders that have a value."""

from string import Formatter

import pytest

from delphi.letters import filling
from delphi.letters.kinds.kind import Text
from delphi.letters.kinds.shipped import KINDS
from delphi.letters.values import VALUES, Words
from delphi.model.letter import LetterKind, TeamLetterKind
from delphi.translations import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", KINDS)
def test_a_text_knows_its_placeholders_and_has_what_it_needs(name, language):
    kind = KINDS[name]
    text = kind.text(Words(language).translate)
    assert (filling.unknown(kind, text), filling.missing(kind, text)) == ([], [])
    assert sorted(filling.names_in(text.body)) == sorted(filling.names_in(kind.text(str).body))
    assert text.subject
    assert len(text.body) < filling.LONGEST_BODY


def test_each_placeholder_has_a_value_and_is_used():
    known = {name for kind in KINDS.values() for name in kind.placeholders}
    assert known == set(VALUES)


def test_each_letter_that_is_queued_has_a_text():
    queued = {*LetterKind, *TeamLetterKind} - {LetterKind.REMINDER, TeamLetterKind.TEST}
    assert {kind.value for kind in queued} <= set(KINDS)


STRANGE = "{{7*7}} {% raw %} %s %(study)s {0.__class__} {study.__init__} ${link} {{link}} {} {Study} <b>{unknown}</b>"


def test_what_is_no_placeholder_stays_text():
    kind = KINDS["news"]
    assert filling.fill(STRANGE, "wrong {}".format, kind.placeholders) == STRANGE
    assert filling.unknown(kind, Text(STRANGE, "")) == ["unknown"]
    assert len(list(Formatter().parse("{0.__class__}"))) == 1, "a formatter would read it"


def test_a_placeholder_within_a_value_stays_text():
    values = {"name": "{link}", "link": "{name}"}
    assert filling.fill("{name} {link}", values.__getitem__, values) == "{link} {name}"


def test_a_paragraph_without_a_value_is_left_out():
    values = {"name": "", "study": "Care"}
    text = "Hello {name}\n\n{study}\n  \n- {study}\n- {name}"
    assert filling.fill(text, values.__getitem__, values) == "Care"
    assert filling.fill_line(" {study}:  {name}\n", values.__getitem__, values) == "Care:"


def test_a_round_begins_a_sentence_with_a_capital():
    values = {"round": "de open ronde"}
    text = "{round} sluit. {round} is open: {round}"
    assert filling.fill(text, values.__getitem__, values) == "De open ronde sluit. De open ronde is open: de open ronde"
