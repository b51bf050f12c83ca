"""What is lent from test to test comes back as it was: no test sees what another left."""

import pytest
from builders import Cast, account
from databases import SHIPPED_PRAGMAS
from sqlalchemy import inspect, select, text

from delphi.model.account import Account
from delphi.model.base import Base
from delphi.model.study import Study


def rows_in(database):
    with database.transaction(writing=False) as session:
        tables = Base.metadata.sorted_tables
        return {table.name: sorted(map(str, session.execute(select(table)))) for table in tables}


def test_a_place_is_empty_and_counts_from_one_again(template):
    for _ in range(2):
        with template.lend() as place:
            assert not any(rows_in(place.database).values())
            with place.database.transaction() as session:
                cast = Cast.enter(session)
                assert (cast.ada.id, cast.study.id) == (1, 1)


def test_a_transaction_left_open_does_not_hold_the_next_test_up(template):
    with template.lend() as place:
        with place.database.transaction() as session:
            account(session, "ada")
        left = place.database.begin(writing=False)
        assert left.scalars(select(Account).with_for_update()).all()
    with template.lend() as place:
        assert not any(rows_in(place.database).values())
    left.invalidate()


def test_a_story_is_put_back_row_for_row_and_goes_on(template):
    found = []
    for _ in range(2):
        with template.lend() as place:
            place.play("tale", Cast.enter)
            found.append(rows_in(place.database))
            with place.database.transaction() as session:
                assert account(session, "dora").id == 7
                session.get_one(Study, 1).title = "Changed"
    assert found[0] == found[1]
    assert len(found[0]["account"]) == 6


@pytest.mark.parametrize(
    "change", ["ALTER TABLE letter ADD COLUMN odd INTEGER", "UPDATE alembic_version SET version_num = '0'"]
)
def test_changed_tables_are_not_lent_again(template, change):
    with template.lend() as place, place.database.engine.begin() as connection:
        connection.execute(text(change))
    with template.lend() as place, place.database.engine.begin() as connection:
        columns = inspect(connection).get_columns("letter")
        assert "odd" not in {column["name"] for column in columns}
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) != "0"


def test_dead_rows_do_not_pile_up(template, monkeypatch):
    monkeypatch.setattr("places.LARGEST", 0)
    for _ in range(2):
        with template.lend() as place:
            assert not any(rows_in(place.database).values())
            with place.database.transaction() as session:
                Cast.enter(session)


def test_the_platform_waits_for_the_disk_though_its_tests_do_not():
    assert "synchronous=FULL" in SHIPPED_PRAGMAS
