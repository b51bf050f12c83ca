"""A form of the team that is sent twice does its work once: Back, a double click, a page that two windows hold.

Each page that is made carries a token that no other page has (`delphi/web/security.py` masks it anew), so who sent what from
which page is known without a field of its own. A form that was changed before it is sent again is another one.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from flask import request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from delphi import clock
from delphi.access import sha256
from delphi.model.account import SentForm
from delphi.web.transaction import current_session

KEPT = timedelta(days=30)
INSERT: dict[str, Callable[..., Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class SentTwice(Exception):
    """A form did its work already; the answer leads where the first one did."""

    def __init__(self, led_to: str) -> None:
        super().__init__(led_to)
        self.led_to = led_to


def once(account: int, view: Callable[[], Any]) -> Any:
    """Answer with a view; where its form did its work already, nothing is done.

    Only what leads on to another page is kept: a page or a file that answers a form may be asked for again.

    Raises
    ------
    SentTwice
        The same form was taken from the same page.
    """
    key = _key(account)
    if key is None or not current_session().info["writing"]:
        return view()
    _claim(current_session(), key, account, on=clock.now().date())
    answer = view()
    led_to = answer.location if isinstance(answer, Response) and answer.status_code == 303 else None
    kept = SentForm.key_sha256 == key
    ending = delete(SentForm).where(kept) if led_to is None else update(SentForm).where(kept).values(led_to=led_to)
    current_session().execute(ending)  # of a view that committed by itself, in a transaction of its own
    return answer


def _key(account: int) -> str | None:
    """Who sent what from which page; None of what comes from no page, and of files, which are looked at first."""
    if request.method != "POST":
        return None
    token = request.form.get("csrf_token", "")
    if not token or "." in token or any(file.filename for file in request.files.values()):
        return None
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    return sha256(json.dumps([account, token, request.full_path, fields]))


def _claim(session: Session, key: str, account: int, *, on: date) -> None:
    """Take the key of a form; a request that came at the same time is waited for."""
    session.execute(delete(SentForm).where(SentForm.account == account, SentForm.sent_on < on - KEPT))
    row = INSERT[session.get_bind().dialect.name](SentForm.__table__).values(
        key_sha256=key, account=account, sent_on=on
    )
    mine = row.on_conflict_do_nothing(index_elements=["key_sha256"]).returning(SentForm.key_sha256)
    if session.execute(mine).scalar() is None:
        led_to = session.scalar(select(SentForm.led_to).where(SentForm.key_sha256 == key))
        raise SentTwice(led_to or request.path)
