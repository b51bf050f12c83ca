"""What a closed round says about stopping, also where the change of single statements may not be shown."""

from builders import NOW, drafted, launched, lead_of, panel_of, released, vote

from delphi.model.study import Study
from rounds.lifecycle import finishing, lifecycle
from rounds.results.rows import panel_rows, stable_share

FIRST = [{1: 4, 2: 3, 3: 1}] * 6
SECOND = {1: 4, 2: 3, 3: 4}


def one_leaves(session, made):
    """Six rate round 1; five of them rate round 2, all alike but for the third statement."""
    first = released(session, made, FIRST)
    drafted(session, made, first)
    second = launched(session, made, 2)
    for who in panel_of(session, made)[:5]:
        vote(session, second, who, SECOND)
    lifecycle.close(session, second, by=lead_of(session, made), at=NOW)
    return first, second


def test_one_drop_out_does_not_blank_the_share_of_stable_statements(cast):
    first, second = one_leaves(cast.session, cast.study)
    rows = panel_rows(cast.session, cast.study, second)
    assert {row["stable"] for row in rows} == {None}
    assert stable_share(cast.session, cast.study, second) == 60
    assert stable_share(cast.session, cast.study, first) is None


def test_the_stopping_rule_uses_what_single_statements_may_not_tell(cast):
    cast.study.stopping_rule = {"stable_share": "60"}
    _first, second = one_leaves(cast.session, cast.study)
    rows = panel_rows(cast.session, cast.study, second)
    _state, [_rounds, stable] = finishing.advise(cast.session, cast.study, second, rows)
    assert (stable.name, stable.met) == ("stable_share", True)


def test_the_page_tells_stability_in_steps_of_ten_per_cent(app, pages, ada):
    with app.extensions["database"].transaction() as session:
        one_leaves(session, session.get_one(Study, pages.study.id))
    page = " ".join(ada.get("/studies/care/rounds/2").text.split())
    assert "Stable between the last two rounds: 60% to 70% of the statements that can be compared." in page
    assert "Stability can be said from the second round on" not in page
    assert "Stability can be said from the second round on" in ada.get("/studies/care/rounds/1").text
