"""Whatever form of a lead is sent wrongly, what was typed is on the page that says so: found from the URL map, not from a list."""

from html import escape
from html.parser import HTMLParser

import pytest
from builders import NEW_STUDY
from databases import one_engine
from routes import requests

from delphi.access import Capability
from delphi.web.policy import policy_of

TYPED = ("text", "email", "search", "number", "datetime-local", "date", "tel", "url")


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and the fields in which something is typed."""

    def __init__(self) -> None:
        super().__init__()
        self.forms, self.open = [], None

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        if tag == "form":
            self.open = (facts.get("action", ""), {}, []) if facts.get("method", "").lower() == "post" else None
        elif self.open is not None and facts.get("name", "csrf_token") != "csrf_token" and "disabled" not in facts:
            kind = facts.get("type", "text" if tag == "input" else tag)
            if tag == "textarea" or (tag == "input" and kind in TYPED):
                self.open[2].append(facts["name"])
            elif kind == "hidden" or "checked" in facts:
                self.open[1][facts["name"]] = facts.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form" and self.open is not None:
            self.forms.append(self.open)
            self.open = None


def forms_of(app, browser, slug):
    """Every form of every page of a study, once each."""
    seen = {}
    for endpoint, method, path in requests(app, slug=slug):
        if method != "GET" or f"/studies/{slug}" not in path or policy_of(app, endpoint) not in set(Capability):
            continue
        page = browser.get(path)
        if page.status_code == 200 and page.mimetype == "text/html":
            parser = Forms()
            parser.feed(page.text)
            for action, fixed, typed in parser.forms:
                if typed:
                    seen.setdefault((action or path, *sorted(typed)), (action or path, fixed, typed))
    return seen.values()


def wrong(name):
    return f"<typed> wrongly & at {name}, 7"


@one_engine
@pytest.mark.parametrize("slug", ["fresh", "care"])
def test_what_a_lead_typed_is_there_again(app, opened, ada, slug):
    ada.send("/studies/new", NEW_STUDY | {"template": "core-outcome-set"})
    lost, refused = [], 0
    for action, fixed, typed in forms_of(app, ada, slug):
        answer = ada.send(action, fixed | {name: wrong(name) for name in typed})
        if answer.status_code < 400:
            continue
        refused += 1
        lost += [(action, answer.status_code, name) for name in typed if escape(wrong(name)) not in answer.text]
    assert lost == [], "\n".join(map(str, lost))
    assert refused >= 5
