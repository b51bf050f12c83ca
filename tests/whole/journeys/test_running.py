"""Running a study, from sign-in to effect, one journey a part: a round, the next round, moderation, results."""

import re
from datetime import timedelta

import pytest
from builders import LATER, NOW, answers, panel_of, people, rate_again
from sqlalchemy import select

from delphi.model.account import Account
from delphi.model.event import Event
from delphi.model.letter import Letter
from delphi.model.panel import Panelist
from delphi.model.rating import Comment
from delphi.model.round import Participation, QuestionnaireItem, Round
from delphi.model.statement import Decision, Lineage, StatementProposal
from delphi.model.study import Study
from delphi.people import roster
from exports.results.figures_worker import Figuring
from rounds.lifecycle import lifecycle
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
from rounds.questionnaire.saving import Remark

ROUND, NEXT = "/studies/care/rounds/1", "/studies/care/rounds/2"
DEADLINE = f"{NOW + timedelta(days=14):%Y-%m-%dT23:59}"
WHY = "In my hospital at Leiden University this is done by peers."


def stored(app, query):
    with app.extensions["database"].transaction(writing=False) as session:
        found = list(session.scalars(query))
        session.expunge_all()
        return found


@pytest.fixture
def grown(app, pages):
    """Ada's study with 24 panelists in two groups."""
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, pages.study.id)
        roster.add(session, made, people(24)[6:])
    return pages


def vote_all(app, number=1, *, submit=20, comment=""):
    """Let 22 of the 24 answer; some submit, one writes a comment."""
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, 1)
        for place, who in enumerate(panel_of(session, made)[:22]):
            asked = select(QuestionnaireItem.statement).filter_by(study_id=1, round=number)
            votes = {s: (4, 4, 3, 1)[(place + s) % 4] if s > 1 else 4 for s in session.scalars(asked)}
            remarks = [Remark(1, comment)] if comment and place < 2 else []
            saving.save(
                session,
                TakingPart(1, number, who),
                answers(votes),
                remarks,
                request=f"00000000-0000-4000-8000-{place:012}",
            )
            if place < submit:
                saving.submit(session, TakingPart(1, number, who), on=NOW.date())


def closed(app, number=1):
    with app.extensions["database"].transaction() as session:
        made, round_ = session.get_one(Study, 1), session.get_one(Round, (1, number))
        lifecycle.close(session, round_, by=1, at=NOW)
        return made.id


def opened(app, number=1):
    with app.extensions["database"].transaction() as session:
        made, round_ = session.get_one(Study, 1), session.get_one(Round, (1, number))
        rate_again(session, made, round_)
        lifecycle.launch(session, made, round_, closes_at=LATER, by=1, at=NOW)


def test_a_round_is_run(app, grown, ada):
    assert "24 panelists will be invited" in ada.get(ROUND).text
    ada.send(f"{ROUND}/launch", {"closes_at": DEADLINE, "remind": "y"})
    page = ada.get(ROUND).text
    assert page.count("at nine") == 0
    assert "who has not started" in page
    vote_all(app, submit=14)
    page = " ".join(ada.get(ROUND).text.split())
    assert "<dt>Submitted</dt> <dd>14</dd>" in page
    assert "<dt>Not started</dt> <dd>fewer than 5</dd>" in page
    assert "Where people stop" not in page, (
        "eight are unfinished, but two have not started: one would follow from the other"
    )
    assert ada.send(f"{ROUND}/remind", {"to": "unfinished"}).status_code == 303
    assert ada.send(f"{ROUND}/remind", {"to": "unfinished"}).status_code == 303
    assert "No reminder left" in ada.get(ROUND).text
    assert (
        len(
            stored(
                app, select(Letter.panelist).filter_by(kind="unfinished").where(Letter.dedupe_key.not_like("%plan%"))
            )
        )
        == 8
    )
    later = f"{NOW + timedelta(days=30):%Y-%m-%dT23:59}"
    ada.send(f"{ROUND}/extend", {"closes_at": later, "reason": "holiday", "tell": "not_submitted"})
    assert len(stored(app, select(Letter.panelist).filter_by(kind="extension"))) == 10
    ada.send(f"{ROUND}/remind/stop")
    assert "None is planned" in ada.get(ROUND).text
    ada.send(f"{ROUND}/close")
    assert "Round 1: results" in ada.get(ROUND).text
    kinds = [kind.value for kind in stored(app, select(Event.kind).filter_by(study_id=1).order_by(Event.sequence))]
    assert kinds[-7:] == ["round:launched", "reminders:queued", "reminders:queued", "round:extended", "reminders:stopped",
                          "round:closed", "round:sealed"]  # fmt: skip


def test_comments_are_moderated(app, grown, ada):
    opened(app)
    vote_all(app, comment=WHY)
    closed(app)
    queue = f"{ROUND}/comments"
    page = ada.get(queue).text
    assert "an institution?" in page
    assert "tells of the writer?" in page
    assert ada.send(f"{ROUND}/release").status_code == 409, "comments are undecided"
    ada.send(queue, {"all": "release"})
    assert "2 of 2 are undecided" in ada.get(queue).text, "what bears a hint is not shown unread"
    one, two = stored(app, select(Comment.ticket).where(Comment.text != "").order_by(Comment.ticket))
    refused = ada.send(queue, {f"comment-{one}": "held"})
    assert (refused.status_code, "needs a reason" in refused.text) == (409, True)
    decisions = {
        f"comment-{one}": "edited",
        f"text-{one}": "Peers do this.",
        f"tag-{one}": "wording",
        f"theme-{one}": "peers",
    }
    ada.send(queue, {**decisions, f"comment-{two}": "held", f"note-{two}": "names a place"})
    page = ada.get(queue).text
    assert "Peers do this." in page
    assert WHY not in page
    assert WHY in ada.send(f"{queue}/{one}/original").text
    assert stored(app, select(Event.kind).order_by(Event.sequence))[-1].value == "comment:read"
    assert ada.send(f"{ROUND}/release").status_code == 303
    assert ada.send(queue, decisions).status_code == 409
    shown = stored(app, select(Comment.released_text).where(Comment.text != "").order_by(Comment.ticket))
    assert shown == ["Peers do this.", None]


def test_the_next_round_is_decided_on(app, grown, ada):
    opened(app)
    vote_all(app)
    closed(app)
    ada.send(f"{ROUND}/release")
    ada.send(f"{ROUND}/next")
    page = ada.get(NEXT).text
    assert "3 statements of round 1 are undecided" in page
    assert ada.send(f"{NEXT}/launch", {"closes_at": DEADLINE}).status_code == 409
    refused = ada.send(f"{NEXT}/decide", {"decide-1": "rate_again"})
    assert (refused.status_code, "needs a reason" in refused.text) == (409, True)
    ada.send(f"{NEXT}/decide", {"decide-1": "rate_again", "reason-1": "One more look."})
    assert "One more look." in ada.get(NEXT).text
    ada.send(f"{NEXT}/statements/2/split", {"parts-0-code": "A", "parts-0-text": "One.", "parts-1-code": "B", "parts-1-text": "Two.",
                                            "reason": "two questions"})  # fmt: skip
    assert "into A and B" in " ".join(ada.get(NEXT).text.split())
    ada.send(f"{NEXT}/statements/2/undo")
    assert "into A and B" not in ada.get(NEXT).text
    ada.send(f"{NEXT}/statements/2/reword", {"text": "Service 2 is wanted.", "reason": "clearer"})
    assert "<ins>" in ada.get(f"{NEXT}/statements/2").text
    ada.send(f"{NEXT}/decide", {"all": "follow"})
    assert "is undecided" not in ada.get(NEXT).text
    made = {d.statement: (d.decided, d.by) for d in stored(app, select(Decision))}
    assert made[1] == ("rate_again", 1)
    assert made[2] == ("reworded", 1)
    preview = ada.get(f"{NEXT}/preview").text
    assert "Service 2 is wanted." in preview
    assert "<fieldset disabled" in preview
    assert ada.send(f"{NEXT}/launch", {"closes_at": DEADLINE}).status_code == 303
    assert ada.send(f"{NEXT}/statements/2/undo").status_code == 409
    assert ada.get(f"{NEXT}/statements/2").status_code == 409
    assert [e.change for e in stored(app, select(Lineage))] == ["reworded"]


def propose(app, text):
    with app.extensions["database"].transaction() as session:
        who = session.scalars(select(Participation.panelist).filter_by(study_id=1, round=1)).first()
        made = StatementProposal(study_id=1, round=1, panelist=who, section="Services", text=text, version=1)
        session.add(made)
        session.flush()
        return made.id


def test_what_the_panel_proposes_is_taken_up_merged_or_left_out(app, grown, ada):
    opened(app)
    vote_all(app)
    up, into, out = (
        propose(app, text) for text in ("Night shelters are needed.", "Service 1, please.", "Tea is needed.")
    )
    assert "Night shelters" not in ada.get(ROUND).text
    closed(app)
    ada.send(f"{ROUND}/release")
    ada.send(f"{ROUND}/next")
    at = f"{NEXT}/suggestions"
    assert "3 are undecided" in ada.get(NEXT).text
    assert (
        ada.send(f"{at}/{up}", {"do": "take", "reason": "new", "text": "Night shelters are needed."}).status_code == 409
    )
    ada.send(
        f"{at}/{up}",
        {"do": "take", "code": "P1", "text": "Night shelters are needed.", "section": "Services", "reason": "new"},
    )
    ada.send(f"{at}/{into}", {"do": "merge", "statement": "1", "reason": "says the same"})
    ada.send(f"{at}/{out}", {"do": "decline", "reason": "outside the aim"})
    taken = {p.id: (p.taken, p.statement) for p in stored(app, select(StatementProposal))}
    assert taken == {up: ("accepted", 4), into: ("merged", 1), out: ("declined", None)}
    ada.send(f"{at}/{out}", {"do": "back"})
    ada.send(f"{NEXT}/statements/4/drop", {"reason": "after all not"})
    taken = {p.id: p.taken for p in stored(app, select(StatementProposal))}
    assert taken == {up: None, into: "merged", out: None}
    assert 'data-code="P1"' not in ada.get(NEXT).text


def test_results_are_read(app, grown, ada):
    opened(app)
    vote_all(app)
    closed(app)
    ada.send(f"{ROUND}/release")
    ada.send(f"{ROUND}/next")
    opened(app, 2)
    vote_all(app, 2)
    closed(app, 2)
    Figuring(app.extensions["database"]).work(at=NOW)
    results = "/studies/care/results"
    listed = re.findall(r"<strong>(STMT1\.\d)</strong>", ada.get(f"{results}/statements?sort=code&order=down").text)
    assert listed == ["STMT1.3", "STMT1.2", "STMT1.1"]
    assert "1 of 3 statements" in ada.get(f"{results}/statements?text=service+2").text
    assert "No statement fits" in ada.get(f"{results}/statements?verdict=too_few").text
    page = " ".join(ada.get(f"{results}/statements/1").text.split())
    for told in (
        "22/22 (100%)",
        "How firm is the verdict?",
        "since it could tell an answer",
        "nurses",
        "peers",
        "Of 32 definitions tried",
    ):
        assert told in page, told
    panel = ada.get(f"{results}/panel").text
    for told in (
        "Krippendorff",
        "22 answered",
        "Flow of statements",
        "Rate again 3",
        "Did those who left rate otherwise?",
    ):
        assert told in panel, told
    viewer = stored(app, select(Account).filter_by(email="vic@example.org"))[0]
    reader = app.test_client().sign_in(viewer)
    page = reader.get(f"{results}/statements/1").text
    assert "How firm" not in page
    assert "Round 2" not in page, "it is not released"
    assert reader.get(f"{results}/statements/99").status_code == 404


def test_a_study_is_finished(app, grown, ada):
    opened(app)
    vote_all(app)
    assert "is not released" in ada.get("/studies/care/finish").text
    assert ada.send("/studies/care/finish").status_code == 409
    closed(app)
    ada.send(f"{ROUND}/release")
    page = " ".join(ada.get("/studies/care/finish").text.split())
    assert "At most 3 rounds: <strong>not reached</strong>" in page
    refused = ada.send("/studies/care/finish")
    assert (refused.status_code, "needs a reason" in refused.text) == (409, True)
    ada.send("/studies/care/finish", {"reason": "all settled"})
    assert stored(app, select(Study.finish_reason).filter_by(id=1)) == ["all settled"]
    ada.send(f"{ROUND}/next")
    assert "The study is finished" in ada.get(NEXT).text
    ada.send("/studies/care/finish/undo")
    assert stored(app, select(Study.finished_at).filter_by(id=1)) == [None]


def test_a_monitor_counts_whoever_left_as_gone(app, grown, ada):
    opened(app)
    with app.extensions["database"].transaction() as session:
        for panelist in session.scalars(select(Panelist).filter_by(study_id=1).limit(6)):
            panelist.withdrawn_on = NOW.date()
    page = " ".join(ada.get(ROUND).text.split())
    assert "<dt>Declined or left</dt> <dd>6</dd>" in page
