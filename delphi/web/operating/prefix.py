"""Where the public address has a path (https://host/delphi): every address of ours begins with it (ADR 29)."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask

from delphi.config import WrongSetting

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


def init_app(app: "WSGIApplication", prefix: str) -> "WSGIApplication":
    """Put an application below a path, whether the proxy passes the path on or takes it away."""
    if not prefix:
        return app

    def below(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix or path.startswith(f"{prefix}/"):
            path = path[len(prefix) :]
        return app({**environ, "SCRIPT_NAME": prefix, "PATH_INFO": path or "/"}, start_response)

    return below


def check(app: Flask, prefix: str) -> None:
    """Refuse a path that is also one of ours: nobody could tell whether the proxy has taken it away.

    Raises
    ------
    WrongSetting
        The first part of the path begins an address of this application.
    """
    first = prefix.split("/")[1] if prefix else ""
    if first and first in {rule.rule.split("/")[1] for rule in app.url_map.iter_rules()}:
        raise WrongSetting(
            f"PUBLIC_URL ends in {prefix}, and /{first} is an address of Delphi's own: choose another path."
        )
