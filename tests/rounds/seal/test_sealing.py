"""A round is sealed when it closes: once, in three steps that can be killed, and nothing of it changes afterwards."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from uuid import uuid4

import pytest
from builders import LATER, NOW, drafted, launched, panel_of, released, study, vote
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from delphi import clock
from delphi.consensus.sealed_counts import SealedRound
from delphi.consensus.vocabulary import EVERYBODY
from delphi.model.account import Account
from delphi.model.base import Base
from delphi.model.panel import Panelist
from delphi.model.rating import ChangeReason, Comment, Rating
from delphi.model.round import Participation, Round
from delphi.model.seal import Seal, SealKind, SealLetter, seal_hash
from delphi.model.statement import StatementProposal
from delphi.model.study import Level, Study
from delphi.people import roster
from delphi.people.roster import NewPanelist
from delphi.protocol import amendments
from delphi.studies import retention
from rounds.lifecycle import lifecycle
from rounds.results.rows import results
from rounds.seal import chain, sealing
from rounds.seal.worker import Sealing

GROUPS = ("nurses", "peers", "few")


def mixed(session, lead, slug="mixed", *, sizes=(9, 7, 4)):
    """A study with a group of nurses, one of peers, and one that is too small to be shown."""
    made = study(session, lead, slug, panelists=0, groups=GROUPS)
    groups = [name for name, n in zip(GROUPS, sizes, strict=True) for _ in range(n)]
    roster.add(session, made, [NewPanelist(f"P {n}", f"{slug}{n}@x.example", name) for n, name in enumerate(groups)])
    return made


def play(session, made, number=1, *, absent=(), close=True):
    round_ = launched(session, made, number)
    for place, who in enumerate(panel_of(session, made)):
        if who not in absent:
            vote(session, round_, who, {s: (4, 3, 4, "nq", 1, None)[(place + s + number) % 6] for s in (1, 2, 3)})
    if close:
        lifecycle.close(session, round_, by=None, at=NOW)
    return round_


def sealed(session, made, number=1):
    return SealedRound.from_dict(chain.seal_of(session, made.id, number).content)


def of_group(session, made, group):
    return list(session.scalars(select(Panelist.id).filter_by(study_id=made.id, stakeholder_group=group)))


def test_the_cells_of_groups_and_their_rest_sum_to_the_panel(cast):
    made = mixed(cast.session, cast.ada)
    play(cast.session, made)
    told = sealed(cast.session, made)
    codes = [cell.statement for cell in told.cells if cell.people == EVERYBODY]
    assert len(codes) == 3
    for code in codes:
        cells = {cell.people: cell for cell in told.cells if cell.statement == code}
        panel = cells.pop(EVERYBODY)
        assert sum(panel.options) + panel.opt_out + panel.blank == told.numbers_of(EVERYBODY).counted == 20
        for option in range(4):
            rest = panel.options[option] - sum(cell.options[option] for cell in cells.values())
            assert rest >= 0
        hidden = sum(panel.options) - sum(sum(cell.options) for cell in cells.values())
        assert hidden == 0 or hidden >= made.smallest_cell


def test_a_hidden_group_is_nowhere_in_the_seal(cast):
    made = mixed(cast.session, cast.ada)
    play(cast.session, made)
    content = chain.seal_of(cast.session, made.id, 1).content
    assert "few" not in content["shown"]
    assert "few" not in {cell["people"] for cell in content["cells"]}
    assert "few" not in {one["people"] for one in content["composition"]}
    assert json.dumps(content).count('"few"') == 1, "its name stands among the groups of the study, and nothing else"


def test_a_seal_names_no_person(cast):
    made = mixed(cast.session, cast.ada)
    play(cast.session, made)
    written = json.dumps(chain.seal_of(cast.session, made.id, 1).content)
    people = cast.session.execute(select(Panelist.id, Panelist.code).filter_by(study_id=made.id)).all()
    assert len(people) == 20
    assert not [who for who, code in people if str(who) in written or who.hex in written or code in written]


def test_the_composition_tells_who_stayed_left_and_joined_as_numbers(cast):
    made = mixed(cast.session, cast.ada, sizes=(12, 8, 0))
    away = panel_of(cast.session, made)[:6]
    first = play(cast.session, made, absent=away[:4])
    lifecycle.release(cast.session, made, first, by=cast.ada.id, at=NOW)
    drafted(cast.session, made, first)
    play(cast.session, made, 2, absent=away[4:])
    one, two = (sealed(cast.session, made, n).numbers_of(EVERYBODY) for n in (1, 2))
    counted = [
        set(cast.session.scalars(select(Participation.panelist).filter_by(study_id=made.id, round=n, counted=True)))
        for n in (1, 2)
    ]
    assert (one.invited, one.counted, one.stayed) == (20, len(counted[0]), None)
    assert (two.stayed, two.left, two.joined) == (
        len(counted[0] & counted[1]),
        len(counted[0] - counted[1]),
        len(counted[1] - counted[0]),
    )
    assert two.left >= 1
    assert two.joined >= 1


def test_the_chain_of_hashes_begins_with_zeros_and_holds(cast):
    made = mixed(cast.session, cast.ada)
    first = play(cast.session, made)
    lifecycle.release(cast.session, made, first, by=cast.ada.id, at=NOW)
    drafted(cast.session, made, first)
    play(cast.session, made, 2)
    one, two = chain.entries(cast.session, made.id)
    assert (one.previous_sha256, two.previous_sha256) == (chain.FIRST, one.sha256)
    assert [seal.expected_hash(made.slug) for seal in (one, two)] == [one.sha256, two.sha256]


@pytest.mark.parametrize("change", ["content", "previous", "smallest_cell", "level", "slug"])
def test_a_changed_seal_has_another_hash(cast, change):
    made = mixed(cast.session, cast.ada)
    play(cast.session, made)
    seal = chain.seal_of(cast.session, made.id, 1)
    cast.session.expunge(seal)
    slug = made.slug
    match change:
        case "content":
            cell = seal.content["cells"][0]
            seal.content = seal.content | {"cells": [cell | {"blank": cell["blank"] + 1}, *seal.content["cells"][1:]]}
        case "previous":
            seal.previous_sha256 = "1" * 64
        case "smallest_cell":
            seal.smallest_cell += 1
        case "level":
            seal.level = Level.OPEN_ROWS
        case "slug":
            slug = "other"
    assert seal.expected_hash(slug) != seal.sha256


def test_sealing_again_changes_nothing(cast):
    made = mixed(cast.session, cast.ada)
    round_ = play(cast.session, made)
    before = stored(cast.session)
    assert sealing.complete(cast.session, made, round_, at=LATER) is None
    assert stored(cast.session) == before


def stored(session):
    return {
        table.name: sorted(str(tuple(row)) for row in session.execute(select(table)))
        for table in Base.metadata.sorted_tables
    }


@pytest.fixture
def closing(database):
    """A study whose first round is open and answered, in a database with real commits."""
    with database.transaction() as session:
        ada = Account(email="ada@example.org", fs_uniquifier="ada", active=True)
        session.add(ada)
        session.flush()
        made = mixed(session, ada)
        play(session, made, close=False)
        return made.id


# Closes the round as the page does, and is killed where it is told to.
KILLED = """
import os, signal, sys
from datetime import datetime
from delphi.database import Database
from delphi.model.round import Round
from delphi.model.study import Level, Study
from rounds.lifecycle import lifecycle
from rounds.seal import row_keeping, sealing

url, study_id, at, where = sys.argv[1], int(sys.argv[2]), datetime.fromisoformat(sys.argv[3]), sys.argv[4]


def die(*_arguments, **_options):
    os.kill(os.getpid(), signal.SIGKILL)


database = Database(url)
if where == "marking":
    sealing.audit.record = lifecycle.audit.record = die
with database.transaction() as session:
    lifecycle.end_answers(session, session.get_one(Study, study_id), session.get_one(Round, (study_id, 1)), by=None, at=at)
if where == "before counting":
    die()
if where == "counting":
    sealing.rows_of = die
if where == "writing":
    row_keeping.write = die
sealing.complete_apart(database, study_id, 1, at=at)
"""


@pytest.mark.parametrize("where", ["before counting", "counting", "writing", "nowhere"])
def test_a_close_that_is_killed_ends_in_the_same_bytes(database, closing, where):
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", KILLED, url, str(closing), NOW.isoformat(), where]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=os.environ)
    assert done.returncode == (0 if where == "nowhere" else -signal.SIGKILL), done.stderr
    with database.transaction(writing=False) as session:
        assert (chain.seal_of(session, closing, 1) is not None) == (where == "nowhere")
        expected = sealing.prepare(session, session.get_one(Study, closing), session.get_one(Round, (closing, 1)))
    assert Sealing(database).work(at=LATER) == (where != "nowhere")
    assert not Sealing(database).work(at=LATER)
    with database.transaction(writing=False) as session:
        [seal] = chain.entries(session, closing)
        made = session.get_one(Study, closing)
        terms = [made.smallest_cell, made.level.value, made.caution, expected.definition.id]
        assert seal.content == json.loads(json.dumps(expected.content))
        assert seal.sha256 == seal_hash(made.slug, 1, "round", terms, expected.content, chain.FIRST)
        assert session.get_one(Round, (closing, 1)).closed_at == NOW
        assert len(results(session, made, session.get_one(Round, (closing, 1)))) == 3


def test_a_close_that_is_killed_while_it_marks_leaves_the_round_open(database, closing):
    url = database.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", KILLED, url, str(closing), NOW.isoformat(), "marking"]
    assert subprocess.run(command, capture_output=True, check=False, env=os.environ).returncode == -signal.SIGKILL
    with database.transaction() as session:
        round_ = session.get_one(Round, (closing, 1))
        marks = select(Participation.counted).filter_by(study_id=closing, round=1)
        assert (round_.closed_at, set(session.scalars(marks))) == (None, {None})
        lifecycle.close(session, round_, by=None, at=NOW)
        assert chain.seal_of(session, closing, 1) is not None


def test_two_who_count_at_once_write_one_seal(database, closing):
    with database.transaction() as session:
        round_ = session.get_one(Round, (closing, 1))
        lifecycle.end_answers(session, session.get_one(Study, closing), round_, by=None, at=NOW)
    with database.transaction(writing=False) as session:
        slow = sealing.prepare(session, session.get_one(Study, closing), session.get_one(Round, (closing, 1)))
    sealing.complete_apart(database, closing, 1, at=NOW)
    sealing.complete_apart(database, closing, 1, at=LATER)
    with database.transaction(writing=False) as session:
        [seal] = chain.entries(session, closing)
        assert seal.content == json.loads(json.dumps(slow.content))


def test_whoever_changes_group_counts_in_the_one_of_the_close(cast):
    made = mixed(cast.session, cast.ada, sizes=(8, 8, 0))
    round_ = play(cast.session, made, close=False)
    before, after = of_group(cast.session, made, "nurses")[:2]
    cast.session.get_one(Panelist, (made.id, before)).stakeholder_group = "peers"
    lifecycle.close(cast.session, round_, by=None, at=NOW)
    kept = chain.seal_of(cast.session, made.id, 1).sha256
    cast.session.get_one(Panelist, (made.id, after)).stakeholder_group = "peers"
    cast.session.flush()
    groups = {who: cast.session.get_one(Participation, (made.id, 1, who)).counted_group for who in (before, after)}
    assert groups == {before: "peers", after: "nurses"}
    assert sealing.prepare(cast.session, made, round_).content == chain.seal_of(cast.session, made.id, 1).content
    assert chain.seal_of(cast.session, made.id, 1).sha256 == kept


def test_who_joins_late_does_not_lift_a_hidden_group(cast):
    made = mixed(cast.session, cast.ada, sizes=(9, 9, 4))
    first = play(cast.session, made)
    lifecycle.release(cast.session, made, first, by=cast.ada.id, at=NOW)
    drafted(cast.session, made, first)
    roster.add(cast.session, made, [NewPanelist("Late", "late@x.example", "few")])
    play(cast.session, made, 2)
    assert len(of_group(cast.session, made, "few")) == made.smallest_cell
    assert "few" not in sealed(cast.session, made, 2).shown


@pytest.fixture
def counted(cast):
    """A closed round with a rating, a comment, a reason and a suggestion of one person."""
    round_ = launched(cast.session, cast.study)
    for who in cast.panel[:5]:
        vote(cast.session, round_, who, {1: 4, 2: 3}, comment="because")
    key = {"study_id": cast.study.id, "round": 1, "panelist": cast.panel[0], "version": 1}
    cast.session.add_all(
        [
            ChangeReason(**key, statement=1, text="new facts"),
            StatementProposal(**key, section="", text="Night shelters."),
        ]
    )
    cast.session.flush()
    lifecycle.close(cast.session, round_, by=cast.ada.id, at=NOW)
    return key


ANSWERS = {
    Rating: {"value": 1},
    Comment: {"text": "other"},
    ChangeReason: {"text": "x"},
    StatementProposal: {"text": "x"},
}


def refused(session, statement):
    with pytest.raises(IntegrityError, match="closed round"), session.begin_nested():
        session.execute(statement)


def refuse_row(session, row):
    values = {name: value for name, value in vars(row).items() if not name.startswith("_")}
    values |= {"ticket": uuid4(), "tags": [], "note": ""} if isinstance(row, Comment) else {}
    refused(session, insert(type(row)).values(values))


@pytest.mark.parametrize("table", ANSWERS)
def test_counted_answers_cannot_be_changed_or_deleted(cast, counted, table):
    own = {"study_id": cast.study.id, "panelist": cast.panel[0]}
    assert cast.session.scalars(select(table).filter_by(**own)).all()
    refused(cast.session, update(table).filter_by(**own).values(ANSWERS[table]))
    refused(cast.session, delete(table).filter_by(**own))


@pytest.mark.parametrize(
    "row",
    [
        lambda key: Rating(**key, statement=3, kind="rated", value=1),
        lambda key: Comment(**key, statement=3, text="late"),
        lambda key: ChangeReason(**key, statement=3, text="late"),
        lambda key: StatementProposal(**key, section="", text="late"),
    ],
    ids=["rating", "comment", "reason", "proposal"],
)
def test_nothing_is_added_to_a_counted_round(cast, counted, row):
    refuse_row(cast.session, row(counted))


def test_an_answer_of_who_was_invited_and_never_came_is_refused_too(cast, counted):
    key = counted | {"panelist": cast.panel[5]}
    refuse_row(cast.session, Rating(**key, statement=1, kind="rated", value=1))


@pytest.mark.parametrize("values", [{"counted": None}, {"counted": False}, {"counted_group": "peers"}])
def test_the_mark_of_counting_stands(cast, counted, values):
    refused(
        cast.session, update(Participation).filter_by(study_id=cast.study.id, panelist=cast.panel[0]).values(values)
    )


def test_what_a_moderator_decides_may_still_change(cast, counted):
    own = update(Comment).filter_by(study_id=cast.study.id)
    cast.session.execute(own.values(moderation="held", note="a name", tags=["pro"]))
    assert set(cast.session.scalars(select(Comment.note))) == {"a name"}


@pytest.mark.parametrize("facts", [{"deletion_due_at": NOW}, {"simulated": True}], ids=["study", "rehearsal"])
def test_a_study_with_sealed_rounds_is_wiped_whole(cast, counted, facts):
    facts |= {"rehearsal_of": cast.foreign.id} if "simulated" in facts else {}
    cast.session.execute(update(Study).filter_by(id=cast.study.id).values(facts))
    before, key = stored(cast.session), cast.study.id
    assert cast.session.scalars(select(Seal).filter_by(study_id=key)).all()
    retention.wipe(cast.session, key)
    left = [t.name for t in Base.metadata.sorted_tables if "study_id" in t.c and key in rows_of(cast.session, t)]
    assert left == []
    assert before["study"] != stored(cast.session)["study"]


def rows_of(session, table):
    return set(session.scalars(select(table.c.study_id)))


def test_each_owner_is_told_the_hash_and_a_rehearsal_tells_nobody(cast):
    released(cast.session, cast.study, [{1: 4}] * 6)
    assert cast.session.scalars(select(SealLetter.account)).all() == [cast.ada.id]
    cast.foreign.rehearsal_of, cast.foreign.simulated = cast.study.id, True
    cast.session.flush()
    released(cast.session, cast.foreign, [{1: 4}] * 6)
    assert chain.count(cast.session, cast.foreign.id) == 1
    assert cast.session.scalars(select(SealLetter.account)).all() == [cast.ada.id]


def test_an_amendment_before_the_release_adds_a_verdict_after_data(cast):
    made = mixed(cast.session, cast.ada)
    round_ = play(cast.session, made)
    first = chain.seal_of(cast.session, made.id, 1)
    told, kept = results(cast.session, made, round_), (first.sha256, first.content["rows_sha256"])
    soon = clock.now() + timedelta(seconds=1)
    amendments.amend(cast.session, made, {"minimum_n": 30}, reason="few", by=cast.ada.id, at=soon)
    lifecycle.release(cast.session, made, round_, by=cast.ada.id, at=LATER)
    one, two = chain.entries(cast.session, made.id)
    assert ((one.sha256, one.content["rows_sha256"]), one.kind) == (kept, SealKind.ROUND)
    assert (two.kind, two.content["of"], two.content["after_data"]) == (SealKind.AMENDED, one.number, True)
    assert two.previous_sha256 == one.sha256
    assert two.definition_sha256 != one.definition_sha256
    now = results(cast.session, made, round_)
    assert {row["verdict"] for row in now} == {"too_few"} != {row["verdict"] for row in told}
    assert [row["n_rated"] for row in now] == [row["n_rated"] for row in told]


def test_without_an_amendment_the_release_adds_no_entry(cast):
    released(cast.session, cast.study, [{1: 4, 2: 3, 3: 1}] * 6)
    assert [seal.kind for seal in chain.entries(cast.session, cast.study.id)] == [SealKind.ROUND]
