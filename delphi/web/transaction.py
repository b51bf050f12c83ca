"""The edge: one request, one session, one transaction. Returning commits, raising rolls back, GET never writes."""

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from delphi.config import Settings
from delphi.database import Database

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def current_session() -> Session:
    """The session of the current request; it opens when it is first asked for."""
    if "session" not in g:
        database: Database = current_app.extensions["database"]
        g.session = database.begin(writing=request.method not in SAFE_METHODS)
    session: Session = g.session
    return session


def current_settings() -> Settings:
    """Look up the settings with which the application was made."""
    settings: Settings = current_app.extensions["settings"]
    return settings


def init_app(app: Flask, database: Database) -> None:
    """End each request's transaction. Registered first, so that it runs last: other hooks write too (TRUST 8.2.10)."""
    app.extensions["database"] = database

    @app.after_request
    def end_transaction(response: Response) -> Response:
        if session := g.get("session"):
            database.end(session, keep=response.status_code < 400)
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        if session := g.pop("session", None):
            database.close(session)
