"""Headers, hosts and cross-site checks, on every answer (TRUST 6)."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from copy import deepcopy
from datetime import datetime
from functools import lru_cache, partial

from flask import Flask, Request, Response, abort, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, TimestampSigner, URLSafeTimedSerializer
from werkzeug.exceptions import SecurityError

from delphi import clock
from delphi.config import Settings

KNOWN = 4000  # cookies, and tokens, that are not read again
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "X-Robots-Tag": "noindex",
}


class MaskedTokens(CSRFProtect):  # type: ignore[misc]  # the library publishes no annotations
    """Flask-WTF's check, for tokens that look different in every answer."""

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 (interface)
        """Check a request; the token that a script sends with every save is read once."""
        token, own = request.headers.get("X-CSRFToken"), session.get("csrf_token", "")
        if token and own and hmac.compare_digest(own, _read_token(current_app.config["SECRET_KEY"], token)):
            g.csrf_valid = True
        else:
            super().protect(apply_exemptions)

    def _get_csrf_token(self) -> str | None:
        token = super()._get_csrf_token()
        return unmasked(token) if token else None


csrf = MaskedTokens()


class Signer(TimestampSigner):
    """Dates a session by the clock of all hosts."""

    def get_timestamp(self) -> int:
        """The time in seconds since 1970."""
        return int(clock.now().timestamp())


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in signed cookies, for several hosts.

    A browser sends a cookie again and again: it is read once, and how old it is asked each time.
    """

    def __init__(self, app: Flask) -> None:
        serializer = super().get_signing_serializer(app)
        assert serializer is not None, "the secret key is set"
        serializer.signer = Signer
        self._serializer = serializer
        self._read = lru_cache(maxsize=KNOWN)(partial(serializer.loads, return_timestamp=True))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:  # noqa: ARG002 (interface)
        """What signs and reads a cookie of this application."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        """Read the cookie of a request; one that is too old, or was not signed here, is an empty session."""
        cookie = request.cookies.get(self.get_cookie_name(app))
        try:
            said, signed_at = self._read(cookie) if cookie else ({}, None)
        except BadSignature:
            return self.session_class()
        fresh = signed_at is None or clock.now() - signed_at <= app.permanent_session_lifetime
        return self.session_class(deepcopy(said) if fresh else {})

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        """When a browser forgets a session that outlives its window."""
        return clock.now() + app.permanent_session_lifetime if session.permanent else None


def masked(token: str) -> str:
    """Write a token so that no two answers share a part of it: what compresses well would tell it (BREACH).

    Examples
    --------
    >>> masked("a.token") == masked("a.token")
    False
    >>> unmasked(masked("a.token"))
    'a.token'
    """
    pad = secrets.token_bytes(len(token))
    return urlsafe_b64encode(pad + _xor(pad, token.encode())).decode()


def unmasked(text: str) -> str:
    """Read a token that was masked; what is none stays what it was, and fits no session."""
    try:
        pads = urlsafe_b64decode(text.encode())
        half, rest = divmod(len(pads), 2)
        return text if rest or "." in text else _xor(pads[:half], pads[half:]).decode()
    except ValueError:
        return text


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one) ^ int.from_bytes(other)).to_bytes(len(one))


@lru_cache(maxsize=KNOWN)
def _read_token(secret: str, token: str) -> str:
    """What was signed as the token of a session; nothing where it was not."""
    try:
        signed: str = URLSafeTimedSerializer(secret, salt="wtf-csrf-token").loads(unmasked(token))
    except BadSignature:
        return ""
    return signed


def settings_of(settings: Settings) -> dict[str, object]:
    """Flask's settings for cookies, forms, hosts and sizes."""
    return {
        "SECRET_KEY": settings.secret_key,
        "APPLICATION_ROOT": settings.prefix or "/",  # also the path of the cookie
        "SESSION_COOKIE_NAME": _cookie_name(settings),
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": 24 * 3600,
        "TRUSTED_HOSTS": [settings.host],
        "MAX_CONTENT_LENGTH": 1_000_000,
        "WTF_CSRF_TIME_LIMIT": None,
        # Our referrer policy sends none, and Flask-WTF would demand one over HTTPS; see `same_site` instead.
        "WTF_CSRF_SSL_STRICT": False,
    }


def _cookie_name(settings: Settings) -> str:
    """The name by which a browser knows what it may do with the cookie; `__Host-` forbids a path."""
    if not settings.https:
        return "session"
    return "__Secure-session" if settings.prefix else "__Host-session"


def init_app(app: Flask, settings: Settings) -> None:
    """Check where a request comes from, and send the headers."""

    @app.before_request
    def size() -> None:
        # Before the check for forged requests, which reads the whole body.
        view = app.view_functions.get(request.endpoint or "")
        if largest := getattr(view, "largest_body", None):
            request.max_content_length = largest

    @app.before_request
    def mask() -> None:
        # Flask-WTF writes what it finds here. A browser without a token gets its first one as it is, once; a script that
        # has one gets no form.
        if request.endpoint != "static" and "X-CSRFToken" not in request.headers and "csrf_token" in session:
            g.csrf_token = masked(generate_csrf())

    csrf.init_app(app)
    app.session_interface = Sessions(app)

    @app.before_request
    def same_site() -> None:
        if isinstance(request.routing_exception, SecurityError):
            raise request.routing_exception
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        old_browser = "Sec-Fetch-Site" not in request.headers
        ours = request.headers.get("Origin") in (None, "null", settings.origin) if old_browser else is_of_this_site()
        if not ours:
            abort(400)

    _init_headers(app, settings)


def is_of_this_site() -> bool:
    """Whether the browser says that the request comes from a page of this site, or from the reader's own hand."""
    return request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")


def _init_headers(app: Flask, settings: Settings) -> None:
    @app.after_request
    def headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.https:
            others = "" if settings.prefix else "; includeSubDomains"  # a host that others share is theirs to decide on
            response.headers["Strict-Transport-Security"] = f"max-age=31536000{others}"
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if _is_hashed_file() and response.status_code == 200 else "no-store"
        )
        return response


def _is_hashed_file() -> bool:
    if request.endpoint == "help.page":
        return "/assets/" in request.path  # of the handbook's theme: a new one has new names
    return request.endpoint == "static" and "v" in request.args
