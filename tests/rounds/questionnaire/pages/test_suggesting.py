"""Statements that panelists write: the open round, proposals in rating rounds, and what the lead makes of them."""

from uuid import UUID, uuid4

import pytest
from browsing import fingerprint
from builders import LATER, NOW, Cast, lead_of
from sqlalchemy import select, update

from delphi.errors import NotReady, Refused
from delphi.model.round import Participation, QuestionnaireItem, Round, State
from delphi.model.statement import Statement, StatementProposal
from delphi.model.study import Consent, Study, Withdrawal
from delphi.protocol import method, panelist_options
from delphi.protocol.panelist_options import PanelistOptions
from rounds.lifecycle import lifecycle, readiness

PAGE = "/panel/statements"
DESK = "/studies/care/rounds/1"
EVERY = tuple(Withdrawal)


def stored(app, *columns, **where):
    with app.extensions["database"].transaction(writing=False) as session:
        found = session.execute(select(*columns).filter_by(**where)).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in found]


def side(**changes):
    wanted = {
        "open_round": False, "proposals": False, "open_question": "", "withdrawal_choices": EVERY, "opens_on": None,
        "names_until": None,
    }  # fmt: skip
    return PanelistOptions(**wanted | changes)


def unlocked(session, study):
    study.protocol_locked_at = study.protocol_sha256 = None
    session.flush()


@pytest.fixture
def asking(app, pages) -> Cast:
    """Ada's study with its open round open."""
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, pages.study.id)
        unlocked(session, study)
        wanted = side(open_round=True, open_question="What is missing?")
        panelist_options.decide(session, study, wanted, by=pages.ada.id, at=NOW)
        method.lock(session, study, by=pages.ada.id, at=NOW)
        round_ = session.get_one(Round, (study.id, 0))
        lifecycle.launch(session, study, round_, closes_at=LATER, by=pages.ada.id, at=NOW)
        session.add_all(Consent(study_id=study.id, panelist=who, version=1, given_on=NOW.date()) for who in pages.panel)
    return pages


@pytest.fixture
def writer(app, asking):
    return app.test_client().enter(asking.study.id, asking.panel[0])


def close(app, cast, number=0):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (cast.study.id, number))
        lifecycle.close(session, round_, by=lead_of(session, cast.study), at=NOW)


def entry(text, id_=None, *, seen="0", **more):
    id_ = id_ or uuid4()
    return {f"text-{id_}": text, f"seen-{id_}": seen} | {f"{name}-{id_}": value for name, value in more.items()}


def test_the_open_round_leads_to_writing(app, writer):
    assert writer.get("/panel").location == PAGE
    page = writer.get(PAGE).text
    assert "What is missing?" in page
    assert writer.get("/panel/page/1").status_code == 404


def test_a_list_grows_is_changed_and_shortened_until_the_close(app, asking, writer):
    first, second = uuid4(), uuid4()
    assert (
        writer.send(PAGE, entry("Peers help.", first, reason="seen it", go="x") | {"go": "more"}).location
        == f"{PAGE}#new"
    )
    writer.send(PAGE, entry("Housing first.", second) | {"go": "later"})
    assert sorted(stored(app, StatementProposal.text)) == ["Housing first.", "Peers help."]
    page = writer.get(PAGE).text
    assert "seen it" in page
    writer.send(
        PAGE, entry("Peers help a lot.", first, seen="1") | entry("Housing first.", second, seen="1", remove="yes")
    )
    assert stored(app, StatementProposal.text, StatementProposal.version) == [("Peers help a lot.", 2)]


def test_sent_twice_a_statement_is_one(app, writer):
    form = entry("Peers help.")
    assert [writer.send(PAGE, form).status_code for _ in range(2)] == [303, 303]
    assert stored(app, StatementProposal.version) == [1]


def test_finishing_says_so_and_stops_reminders(app, asking, writer):
    writer.send(PAGE, entry("Peers help.") | {"go": "done"})
    assert stored(app, Participation.submitted_on, panelist=asking.panel[0]) == [NOW.date()]
    page = writer.get("/panel").text
    assert "your 1 statement is in" in page
    assert "Change my statements" in page
    assert writer.get(PAGE).status_code == 200


def test_another_window_overwrites_nothing(app, writer):
    id_ = uuid4()
    writer.send(PAGE, entry("A", id_))
    writer.send(PAGE, entry("B", id_, seen="1"))
    page = writer.send(PAGE, entry("C", id_, seen="1"))
    assert page.status_code == 200
    assert "In another window" in page.text
    assert stored(app, StatementProposal.text) == ["B"]


def test_what_is_too_long_or_empty_is_named_and_the_rest_is_saved(app, writer):
    long = uuid4()
    page = writer.send(PAGE, entry("x" * 2001, long) | entry("Fine."))
    assert page.status_code == 200
    assert "longer than 2,000 characters" in page.text
    assert "x" * 2001 in page.text
    assert stored(app, StatementProposal.text) == ["Fine."]
    assert "Write the statement itself" in writer.send(PAGE, entry("", reason="because")).text


def test_nobody_reads_or_changes_what_another_wrote(app, asking, writer):
    id_ = uuid4()
    writer.send(PAGE, entry("Mine alone.", id_))
    other = app.test_client().enter(asking.study.id, asking.panel[1])
    assert "Mine alone." not in other.get(PAGE).text
    before = fingerprint(app)
    assert other.send(PAGE, entry("Yours.", id_)).status_code == 404
    other.send(PAGE, entry("Yours.", id_, seen="1"))
    other.send(PAGE, entry("", id_, remove="yes"))
    assert fingerprint(app)["proposal"] == before["proposal"]


def test_the_team_reads_nothing_before_the_close_and_no_author_after_it(app, asking, writer, ada):
    writer.send(PAGE, entry("Peers help.", reason="seen it"))
    assert "Peers help." not in ada.get(DESK).text
    assert ada.get("/studies/care/rounds/0").status_code == 200
    close(app, asking)
    assert ada.get("/studies/care/rounds/0").location == f"{DESK}#suggestions"
    page = ada.get(DESK).text
    assert "Peers help." in page
    assert str(asking.panel[0]) not in page


def test_after_the_close_nothing_is_saved(app, asking, writer):
    close(app, asking)
    before = fingerprint(app)
    assert writer.send(PAGE, entry("Late.")).status_code == 409
    assert fingerprint(app) == before
    assert "makes the list of statements" in writer.get("/panel").text
    assert writer.get("/panel/rounds/0").status_code == 200


def decide(app, asking, ada, form):
    [id_] = stored(app, StatementProposal.id)
    return ada.send(f"{DESK}/suggestions/{UUID(str(id_))}", form)


def test_a_statement_is_taken_into_round_1_once(app, asking, writer, ada):
    writer.send(PAGE, entry("Peers help."))
    close(app, asking)
    taken = {"do": "take", "code": "P1", "text": "Peers help people.", "section": "Peers", "reason": "new"}
    assert decide(app, asking, ada, taken).status_code == 303
    assert decide(app, asking, ada, taken | {"code": "P2"}).status_code == 409
    [number] = stored(app, Statement.number, code="P1", study_id=asking.study.id)
    assert stored(app, StatementProposal.taken, StatementProposal.statement) == [("accepted", number)]
    assert number in stored(app, QuestionnaireItem.statement, study_id=asking.study.id, round=1)


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"do": "merge", "statement": "1", "reason": "the same"}, 303),
        ({"do": "merge", "statement": "99", "reason": "the same"}, 404),
        ({"do": "decline", "reason": "asked already"}, 303),
        ({"do": "decline"}, 409),
        ({"do": "take", "code": "", "text": "A", "reason": "new"}, 409),
        ({"do": "take", "code": "STMT1.1", "text": "A", "reason": "new"}, 409),
    ],
)
def test_each_decision_has_what_it_needs(app, asking, writer, ada, form, status):
    writer.send(PAGE, entry("Peers help."))
    close(app, asking)
    before = fingerprint(app)
    assert decide(app, asking, ada, form).status_code == status
    assert (fingerprint(app) == before) == (status != 303)


def test_round_1_waits_for_the_open_round_and_that_has_no_results(app, asking):
    with app.extensions["database"].transaction(writing=False) as session:
        study, first = session.get_one(Study, asking.study.id), session.get_one(Round, (asking.study.id, 1))
        assert "open_round" in [issue.code for issue in readiness.issues_before_launch(session, study, first)]
        with pytest.raises(NotReady):
            lifecycle.launch(session, study, first, closes_at=LATER, by=asking.ada.id, at=NOW)
    close(app, asking)
    with app.extensions["database"].transaction() as session:
        study, open_round = session.get_one(Study, asking.study.id), session.get_one(Round, (asking.study.id, 0))
        with pytest.raises(Refused, match="no results"):
            lifecycle.release(session, study, open_round, by=asking.ada.id, at=NOW)
        first = session.get_one(Round, (asking.study.id, 1))
        lifecycle.launch(session, study, first, closes_at=LATER, by=asking.ada.id, at=NOW)
        assert first.state is State.OPEN


def test_in_a_rating_round_a_statement_is_proposed_where_the_protocol_allows_it(app, opened, one):
    assert one.get(PAGE).location == "/panel"
    with app.extensions["database"].transaction() as session:
        session.execute(update(Study).values(proposal_rounds=[1, 2]))
    assert "Propose a statement" in one.get("/panel").text
    assert 'value="Services"' in one.get(PAGE).text
    id_ = uuid4()
    one.send(PAGE, {f"text-{id_}": "Peers.", f"section-{id_}": "Services", f"seen-{id_}": "0"})
    assert stored(app, StatementProposal.section, StatementProposal.round) == [("Services", 1)]


def test_the_switch_makes_and_unmakes_the_open_round(session, cast):
    unlocked(session, cast.study)
    changed = panelist_options.decide(
        session, cast.study, side(open_round=True, proposals=True), by=cast.ada.id, at=NOW
    )
    assert changed == ["proposal_rounds"]
    assert cast.study.proposal_rounds == [0, 1, 2]
    assert panelist_options.upcoming(session, cast.study).number == 0
    assert (
        panelist_options.decide(session, cast.study, side(open_round=True, proposals=True), by=cast.ada.id, at=NOW)
        == []
    )
    panelist_options.decide(session, cast.study, side(), by=cast.ada.id, at=NOW)
    assert panelist_options.upcoming(session, cast.study).number == 1


def test_the_lock_holds_what_was_promised_and_leaves_the_days(session, cast):
    with pytest.raises(Refused, match="locked"):
        panelist_options.decide(session, cast.study, side(open_round=True), by=cast.ada.id, at=NOW)
    with pytest.raises(Refused, match="at least one"):
        panelist_options.decide(session, cast.study, side(withdrawal_choices=()), by=cast.ada.id, at=NOW)
    panelist_options.decide(
        session, cast.study, side(opens_on=LATER.date(), names_until=LATER.date()), by=cast.ada.id, at=NOW
    )
    assert cast.draft.opens_on == cast.study.names_until == LATER.date()
    assert cast.events()[-1] == "study:changed"


def test_the_page_of_the_switches_says_what_is_wrong_and_saves_the_rest(app, pages, ada):
    page = ada.get("/studies/care/panel-side").text
    assert " disabled" in page
    assert ada.send("/studies/care/panel-side", {"opens_on": "soon"}).status_code == 422
    assert ada.send("/studies/care/panel-side", {"opens_on": LATER.date().isoformat()}).status_code == 303
    assert stored(app, Round.opens_on, study_id=pages.study.id) == [LATER.date()]
    with app.extensions["database"].transaction() as session:
        unlocked(session, session.get_one(Study, pages.study.id))
    form = {"open_round": "y", "open_question": "What?", "keep": "y", "opens_on": ""}
    assert ada.send("/studies/care/panel-side", form).status_code == 303
    assert stored(app, Study.proposal_rounds, Study.withdrawal_choices, slug="care") == [([0], ["keep"])]
    assert "Round 0" in ada.get("/studies/care").text


@pytest.mark.parametrize(("sent", "kept"), [("45", 45), ("", 30), ("0", None), ("4000", None), ("soon", None)])
def test_how_long_names_are_kept_is_set_before_the_lock(app, pages, ada, sent, kept):
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, pages.study.id)
        unlocked(session, study)
        study.names_kept_days = 7
    page = ada.send("/studies/care/panel-side", {"keep": "y", "names_kept_days": sent})
    assert page.status_code == (303 if kept else 422)
    assert stored(app, Study.names_kept_days, slug="care") == [kept or 7]


@pytest.mark.parametrize("days", [7, None])
def test_how_long_names_are_kept_stands_after_the_lock(app, pages, ada, days):
    with app.extensions["database"].transaction() as session:
        session.get_one(Study, pages.study.id).names_kept_days = days
    assert ada.send("/studies/care/panel-side", {"opens_on": LATER.date().isoformat()}).status_code == 303
    assert stored(app, Study.names_kept_days, slug="care") == [days]
    with app.extensions["database"].transaction() as session:
        study = session.get_one(Study, pages.study.id)
        with pytest.raises(Refused, match="locked"):
            panelist_options.decide(session, study, side(names_kept_days=45), by=pages.ada.id, at=NOW)


def test_the_list_of_names_is_for_who_may_see_the_roster(app, opened, ada, one):
    one.send("/panel/acknowledgement", {"wanted": "yes", "name": "Dr. Eva Beispiel"})
    assert "Dr. Eva Beispiel" in ada.get("/studies/care/names").text
