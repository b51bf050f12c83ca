"""A database of version 0.1.0 is taken along: what was released stays, what the show plan hides goes.

version_0_1_0.sql was written by that version: a study, its rehearsal, and a study that was imported.
"""

from pathlib import Path

import pytest
from alembic import command
from browsing import HOST, SECRET, application
from bundles import run
from routes import requests
from sqlalchemy import select, text

from delphi import audit, clock
from delphi.config import Settings
from delphi.consensus.table.change_columns import CHANGES, DIFFERENCES
from delphi.consensus.vocabulary import EVERYBODY
from delphi.database import Database
from delphi.letters import content, message
from delphi.migrations import configuration, upgrade_to_head
from delphi.model.account import Account
from delphi.model.base import Base
from delphi.model.event import Event, EventKind
from delphi.model.identity import Identity
from delphi.model.job import ExportJob
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import Panelist
from delphi.model.result import Result
from delphi.model.round import Round
from delphi.model.seal import Seal, SealLetter
from delphi.model.study import Study
from delphi.protocol import amendments, information, method
from rounds.questionnaire import past
from rounds.results import rows
from rounds.seal import chain, existing, sealing
from rounds.seal.worker import Sealing

STATEMENTS = (Path(__file__).parent / "version_0_1_0.sql").read_text(encoding="utf-8").split(";\n")
OWN = (*DIFFERENCES, *CHANGES, "reasons", "flags", "verdict_basis")
NUMBERED = ("account", "study")  # whose keys PostgreSQL counts on by itself


def database_of(template):
    """A database of version 0.1.0, whose tables were upgraded and whose rounds were not taken along."""
    url = template.empty()
    command.upgrade(configuration(url), "0002")
    database = Database(url)
    with database.engine.begin() as connection:
        for statement in filter(None, STATEMENTS):
            connection.connection.cursor().execute(statement)
        if template.name == "postgresql":
            for table in NUMBERED:
                connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
    upgrade_to_head(url)
    return database


@pytest.fixture
def old(template):
    """A database that a test takes along itself."""
    database = database_of(template)
    yield database
    database.engine.dispose()


@pytest.fixture(scope="module")
def taken(template):
    """A database that was taken along, to be read; and the rows that had been released."""
    database = database_of(template)
    with database.transaction(writing=False) as session:
        frozen = {(r.study_id, r.round, r.row["statement"], r.group): r.row for r in session.scalars(select(Result))}
    existing.take_all(database, at=clock.now())
    yield database, frozen
    database.engine.dispose()


def found(session, slug):
    return session.scalars(select(Study).filter_by(slug=slug)).one()


def stored(database):
    """Every row of every table, to compare before and after."""
    with database.transaction(writing=False) as session:
        return {table.name: sorted(map(str, session.execute(select(table)))) for table in Base.metadata.sorted_tables}


def groups_shown(session, study):
    return {
        number: {
            row["group"]
            for row in rows.results(session, study, session.get_one(Round, (study.id, number)), by_group=True)
        }
        for number in (1, 2, 3)
    }


def test_every_closed_round_is_sealed_in_one_chain(taken):
    database, _ = taken
    with database.transaction(writing=False) as session:
        closed = session.execute(select(Round.study_id, Round.number).where(Round.closed_at.is_not(None))).all()
        assert sorted(map(tuple, closed)) == sorted((s.study_id, s.round) for s in session.scalars(select(Seal)))
        assert len(closed) == 6
        for study in session.scalars(select(Study)):
            previous = chain.FIRST
            for seal in chain.entries(session, study.id):
                assert (seal.previous_sha256, seal.sha256) == (previous, seal.expected_hash(study.slug))
                previous = seal.sha256


def test_what_the_panel_was_told_stays(taken):
    database, frozen = taken
    with database.transaction(writing=False) as session:
        after = {
            (r.study_id, r.round, r.row["statement"], r.group): (r.verdict, r.row)
            for r in session.scalars(select(Result))
        }
    told = {key: row for key, row in frozen.items() if key[3] == EVERYBODY}
    assert len(told) == 20
    for key, was in told.items():
        verdict, row = after[key]
        assert {n: v for n, v in was.items() if n not in OWN} == {n: row.get(n) for n in was if n not in OWN}
        assert verdict == was["verdict"]


def test_a_figure_of_the_release_is_kept_and_not_computed_again(old):
    with old.transaction() as session:
        for one in session.scalars(select(Result).where(Result.round == 1, Result.group == EVERYBODY)):
            one.row = one.row | {"median": 7.5}
    existing.take_all(old, at=clock.now())
    with old.transaction(writing=False) as session:
        kept = session.scalars(select(Result).where(Result.round == 1, Result.study_id == found(session, "care").id))
        assert {one.row["median"] for one in kept} == {7.5}


def test_counts_are_those_that_were_released(old):
    with old.transaction() as session:
        care = found(session, "care").id
        one = session.scalars(select(Result).filter_by(study_id=care, round=1, statement=1, group=EVERYBODY)).one()
        one.row = one.row | {"k_9": one.row["k_9"] + 2, "n_rated": one.row["n_rated"] + 2}
        nines = one.row["k_9"]
    existing.take_all(old, at=clock.now())
    with old.transaction(writing=False) as session:
        cells = chain.seals_of(session, care)[1].content["cells"]
    assert next(c["options"][8] for c in cells if (c["statement"], c["people"]) == ("STMT1.1", EVERYBODY)) == nines


def test_rows_of_small_and_of_changed_groups_are_gone(taken):
    database, frozen = taken
    with database.transaction(writing=False) as session:
        care = found(session, "care")
        was = {group for study, *_, group in frozen if study == care.id}
        shown = groups_shown(session, care)
    assert was == {EVERYBODY, "patients", "nurses", "peers"}
    assert shown == {1: {EVERYBODY}, 2: {EVERYBODY}, 3: {EVERYBODY, "peers"}}


def test_a_group_of_the_same_people_is_still_shown(old):
    with old.transaction() as session:
        care = found(session, "care")
        nurses = session.scalars(select(Panelist).filter_by(study_id=care.id, stakeholder_group="nurses")).all()
        assert len(nurses) == 7
        for who in nurses:
            session.get_one(Panelist, (care.id, who.id)).stakeholder_group = groups_then(session, care)[who.id]
    existing.take_all(old, at=clock.now())
    with old.transaction(writing=False) as session:
        assert groups_shown(session, found(session, "care"))[1] == {EVERYBODY, "peers"}


def groups_then(session, study):
    """Groups as they were imported: the address tells the number of the person."""
    people = session.scalars(select(Identity).where(Identity.study_id == study.id))
    number = {one.panelist: int(one.email.partition("@")[0].removeprefix("panelist")) for one in people}
    return {who: "patients" if n <= 4 else "nurses" if n <= 10 else "peers" for who, n in number.items()}


def test_taking_along_twice_changes_nothing(taken):
    database, _ = taken
    before = stored(database)
    assert existing.take_all(database, at=clock.now()) == 0
    assert stored(database) == before


def test_a_killed_upgrade_goes_on_to_the_same_seals(old, monkeypatch):
    write = sealing.write

    def killed(session, study, round_, prepared, *, at):
        write(session, study, round_, prepared, at=at)
        if round_.number == 2:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(sealing, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            existing.take_all(old, at=clock.now())
    with old.transaction(writing=False) as session:
        care = found(session, "care")
        assert list(chain.seals_of(session, care.id)) == [1]
        assert rows.results(session, care, session.get_one(Round, (care.id, 2)), by_group=True) == []
    existing.take_all(old, at=clock.now())
    with old.transaction(writing=False) as session:
        assert list(chain.seals_of(session, found(session, "care").id)) == [1, 2, 3]


def test_files_that_hold_what_is_hidden_now_are_deleted(old):
    with old.transaction() as session:
        care, ada = (
            found(session, "care").id,
            session.scalars(select(Account.id).filter_by(email="ada@example.org")).one(),
        )
        order = {"report": "consensus", "format": "csv", "profile": "analyst", "asked_at": clock.now(), "attempts": 0}
        session.add(ExportJob(study_id=care, account=ada, by_group=True, **order))
    existing.take_all(old, at=clock.now())
    with old.transaction(writing=False) as session:
        assert session.scalars(select(ExportJob)).all() == []


def test_what_is_not_taken_along_yet_shows_nothing(old):
    with old.transaction(writing=False) as session:
        assert groups_shown(session, found(session, "care")) == {1: set(), 2: set(), 3: set()}


def test_panelists_read_the_panel_and_no_group_until_then(old):
    with old.transaction(writing=False) as session:
        care = found(session, "care")
        care.feedback_plan = ["distribution", "groups"]
        panel, groups = past.released_rows(session, care, 2)
    assert (len(panel), groups) == (5, {})


def test_the_worker_takes_along_what_the_upgrade_did_not(old):
    worker, turns = Sealing(old), 0
    while worker.work(at=clock.now()):
        turns += 1
    assert turns == 8
    with old.transaction(writing=False) as session:
        assert not existing.is_left(session)


def test_the_command_says_what_it_took_along(old):
    url = old.engine.url.render_as_string(hide_password=False)
    done = run("db", "upgrade", url=url)
    assert done.output == "Sealed 6 rounds that version 0.1.0 had closed.\nThe database is up to date.\n"
    assert run("db", "upgrade", url=url).output == "The database is up to date.\n"


def test_a_round_waits_for_those_closed_before_it(old):
    with old.transaction() as session:
        care = found(session, "care").id
        sealing.mark(session, found(session, "care"), session.get_one(Round, (care, 3)))
    sealing.complete_apart(old, care, 3, at=clock.now())
    with old.transaction(writing=False) as session:
        assert chain.seals_of(session, care) == {}


def test_the_trail_of_each_study_stays_whole(taken):
    database, _ = taken
    with database.transaction(writing=False) as session:
        for study in session.scalars(select(Study)):
            events = session.scalars(select(Event).where(Event.study_id == study.id).order_by(Event.sequence)).all()
            assert audit.first_broken(list(events)) is None
            sealed = [event.data["round"] for event in events if event.kind == EventKind.ROUND_SEALED]
            assert sealed == {"care": [1, 2, 3], "care-rehearsal": [1], "elsewhere": []}[study.slug]


def test_hashes_are_told_to_the_owners_of_real_studies(taken):
    database, _ = taken
    with database.transaction(writing=False) as session:
        told = session.execute(select(Study.slug, SealLetter.seal).join(Study, Study.id == SealLetter.study_id)).all()
    assert sorted(map(tuple, told)) == [("care", 1), ("care", 2), ("care", 3)]


def test_the_removal_of_counted_answers_is_promised_no_more(taken):
    database, _ = taken
    with database.transaction(writing=False) as session:
        care = found(session, "care")
        assert care.withdrawal_choices == found(session, "care-rehearsal").withdrawal_choices == ["keep", "remove_open"]
        amendment = amendments.amendments_of(session, care)[-1]
        document = information.newest(session, care.id)
        before = ["keep", "remove_open", "remove_unreleased"]
        assert amendment.changes == {"withdrawal_choices": [before, ["keep", "remove_open"]]}
        assert amendment.sha256 == method.sha256(method.document(care))
        assert (document.version, document.material, document.reason) == (2, False, amendment.reason)
        assert "What was counted stays" in document.text


def test_who_was_invited_and_is_there_gets_a_letter(taken):
    database, _ = taken
    with database.transaction(writing=False) as session:
        care = found(session, "care")
        letters = session.scalars(select(Letter).where(Letter.kind == LetterKind.INFORMATION)).all()
        assert {one.study_id for one in letters} == {care.id}
        panelist = session.get_one(Panelist, (care.id, letters[0].panelist))
        facts = content.facts_of(session, letters[0], care, panelist, at=clock.now())
        subject, body = message.write("information", facts | {"link": "LINK"})
    assert len(letters) == 55
    assert subject == "Study care: the study information has changed"
    assert ("What was counted stays" in body, "LINK" in body) == (True, True)


def test_a_draft_loses_the_choice_without_a_letter(old):
    with old.transaction() as session:
        care = found(session, "care")
        care.protocol_locked_at = care.protocol_sha256 = None
    existing.take_all(old, at=clock.now())
    with old.transaction(writing=False) as session:
        care = found(session, "care")
        assert care.withdrawal_choices == ["keep", "remove_open"]
        assert information.newest(session, care.id).version == 1
        assert session.scalars(select(Letter).where(Letter.kind == LetterKind.INFORMATION)).all() == []


@pytest.mark.parametrize("slug", ["care", "care-rehearsal", "elsewhere"])
def test_every_page_of_a_study_that_was_taken_along_answers(taken, slug):
    database, _ = taken
    url = database.engine.url.render_as_string(hide_password=False)
    app = application(Settings(database_url=url, public_url=HOST, secret_key=SECRET, password_salt=SECRET[::-1]))
    with app.extensions["database"].transaction(writing=False) as session:
        ada = session.scalars(select(Account).filter_by(email="ada@example.org")).one()
        session.expunge_all()
    browser = app.test_client().sign_in(ada)
    paths = {path for _, method, path in requests(app) if method == "GET" and "/care/" in f"{path}/"}
    answered = {path: browser.get(path.replace("/care", f"/{slug}", 1)).status_code for path in sorted(paths)}
    app.extensions["database"].engine.dispose()
    assert {path: code for path, code in answered.items() if code >= 500} == {}
    assert list(answered.values()).count(200) > 10
