"""Below a path (https://host/delphi) every link, form and redirect stays there, for visitors, panelists and leads."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import urljoin, urlsplit

import played
import pytest
from browsing import HOST, Browser, application
from builders import Cast, open_to_all
from databases import one_engine
from sqlalchemy import select

from delphi.config import WrongSetting
from delphi.model.account import Account
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.web.accounts import one_time_link
from rounds.demo.browser import Page

PREFIX = "/delphi"
ADDRESS = re.compile(
    r"""\s(?:href|src|action|formaction|data-(?:answers|worker|autosave|link|page|place))="([^"]*)\""""
)
ASKING = re.compile(r'<form\s+method="get".*?</form>', re.DOTALL)
SHOWN = ("/p/preview", "/stop/preview")  # links in the preview of a letter, which are nobody's
ELSEWHERE = ("mailto:", "data:", "#")
MOST = 4  # pages of one view, with other values in their address
ENDING = (
    "/leave",
    "/withdraw",
    "/sign-out",
    "/remove",
    "/wipe",
    "/ending/",
    "/finish",
    "/destroy",
    "/declined",
    "/consent",
)


class Below(Browser):
    """A browser that knows the application by its path alone, as people do."""

    home = HOST + PREFIX


@pytest.fixture
def below(settings):
    """The application below a path; the proxy passes the path on."""
    app = application(replace(settings, public_url=HOST + PREFIX))
    app.test_client_class = Below
    yield app
    app.extensions["database"].engine.dispose()


class Walk:
    """Opens what a page leads to, and the pages after it, then sends every form once."""

    def __init__(self, app, browser):
        self.browser, self.adapter = browser, app.url_map.bind("delphi.example.org")
        self.left, self.opened, self.forms = [], {}, {}

    def view(self, path):
        return self.adapter.match(urlsplit(path).path.removeprefix(PREFIX) or "/", method="GET")[0]

    def go(self, *paths):
        queue = list(paths)
        while queue:
            path = queue.pop(0)
            view = self.view(path)
            seen = self.opened.setdefault(view, set())
            if path in seen or len(seen) >= MOST:
                continue
            seen.add(path)
            queue += self.read(path, self.browser.get(path))
        return self

    def read(self, path, answer):
        """Check an answer of the server; what it leads to."""
        assert answer.status_code not in (404, 405, 500), path
        if answer.location:
            return [self.checked(path, answer.location)]
        if answer.mimetype != "text/html" or self.view(path) == "letters.html":  # a letter has whole addresses
            return []
        forms = [] if "/help/" in path else Page(answer.status_code, path, ASKING.sub("", answer.text)).forms()
        for form in forms:
            self.forms.setdefault(self.target(path, form), (path, form))
        found = [self.checked(path, unescape(text)) for text in ADDRESS.findall(answer.text) if text]
        pages = [address for address in found if address and not self.is_form(answer.text, address)]
        pages = [address for address in pages if not address.endswith(SHOWN)]
        return [urljoin(path, address).partition("#")[0] for address in pages if address != PREFIX]

    def checked(self, path, address):
        """An address of a page; one that leaves the path is kept for the end."""
        if address.startswith(ELSEWHERE):
            return ""
        full = urljoin(path, address).removeprefix(HOST)
        if not (full == PREFIX or full.startswith(f"{PREFIX}/")):
            self.left.append((path, address))
        return full

    def is_form(self, text, address):
        acts = re.findall(r'(?:action|data-answers|data-place)="([^"]*)"', text)
        return address in {unescape(act) for act in acts}

    def target(self, path, form):
        return re.sub(r"\d+|[0-9a-f-]{36}", "N", urlsplit(urljoin(path, form.action)).path)

    def send_forms(self):
        """Send each form as it stands, those that end something last; where it leads has to stay below the path."""
        late = sorted(self.forms, key=lambda target: (any(end in target for end in ENDING), "sign-out" in target))
        for target in late:
            path, form = self.forms[target]
            name, value = form.buttons[0] if form.buttons else ("", "")
            fields = {key: "" if value is None else value for key, value in form.fields.items()} | (
                {name: value} if name else {}
            )
            answer = self.browser.post(self.checked(path, form.action), data=fields)
            assert answer.status_code < 500, target
            assert answer.status_code != 404, target
            if answer.location:
                self.checked(path, answer.location)
        return self


@pytest.fixture
def people(below):
    """Browsers of a visitor, and of lead and panelist of a study whose first round is open and of one with results."""
    with below.extensions["database"].transaction() as session:
        open_to_all(session, Cast.enter(session).study)
        played.play(session, "ended", panelists=12, rounds=2)
    with below.extensions["database"].transaction(writing=False) as session:
        cast = Cast.find(session)
        lead = session.scalars(select(Account).where(Account.email == "lead-ended@example.org")).one()
        ended = session.scalars(select(Study).filter_by(slug="ended")).one()
        person = session.scalars(select(Panelist.id).where(Panelist.study_id == ended.id)).first()
        session.expunge_all()
    browser = below.test_client
    link = PREFIX + browser().link(cast.study.id, cast.panel[1])
    return {
        "visitor": (browser(), ("/", "/link", "/studies", link.removeprefix(PREFIX))),
        "panelist": (browser().enter(cast.study.id, cast.panel[0]), ("/panel",)),
        "panelist with results": (browser().enter(ended.id, person), ("/panel", "/panel/results")),
        "lead": (browser().sign_in(cast.ada), ("/",)),
        "lead with results": (browser().sign_in(lead), ("/studies",)),
    }


@one_engine
def test_no_link_form_or_redirect_leaves_the_path(below, people):
    views = set()
    for who, (browser, starts) in people.items():
        walk = Walk(below, browser).go(*(PREFIX + start for start in starts)).send_forms()
        assert walk.left == [], who
        views |= set(walk.opened)
    assert len(views) > 40


@one_engine
def test_a_letters_link_leads_below_the_path_and_signs_in(below):
    database, settings = below.extensions["database"], below.extensions["settings"]
    with below.app_context():
        link = one_time_link(database, settings, "new@example.org", new=True)
    assert link.startswith(f"{HOST}{PREFIX}/account/reset/")
    browser, password = below.test_client(), "a long password of words"
    page = Page(200, link, browser.get(link.removeprefix(HOST)).text)
    given = {"password": password, "password_confirm": password}
    answer = browser.post(link.removeprefix(HOST), data=page.form().fields | given)
    asked = browser.get(browser.get(answer.location).location)
    form = Page(200, asked.request.path, asked.text).form("sign-in")
    answer = browser.post(form.action, data=form.fields | {"email": "new@example.org", "password": password})
    assert answer.location == f"{PREFIX}/studies"
    assert browser.get(answer.location).status_code == 200


@one_engine
def test_a_proxy_may_take_the_path_away(below):
    browser = below.test_client()
    for path in (f"{PREFIX}/account/sign-in", "/account/sign-in"):
        page = browser.get(path)
        assert f'action="{PREFIX}/account/sign-in' in page.text
        assert f'href="{PREFIX}/static/' in page.text
    assert browser.get(f"{PREFIX}/healthz").text == browser.get("/healthz").text == "ok\n"
    assert browser.get(f"{PREFIX}more/account/sign-in").status_code == 404


@one_engine
def test_the_cookie_goes_to_no_other_application_of_the_host(settings):
    app = application(replace(settings, public_url="https://delphi.example.org/a/b", trusted_proxies=1))
    said = {
        "base_url": "http://delphi.example.org",
        "headers": {"X-Forwarded-Proto": "https", "X-Forwarded-For": "::1"},
    }
    cookie = app.test_client().get("/a/b/account/sign-in", **said).headers["Set-Cookie"]
    assert cookie.startswith("__Secure-session=")
    assert "; Path=/a/b" in cookie
    app.extensions["database"].engine.dispose()


@one_engine
def test_nothing_of_other_applications_is_deleted_from_a_browser(below, people):
    panelist, _starts = people["panelist"]
    answer = panelist.send(f"{PREFIX}/panel/leave")
    assert answer.status_code == 200
    assert "Clear-Site-Data" not in answer.headers


@one_engine
@pytest.mark.parametrize("path", ["/panel", "/studies/delphi", "/static"])
def test_a_path_that_is_also_ours_is_refused(settings, path):
    with pytest.raises(WrongSetting, match=r"^PUBLIC_URL .* choose another path\.$"):
        application(replace(settings, public_url=HOST + path))
