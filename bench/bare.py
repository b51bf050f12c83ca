"""The measure of a save: a plain Flask view that commits one row, with nothing else; pinned (see README.md beside it).

It stands on its own engine and imports nothing of the platform: a platform that becomes slower must not slow its measure down.
"""

import sqlite3
from typing import Any

from flask import Flask, request
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, event, insert

METADATA = MetaData()
KEPT = Table("bare", METADATA, Column("id", Integer, primary_key=True), Column("value", Integer, nullable=False))
KEEP = insert(KEPT)
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON", "secure_delete=ON")


def bare_app(url: str) -> Flask:
    """Make the application, which keeps its rows in a table of its own in that database."""
    app, engine = Flask("bare"), engine_of(url)
    METADATA.create_all(engine)

    @app.post("/bare")
    def keep() -> dict[str, int]:
        value = int(request.form["value"])
        with engine.begin() as connection:
            connection.execute(KEEP, {"value": value})
        return {"value": value}

    return app


def engine_of(url: str) -> Engine:
    """An engine that is as safe as the platform's: the same journal, the same waiting for the disk."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url)
    event.listen(engine, "connect", _on_connect)
    return engine


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")
