"""The edge: one request, one session, one transaction. Returning commits, raising rolls back, GET never writes."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from delphi.config import Settings
from delphi.database import Database, is_writing

log = logging.getLogger(__name__)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])
WAIT = 3.0  # seconds that a request waits for its turn to write (SQLite)


def current_session() -> Session:
    """The session of the current request; it opens when it is first asked for."""
    database: Database = current_app.extensions["database"]
    if "session" not in g and "connection" in g:
        g.session = database.session_on(g.connection)
    if "session" not in g:
        g.session = database.begin(writing=_writes(), wait=WAIT)
        g.session.info["for_change"] = request.method not in SAFE_METHODS  # also where it reads first
    session: Session = g.session
    return session


def current_connection() -> Connection:
    """The transaction of a request that writes and loads no object: it costs half of a session. A session may join it later."""
    if "connection" not in g:
        assert "session" not in g, "a request has one transaction"
        database: Database = current_app.extensions["database"]
        g.connection = database.connect(wait=WAIT)
    connection: Connection = g.connection
    return connection


def reads_first(view: View) -> View:
    """Let a view that is sent a form read until it asks for the `writing_session`: nobody waits for its other work."""
    view.reads_first = True  # type: ignore[attr-defined]  # functions carry attributes; the type system does not say so
    return view


def _writes() -> bool:
    view = current_app.view_functions.get(request.endpoint or "")
    return request.method not in SAFE_METHODS and ("writes" in g or not getattr(view, "reads_first", False))


def writing_session() -> Session:
    """The session of the current request for its decision; one that only read is ended, and its rows stay readable."""
    if not current_session().info["writing"]:
        g.writes = True
        current_app.extensions["database"].close(g.pop("session"))
    return current_session()


def commit() -> None:
    """Keep what was decided before the answer is made: nobody waits for a file that is still written."""
    database: Database = current_app.extensions["database"]
    session = g.pop("session")
    try:
        database.end(session, keep=True)
    finally:
        database.close(session)


def apart() -> AbstractContextManager[Session]:
    """A transaction of its own, before the request opens its: what it writes stays when the request is refused."""
    database: Database = current_app.extensions["database"]
    return database.transaction(wait=WAIT)


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
        work = g.get("connection", g.get("session"))
        if work is None:
            return response
        kept = response.status_code < 400
        try:
            database.end(work, keep=kept)
        except Exception as error:  # noqa: BLE001 (the handlers of errors tell one from the other)
            return _instead(error, after=end_transaction) if kept and is_writing(work) else response
        finally:
            _close(database)
        if kept:
            _do(database, g.pop("after_commit", []))
        return response

    @app.teardown_request
    def close(_error: BaseException | None) -> None:
        _close(database)


def _close(database: Database) -> None:
    """Close what the request opened; a session that joined a connection first."""
    session, connection = g.pop("session", None), g.pop("connection", None)
    if session is not None and connection is not None:
        session.close()
    if (work := connection or session) is not None:
        database.close(work)


def _instead(error: Exception, *, after: Callable[[Response], Response]) -> Response:
    """Answer that nothing was kept, with all that the hooks before the commit add to an answer."""
    restore_cookie()
    response = current_app.make_response(current_app.handle_user_exception(error))
    hooks = current_app.after_request_funcs[None]
    for hook in reversed(hooks[hooks.index(after) + 1 :]):
        response = current_app.ensure_sync(hook)(response)
    return response


def restore_cookie() -> None:
    """Put the browser's session back as it came: it says nothing of what was not kept."""
    before = current_app.session_interface.open_session(current_app._get_current_object(), request)  # type: ignore[attr-defined]  # noqa: SLF001
    cookie.clear()
    cookie.update(before or {})
    cookie.modified = False


def _do(database: Database, tasks: list[Callable[[Database], None]]) -> None:
    for task in tasks:
        try:
            task(database)
        except Exception:
            log.exception("work after a request was left to the worker")
