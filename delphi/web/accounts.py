"""Accounts of the study team: Flask-Security on our own tables, with sessions that can be revoked (TRUST 5)."""

import secrets
from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_login import AnonymousUserMixin, user_logged_out
from flask_security import Security, UserDatastore, UserMixin, password_reset, user_authenticated
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import delete, func, select

from delphi import access, clock
from delphi.access import sha256
from delphi.config import Settings
from delphi.database import Database
from delphi.errors import NotFound, Refused
from delphi.model.account import Account, AccountInvitation, AccountSession
from delphi.web.policy import PANELIST, policy_of
from delphi.web.transaction import current_session, reads_first, writing_session

LONGEST_SESSION = timedelta(hours=12)
NOBODY = AnonymousUserMixin()


class TeamAccount(Account, UserMixin):
    """An account as Flask-Security wants to see it; the same row of the same table."""

    roles = ()  # type: ignore[assignment]  # there is no role table: a role belongs to a study


class AccountStore(UserDatastore):
    """Flask-Security's store on the session of the request; it flushes and never commits."""

    def __init__(self) -> None:
        super().__init__(TeamAccount, None)  # type: ignore[arg-type]  # no role table

    def put(self, model: Any) -> Any:
        """Keep a new or changed row."""
        writing_session().add(model)
        return model

    def commit(self) -> None:
        """Leave the commit to the edge."""
        current_session().flush()

    def delete(self, model: Any) -> None:
        """Remove a row."""
        current_session().delete(model)

    def find_user(self, case_insensitive: bool = False, **query: Any) -> TeamAccount | None:  # noqa: FBT001, FBT002 (interface)
        """Find an account by one column."""
        ((column, value),) = query.items()
        stored = getattr(TeamAccount, column)
        match = func.lower(stored) == str(value).lower() if case_insensitive else stored == value
        return current_session().scalars(select(TeamAccount).where(match)).first()


def settings_of(settings: Settings) -> dict[str, Any]:
    """Flask-Security's settings; TRUST 5.2 says why each differs from the default."""
    return {
        "SECURITY_PASSWORD_SALT": settings.password_salt,
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
            "argon2__memory_cost": 19456,
            "argon2__time_cost": 2,
            "argon2__parallelism": 1,
        },
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_DEPRECATED_HASHING_SCHEMES": [],
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_API_ENABLED_METHODS": ["session"],
        "SECURITY_PASSWORD_LENGTH_MIN": 12,
        "SECURITY_PASSWORD_COMPLEXITY_CHECKER": "zxcvbn",
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(hours=1),
        "SECURITY_RECOVERABLE": True,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_REGISTERABLE": False,
        "SECURITY_TRACKABLE": False,
        "SECURITY_JOIN_USER_ROLES": False,
        "SECURITY_URL_PREFIX": "/account",
        "SECURITY_LOGIN_URL": "/sign-in",
        "SECURITY_LOGOUT_URL": "/sign-out",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_POST_LOGIN_VIEW": "overview.index",
        "SECURITY_POST_LOGOUT_VIEW": "overview.welcome",
        "SECURITY_POST_RESET_VIEW": "overview.index",
        "SECURITY_DEFAULT_REMEMBER_ME": False,
        "SECURITY_FLASH_MESSAGES": True,
    }


def init_app(app: Flask) -> None:
    """Wire Flask-Security; after `CSRFProtect`, which it looks for."""
    app.before_request(_nobody_for_panelists)  # before the extension asks who it is
    Security(app, AccountStore(), register_blueprint=True)
    login = app.extensions["security"].login_manager
    login.session_protection = None
    login.user_loader(load_account)
    user_authenticated.connect(open_session, app)
    user_logged_out.connect(end_session, app)
    password_reset.connect(end_sessions, app)
    for endpoint in ("security.login", "security.reset_password"):  # a password takes long to hash, on purpose
        reads_first(app.view_functions[endpoint])


def _nobody_for_panelists() -> None:
    """Spare a panelist's pages the look for an account: whoever holds one is nobody there."""
    if policy_of(current_app, request.endpoint or "") == PANELIST:
        g._login_user = NOBODY  # noqa: SLF001 (where Flask-Login keeps whom it found)


def open_session(_app: Flask, user: TeamAccount, **_: Any) -> None:
    """Let a browser in with a grant, of which only the hash is stored."""
    grant = secrets.token_urlsafe(32)
    session["csrf_token"] = secrets.token_hex(20)  # another one, and there from the first page on (`once.py`)
    session["grant"] = grant
    writing_session().add(
        AccountSession(grant_sha256=sha256(grant), account=user.id, expires_at=clock.now() + LONGEST_SESSION)
    )


def load_account(uniquifier: str) -> TeamAccount | None:
    """Find the account of a signed cookie, if its grant still has a row; with the study that the address names."""
    session_, slug = current_session(), (request.view_args or {}).get("slug")
    query = (
        select(TeamAccount)
        .join(AccountSession, AccountSession.account == TeamAccount.id)
        .where(
            TeamAccount.fs_uniquifier == uniquifier,
            TeamAccount.active,
            AccountSession.grant_sha256 == sha256(session.get("grant", "")),
            AccountSession.expires_at > clock.now(),
        )
    )
    if slug is None or "\0" in slug:  # no database knows such a name; the page of the error asks for the account again
        return session_.scalars(query).first()
    rows = session_.execute(access.with_study(session_, query, slug)).all()
    account: TeamAccount | None = rows[0].TeamAccount if rows else None
    if account is not None:
        access.keep_entrance(session_, account.id, slug, rows)
    return account


def invited_account(token: str) -> TeamAccount:
    """Find who may choose a first password with this link."""
    query = (
        select(TeamAccount)
        .join(AccountInvitation, AccountInvitation.account == TeamAccount.id)
        .where(AccountInvitation.token_sha256 == sha256(token), AccountInvitation.expires_at > clock.now())
        .where(TeamAccount.password.is_(None), TeamAccount.active)
    )
    account = current_session().scalars(query).first()
    if account is None:
        raise NotFound
    return account


def end_session(_app: Flask, **_: Any) -> None:
    """Sign this browser out: a copy of its cookie opens nothing any more."""
    grant = session.pop("grant", "")
    current_session().execute(delete(AccountSession).where(AccountSession.grant_sha256 == sha256(grant)))


def end_sessions(_app: Flask, user: TeamAccount, **_: Any) -> None:
    """Sign an account out everywhere."""
    writing_session().execute(delete(AccountSession).where(AccountSession.account == user.id))


def _token(account: TeamAccount) -> str:
    token: str = generate_reset_password_token(account)
    return token


def one_time_link(database: Database, settings: Settings, email: str, *, new: bool) -> str:
    """Make a link with which a person sets a password, once and within the hour; creates the account if it is new."""
    address = email.strip().lower()
    with database.transaction() as session_:
        account = session_.scalars(select(TeamAccount).where(TeamAccount.email == address)).first()
        if new and account is not None:
            raise Refused(
                "There is an account for %(address)s already. Use: delphi account link %(address)s", address=address
            )
        if account is None:
            if not new:
                raise Refused(
                    "There is no account for %(address)s. Use: delphi account create %(address)s", address=address
                )
            account = TeamAccount(email=address, fs_uniquifier=secrets.token_hex(32), active=True)
            session_.add(account)
            session_.flush()
        return f"{settings.public_url}/account/reset/{_token(account)}"
