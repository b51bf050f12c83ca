"""A study in English and Dutch as files in Dutch: its wordings are those of the versions rated, its figures the same."""

import pytest
from builders import NOW, lead_of
from databases import one_engine
from played import play

from delphi.contents import items, languages, translating
from delphi.contents.reading import Wording
from delphi.errors import Refused
from exports.catalogue import CATALOGUE, make
from exports.files.orders import Order, exhibit_of
from exports.record.in_language import record_in
from exports.record.reader_profile import Profile
from exports.tables.document import Document, table_of

WORDS = ("text", "section")


@pytest.fixture
def dutch(session):
    """A study of two rounds with everything in Dutch, too, but the second wording of the second statement."""
    made = play(session, panelists=12, rounds=2, leavers=0)
    by = lead_of(session, made)
    languages.choose(session, made, ["nl"], by=by, at=NOW)
    own = {one.item: Wording(f"NL {one.source}", one.source) for one in items.items_of(session, made)}
    own = {item: said for item, said in own.items() if not item.startswith("statement.2.")}
    old = {f"statement.{n}.1.text": Wording(f"NL eerst {n}", f"Service {n} is needed.") for n in (1, 2)}
    translating.write(session, made, "nl", own | old, by=by, at=NOW)
    return made


def table(session, study, language=None, report="consensus", **more):
    return table_of(exhibit_of(session, study, Order(report, "csv", Profile.ANALYST, language=language, **more)))


@one_engine
def test_each_round_has_the_wording_that_was_rated(session, dutch):
    record = record_in(session, dutch, "nl", profile=Profile.ANALYST)
    said = {(row.statement, row["version"]): row["text"] for row in record.rows}
    assert (said["STMT1.1", 1], said["STMT1.2", 1]) == ("NL eerst 1", "NL eerst 2")
    assert said["STMT1.1", 2] == "NL Wording 2 of 1"
    assert said["STMT1.2", 2] == "Wording 2 of 2"
    assert [code for code, _text in record.untranslated.statements] == ["STMT1.2"]
    assert record.definition.scale.labels[-1] == "NL agree"
    assert {row["section"][:3] for row in record.rows if row["section"]} == {"NL "}
    assert {one.text for one in record.asked} == set(said.values())
    assert ("NL eerst 1", "NL Wording 2 of 1") in {(edge.text_before, edge.text_after) for edge in record.edges}


@one_engine
def test_a_file_in_another_language_has_the_same_figures(session, dutch):
    plain, told = (table(session, dutch, language) for language in (None, "nl"))
    for before, after in zip(plain.as_dicts(), told.as_dicts(), strict=True):
        assert {**before, **dict.fromkeys(WORDS)} == {**after, **dict.fromkeys(WORDS)}
        assert (before["text"] == after["text"]) == ((after["statement"], after["version"]) == ("STMT1.2", 2))
    assert (plain.names, plain.definition["id"]) == (told.names, told.definition["id"])
    note = "Not translated into Dutch, so worded as in the source: statements STMT1.2."
    assert told.notes[-1] == note
    assert plain.notes == table(session, dutch, "en").notes


@one_engine
def test_every_report_is_made_in_another_language(session, dutch):
    plain, record = (record_in(session, dutch, language, profile=Profile.ANALYST) for language in (None, "nl"))
    for key, entry in CATALOGUE.items():
        if Profile.ANALYST in entry.profiles and not entry.long and entry.kind is not Document and key != "audit":
            before, after = (table_of(make(one, key, "csv")) for one in (plain, record))
            assert (before.names, len(before.rows)) == (after.names, len(after.rows)), key
            assert "Service 1 is needed" not in str(after.rows), key


@one_engine
def test_the_instrument_puts_the_source_beside_the_language(session, dutch):
    found = exhibit_of(session, dutch, Order("instrument", "html", Profile.PUBLIC, language="nl"))
    assert isinstance(found, Document)
    scale, first, *_ = found.tables
    assert (scale.names, first.names[-1]) == (("value", "label", "label_en"), "text_en")
    row = first.as_dicts()[0]
    assert (row["text"], row["text_en"]) == ("NL eerst 1", "Service 1 is needed.")


@one_engine
def test_a_language_that_the_study_lacks_is_refused(session, dutch):
    with pytest.raises(Refused, match="it has them in en, nl"):
        table(session, dutch, "fr")
