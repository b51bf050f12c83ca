"""Every form of the team, sent twice from the page that shows it: the second does nothing, and says so in a friendly way."""

import shutil
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import grown
import pytest
from browsing import HOST, fingerprint
from builders import NOW
from databases import one_engine
from lxml import html
from persons import stored_account
from routes import requests
from sqlalchemy import select

from delphi.model.account import Account
from delphi.model.identity import Identity
from delphi.model.study import Study, Turnout
from delphi.web.policy import OPEN, PANELIST, policy_of

pytestmark = pytest.mark.timeout(300)
ALREADY = "This form did its work already. Nothing was done twice."
SOON = f"{NOW + timedelta(days=20):%Y-%m-%dT%H:%M}"
TYPED = {"datetime-local": SOON, "date": SOON[:10], "email": "new@example.org", "number": "1"}
MOST = 4  # times that a form of one kind is tried until it leads on
# Forms whose first answer is a page or a file: what they do is done by the next form, or may be asked for again.
SHOWN = {
    "audit.export", "bundle.download", "chosen.act", "files.make", "jobs.take", "journal.download", "late.invite_chosen",
    "merge_file.make", "moderation.original", "panel_import.preview", "panel_import.rest", "person.hand_link", "roster.export",
    "statement_import.preview",
    "statement_import.rest",
}  # fmt: skip


@dataclass
class Tried:
    """What was sent: endpoints that led on, and what went wrong."""

    led_on: set[str] = field(default_factory=set)
    times: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def filled(form, button):
    """A form as a person would send it: what is empty is typed, what can be ticked is ticked."""
    data: dict[str, list[str]] = {}
    for control in form.inputs:
        kind, name = control.get("type", ""), control.get("name")
        if name is None or kind in ("file", "submit"):
            continue
        if kind == "radio" and (not control.checked or name in data):
            data.setdefault(name, [control.get("value")])
        elif kind == "checkbox":
            data.setdefault(name, []).append(control.get("value", "on"))
        elif kind != "radio":
            value = control.value if control.tag != "textarea" else control.text
            data[name] = [str(value or TYPED.get(kind, "Words of the team."))]
    if button is not None and button.get("name"):
        data[button.get("name")] = [button.get("value", "")]
    return data


def forms_of(text, path):
    """Each form of a page that posts, with each of its buttons: where it is sent, and what."""
    for form in (form for form in html.fromstring(text).forms if form.method == "POST"):
        for button in form.xpath(".//button") or [None]:
            action = (button.get("formaction") if button is not None else None) or form.action or path
            yield action, filled(form, button)


def walk(app, browser, pages, tried):
    """Send every form of some pages twice; after each the database is put back."""
    database = app.extensions["database"]
    file, kept = database.engine.url.database, f"{database.engine.url.database}.kept"
    database.engine.dispose()
    shutil.copy(file, kept)
    for path in pages:
        page = browser.get(path)
        if page.status_code == 200 and page.mimetype == "text/html":
            for sent in forms_of(page.text, path):
                if send_twice(app, browser, sent, tried):
                    database.engine.dispose()
                    shutil.copy(kept, file)


def send_twice(app, browser, sent, tried):
    """Send a form twice, if nothing of its kind led on before; whether anything was sent."""
    action, data = sent
    endpoint = app.url_map.bind(HOST.removeprefix("http://")).match(action.partition("?")[0], method="POST")[0]
    if not of_team(app, endpoint) or endpoint in tried.led_on | SHOWN or tried.times[endpoint] == MOST:
        return False
    tried.times[endpoint] += 1
    first = browser.post(action, data=data)
    if first.status_code >= 500:
        tried.wrong.append(f"{action}: {first.status_code}")
    if first.status_code != 303:
        return True
    tried.led_on.add(endpoint)
    before = fingerprint(app)
    second = browser.post(action, data=data)
    led_on = (second.status_code, second.location) == (303, first.location)
    if not led_on or fingerprint(app) != before:
        tried.wrong.append(f"{action}: {second.status_code} {second.location}")
    elif ALREADY not in browser.get(second.location, follow_redirects=True).text:
        tried.wrong.append(f"{action}: without a word")
    return True


@pytest.fixture
def study(app, pages):
    with app.extensions["database"].transaction() as session:
        made = grown.prepared(session, "twice", 12)
        made.study.turnout = Turnout.SHOWN
        session.flush()
        session.expunge_all()
    return made


@one_engine
def test_every_form_of_the_team_does_its_work_once(app, study):
    browser, tried = app.test_client().sign_in(study.lead), Tried()
    database = app.extensions["database"]
    key, lead = study.study.id, study.lead.id
    for stage, step in grown.STEPS:
        with database.transaction() as session:
            study.study, study.lead = session.get_one(Study, key), session.get_one(Account, lead)
            step(session, study)
            session.flush()
            session.expunge_all()
        values = {"slug": study.study.slug, "job": study.job, "number": 2 if "2" in stage else 1}
        pages = {path for e, method, path in requests(app, **values) if method == "GET" and of_team(app, e)}
        walk(app, browser, sorted(pages), tried)
    assert tried.wrong == []
    assert len(tried.led_on) > 30  # the others want words that nobody types here; all go through `delphi/web/policy.py`


@one_engine
def test_every_form_of_the_team_goes_through_the_door(app):
    posts = {e for e, method, _path in requests(app) if method == "POST" and of_team(app, e)}
    assert len(posts) > 60
    assert {e for e in posts if not hasattr(app.view_functions[e], "policy")} == set()


def of_team(app, endpoint):
    return policy_of(app, endpoint) not in (None, OPEN, PANELIST) and not endpoint.startswith("security.")


def twice(app, browser, path, action, **typed):
    """Send one form of a page twice."""
    page = browser.get(path) if isinstance(path, str) else path
    data = next(data for where, data in forms_of(page.text, "") if where == action)
    tried = Tried()
    send_twice(app, browser, (action, data | typed), tried)
    assert (tried.wrong, len(tried.led_on)) == ([], 1), action


def test_what_is_written_by_hand_is_done_once(app, ada, opened):
    data = next(data for where, data in forms_of(ada.get("/studies/new").text, "/new") if where == "/new")
    new = {"title": "Once", "slug": "once", "lead_name": "Ada", "contact_email": "ada@example.org"}
    study = {name: data[name] for name in ("csrf_token", "template", "time_zone")} | new
    tried = Tried()
    send_twice(app, ada, ("/studies/new", study), tried)
    assert (tried.wrong, tried.led_on) == ([], {"overview.new"})
    people = ada.send("/studies/care/panel", {"text": "name,email\nNew,new@x.org\nOther,other@x.org\n"})
    twice(app, ada, people, "/studies/care/panel/import")
    twice(app, ada, "/studies/care/panel/invite", "/studies/care/panel/invite")


def test_statements_are_imported_once(app, ada):
    shown = ada.send("/studies/care/statements", {"text": "A new statement."})
    twice(app, ada, shown, "/studies/care/statements/import")


def test_another_content_from_the_same_page_is_another_form(app, ada):
    page = ada.get("/studies/care/panel")
    data = next(data for where, data in forms_of(page.text, "") if where == "/studies/care/panel/new")
    for email in ("one@x.org", "two@x.org"):
        answer = ada.post("/studies/care/panel/new", data=data | {"email": [email], "group": [""]})
        assert "/panel/" in answer.location
    with app.extensions["database"].transaction(writing=False) as session:
        known = select(Identity.email).where(Identity.email.in_(("one@x.org", "two@x.org")))
        assert len(session.scalars(known).all()) == 2


def test_two_leads_from_the_same_page_are_two(app, ada, pages):
    mia = stored_account(app, "mia")
    page = ada.get("/studies/care/panel")
    data = next(data for where, data in forms_of(page.text, "") if where == "/studies/care/panel/new")
    typed = data | {"email": ["one@x.org"], "group": [""]}
    assert ada.post("/studies/care/panel/new", data=typed).status_code == 303
    own = next(
        d for where, d in forms_of(mia.get("/studies/care/panel").text, "") if where == "/studies/care/panel/new"
    )
    again = mia.post("/studies/care/panel/new", data=typed | {"csrf_token": own["csrf_token"]})
    assert (again.status_code, "on the panel already" in again.text) == (409, True)


def test_a_refused_form_may_be_sent_again(app, ada):
    page = ada.get("/studies/care/panel")
    data = next(data for where, data in forms_of(page.text, "") if where == "/studies/care/panel/new")
    wrong = data | {"email": ["none"]}
    assert [ada.post("/studies/care/panel/new", data=wrong).status_code for _ in range(2)] == [422, 422]
