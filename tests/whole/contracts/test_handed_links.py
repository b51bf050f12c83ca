"""A handed link in every page: nothing that was given through another link is there, whatever it was."""

import re
from uuid import uuid4

import pytest
from builders import NOW, answers, drafted, launched, lead_of
from routes import requests
from sqlalchemy import select, update

from delphi.access import sha256
from delphi.model.identity import Declaration
from delphi.model.panel import Panelist
from delphi.model.rating import ChangeReason, Comment, Rating
from delphi.model.round import Participation, Round
from delphi.model.statement import StatementProposal
from delphi.model.study import Study
from delphi.web.policy import PANELIST, policy_of
from rounds.lifecycle import lifecycle
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving, suggesting
from rounds.questionnaire.saving import Remark
from rounds.questionnaire.suggesting import Suggestion

LINK = sha256("a link that was handed out")
KINDS = ("comment", "reason", "statement", "conflict")


def secret(kind, round_, name):
    return f"{kind} of {name} in round {round_}"


def rounds_of(request):
    return request.node.callspec.params["answered"]


def give(session, study, who, name, number, votes):
    """Answer a round as a panelist who gives everything that can be given."""
    part = TakingPart(study.id, number, who)
    remarks = [Remark(1, secret("comment", number, name))] if name != "Ben" else []
    reasons = [Remark(1, secret("reason", number, name))] if number > 1 else []
    saving.save(session, part, answers(votes), remarks, reasons, request=str(uuid4()))
    suggesting.write(session, study, part, [Suggestion(uuid4(), secret("statement", number, name))], [])


@pytest.fixture(params=(0, 1, 2), ids=("closed", "answered-1", "answered-2"))
def answered(app, opened, request):
    """Round 1 is closed, or released and round 2 open; the first two differ in whatever they gave in one or both."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, opened.study.id)
        group = {
            who.id: who.stakeholder_group for who in session.scalars(select(Panelist).filter_by(study_id=study.id))
        }
        opened.panel.sort(key=lambda who: group[who])  # the two are of one group, which pages tell
        study.proposal_rounds, study.asks_conflicts = [1, 2], True
        session.flush()
        for number in (1, 2) if request.param else (1,):
            if number == 2:
                launched(session, drafted_study(session, study), 2)
            for n, who in enumerate(opened.panel):
                if n < 2 and number > max(1, request.param):
                    continue
                votes = {1: 4 if n else 1, 2: 1 if n else "nq", 3: 3 if n else 4}
                give(session, study, who, "Ada" if n == 0 else "Ben" if n == 1 else f"nobody {n}", number, votes)
            if number == 1:
                session.execute(update(Comment).values(moderation="held"))
                close(session, study, release=request.param > 0)
        session.add_all(
            Declaration(study_id=study.id, panelist=who, conflict=True, conflict_text=secret("conflict", 0, name))
            for who, name in zip(opened.panel, ("Ada", "Ben"), strict=False)
        )
    return opened


def close(session, study, *, release):
    round_ = session.get_one(Round, (study.id, 1))
    by = lead_of(session, study)
    lifecycle.close(session, round_, by=by, at=NOW)
    if release:
        lifecycle.release(session, study, round_, by=by, at=NOW)


def drafted_study(session, study):
    drafted(session, study, session.get_one(Round, (study.id, 1)))
    return study


def paths(app):
    """Every page of a panelist, of each round."""
    mine = [
        path for endpoint, method, path in requests(app) if method == "GET" and policy_of(app, endpoint) == PANELIST
    ]
    numbered = [path.replace("/1", f"/{n}") for path in mine for n in (0, 1, 2)]
    return sorted({*mine, *numbered})


def shown(browser, path):
    """What a page says, without what differs between any two visits and any two people."""
    answer = browser.get(path)
    assert answer.status_code < 500, path
    text = answer.text if "pdf" not in answer.mimetype else ""
    text = re.sub(r'Panelist \d+|panelist\d+@|value="[^"]{30,}"|"token":"[^"]+"|DTSTAMP:\w+|[0-9a-f-]{16,}', "", text)
    return answer.status_code, answer.location, text


def test_no_page_tells_what_another_link_gave(app, answered):
    ada, ben = (app.test_client().enter(answered.study.id, who, LINK) for who in answered.panel[:2])
    for path in paths(app):
        page = shown(ada, path)
        assert "of Ada in round" not in page[2], path
        assert not re.search("You (gave no answer|did not answer)", page[2]), path  # it is not so, either
        assert page == shown(ben, path), path


def test_a_comment_that_all_may_read_stands_there_too(app, answered):
    with app.extensions["database"].transaction() as session:
        told = update(Comment).where(Comment.round == 1, Comment.panelist == answered.panel[0])
        session.execute(told.values(moderation="released", released_text="all may read this"))
    browser = app.test_client().enter(answered.study.id, answered.panel[1], LINK)
    author = app.test_client().enter(answered.study.id, answered.panel[0], LINK)
    pages = [shown(one, "/panel/page/1") for one in (author, browser)]
    assert pages[0] == pages[1]
    assert ("all may read this" in pages[0][2]) is (pages[0][0] == 200)


def test_the_own_link_shows_what_the_handed_one_hides(app, answered, request):
    mine = app.test_client().enter(answered.study.id, answered.panel[0])
    everything = "".join(shown(mine, path)[2] for path in paths(app))
    expected = {secret(kind, n, "Ada") for kind in KINDS[:3] for n in range(1, max(1, rounds_of(request)) + 1)}
    expected -= {secret("reason", 1, "Ada")}
    assert not [words for words in {*expected, secret("conflict", 0, "Ada")} if words not in everything]


@pytest.mark.parametrize("answered", [2], indirect=True)
def test_a_handed_link_writes_over_nothing_that_another_gave(app, answered):
    who = answered.panel[0]
    given = (Rating, Comment, ChangeReason, StatementProposal, Declaration)

    def stored():
        with app.extensions["database"].transaction(writing=False) as session:
            rows = [row for table in given for row in session.execute(select(table.__table__).filter_by(panelist=who))]
            finished = session.execute(select(Participation.__table__).filter_by(panelist=who)).all()
            return sorted(map(str, [*rows, *finished]))

    before, browser = stored(), app.test_client().enter(answered.study.id, who, LINK)
    for endpoint, method, path in requests(app):
        if method == "POST" and policy_of(app, endpoint) == PANELIST and endpoint != "withdrawal.withdraw":
            body = {"answer-1": "2", "seen-answer-1": "0", "request": str(uuid4()), "go": "next", "conflict": "no"}
            assert browser.send(path, body).status_code < 500, path
    assert stored() == before
    again = app.test_client().enter(answered.study.id, who, LINK)
    refusal = again.send("/panel/answers", {"answer-1": "2", "seen-answer-1": "2", "request": str(uuid4())})
    assert (refusal.status_code, refusal.json["state"]) == (422, "refused")
    assert "open the link from your mail" in refusal.json["message"]
