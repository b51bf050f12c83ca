"""The protocol as panelists read it first: plain sentences of their own study, the statistical definitions in a fold."""

import pytest
from builders import account, open_to_all, panel_of, study
from databases import one_engine
from lxml import html

from delphi.consensus.shipped_scales import SCALES
from delphi.model.study import Level

TERMS = ("quantile", "denominator", "standard deviation", "sha-256", "type 7", "analysed are", "coefficient", "half up")
GLOSSES = {"median": "The median is the answer in the middle", "interquartile range": "how far apart the middle half"}


def read_first(app, key, **design):
    """What stands on the page of a study outside of its fold, and the page."""
    with app.extensions["database"].transaction() as session:
        scale = SCALES[key]
        design = {"rule": scale.rule, "rule_settings": dict(scale.settings)} | design
        level = design.pop("level", Level.SEALED)
        made = study(session, account(session, "olga"), "plain", scale=key, **design)
        made.level = level
        open_to_all(session, made)
        who = made.id, panel_of(session, made)[0]
    page = app.test_client().enter(*who).get("/panel/protocol").text
    main = html.fromstring(page).get_element_by_id("main")
    main.get_element_by_id("protocol").drop_tree()
    return " ".join(main.text_content().split()), page


@pytest.mark.parametrize("key", SCALES)
@one_engine
def test_what_stands_first_needs_no_statistics(app, pages, key):
    told, page = read_first(app, key)
    assert [term for term in TERMS if term in told.lower()] == []
    assert f"says “{SCALES[key].bands[-1][0]}”" in told
    assert [word for word, gloss in GLOSSES.items() if word in told and gloss not in told] == []
    assert "quantiles of type" in page


@pytest.mark.parametrize(
    ("level", "words"),
    [
        (Level.SEALED, "No page but your own, and no file, holds what one person answered"),
        (Level.SEPARATED, "the statistician, reads the answers of each person"),
        (Level.OPEN_ROWS, "published under a code"),
    ],
)
@one_engine
def test_anonymity_is_told_at_the_level_of_the_study(app, pages, level, words):
    told, _page = read_first(app, "agree4_nq", level=level)
    assert words in told


@one_engine
def test_a_study_without_feedback_promises_none(app, pages):
    told, _page = read_first(app, "agree5", feedback=())
    assert "The panel sees nothing of the round before." in told
    assert "You may keep your answer" not in told
