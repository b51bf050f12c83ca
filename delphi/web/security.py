"""Headers, hosts and cross-site checks, on every answer (TRUST 6)."""

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any

from flask import Flask, Response, abort, g, request, session
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_wtf import CSRFProtect
from flask_wtf.csrf import generate_csrf
from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from werkzeug.exceptions import SecurityError

from delphi import clock
from delphi.config import Settings

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

    def _get_csrf_token(self) -> str | None:
        token = request.headers.get("X-CSRFToken") or super()._get_csrf_token()
        return unmasked(token) if token else None


csrf = MaskedTokens()


class Signer(TimestampSigner):
    """Dates a session by the clock of all hosts; one from a host that is a moment ahead is none of tomorrow."""

    def get_timestamp(self) -> int:
        """The time in seconds since 1970."""
        return int(clock.now().timestamp())

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:  # noqa: FBT001, FBT002 (the library's)
        """Read what was signed, unless it is too old."""
        value, signed_at = super().unsign(signed_value, return_timestamp=True)
        if max_age is not None and self.get_timestamp() - signed_at.timestamp() > max_age:
            raise SignatureExpired("too old", payload=value, date_signed=signed_at)
        return (value, signed_at) if return_timestamp else value


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in signed cookies, for several hosts; what signs them is made once and not at every request."""

    def __init__(self, app: Flask) -> None:
        self._serializer = super().get_signing_serializer(app)
        if self._serializer is not None:
            self._serializer.signer = Signer

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:  # noqa: ARG002 (interface)
        """What signs and reads a cookie of this application."""
        return self._serializer

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


def settings_of(settings: Settings) -> dict[str, object]:
    """Flask's settings for cookies, forms, hosts and sizes."""
    return {
        "SECRET_KEY": settings.secret_key,
        "SESSION_COOKIE_NAME": "__Host-session" if settings.https else "session",
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
        ours = (
            request.headers.get("Origin") in (None, "null", settings.public_url) if old_browser else is_of_this_site()
        )
        if not ours:
            abort(400)

    _init_headers(app, settings)


def is_of_this_site() -> bool:
    """Whether the browser says that the request comes from a page of this site, or from the reader's own hand."""
    return request.headers.get("Sec-Fetch-Site") in ("same-origin", "none")


def _init_headers(app: Flask, settings: Settings) -> None:
    @app.after_request
    def headers(response: Response) -> Response:
        response.headers.extend(HEADERS)
        if settings.https:
            response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if _is_hashed_file() and response.status_code == 200 else "no-store"
        )
        return response


def _is_hashed_file() -> bool:
    return request.endpoint == "static" and "v" in request.args
