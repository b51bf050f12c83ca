"""What is kept of forms that did their work: who sent what from which page, for thirty days."""

import io
from datetime import timedelta

from lxml import html
from persons import change, stored
from sqlalchemy import select, update

from delphi import clock
from delphi.model.account import SentForm

PANEL = "/studies/care/panel"


def sent(ada, name):
    token = html.fromstring(ada.get(PANEL).text).xpath("//input[@name='csrf_token']/@value")[0]
    return {"csrf_token": token, "name": name, "email": f"{name}@x.org"}


def kept(app):
    return stored(app, select(SentForm.key_sha256, SentForm.led_to))


def test_a_form_is_forgotten_after_thirty_days(app, ada):
    ada.post(f"{PANEL}/new", data=sent(ada, "one"))
    ((key, led_to),) = kept(app)
    assert led_to.startswith(PANEL)
    change(app, update(SentForm).values(sent_on=clock.now().date() - timedelta(days=30)))
    ada.post(f"{PANEL}/new", data=sent(ada, "two"))
    assert len(kept(app)) == 2
    change(app, update(SentForm).values(sent_on=clock.now().date() - timedelta(days=31)))
    ada.post(f"{PANEL}/new", data=sent(ada, "three"))
    assert len(kept(app)) == 1
    assert key not in dict(kept(app))


def test_nothing_of_what_was_typed_is_kept(app, ada):
    ada.post(f"{PANEL}/new", data=sent(ada, "secretive"))
    assert "secretive" not in str(kept(app))


def test_what_is_refused_shown_or_looked_at_is_not_kept(app, ada):
    form = sent(ada, "one")
    assert ada.post(f"{PANEL}/new", data=form | {"email": "none"}).status_code == 422
    assert ada.post(f"{PANEL}.csv", data=form).status_code == 200
    assert ada.post(PANEL, data=form | {"text": "name,email\nAda,ada@x.org"}).status_code == 200
    file = {"file": (io.BytesIO(b"name,email\nAda,ada@x.org"), "a.csv")}
    assert ada.post(PANEL, data=form | file, content_type="multipart/form-data").status_code == 200
    assert kept(app) == []
