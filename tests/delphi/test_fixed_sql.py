"""A fixed statement sends and reads what SQLAlchemy would."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import JSON, Column, Date, Integer, MetaData, String, Table, Uuid, bindparam, insert, select
from sqlalchemy.exc import IntegrityError

from delphi.fixed_sql import FixedStatement
from delphi.model.base import UtcDateTime, Word
from delphi.model.rating import AnswerKind

KEPT = Table(
    "fixed_kept",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("who", Uuid),
    Column("on", Date),
    Column("at", UtcDateTime),
    Column("kind", Word(AnswerKind)),
    Column("said", JSON, default=lambda: {"tags": []}),
    Column("note", String(20), default="100 %"),
)
ROW = {
    "id": 1,
    "who": UUID(int=7),
    "on": date(2027, 3, 9),
    "at": datetime(2027, 3, 9, 8, 0, tzinfo=UTC),
    "kind": AnswerKind.CLEARED,
}
KEEP = FixedStatement(insert(KEPT).values({name: bindparam(name) for name in ROW}))
FIND = FixedStatement(select(KEPT).where(KEPT.c.who == bindparam("who"), KEPT.c.note == "100 %").order_by(KEPT.c.id))


@pytest.fixture
def connection(template):
    with template.copy() as url:
        from delphi.database import engine_for

        engine = engine_for(url)
        with engine.begin() as connection:
            KEPT.metadata.create_all(connection)
            yield connection
        engine.dispose()


def test_every_type_comes_back_as_it_went_in(connection):
    KEEP.run(connection, ROW)
    (row,) = FIND.rows(connection, {"who": ROW["who"]})
    assert row._asdict() == ROW | {"said": {"tags": []}, "note": "100 %"}
    assert tuple(row) == tuple(connection.execute(select(KEPT)).one())


def test_several_rows_go_in_at_once(connection):
    KEEP.run(connection, ROW, ROW | {"id": 2, "at": None})
    assert [(row.id, row.at) for row in FIND.rows(connection, {"who": ROW["who"]})] == [(1, ROW["at"]), (2, None)]


def test_nothing_is_found_for_another_value(connection):
    KEEP.run(connection, ROW)
    assert FIND.rows(connection, {"who": UUID(int=8)}) == []


def test_a_forgotten_value_is_an_error(connection):
    with pytest.raises(KeyError, match="who"):
        FIND.rows(connection, {})


def test_an_error_of_the_driver_is_one_of_sqlalchemy(connection):
    KEEP.run(connection, ROW)
    with pytest.raises(IntegrityError):
        KEEP.run(connection, ROW)


def test_a_list_whose_length_changes_is_refused(connection):
    query = select(KEPT).where(KEPT.c.id.in_(bindparam("ids", expanding=True)))
    with pytest.raises(AssertionError, match="would not stay the same"):
        FixedStatement(query).rows(connection, {"ids": [1]})
