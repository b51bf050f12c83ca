"""Two addresses for whoever watches a server: does it live, and can it serve. They tell nothing of any study.

They stand before the application, since whoever watches asks by number and not by the public name.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from delphi.database import Database
from delphi.migrations import CURRENT_REVISION, newest_revision

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LIVES, READY = "/healthz", "/readyz"


def init_app(app: "WSGIApplication", database: Database) -> "WSGIApplication":
    """Put the two addresses before an application."""
    answers: dict[str, Callable[[], str]] = {LIVES: lambda: "", READY: lambda: hindrance(database)}

    def with_health(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        answer = answers.get(environ.get("PATH_INFO", ""))
        if answer is None or environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return app(environ, start_response)
        wrong = answer()
        body = f"{wrong or 'ok'}\n".encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
        headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
        start_response("503 Service Unavailable" if wrong else "200 OK", headers)
        return [body if environ["REQUEST_METHOD"] == "GET" else b""]

    return with_health


def hindrance(database: Database) -> str:
    """Say why the server cannot serve; nothing if it can."""
    try:
        with database.transaction(writing=False) as session:
            revision = session.scalar(CURRENT_REVISION)
    except SQLAlchemyError:
        return "the database cannot be reached"
    return "" if revision == newest_revision() else "the tables are at another revision"
