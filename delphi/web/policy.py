"""Deny by default: every endpoint says who may come in; one that says nothing answers to nobody (TRUST 5.6)."""

from collections.abc import Callable, Container, Mapping
from functools import wraps
from inspect import signature
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, session, url_for
from flask_security import current_user
from werkzeug.wrappers import Response

from delphi import access, clock
from delphi.access import Capability
from delphi.model.account import Account
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web.once import once
from delphi.web.transaction import current_session, reads_first, writing_session

View = TypeVar("View", bound=Callable[..., Any])
OPEN, PANELIST, ACCOUNT = "open", "panelist", "account"
LARGEST_IMPORT = 12_000_000  # a file of 5 MB, or the same as a form field with its marks escaped
LIBRARY_ENDPOINTS = {
    "static": OPEN,
    "security.login": OPEN,
    "security.logout": ACCOUNT,
    "security.reset_password": OPEN,
}


def policy(who: str | Capability) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Say who may call a view, and hand over what they may see.

    Parameters
    ----------
    who
        Open, panelist, account, or what an account must be allowed in the study (`Capability`).

    Notes
    -----
    A view that names a parameter ``study`` gets the study of the address instead of its ``slug``; one that names
    ``round_`` too gets the round instead of its ``number``. A panelist's view gets ``study`` and ``panelist``,
    whichever it names. Who may not do this there gets 404: "not yours" looks like "not there".
    """

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        wanted = signature(view).parameters

        @wraps(view)
        def guarded(**values: Any) -> Any:
            if parse := getattr(view, "parse", None):
                _handed(who, wanted, values)
                rows = parse()
                writing_session()
                return _answer(who, lambda: view(**_handed(who, wanted, values), rows=rows))
            return _answer(who, lambda: view(**_handed(who, wanted, values)))

        guarded.policy = who  # type: ignore[attr-defined]  # functions carry attributes; the type system does not say so
        return guarded

    return guard


def _answer(who: str | Capability, view: Callable[[], Any]) -> Any:
    """Answer with a view; a form of the team that is sent twice does its work once."""
    return view() if who in (OPEN, PANELIST) else once(account().id, view)


def _handed(who: str | Capability, wanted: Container[str], address: Mapping[str, Any]) -> dict[str, Any]:
    """What a view is handed for the values of an address."""
    values = dict(address)
    if isinstance(who, Capability) and "round_" in wanted:
        slug, number = values.pop("slug"), values.pop("number")
        study, round_ = access.round_for(current_session(), account(), slug, number, to=who)
        values |= _named(wanted, study=study, round_=round_)
    elif isinstance(who, Capability) and "study" in wanted:
        values["study"] = access.study_for(current_session(), account(), values.pop("slug"), to=who)
    elif who == PANELIST and ("study" in wanted or "panelist" in wanted):
        study, person = panelist()
        _keep_contact(study)
        g.noun = study.item_noun.value
        _speak(person)
        values |= _named(wanted, study=study, panelist=person)
    return values


def _keep_contact(study: Study) -> None:
    """Keep whom to ask in the browser's cookie: the page of an error names them, also when no database answers."""
    contact = [study.lead_name, study.contact_email]
    if session.get("contact") != contact:
        session["contact"] = contact


def _speak(person: Panelist) -> None:
    """Let pages speak the language of a panelist; the browser keeps it for answers that load no panelist."""
    g.of_the_panel = True
    if person.language is not None and session.get("language") != person.language:
        session["language"] = person.language
        g.pop("language", None)


def _named(wanted: Container[str], **values: Any) -> dict[str, Any]:
    """Those of the values that a view names."""
    return {name: value for name, value in values.items() if name in wanted}


def takes_files(view: View) -> View:
    """Let a view receive what an import may be; all others take small forms only."""
    view.largest_body = LARGEST_IMPORT  # type: ignore[attr-defined]  # as above
    return view


def parses_first(parse: Callable[[], Any]) -> Callable[[View], View]:
    """Read what was sent before the view opens its transaction, and hand it over as ``rows``; whoever may not is refused before."""

    def mark(view: View) -> View:
        view.parse = parse  # type: ignore[attr-defined]  # as above
        return reads_first(view)

    return mark


def policy_of(app: Flask, endpoint: str) -> str | None:
    """The policy of an endpoint, or None: then it is closed."""
    view = app.view_functions.get(endpoint)
    return getattr(view, "policy", LIBRARY_ENDPOINTS.get(endpoint))


def signed_in() -> bool:
    """Whether this browser holds an account."""
    return bool(current_user.is_authenticated)  # type: ignore[attr-defined]  # the proxy's type says nothing


def account() -> Account:
    """The account that is signed in; `policy` has seen to it."""
    return cast("Account", current_user._get_current_object())  # noqa: SLF001 (the proxy's own way)


def panelist() -> tuple[Study, Panelist]:
    """The panelist of this browser with the study."""
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
            return redirect(url_for("security.login", next=request.script_root + request.path), 303)
        return None
