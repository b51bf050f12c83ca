"""Deny by default: every endpoint says who may come in; one that says nothing answers to nobody (TRUST 5.6)."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.model.account import Account
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web.transaction import current_session

View = TypeVar("View", bound=Callable[..., Any])
OPEN, PANELIST, ACCOUNT = "open", "panelist", "account"
LARGEST_IMPORT = 12_000_000  # a file of 5 MB, or the same as a form field with its marks escaped
LIBRARY_ENDPOINTS = {
    "static": OPEN,
    "security.login": OPEN,
    "security.logout": ACCOUNT,
    "security.reset_password": OPEN,
}


def policy(who: str | Capability) -> Callable[[View], View]:
    """Say who may call a view: open, panelist, account, or an account with a capability in the study."""

    def mark(view: View) -> View:
        view.policy = who  # type: ignore[attr-defined]  # functions carry attributes; the type system does not say so
        return view

    return mark


def takes_files(view: View) -> View:
    """Let a view receive what an import may be; all others take small forms only."""
    view.largest_body = LARGEST_IMPORT  # type: ignore[attr-defined]  # as above
    return view


def policy_of(app: Flask, endpoint: str) -> str | None:
    """Give the policy of an endpoint, or None: then it is closed."""
    view = app.view_functions.get(endpoint)
    return getattr(view, "policy", LIBRARY_ENDPOINTS.get(endpoint))


def signed_in() -> bool:
    """Say whether this browser holds an account."""
    return bool(current_user.is_authenticated)  # type: ignore[attr-defined]  # the proxy's type says nothing


def account() -> Account:
    """Give the account that is signed in; `policy` has seen to it."""
    return cast("Account", current_user._get_current_object())  # noqa: SLF001 (the proxy's own way)


def panelist() -> tuple[Study, Panelist]:
    """Give the panelist of this browser and the study."""
    return access.session_holder(current_session(), session.get("panelist_grant"), today=clock.now().date())


def init_app(app: Flask) -> None:
    """Check the policy before every request."""

    @app.before_request
    def check() -> Response | None:
        if request.endpoint is None:
            return None
        who = policy_of(current_app, request.endpoint)
        if who is None:
            abort(404)
        if who not in (OPEN, PANELIST) and not signed_in():
            return redirect(url_for("security.login", next=request.path), 303)
        return None
