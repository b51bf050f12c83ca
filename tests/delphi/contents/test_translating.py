"""Pieces of content in several languages: present, missing, stale; what is shown, and in which language it is."""

import pytest
from builders import NOW, launched
from sqlalchemy import select, update

from delphi.consensus.shipped_scales import SCALES
from delphi.contents import items, languages, reading, scale_words, translating
from delphi.contents.piece import State
from delphi.contents.reading import Wording
from delphi.errors import Refused
from delphi.model.event import Event
from delphi.model.panel import Panelist
from delphi.model.statement import StatementVersion
from delphi.model.study import Study
from delphi.model.translation import Translation


@pytest.fixture
def study(session, cast):
    """Ada's study with Dutch beside English."""
    languages.choose(session, cast.study, ["nl"], by=cast.ada.id, at=NOW)
    return cast.study


def translate(session, study, by, **texts):
    """Translate pieces of a study, by item with dots written as double underscores."""
    sources = {one.item: one.source for one in items.items_of(session, study)}
    named = {name.replace("__", "."): text for name, text in texts.items()}
    wordings = {item: Wording(text, sources[item]) for item, text in named.items()}
    return translating.write(session, study, "nl", wordings, by=by, at=NOW)


def state_of(session, study, item):
    listed = translating.states(session, study, items.items_of(session, study), "nl")
    return next(one for one in listed if one.item == item)


def test_every_piece_that_a_panelist_reads_has_an_item(session, study):
    listed = [one.item for one in items.items_of(session, study)]
    wanted = {"study.title", "document.1.text", "group.peers", "section.1", "statement.3.1.text", "scale.opt_out"}
    assert wanted <= set(listed)
    assert len(set(listed)) == len(listed)
    assert all(one.source.strip() for one in items.items_of(session, study))


def test_a_new_language_begins_with_the_words_of_the_scale(session, study):
    assert reading.contents_of(session, study, "nl").scale(study).labels[-1] == "eens"
    assert state_of(session, study, "scale.label.4").state is State.PRESENT
    assert state_of(session, study, "study.title").state is State.MISSING


def test_own_words_of_a_scale_are_translated_by_the_lead(session, cast):
    cast.study.scale_words = {"scale.label.4": "fully so"}
    languages.choose(session, cast.study, ["nl"], by=cast.ada.id, at=NOW)
    assert state_of(session, cast.study, "scale.label.4").state is State.MISSING
    scale = reading.contents_of(session, cast.study, "nl").scale(cast.study)
    assert (scale.labels[-1], scale.labels[-1].language) == ("fully so", "en")
    assert scale.labels[0].language == "nl"
    assert scale.abbreviations == ("1", "2", "3", "4")


@pytest.mark.parametrize("scale", SCALES.values(), ids=lambda scale: scale.key)
def test_every_word_of_a_shipped_scale_can_be_translated(scale):
    assert set(scale_words.words_of(scale).values()) <= scale_words.SHIPPED
    assert set(scale_words.shipped(scale, "nl")) == set(scale_words.words_of(scale))


def test_a_missing_piece_is_said_in_the_source_and_marked(session, study):
    said = reading.contents_of(session, study, "nl").say("study.title", study.title)
    assert (said, said.language, said.is_stale) == (study.title, "en", False)


def test_a_corrected_source_makes_a_translation_stale(session, cast, study):
    assert translate(session, study, cast.ada.id, statement__1__1__text="Dienst 1 is nodig.") == 1
    assert state_of(session, study, "statement.1.1.text").state is State.PRESENT
    corrected = update(StatementVersion).filter_by(study_id=study.id, statement=1).values(text="Service 1 is wanted.")
    session.execute(corrected)
    session.expire_all()
    found = state_of(session, study, "statement.1.1.text")
    assert (found.state, found.text, found.made_from) == (State.STALE, "Dienst 1 is nodig.", "Service 1 is needed.")
    said = reading.contents_of(session, study, "nl").statement(1, "text", "Service 1 is wanted.")
    assert (said, said.language, said.source) == ("Dienst 1 is nodig.", "nl", "Service 1 is wanted.")
    assert said.is_stale


def test_a_reworded_statement_is_read_in_its_last_translated_wording(session, cast, study):
    translate(session, study, cast.ada.id, statement__1__1__text="Dienst 1 is nodig.")
    session.add(StatementVersion(study_id=study.id, statement=1, version=2, text="Service 1 is wanted."))
    session.flush()
    assert state_of(session, study, "statement.1.2.text").state is State.STALE
    translate(session, study, cast.ada.id, statement__1__2__text="Dienst 1 is gewenst.")
    contents = reading.contents_of(session, study, "nl")
    assert contents.statement(1, "text", "Service 1 is needed.") == "Dienst 1 is nodig."
    assert contents.statement(1, "text", "Service 1 is wanted.") == "Dienst 1 is gewenst."
    assert state_of(session, study, "statement.1.2.text").state is State.PRESENT


def test_a_renamed_section_is_found_by_its_statements(session, cast, study):
    translate(session, study, cast.ada.id, section__1="Diensten")
    contents = reading.contents_of(session, study, "nl")
    assert not contents.section("Services").is_stale
    assert contents.section("All services", [3, 1]) == "Diensten"
    assert contents.section("All services", [3, 1]).is_stale
    assert contents.section("Care", [4]).language == "en"


def test_a_translation_is_read_anew_once_it_changed(session, cast, study):
    kept = {}

    def remember(name, make):
        return kept.setdefault(name, make())

    translate(session, study, cast.ada.id, study__title="Zorg")
    assert reading.contents_of(session, study, "nl", remember=remember).say("study.title", study.title) == "Zorg"
    translate(session, study, cast.ada.id, study__title="De zorg")
    assert reading.contents_of(session, study, "nl", remember=remember).say("study.title", study.title) == "De zorg"
    assert len(kept) == 2


def test_the_trail_tells_of_translations_without_their_texts(session, cast, study):
    translate(session, study, cast.ada.id, study__title="Zorg")
    last = session.scalars(select(Event).filter_by(study_id=study.id).order_by(Event.sequence.desc())).first()
    assert (last.kind.value, last.data) == ("texts:translated", {"language": "nl", "pieces": 1})
    assert translate(session, study, cast.ada.id, study__title="Zorg") == 0


def test_an_empty_translation_is_removed(session, cast, study):
    translate(session, study, cast.ada.id, study__title="Zorg")
    assert translate(session, study, cast.ada.id, study__title="") == 1
    assert state_of(session, study, "study.title").state is State.MISSING
    assert translate(session, study, cast.ada.id, study__title="") == 0


def test_what_the_panel_was_shown_is_not_translated_otherwise(session, cast, study):
    translate(session, study, cast.ada.id, statement__1__1__text="Dienst 1 is nodig.")
    translate(session, study, cast.ada.id, statement__1__1__text="Dienst 1 is nodig!")
    rest = [
        one.item for one in items.items_of(session, study) if state_of(session, study, one.item).state is State.MISSING
    ]
    translate(session, study, cast.ada.id, **{item.replace(".", "__"): f"NL {item}" for item in rest})
    launched(session, study)
    with pytest.raises(Refused, match="stays as it was"):
        translate(session, study, cast.ada.id, statement__1__1__text="Anders.")
    assert translate(session, study, cast.ada.id, study__title="Zorg") == 1


def test_a_language_that_comes_later_is_translated_while_a_round_is_open(session, cast):
    launched(session, cast.study)
    languages.choose(session, cast.study, ["nl"], by=cast.ada.id, at=NOW)
    assert translate(session, cast.study, cast.ada.id, statement__2__1__text="Dienst 2 is nodig.") == 1
    with pytest.raises(Refused, match="stays as it was"):
        translate(session, cast.study, cast.ada.id, statement__2__1__text="Anders.")


def test_a_language_that_the_study_does_not_have_is_refused(session, cast, study):
    with pytest.raises(Refused, match="does not have this language"):
        translating.write(session, study, "de", {"study.title": Wording("Pflege", study.title)}, by=1, at=NOW)
    with pytest.raises(Refused, match="not offered"):
        languages.choose(session, study, ["xx"], by=cast.ada.id, at=NOW)


def test_a_language_is_taken_away_until_the_lock_alone(session, cast, study):
    with pytest.raises(Refused, match="locked"):
        languages.choose(session, study, [], by=cast.ada.id, at=NOW)
    study.protocol_locked_at = study.protocol_sha256 = None
    languages.choose(session, study, ["en", "nl"], by=cast.ada.id, at=NOW)
    assert study.languages == ["nl"]
    languages.choose(session, study, [], by=cast.ada.id, at=NOW)
    assert session.scalars(select(Translation).filter_by(study_id=study.id)).all() == []


def test_a_panelist_speaks_a_language_that_is_offered(session, cast):
    who = session.get_one(Panelist, (cast.study.id, cast.panel[0]))
    languages.speak(who, "nl")
    assert who.language == "nl"
    with pytest.raises(Refused, match="not offered"):
        languages.speak(who, "xx")
    languages.speak(who, None)
    assert who.language is None


def test_a_language_of_kin_is_read_where_the_own_is_not_there():
    study = Study(language="en", languages=["nl", "pt"])
    assert [reading.language_for(study, code) for code in ("nl-BE", "pt-BR", "de", None)] == ["nl", "pt", "en", "en"]
