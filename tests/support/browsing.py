"""A browser for tests: it signs people in and sends the protection against forged requests with its forms."""

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.test import TestResponse

import wsgi
from delphi import clock
from delphi.access import sha256
from delphi.config import Settings
from delphi.model.account import Account, AccountSession
from delphi.model.base import Base
from delphi.model.panel import AccessLink, PanelistSession

HOST = "http://delphi.example.org"
SECRET = "not-secret-" * 4


class Browser(FlaskClient):
    """Flask's client with a host, and with forms that carry their token."""

    home = HOST  # where its cookie is kept

    def open(self, *args: Any, **options: Any) -> TestResponse:
        options.setdefault("base_url", HOST)
        options.setdefault("buffered", True)  # a file that is served is read and closed
        return super().open(*args, **options)

    def send(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> TestResponse:
        """Post a form as a page of ours would."""
        return self.post(path, data={"csrf_token": self.token(), **(data or {})}, **options)

    def ask(self, path: str, method: str) -> TestResponse:
        """Send a request of any method, with the token where one is asked for."""
        return self.send(path) if method == "POST" else self.open(path, method=method)

    def token(self) -> str:
        with self.session_transaction(base_url=self.home) as kept:
            raw = kept.setdefault("csrf_token", secrets.token_hex(20))
        serializer = URLSafeTimedSerializer(self.application.secret_key, salt="wtf-csrf-token")
        return serializer.dumps(raw)

    def sign_in(self, account: Account) -> "Browser":
        """Give this browser the grant of an account."""
        grant = secrets.token_urlsafe(32)
        with self._database.transaction() as session:
            expires = clock.now() + timedelta(hours=1)
            session.add(AccountSession(grant_sha256=sha256(grant), account=account.id, expires_at=expires))
        with self.session_transaction(base_url=self.home) as kept:
            kept.update(_user_id=account.fs_uniquifier, _fresh=True, grant=grant, csrf_token=secrets.token_hex(20))
        return self

    def enter(self, study_id: int, panelist: UUID, handed_link: str | None = None) -> "Browser":
        """Give this browser the grant of a panelist, begun by a link of their own or by one that was handed out."""
        grant = secrets.token_urlsafe(32)
        with self._database.transaction() as session:
            expires = clock.now().date() + timedelta(days=1)
            key = {"study_id": study_id, "panelist": panelist}
            key["handed_link"] = handed_link
            session.add(PanelistSession(grant_sha256=sha256(grant), expires_on=expires, **key))
        with self.session_transaction(base_url=self.home) as kept:
            kept["panelist_grant"] = grant
        return self

    def link(self, study_id: int, panelist: UUID) -> str:
        """Give the path of a personal link."""
        token = secrets.token_urlsafe(32)
        with self._database.transaction() as session:
            key = {"study_id": study_id, "panelist": panelist}
            session.add(AccessLink(token_sha256=sha256(token), minted_on=clock.now().date(), **key))
        return f"/p/{token}"

    @property
    def _database(self) -> Any:
        return self.application.extensions["database"]


def application(settings: Settings) -> Flask:
    """Make an application whose clients are browsers and whose failures are pages."""
    app = wsgi.app(settings)
    app.testing = True
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.test_client_class = Browser
    return app


def fingerprint(app: Any) -> dict[str, list[str]]:
    """Give everything that is stored, to compare before and after."""
    with app.extensions["database"].transaction(writing=False) as session:
        return {
            table.name: sorted(str(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }
