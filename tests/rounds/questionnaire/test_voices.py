"""A comment says its language, and stands beside its translation; in a language of nobody else it is translated or held."""

from uuid import uuid4

import pytest
from builders import NOW, answers, open_to_all, vote
from sqlalchemy import select

from delphi.contents import languages, voices
from delphi.contents.reading import Contents, contents_of
from delphi.errors import Refused
from delphi.model.panel import Panelist
from delphi.model.rating import Comment, Moderation
from delphi.model.round import Round
from delphi.model.study import Study
from delphi.model.translation import Translation
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Remark
from rounds.questionnaire.voices import released_comments

WHY = {"en": "Because it helps.", "nl": "Omdat het helpt.", "el": "Επειδή βοηθά."}


@pytest.fixture
def closed(session, cast):
    """A closed round in which one wrote in each language; the study has English and Dutch."""
    open_to_all(session, cast.study)
    languages.choose(session, cast.study, ["nl"], by=cast.ada.id, at=NOW)
    for who, (code, text) in zip(cast.panel, WHY.items(), strict=False):
        part = TakingPart(cast.study.id, 1, who)
        saving.save(session, part, answers({1: 4}), [Remark(1, text)], request=str(uuid4()), language=code)
    for who in cast.panel[3:]:
        vote(session, session.get_one(Round, (cast.study.id, 1)), who, {1: 4})
    round_ = session.get_one(Round, (cast.study.id, 1))
    lifecycle.close(session, round_, by=cast.ada.id, at=NOW)
    return round_


def in_language(session, round_, code):
    return next(one for one in rulings.queue(session, round_) if one.language == code)


def show(session, cast, round_, code, **translations):
    comment = in_language(session, round_, code)
    ruling = Ruling(Moderation.RELEASED, translations=translations)
    return rulings.decide(session, round_, {comment.ticket: ruling}, by=cast.ada.id, at=NOW)


def heard(session, cast, code):
    contents = contents_of(session, cast.study, code)
    said = released_comments(session, cast.study, [1], cast.panel[0], contents=contents)
    return {str(one): (one.language, one.translation) for one in said.get((1, 1), ())}


def test_a_comment_is_shown_in_the_language_written(session, cast, closed):
    show(session, cast, closed, "nl", en="Since it helps.")
    assert heard(session, cast, "nl") == {WHY["nl"]: ("nl", None)}
    assert heard(session, cast, "en") == {WHY["nl"]: ("nl", "Since it helps.")}


def test_a_reader_of_a_third_language_gets_the_translation_there_is(session, cast, closed):
    show(session, cast, closed, "el", en="Since it helps.")
    [(language, translation)] = heard(session, cast, "nl").values()
    assert (language, translation, translation.language) == ("el", "Since it helps.", "en")
    show(session, cast, closed, "el", en="Since it helps.", nl="Want het helpt.")
    [(_language, translation)] = heard(session, cast, "nl").values()
    assert (translation, translation.language) == ("Want het helpt.", "nl")


def test_a_comment_that_nobody_reads_is_translated_or_held(session, cast, closed):
    with pytest.raises(Refused, match="shown with a translation, or held"):
        show(session, cast, closed, "el")
    comment = in_language(session, closed, "el")
    held = {comment.ticket: Ruling(Moderation.HELD, note="nobody here reads Greek")}
    assert rulings.decide(session, closed, held, by=cast.ada.id, at=NOW) == 1
    assert show(session, cast, closed, "nl") == 1


def test_a_translation_of_a_comment_can_be_taken_back(session, cast, closed):
    show(session, cast, closed, "nl", en="Since it helps.")
    before = cast.study.translated
    show(session, cast, closed, "nl", en="Since it helps.")
    assert cast.study.translated == before
    show(session, cast, closed, "nl", en="", de="Weil es hilft.")
    assert session.scalars(select(Translation).where(Translation.item.startswith("comment."))).all() == []


def test_sending_a_comment_again_keeps_the_language_written(app, opened):
    one = app.test_client().enter(opened.study.id, opened.panel[0])
    one.send("/language", {"language": "nl", "back": "/panel"})
    one.send("/panel/answers", {"comment-1": "Omdat.", "seen-comment-1": 0, "request": str(uuid4())})
    one.send("/panel/page/1", {"comment-2": "Daarom.", "seen-comment-2": 0})
    one.send("/language", {"language": "en", "back": "/panel"})
    again = {"comment-1": "Omdat.", "seen-comment-1": 1, "comment-2": "Because.", "seen-comment-2": 1}
    one.send("/panel/page/1", again)
    with app.extensions["database"].transaction(writing=False) as session:
        kept = session.execute(select(Comment.text, Comment.language).order_by(Comment.statement)).all()
        assert session.get_one(Panelist, (opened.study.id, opened.panel[0])).language == "en"
    assert [tuple(row) for row in kept] == [("Omdat.", "nl"), ("Because.", "en")]


def test_a_moderator_reads_the_language_and_translates_beside_it(app, opened, ada):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, opened.study.id)
        for who in opened.panel:
            part = TakingPart(study.id, 1, who)
            saving.save(session, part, [], [Remark(1, WHY["el"])], request=str(uuid4()), language="el")
        lifecycle.close(session, session.get_one(Round, (study.id, 1)), by=1, at=NOW)
        tickets = list(session.scalars(select(Comment.ticket)))
    queue = "/studies/care/rounds/1/comments"
    page = ada.get(queue).text
    assert '<p lang="el" dir="auto">' in page
    assert "Translate it, or hold it." in page
    assert ada.send(queue, {"all": "release"}).status_code == 303
    sent = {f"comment-{tickets[0]}": "released", f"translation-{tickets[0]}-en": "Since it helps."}
    assert ada.send(queue, sent).status_code == 303
    with app.extensions["database"].transaction(writing=False) as session:
        shown = session.scalars(select(Comment.ticket).where(Comment.moderation.is_not(None))).all()
        assert shown == [tickets[0]]
        assert session.scalars(select(Translation.text)).all() == ["Since it helps."]


def test_nothing_is_asked_of_a_study_without_translations(session, cast):
    assert voices.translations_of(session, cast.study) == {}
    said = voices.voice(Contents.of_source(cast.study), {}, uuid4(), "Why", None)
    assert (said, said.language, said.translation) == ("Why", "en", None)
