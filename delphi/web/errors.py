"""Where errors meet HTTP: the exceptions know no status, this module knows no rule."""

import logging

from flask import Flask, current_app, flash, redirect, render_template, request, session
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response

from delphi.access import SignedOut
from delphi.errors import BadInput, NotFound, NotReady, Refused
from delphi.failures import WritersBusy, failure_of
from delphi.sheets.errors import SheetError
from delphi.web import unavailable
from delphi.web.language import gettext as _
from delphi.web.language import told
from delphi.web.once import SentTwice
from delphi.web.operating.sight import request_number
from delphi.web.policy import OPEN, PANELIST, policy_of
from delphi.web.security import is_of_this_site
from delphi.web.transaction import restore_cookie

log = logging.getLogger(__name__)
Page = tuple[str, int]


def init_app(app: Flask) -> None:
    """Register one handler a kind of error."""
    _init_decisions(app)
    _init_requests(app)
    _init_failures(app)


def _init_decisions(app: Flask) -> None:
    """Answer what was decided and cannot be done."""

    @app.errorhandler(NotFound)
    @app.errorhandler(404)
    @app.errorhandler(405)
    def not_found(_error: Exception) -> Page:
        return render_template("errors/not_found.html"), 404

    @app.errorhandler(SentTwice)
    def sent_twice(again: SentTwice) -> Response:
        flash(_("This form did its work already. Nothing was done twice."))
        return redirect(again.led_to, 303)

    @app.errorhandler(NotReady)
    def not_ready(error: NotReady) -> Page:
        return _refused([told(issue) for issue in error.issues], 409)

    @app.errorhandler(SheetError)
    def bad_rows(error: SheetError) -> Page:
        return render_template("errors/bad_rows.html", errors=error.errors), 422

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Page:
        status = 422 if isinstance(error, BadInput) else 409
        return _refused([told(error)], status)

    @app.errorhandler(IntegrityError)
    @app.errorhandler(StaleDataError)
    def overtaken(_error: Exception) -> Page:
        return render_template("errors/overtaken.html"), 409


def _refused(messages: list[str], status: int) -> Page:
    """Say why something was refused; what somebody of the team typed is given back with it."""
    team = policy_of(current_app, request.endpoint or "") not in (OPEN, PANELIST, None)
    kept = unavailable.given_back() if team and request.method == "POST" else {}
    return render_template("errors/refused.html", messages=messages, **kept), status


def _init_requests(app: Flask) -> None:
    """Answer requests that were no proper ones."""

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> Page:
        if policy_of(current_app, request.endpoint or "") == PANELIST and is_of_this_site():
            return _session_ended(400, signed_in="panelist_grant" in session)
        return render_template("errors/stale_form.html"), 400

    @app.errorhandler(SignedOut)
    def signed_out(_error: SignedOut) -> Page:
        return _session_ended(404, signed_in=False)

    @app.errorhandler(SecurityError)
    def wrong_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
        # Without a host of ours no address of a page or style sheet can be made, so the answer is plain.
        return (
            "This server does not answer under this name. Nothing was changed.\n",
            400,
            {"Content-Type": "text/plain"},
        )

    @app.errorhandler(DataError)
    def not_storable(_error: DataError) -> Page:
        # A NUL in a text, a text longer than its column: a request that no page of ours sends.
        return render_template("errors/other.html", code=400), 400

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> Page:
        return render_template("errors/other.html", code=error.code), error.code or 500


def _session_ended(status: int, *, signed_in: bool) -> Page:
    """Say that a panelist's session ended, and give back what was sent; another site's form is never given back."""
    facts = unavailable.given_back()
    return render_template("errors/session_ended.html", signed_in=signed_in, method=request.method, **facts), status


def _init_failures(app: Flask) -> None:
    """Answer failures of ours."""

    @app.errorhandler(DBAPIError)
    @app.errorhandler(PoolTimeout)
    @app.errorhandler(WritersBusy)
    def failed(error: Exception) -> unavailable.Reply | Page:
        failure = failure_of(error)
        if failure is None:
            return unexpected(error)
        log.warning("database: %s (%s)", failure.value, type(getattr(error, "orig", error)).__name__)
        restore_cookie()
        return unavailable.reply(failure)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Page:
        number = request_number()
        log.error("unexpected error %s", number, exc_info=error)
        return render_template("errors/unexpected.html", number=number), 500
