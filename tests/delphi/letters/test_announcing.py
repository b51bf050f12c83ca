"""What a lead sends to the panel fits where the study stands, and reaches everybody once."""

import pytest
from builders import LATER, NOW, drafted, launched, released
from sqlalchemy import select

from delphi.errors import Refused
from delphi.letters import announcing, content, message
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from rounds.lifecycle import lifecycle

VOTES = [{1: 4, 2: 3, 3: 2}] * 6


def kinds(cast):
    return {one.kind.value: one.people for one in announcing.possible(cast.session, cast.study, at=NOW)}


def announce(cast, kind):
    return announcing.announce(cast.session, cast.study, kind, by=cast.ada.id, at=NOW)


def test_nothing_is_announced_while_a_round_runs(cast):
    assert kinds(cast) == {}
    launched(cast.session, cast.study)
    assert kinds(cast) == {}
    with pytest.raises(Refused, match="does not fit"):
        announce(cast, "news")


def test_letters_follow_the_study_from_a_close_to_its_end(cast):
    round_ = launched(cast.session, cast.study)
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=LATER)
    assert kinds(cast) == {"news": 6, "thanks": 6, "acknowledgement": 6}
    lifecycle.release(cast.session, cast.study, round_, by=cast.ada.id, at=LATER)
    assert kinds(cast) == {"news": 6, "thanks": 6, "results": 6, "acknowledgement": 6}
    cast.study.finished_at, cast.study.names_until = LATER, NOW.date().replace(year=2000)
    assert kinds(cast) == {"news": 6, "thanks": 6, "results": 6, "finished": 6}
    cast.study.names_destroyed_at = LATER
    assert kinds(cast) == {}


def test_everybody_invited_gets_it_once_whether_or_not_they_answered(cast):
    released(cast.session, cast.study, VOTES[:3])
    cast.session.get_one(Panelist, (cast.study.id, cast.panel[5])).declined_on = NOW.date()
    cast.session.flush()
    assert [announce(cast, "results"), announce(cast, "results")] == [5, 0]
    assert cast.events().count("letters:queued") == 1
    sent = select(Letter.panelist).filter_by(kind=LetterKind.RESULTS, study_id=cast.study.id)
    assert set(cast.session.scalars(sent)) == set(cast.panel[:5])


def test_news_that_waits_is_dropped_once_the_next_round_is_open(cast):
    before = released(cast.session, cast.study, VOTES)
    announce(cast, "news")
    letter = cast.session.scalars(select(Letter).filter_by(kind=LetterKind.NEWS)).first()
    who = cast.session.get_one(Panelist, (cast.study.id, letter.panelist))
    facts = content.facts_of(cast.session, letter, cast.study, who, at=NOW)
    subject, text = message.write("news", facts | {"link": "https://x"})
    assert "what happens now" in subject
    assert "Round 1 of the Delphi study" in text
    drafted(cast.session, cast.study, before)
    launched(cast.session, cast.study, 2)
    assert content.facts_of(cast.session, letter, cast.study, who, at=NOW) is None
