"""The words on the cards of a round as the database counts them, and the minutes that follow."""

from builders import NOW, drafted, launched, released, vote
from sqlalchemy import update

from delphi.model.rating import Comment, Moderation
from delphi.model.statement import StatementVersion
from delphi.statements.duration import FIRST_COMMENTS, HEAD, SENTENCES, minutes_for, reading_of
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.revision import changes
from rounds.revision.decisions import DecidedBy

PLAIN = HEAD + 4  # "Service 1 is needed."
FEEDBACK = sum(SENTENCES.values()) + 2 * 4  # every form of the small study, four options


def test_help_and_evidence_belong_to_what_is_read(cast):
    round_ = launched(cast.session, cast.study)
    version = update(StatementVersion).filter_by(study_id=cast.study.id, statement=2)
    cast.session.execute(version.values(help="See the map.", evidence="Two surveys"))
    assert reading_of(cast.session, cast.study, round_.number).words == {1: PLAIN, 2: PLAIN + 5, 3: PLAIN}


def test_feedback_counts_where_the_statement_was_asked_before(cast):
    draft = drafted(cast.session, cast.study, released(cast.session, cast.study, [{1: 4, 2: 4, 3: 4}] * 6))
    changes.reword(cast.session, draft, 2, text="Clearer.", by=DecidedBy(cast.ada.id, NOW, "clearer now"))
    counted = reading_of(cast.session, cast.study, 2).words
    assert counted == {1: PLAIN + FEEDBACK, 2: HEAD + 1 + FEEDBACK + 4 + 2, 3: PLAIN + FEEDBACK}
    cast.study.feedback_plan = []
    assert reading_of(cast.session, cast.study, 2).words == {1: PLAIN, 2: HEAD + 1, 3: PLAIN}


def test_comments_count_as_many_as_open_at_once(cast):
    round_ = launched(cast.session, cast.study)
    for who in cast.panel[:5]:
        vote(cast.session, round_, who, {1: 4, 2: 4}, comment="of three words")
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    held = {
        comment.ticket: Ruling(Moderation.HELD, note="names a place") for comment in rulings.queue(cast.session, round_)
    }
    rulings.decide(cast.session, round_, held, by=cast.ada.id, at=NOW)
    lifecycle.release(cast.session, cast.study, round_, by=cast.ada.id, at=NOW)
    drafted(cast.session, cast.study, round_)
    assert reading_of(cast.session, cast.study, 2).words[1] == PLAIN + FEEDBACK
    cast.session.execute(update(Comment).values(moderation=Moderation.RELEASED, released_text=Comment.text))
    assert reading_of(cast.session, cast.study, 2).words[1] == PLAIN + FEEDBACK + 3 * FIRST_COMMENTS


def test_a_language_that_takes_longer_to_read_takes_longer():
    minutes = [minutes_for([150] * 30, language) for language in ("en", "nl", "fi")]
    assert minutes == sorted(set(minutes))
