"""The measure of a save: a plain Flask view that commits one row, with nothing else; pinned, so that figures stay comparable."""

from flask import Flask, request
from sqlalchemy import Column, Integer, MetaData, Table, insert

from delphi.database import engine_for

METADATA = MetaData()
KEPT = Table("bare", METADATA, Column("id", Integer, primary_key=True), Column("value", Integer, nullable=False))
KEEP = insert(KEPT)


def bare_app(url: str) -> Flask:
    """Make the application, on an engine with the rules of ours: the same journal, the same waiting for the disk."""
    app, engine = Flask("bare"), engine_for(url)
    METADATA.create_all(engine)

    @app.post("/bare")
    def keep() -> dict[str, int]:
        value = int(request.form["value"])
        with engine.begin() as connection:
            connection.execute(KEEP, {"value": value})
        return {"value": value}

    return app
