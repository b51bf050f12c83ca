"""What whoever runs a server can see of it: a number for each request, a line for the team's requests, security events (ADR 30).

A panelist's request leaves a line only where the server failed: nothing with a clock is caused by an answer (TRUST 3.2).
"""

import logging
import secrets
import time

from flask import Flask, Response, current_app, g, request
from flask_login import user_logged_out
from flask_security import password_reset, user_authenticated
from sqlalchemy import inspect

from delphi.logs import FACTS, REQUEST
from delphi.web.policy import OPEN, PANELIST, policy_of

requests = logging.getLogger("delphi.requests")
security = logging.getLogger("delphi.security")
SIGN_IN = {200: "sign-in refused", 429: "sign-in slowed down"}  # by the status of an answer to a form
BY_INSTITUTION = frozenset({"institution.back", "institution.enter"})
NAMES_SHOWN = frozenset({"roster.index", "person.show", "acknowledgement.names"})


def request_number() -> str:
    """The number of this request: it stands in its lines, and on the page of an error."""
    return REQUEST.get()


def tell(event: str, **facts: object) -> None:
    """Write a security event: what happened, and which account, by its number."""
    security.info(event, extra={FACTS: {"event": event, "endpoint": request.endpoint, **facts}})


def known_account() -> int | None:
    """The number of the account that was found for this request; nobody is looked up for it."""
    state = inspect(g.get("_login_user"), raiseerr=False)  # its row may be gone from the session by now
    return state.identity[0] if state is not None and state.identity else None


def init_app(app: Flask) -> None:
    """Number each request, and write its line when it was answered."""
    app.before_request(_begin)
    app.after_request(_end)
    user_authenticated.connect(lambda _app, user, **_: tell("sign-in", account=user.id), app, weak=False)
    user_logged_out.connect(
        lambda _app, user, **_: tell("sign-out", account=getattr(user, "id", None)), app, weak=False
    )
    password_reset.connect(lambda _app, user, **_: tell("password set", account=user.id), app, weak=False)


def _begin() -> None:
    REQUEST.set(secrets.token_hex(4))
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    side = policy_of(current_app, request.endpoint or "")
    if response.status_code >= 500 or (side not in (OPEN, PANELIST, None)):
        facts = {"method": request.method, "endpoint": request.endpoint, "status": response.status_code}
        seconds = time.perf_counter() - g.get("began", time.perf_counter())
        requests.info("request", extra={FACTS: {**facts, "account": known_account(), "ms": round(1000 * seconds)}})
    _security(response)
    return response


def _security(response: Response) -> None:
    """Tell of refusals and of looks at names."""
    account = known_account()
    if request.endpoint == "security.login" and request.method == "POST" and response.status_code in SIGN_IN:
        tell(SIGN_IN[response.status_code])
    elif request.endpoint in BY_INSTITUTION and response.status_code == 409:
        tell("sign-in refused", account=account)
    elif account is not None and request.endpoint and response.status_code == 404:
        tell("refused", account=account)
    elif request.endpoint in NAMES_SHOWN and response.status_code == 200:
        tell("names shown", account=account)
