"""Comments of a sealed round, as panel and team read them."""

import pytest
from builders import NOW, launched, panel_of, study, vote

from delphi.model.rating import Moderation
from rounds.lifecycle import lifecycle
from rounds.moderation import rulings
from rounds.moderation.rulings import Ruling
from rounds.seal import texts


def commented(cast, panelists):
    """Everybody comments on the first statement, and every comment is released; half are nurses, half peers."""
    made, lead = study(cast.session, cast.ada, "commented", panelists=panelists), {"by": cast.ada.id, "at": NOW}
    round_ = launched(cast.session, made)
    for n, who in enumerate(panel_of(cast.session, made)):
        vote(cast.session, round_, who, {1: 4}, comment=f"said by {n}")
    lifecycle.close(cast.session, round_, **lead)
    decided = {comment.ticket: Ruling(Moderation.RELEASED) for comment in rulings.queue(cast.session, round_)}
    rulings.decide(cast.session, round_, decided, **lead)
    lifecycle.release(cast.session, made, round_, **lead)
    found = texts.released(cast.session, made, [1])
    groups = texts.author_groups(cast.session, made, [1])
    return [groups.get(one.ticket, "") for one in found]


@pytest.mark.parametrize(("panelists", "groups"), [(10, {"nurses", "peers"}), (9, {""})])
def test_a_group_is_named_from_enough_authors_and_others_on(cast, panelists, groups):
    found = commented(cast, panelists)
    assert len(found) == panelists
    assert set(found) == groups


def test_no_comment_reaches_the_panel_where_too_few_took_part(cast):
    assert commented(cast, 4) == []
