"""Every page of a lead keeps to its budgets, has one heading, and says in its title where one is, once."""

import gzip
import re

from builders import NEW_STUDY
from databases import one_engine
from routes import requests
from statements import counted

MOST_STATEMENTS, MOST_BYTES = 10, 60_000
MORE_STATEMENTS = {"letters.show": 11}
PARTS = ("letters.html",)  # a letter as a mail program shows it: no page of its own


def faults(endpoint, page, sent):
    parts = [part.strip() for part in re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)[1].split("·")]
    if len(sent) > MORE_STATEMENTS.get(endpoint, MOST_STATEMENTS):
        yield f"{len(sent)} statements of SQL"
    if len(gzip.compress(page.data)) > MOST_BYTES:
        yield f"{len(gzip.compress(page.data))} bytes"
    if len(set(parts)) < len(parts):
        yield f"the title says one thing twice: {parts}"
    if page.text.count("<h1") != 1:
        yield f"{page.text.count('<h1')} headings"
    if re.search(r"&amp;(?:lt|gt|amp|quot|#\d+);", page.text):
        yield "something is escaped twice"


@one_engine
def test_every_page_keeps_to_its_budgets_and_says_where_one_is(app, opened, ada):
    ada.send("/studies/new", NEW_STUDY | {"template": "core-outcome-set"})
    found, seen = [], 0
    for slug in ("care", "fresh"):
        for endpoint, method, path in requests(app, slug=slug):
            if method != "GET" or f"/studies/{slug}" not in path or endpoint in PARTS:
                continue
            with counted(app) as sent:
                page = ada.get(path)
            if page.status_code == 200 and page.mimetype == "text/html":
                seen += 1
                found += [(path, fault) for fault in faults(endpoint, page, sent)]
    assert found == []
    assert seen > 40
