"""What a browser may keep of a panelist's pages, under which name, and when it is told to forget it (ADR 0022)."""

import hashlib
import hmac
from datetime import datetime

from flask import Flask, session

from delphi.web.transaction import current_settings

SHARED = "shared_device"


def keep_headers(until: datetime) -> dict[str, str]:
    """The headers of a page that the device may keep until then, or until its session ends."""
    name = session_name()
    return {"Keep-On-Device": name, "Keep-Until": until.isoformat()} if name else {}


def forget_headers() -> dict[str, str]:
    """Tell a browser to forget what it keeps, also without a script; browsers that do not know it have `unsent.js`.

    Below a path nothing is said: it would delete what other applications of the same host keep.
    """
    return {} if current_settings().prefix else {"Clear-Site-Data": '"storage"'}


def session_name() -> str:
    """A name of this browser's session that opens nothing; empty where nothing may be kept."""
    grant = session.get("panelist_grant")
    if grant is None or is_shared():
        return ""
    return hmac.new(current_settings().secret_key.encode(), grant.encode(), hashlib.sha256).hexdigest()[:16]


def is_shared() -> bool:
    """Whether a reader said that others use this device too."""
    return bool(session.get(SHARED))


def share(*, shared: bool) -> None:
    """Keep in the session what a reader said about this device; it says nothing about the person."""
    session[SHARED] = shared


def init_app(app: Flask) -> None:
    """Give templates what `unsent.js` needs."""
    app.jinja_env.globals.update(session_name=session_name, is_shared_device=is_shared)
