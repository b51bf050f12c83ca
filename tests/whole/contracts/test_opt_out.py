"""Pages call the opt-out what the scale of their study calls it, and name none where the scale has none."""

import pytest
from builders import account, drafted, open_to_all, panel_of, released, study
from databases import one_engine

from delphi.consensus.shipped_scales import SCALES
from delphi.model.account import Account
from delphi.model.study import Study

OTHER_WORDS = {scale.opt_out for scale in SCALES.values() if scale.opt_out} | {"not qualified"}
PANELIST = ("/panel", "/panel/page/1", "/panel/review", "/panel/rounds/1", "/panel/protocol")
LEAD = ("rounds/2", "rounds/2/statements/1", "results", "results/statements", "results/statements/1", "protocol")


def begun(session, key):
    """A study on this scale with round 1 released, in which a third of the panel opted out where that is possible."""
    scale, lead = SCALES[key], account(session, "olga")
    design = {"scale": key, "rule": scale.rule, "rule_settings": dict(scale.settings), "groups": ()}
    made = study(session, lead, "scale", panelists=12, **design)
    values = [scale.lo, scale.hi, *(["nq"] * bool(scale.opt_out))]
    votes = [{n: values[(i + n) % len(values)] for n in (1, 2, 3)} for i in range(12)]
    drafted(session, made, released(session, made, votes))
    return lead, made


@pytest.mark.parametrize("key", SCALES)
@one_engine
def test_no_page_speaks_of_another_opt_out_than_the_scales(app, pages, key):
    with app.extensions["database"].transaction() as session:
        lead, made = begun(session, key)
        owner, study_id, person = lead.id, made.id, panel_of(session, made)[0]
    with app.extensions["database"].transaction(writing=False) as session:
        lead = session.get_one(Account, owner)
        session.expunge_all()
    desk = app.test_client().sign_in(lead)
    told = {path: desk.get(f"/studies/scale/{path}") for path in LEAD}
    with app.extensions["database"].transaction() as session:
        open_to_all(session, session.get_one(Study, study_id), 2)
    panelist = app.test_client().enter(study_id, person)
    told |= {path: panelist.get(path) for path in PANELIST}
    assert {path: page.status_code for path, page in told.items() if page.status_code != 200} == {}
    own = SCALES[key].opt_out or ""
    foreign = {
        path: words
        for path, page in told.items()
        for words in OTHER_WORDS
        if words not in own and words in page.text.replace(own or "·", "")
    }
    assert foreign == {}
    assert (f"or choose “{own}”" in told["/panel"].text) == bool(own)
