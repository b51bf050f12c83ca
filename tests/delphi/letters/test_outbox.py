"""The outbox: what has not left can be dropped, and nothing else."""

from uuid import UUID

from builders import NOW
from sqlalchemy import select

from delphi.letters import outbox
from delphi.model.letter import Letter, LetterKind


def queued(session, cast):
    """Five letters of a kind that belongs to no round: waiting, held, sent, failed and dropped."""
    outbox.queue(session, LetterKind.LINK, cast.study.id, None, cast.panel[:5], at=NOW)
    letters = {letter.panelist: letter for letter in session.scalars(select(Letter))}
    waiting, held, sent, failed, dropped = (letters[panelist] for panelist in cast.panel[:5])
    held.claimed_by, held.claimed_until = "postman", NOW
    sent.sent_at = failed.failed_at = dropped.dropped_at = NOW.replace(microsecond=1)
    session.flush()
    return waiting, held, sent, failed, dropped


def test_a_letter_is_unsent_until_it_has_an_ending(session, cast):
    letters = queued(session, cast)
    assert [letter.unsent for letter in letters] == [True, True, False, False, False]
    unsent = session.scalars(select(Letter.panelist).where(Letter.unsent))
    assert set(unsent) == {letter.panelist for letter in letters[:2]}


def test_only_what_has_not_left_is_dropped(session, cast):
    waiting, held, sent, failed, dropped = queued(session, cast)
    assert outbox.drop(session, cast.study.id, at=NOW) == 2
    session.expire_all()
    assert [waiting.dropped_at, held.dropped_at, held.claimed_by, held.claimed_until] == [NOW, NOW, None, None]
    assert (sent.dropped_at, failed.dropped_at) == (None, None)
    assert dropped.dropped_at == NOW.replace(microsecond=1)


def test_letters_are_dropped_by_study_and_condition(session, cast):
    waiting, held, *_ = queued(session, cast)
    assert outbox.drop(session, cast.foreign.id, at=NOW) == 0
    assert outbox.drop(session, cast.study.id, Letter.panelist == UUID(int=0), at=NOW) == 0
    assert outbox.drop(session, cast.study.id, Letter.panelist == held.panelist, at=NOW) == 1
    session.expire_all()
    assert (waiting.dropped_at, held.dropped_at) == (None, NOW)
