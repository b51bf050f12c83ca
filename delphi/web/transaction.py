"""The edge: one request, one session, one transaction. Returning commits, raising rolls back, GET never writes."""

import logging
from collections.abc import Callable

from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from delphi.config import Settings
from delphi.database import Database

log = logging.getLogger(__name__)
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


def after_commit(work: Callable[[Database], None]) -> None:
    """Do work in transactions of its own, once this request's has been committed and before it is answered.

    A failure is logged: the request was kept, and a worker does what is left.
    """
    g.setdefault("after_commit", []).append(work)


def init_app(app: Flask, database: Database) -> None:
    """End each request's transaction. Registered before all that writes, so that it runs after: other hooks write too (TRUST 8.2.10)."""
    app.extensions["database"] = database

    @app.after_request
    def end_transaction(response: Response) -> Response:
        if session := g.get("session"):
            kept = response.status_code < 400
            database.end(session, keep=kept)
            if kept and "after_commit" in g:
                database.close(g.pop("session"))
                _do(database, g.pop("after_commit"))
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        if session := g.pop("session", None):
            database.close(session)


def _do(database: Database, tasks: list[Callable[[Database], None]]) -> None:
    for task in tasks:
        try:
            task(database)
        except Exception:
            log.exception("work after a request was left to the worker")
