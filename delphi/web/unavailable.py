"""The database cannot save for now: say so, say when to come back, and give back what was typed."""

from typing import Any

from flask import render_template, request

from delphi.failures import Failure
from delphi.web.language import gettext as _

STATUS = {Failure.FULL: 507}
UNAVAILABLE = 503
SECONDS = {Failure.BUSY: 5, Failure.GONE: 10, Failure.FULL: 30, Failure.READ_ONLY: 30}
Reply = tuple[str | dict[str, Any], int, dict[str, str]]


def reply(failure: Failure) -> Reply:
    """Answer a page with a page that holds its form again, and a script in JSON."""
    headers = {"Retry-After": str(SECONDS[failure])}
    status = STATUS.get(failure, UNAVAILABLE)
    if "X-CSRFToken" in request.headers:  # a script: it keeps what it sent, and sends it again
        return {"state": "unavailable", "message": title_of(failure)}, status, headers
    page = render_template("errors/unavailable.html", method=request.method, **given_back(), title=title_of(failure))
    return page, status, headers


def given_back() -> dict[str, Any]:
    """What `errors/given_back.html` needs: where to send it again, what was typed, and the other fields."""
    kept = _fields()
    texts = [(name, value) for name, value in kept if any(letter.isspace() for letter in value)]
    others = [field for field in kept if field not in texts]
    return {"again": request.script_root + request.full_path.rstrip("?"), "texts": texts, "others": others}


def title_of(failure: Failure) -> str:
    """Say in a few words what is the matter."""
    return {
        Failure.FULL: _("The server has no space left to save anything"),
        Failure.READ_ONLY: _("The server can show pages and save nothing at the moment"),
        Failure.BUSY: _("The server is busy"),
        Failure.GONE: _("The server cannot reach its database"),
    }[failure]


def _fields() -> list[tuple[str, str]]:
    """The fields of a form that can be sent again as they are: no passwords, and no form with a file."""
    fields = [field for field in request.form.items(multi=True) if field[0] != "csrf_token"]
    secret = any("password" in name for name, _value in fields)
    return [] if secret or any(file.filename for file in request.files.values()) else fields
