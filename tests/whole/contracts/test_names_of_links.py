"""A link or button that a page repeats says what it is about: two of one name never lead to different places."""

from collections import defaultdict

import pytest
from builders import drafted, open_to_all, released
from databases import one_engine
from lxml import html
from routes import requests

from delphi.model.study import Study
from delphi.web.policy import PANELIST, policy_of


def named(page):
    """By name, where each link and each button of a page leads: its address, or its form with the button's value."""
    found = defaultdict(set)
    tree = html.fromstring(page)
    for link in tree.xpath("//main//a[@href]"):
        found[link.get("aria-label") or " ".join(link.text_content().split())].add(link.get("href"))
    for button in tree.xpath("//main//button"):
        form = button.getparent()
        while form is not None and form.tag != "form":
            form = form.getparent()
        hidden = [] if form is None else form.xpath(".//input[@type='hidden'][not(@name='csrf_token')]/@value")
        where = (None if form is None else form.get("action"), button.get("value"), *hidden)
        found[button.get("aria-label") or " ".join(button.text_content().split())].add(where)
    return found


def repeated(browser, paths):
    """Names that lead to several places, by page."""
    pages = {path: browser.get(path) for path in paths}
    return {
        path: [name for name, places in named(page.text).items() if len(places) > 1]
        for path, page in pages.items()
        if page.status_code == 200 and page.mimetype == "text/html"
    }


@pytest.fixture
def second(app, pages):
    """Ada's study with round 1 released, and round 2 open to everybody."""
    with app.extensions["database"].transaction() as session:
        made = session.get_one(Study, pages.study.id)
        drafted(session, made, released(session, made, [{1: 4, 2: 3, 3: 1}] * 6))
    return pages


@one_engine
def test_no_name_on_a_page_leads_to_two_places(app, second):
    paths = {path: name for name, method, path in requests(app) if method == "GET" and "/p/" not in path}
    team = [path for path, name in paths.items() if policy_of(app, name) != PANELIST]
    ada = app.test_client().sign_in(second.ada)
    told = repeated(ada, [*team, "/studies/care/rounds/2", "/studies/care/rounds/2/statements/1"])
    with app.extensions["database"].transaction() as session:
        open_to_all(session, session.get_one(Study, second.study.id), 2)
    panel = [path for path, name in paths.items() if policy_of(app, name) == PANELIST]
    one = app.test_client().enter(second.study.id, second.panel[0])
    told |= repeated(one, [*panel, "/panel/rounds/1"])
    ada.send("/studies/care/rounds/2/close")
    told |= {
        f"{path}, two rounds closed": names for path, names in repeated(one, ["/panel", "/panel/rounds/2"]).items()
    }
    assert len(told) > 30
    assert {path: names for path, names in told.items() if names} == {}
