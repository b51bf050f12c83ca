"""Revisions and models agree, and a revision goes up and down over rows."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from rows import METADATA, fill
from sqlalchemy import inspect, select, text

from delphi.database import Database
from delphi.migrations import configuration, upgrade_to_head
from delphi.model.event import EventKind
from delphi.model.letter import LetterKind

WITHOUT_ROWID = {
    "rating", "comment", "change_reason", "participation", "save_request", "proposal", "acknowledgement",
}  # fmt: skip


def test_the_migrated_tables_are_those_of_the_models(shared):
    with shared.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


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
        with shared.engine.connect() as connection:
            kept = connection.execute(text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1"))
            assert {row.name for row in kept} == WITHOUT_ROWID
