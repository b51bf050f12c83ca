"""Revisions and models agree, a revision goes up and down over rows, and a released one never changes.

`make freeze` writes released/REVISION.sql when a version is released: the hash of the revision, and a row of every table.
"""

import hashlib
from collections import Counter
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from rows import METADATA, fill
from sqlalchemy import inspect, select, text

from delphi import clock
from delphi.backup import writing as backup
from delphi.backup.restoring import differences as changed_tables
from delphi.backup.restoring import restore
from delphi.database import Database
from delphi.migrations import configuration, newest_revision, revisions, upgrade_to_head
from delphi.model.event import EventKind
from delphi.model.identity import Declaration, Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.study import Study

WITHOUT_ROWID = {
    "rating", "comment", "change_reason", "participation", "save_request", "proposal", "acknowledgement",
    "sealed_row", "kept_characteristics",
}  # fmt: skip

WAITING_RECEIPT = (
    "UPDATE letter SET kind = 'withdrawal', round = NULL, sent_at = NULL, failed_at = NULL, dropped_at = NULL"
)
RELEASED = {path.stem: path for path in sorted((Path(__file__).parent / "released").glob("*.sql"))}
SCRIPTS = ScriptDirectory.from_config(configuration(""))


def test_the_migrated_tables_are_those_of_the_models(shared):
    assert differences(shared) == []


def differences(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return compare_metadata(context, METADATA)


@pytest.mark.parametrize(
    ("table", "check", "words"), [("event", "ck_event_kind", EventKind), ("letter", "ck_letter_kind", LetterKind)]
)
def test_every_word_of_a_vocabulary_is_allowed(shared, table, check, words):
    checks = {found["name"]: found["sqltext"] for found in inspect(shared.engine).get_check_constraints(table)}
    assert {word for word in words if f"'{word}'" not in checks[check]} == set()


def test_upgrading_twice_changes_nothing(template):
    with template.copy() as url:
        upgrade_to_head(url)
        database = Database(url)
        assert set(inspect(database.engine).get_table_names()) == {*METADATA.tables, "alembic_version"}
        database.engine.dispose()


def test_a_filled_database_goes_down_and_up_again(database):
    url = database.engine.url.render_as_string(hide_password=False)
    with database.transaction() as session:
        fill(session)
    command.downgrade(configuration(url), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]
    upgrade_to_head(url)
    with database.transaction() as session:
        fill(session)


def test_a_filled_database_keeps_its_rows_when_it_is_upgraded(database):
    with database.transaction() as session:
        fill(session)
    upgrade_to_head(database.engine.url.render_as_string(hide_password=False))
    with database.transaction(writing=False) as session:
        assert all(len(session.execute(select(table)).all()) == 1 for table in METADATA.sorted_tables)


def test_foreign_keys_are_on_after_an_upgrade(database):
    if database.engine.dialect.name == "sqlite":
        with database.engine.connect() as connection:
            assert connection.scalar(text("PRAGMA foreign_keys")) == 1
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []


def test_answers_have_no_rowid_that_tells_their_order(shared):
    if shared.engine.dialect.name == "sqlite":
        assert without_rowid(shared) == WITHOUT_ROWID


def without_rowid(database):
    with database.engine.connect() as connection:
        kept = connection.execute(text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1"))
        return {row.name for row in kept}


def test_every_revision_below_the_newest_is_frozen():
    below = {script.revision for script in SCRIPTS.walk_revisions()} - {SCRIPTS.get_current_head()}
    assert below | {"0001"} <= RELEASED.keys()


@pytest.mark.parametrize("revision", RELEASED)
def test_a_released_revision_is_the_file_it_was(revision):
    _, name, digest = RELEASED[revision].read_text(encoding="utf-8").partition("\n")[0].split()
    assert name == Path(SCRIPTS.get_revision(revision).path).name
    assert hashlib.sha256((Path(SCRIPTS.versions) / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("revision", RELEASED)
def test_a_released_revision_needs_nothing_that_can_change(revision):
    source = Path(SCRIPTS.get_revision(revision).path).read_text(encoding="utf-8")
    assert [line for line in source.splitlines() if line.startswith(("import ", "from "))] == [
        "import sqlalchemy as sa",
        "from alembic import op",
    ]


def test_revisions_are_known_by_their_files():
    known = [script.revision for script in SCRIPTS.walk_revisions()]
    assert list(revisions()) == known[::-1]
    assert newest_revision() == SCRIPTS.get_current_head()


def inserts_of(revision):
    """The rows of a filled database of a released version."""
    return RELEASED[revision].read_text(encoding="utf-8").splitlines()[1:]


def filled(template, revision):
    """The address of a filled database of a released version."""
    url = template.empty()
    command.upgrade(configuration(url), revision)
    database = Database(url)
    with database.engine.begin() as connection:
        for insert in inserts_of(revision):
            connection.connection.cursor().execute(insert)
    database.engine.dispose()
    return url


@pytest.fixture(params=RELEASED)
def upgraded(request, template):
    """A filled database of a released version, brought to the newest revision; with the rows it had."""
    url = filled(template, request.param)
    database = Database(url)
    upgrade_to_head(url)
    yield database, Counter(insert.split('"')[1] for insert in inserts_of(request.param))
    database.engine.dispose()


@pytest.mark.parametrize("revision", RELEASED)
def test_a_backup_of_a_released_version_is_restored_and_upgraded(template, tmp_path, revision):
    database = Database(filled(template, revision))
    url = database.engine.url.render_as_string(hide_password=False)
    manifest = backup.write(url, tmp_path / "all.zip", revision=revision, at=clock.now())
    restore(tmp_path / "all.zip", restored := template.empty())
    assert changed_tables(restored, manifest) == []
    for place in (url, restored):
        upgrade_to_head(place)
    assert backup.write(url, tmp_path / "1", revision="", at=clock.now()).tables == (
        backup.write(restored, tmp_path / "2", revision="", at=clock.now()).tables
    )
    database.engine.dispose()


def test_an_upgraded_database_is_that_of_the_models(upgraded, shared):
    database, _ = upgraded
    assert differences(database) == []
    assert checks_of(database) == checks_of(shared)
    if database.engine.dialect.name == "sqlite":
        assert without_rowid(database) == WITHOUT_ROWID


def checks_of(database):
    reflected = inspect(database.engine)
    return {
        (table, check["name"], check["sqltext"])
        for table in METADATA.tables
        for check in reflected.get_check_constraints(table)
    }


def test_an_upgraded_database_keeps_rows_that_can_be_read(upgraded):
    database, had = upgraded
    with database.transaction(writing=False) as session:
        rows = {table.name: len(session.execute(select(table)).all()) for table in METADATA.sorted_tables}
    assert {name: rows[name] for name in had if name in rows} == {name: n for name, n in had.items() if name in rows}


def test_a_study_locked_before_a_day_was_told_keeps_its_names(request, upgraded):
    database, _ = upgraded
    with database.transaction(writing=False) as session:
        kept = session.execute(select(Study.protocol_locked_at.is_not(None), Study.names_kept_days)).all()
    told = 30 if request.node.callspec.params["upgraded"] >= "0002" else None
    assert {tuple(row) for row in kept} <= {(True, told), (False, 30)}
    assert (True, told) in kept


def test_who_had_withdrawn_is_forgotten_by_the_upgrade(template):
    url = template.empty()
    command.upgrade(configuration(url), "0001")
    database = Database(url)
    with database.engine.begin() as connection:
        for insert in RELEASED["0001"].read_text(encoding="utf-8").splitlines()[1:]:
            connection.connection.cursor().execute(insert)
        connection.execute(text("UPDATE panelist SET withdrawn_on = '2027-03-01'"))
        connection.execute(text(WAITING_RECEIPT))
    upgrade_to_head(url)
    with database.transaction(writing=False) as session:
        assert session.scalars(select(Identity)).all() == session.scalars(select(Declaration)).all() == []
        kept = session.execute(select(Letter.kind, Receipt.email).join(Letter, Letter.id == Receipt.letter)).all()
    database.engine.dispose()
    assert [tuple(row) for row in kept] == [(LetterKind.WITHDRAWAL, "one@example.org")]


def test_a_released_database_was_filled(upgraded):
    _, had = upgraded
    assert {"study", "panelist", "rating", "event"} <= had.keys()
