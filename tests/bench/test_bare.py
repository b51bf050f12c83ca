"""The bare view is no straw man: it takes less CPU than the two views that Flask's own pages teach."""

import sqlite3
import time
from statistics import median

import pytest
from flask import Flask, request
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from bench.bare import bare_app, engine_of
from bench.saves import answered, request_of

TURNS, TIMES = 15, 20


class Base(DeclarativeBase):
    pass


class Kept(Base):
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]


def with_a_session(path):
    app, engine = Flask("session"), engine_of(f"sqlite:///{path}")
    Base.metadata.create_all(engine)

    @app.post("/bare")
    def keep():
        value = int(request.form["value"])
        with Session(engine) as session:
            session.add(Kept(value=value))
            session.commit()
        return {"value": value}

    return app


def with_a_connection_a_request(path):
    app = Flask("sqlite3")

    @app.post("/bare")
    def keep():
        value = int(request.form["value"])
        connection = sqlite3.connect(path)
        connection.execute("INSERT INTO bare (value) VALUES (?)", (value,))
        connection.commit()
        connection.close()
        return {"value": value}

    return app


def cpu(app):
    sent = [request_of("/bare", {"value": "3"}) for _ in range(TIMES)]
    started = time.process_time()
    for environ in sent:
        answered(app, environ)
    return time.process_time() - started


@pytest.mark.parametrize("plain", [with_a_session, with_a_connection_a_request])
def test_the_bare_view_is_no_slower_than_a_plain_one(tmp_path, plain):
    path = tmp_path / "bare.sqlite3"
    bare, other = bare_app(f"sqlite:///{path}"), plain(path)
    assert median(cpu(other) / cpu(bare) for _ in range(TURNS)) > 1


def test_the_bare_view_waits_for_the_disk(tmp_path):
    engine = engine_of(f"sqlite:///{tmp_path / 'bare.sqlite3'}")
    with engine.connect() as connection:
        settings = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
    assert settings == ["wal", 2]
