"""A study's own text of a letter is kept beside that of the catalogues, or comes back with what is wrong in it."""

import pytest
from builders import NOW
from sqlalchemy import select

from delphi.letters import texts
from delphi.letters.kinds.kind import Text
from delphi.letters.kinds.shipped import KINDS
from delphi.letters.values import Words
from delphi.model.panel import Panelist
from delphi.model.translation import Translation

OWN = Text("Our {round}", "{greeting}\n\n{{7*7}} %s {0.__class__}\n\n{link}")


def keep(cast, kind="not_started", text=OWN, language="en"):
    return texts.keep(cast.session, cast.study, KINDS[kind], language, text, by=cast.ada.id, at=NOW)


def stored(cast):
    return cast.session.scalars(select(Translation.item).order_by(Translation.item)).all()


def test_a_text_is_kept_once_and_taken_back(cast):
    assert [keep(cast), keep(cast)] == [True, False]
    assert texts.own(cast.session, cast.study.id, "not_started", "en") == OWN
    assert stored(cast) == ["letter.not_started.body", "letter.not_started.subject"]
    assert texts.edited(cast.session, cast.study) == {("not_started", "en")}
    usual = KINDS["not_started"].text(Words("en").translate)
    assert keep(cast, text=usual)
    assert (stored(cast), cast.events().count("letters:changed")) == ([], 2)
    assert texts.text_of(cast.session, cast.study, KINDS["not_started"], "en") == usual


def test_each_language_has_its_own(cast):
    cast.session.get_one(Panelist, (cast.study.id, cast.panel[0])).language = "nl"
    cast.session.flush()
    assert texts.languages(cast.session, cast.study) == ["en", "nl"]
    keep(cast)
    keep(cast, text=Text("Onze {round}", "{link}"), language="nl")
    sources = select(Translation.source).where(Translation.language == "nl", Translation.item.endswith("subject"))
    assert cast.session.scalars(sources).one() == OWN.subject
    assert texts.own(cast.session, cast.study.id, "not_started", "nl").subject == "Onze {round}"


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("not_started", Text("S", "{link} {done} {nobody}"), r"no value for \{done\}, \{nobody\}"),
        ("not_started", Text("{reason}", "{link}"), r"no value for \{reason\}"),
        ("not_started", Text("S", "Come back!"), r"needs \{link\}"),
        ("withdrawal", Text("S", "{day}"), r"needs \{kept\}"),
        ("not_started", Text("", "{link}"), "needs a subject"),
        ("not_started", Text("S", "{link}" + "x" * 10_000), "too long"),
        ("address_changed", Text("S", "B"), "cannot be changed"),
        ("statistician", Text("S", "B"), "cannot be changed"),
        ("seal", Text("S", "B"), "cannot be changed"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(cast, kind, text, said):
    with pytest.raises(texts.WrongText, match=said):
        keep(cast, kind, text)
    assert stored(cast) == []


def test_a_language_that_nobody_reads_is_refused(cast):
    with pytest.raises(texts.WrongText, match="cannot be changed"):
        keep(cast, language="fr")


def test_the_usual_text_says_what_the_study_rates(cast):
    cast.study.item_noun = "outcome"
    said = [texts.usual(cast.study, KINDS["not_started"], language).body for language in ("en", "nl")]
    assert "{items} outcomes" in said[0]
    assert "{items} uitkomsten" in said[1]
