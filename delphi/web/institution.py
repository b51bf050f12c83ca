"""OpenID Connect with state, nonce and PKCE (Authlib): what the provider of an institution has proved of a person."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app, session
from werkzeug.wrappers import Response

from delphi import clock
from delphi.config import Settings
from delphi.errors import Refused
from delphi.web.language import gettext as _
from delphi.web.transaction import current_settings

log = logging.getLogger(__name__)
KEPT, KEEP_FOR = "institution", timedelta(minutes=5)
SECONDS = 10  # that an answer of the provider may take


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider has proved: its number of the person, and the mail address if it has verified that."""

    issuer: str
    subject: str
    email: str


def init_app(app: Flask, settings: Settings) -> None:
    """Know the provider, where there is one; it is asked when somebody signs in first."""
    app.jinja_env.globals["institution_name"] = settings.oidc_name if settings.oidc_issuer else ""
    if settings.oidc_issuer is None:
        return
    from authlib.integrations.flask_client import OAuth

    app.extensions["institution"] = OAuth(app).register(
        "institution",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=metadata_address(settings.oidc_issuer),
        client_kwargs={"scope": "openid email", "code_challenge_method": "S256", "default_timeout": SECONDS},
    )


def metadata_address(issuer: str) -> str:
    """Where a provider says what it is."""
    return f"{issuer.rstrip('/')}/.well-known/openid-configuration"


def is_offered() -> bool:
    """Whether this installation has a provider."""
    return "institution" in current_app.extensions


def leave_for(back: str) -> Response:
    """Lead to the provider, which leads back to an address of ours."""
    try:
        answer: Response = _client().authorize_redirect(f"{current_settings().origin}{back}")
    except Exception as error:  # noqa: BLE001 (whatever it is, nobody can sign in so)
        log.warning("the provider of the institution is not to be reached: %s", type(error).__name__)
        raise Refused(
            _("Your institution cannot be reached for signing in. Try again, or use your password.")
        ) from None
    return answer


def proved() -> Person:
    """Take what the provider says in this request; whatever is wrong with it, nobody is signed in."""
    settings = current_settings()
    try:
        client = _client()
        token = client.authorize_access_token()
        claims = dict(token["userinfo"])
        if "email" not in claims:
            claims = _with_address(claims, client.userinfo(token=token))
        if claims["iss"] != settings.oidc_issuer or not 0 < len(claims["sub"]) <= 255:
            raise ValueError("another provider, or no subject")  # noqa: TRY301 (told with the others below)
    except Exception as error:  # noqa: BLE001 (as above)
        log.warning("a sign-in by the institution was refused: %s", type(error).__name__)
        raise Refused(
            _("Your institution did not confirm who you are. Go back to the sign-in, and begin again.")
        ) from None
    address = claims.get("email") if claims.get("email_verified") is True else ""
    return Person(claims["iss"], claims["sub"], str(address or "").strip().lower())


def _with_address(claims: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """Add the address that the provider tells apart, if it is that of the same person."""
    same = said.get("sub") == claims["sub"]
    return claims | ({name: said[name] for name in ("email", "email_verified") if name in said} if same else {})


def keep(person: Person) -> None:
    """Keep for some minutes, in the signed cookie, who was proved."""
    session[KEPT] = [person.issuer, person.subject, person.email, clock.now().isoformat()]


def kept() -> Person | None:
    """Whom this browser brought back a few minutes ago, once."""
    found = session.pop(KEPT, None)
    if found is None or clock.now() - datetime.fromisoformat(found[3]) > KEEP_FOR:
        return None
    return Person(*found[:3])


def _client() -> Any:
    return current_app.extensions["institution"]
