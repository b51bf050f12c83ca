"""The handbook as a site: every link leads somewhere, nothing is asked of another host, and the product serves it."""

import re
from html import unescape
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from databases import one_engine
from handbook import built

import wsgi
from delphi.config import Settings
from delphi.help import pages as help_pages
from delphi.help.chapters import CHAPTERS, chapter_of
from delphi.web.policy import LIBRARY_ENDPOINTS, OPEN, PANELIST, policy_of

LOADED = re.compile(r"""<(?:script|link|img|iframe|source)\b[^>]*?\s(?:src|href)="([^"]+)\"""")
LINK = re.compile(r"""<a\b[^>]*?\shref="([^"]+)\"""")
IDS = re.compile(r"""\sid="([^"]+)\"""")


@pytest.fixture(scope="module")
def site():
    """The folder of the site, and every page of it as text, by its place."""
    folder = built()
    return folder, {str(path.relative_to(folder)): path.read_text(encoding="utf-8") for path in folder.rglob("*.html")}


def lost(name, link, site):
    """Whether a link of a page leads to nothing."""
    folder, texts = site
    path, _, part = urljoin(f"/{name}", unescape(link)).lstrip("/").partition("#")
    if path not in texts:
        return not (folder / unquote(path)).exists()
    return bool(part) and unquote(part) not in IDS.findall(texts[path])


def test_every_link_leads_somewhere(site):
    links = [
        (name, link)
        for name, text in site[1].items()
        for link in LINK.findall(text)
        if name != "404.html" and not urlsplit(link).scheme
    ]
    assert len(links) > 500
    assert [(name, link) for name, link in links if lost(name, link, site)] == []


def test_a_lost_link_is_found(site):
    assert lost("it/install.html", "nowhere.html", site)
    assert lost("it/install.html", "configure.html#nowhere", site)


def test_nothing_is_loaded_from_another_host(site):
    loaded = {link for text in site[1].values() for link in LOADED.findall(text)}
    assert len(loaded) > 5
    assert [link for link in loaded if urlsplit(link).netloc] == []
    styles = [path.read_text(encoding="utf-8") for path in site[0].rglob("*.css")]
    assert [text for text in styles if re.search(r"url\([\"']?https?:|@import", text)] == []


def test_every_page_of_the_desk_has_its_chapter(site):
    app = wsgi.app(Settings("sqlite://", "http://delphi.example.org", "k" * 32, "s" * 32))
    desk = {name.partition(".")[0] for name in app.view_functions if policy_of(app, name) not in (OPEN, PANELIST, None)}
    without = desk - set(CHAPTERS) - {one.partition(".")[0] for one in LIBRARY_ENDPOINTS}
    assert without == set(), "name their chapters in delphi/help/chapters.py"
    assert [chapter for chapter in CHAPTERS.values() if lost("index.html", chapter, site)] == []
    assert chapter_of("nowhere.show") == chapter_of(None) == "index.html"


@pytest.fixture
def served(app, monkeypatch, site):
    monkeypatch.setattr(help_pages, "SITE", site[0])
    return app.test_client()


@one_engine
def test_the_product_serves_the_handbook_with_its_own_policy(served):
    assert served.get("/help").location == "/help/index.html"
    page = served.get("/help/it/install.html")
    assert page.status_code == 200
    (policy,) = page.headers.getlist("Content-Security-Policy")
    assert "script-src 'self' 'sha256-" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2].partition(";")[0]
    style = re.search(r'href="([^"]+main[^"]+\.css)"', page.text)[1]
    answer = served.get(urljoin("/help/it/install.html", style))
    assert answer.headers["Cache-Control"].startswith("public")
    for odd in ("/help/nowhere.html", "/help/../config.py", "/help/%2e%2e/pages.py", "/help/it"):
        assert served.get(odd).status_code == 404


@one_engine
def test_a_page_of_the_desk_leads_to_its_chapter(served, ada):
    assert 'href="/help/lead/index.html#3-bring-statements-and-panel"' in ada.get("/studies/care/panel").text


@one_engine
def test_without_the_handbook_a_page_says_so(ada, monkeypatch, tmp_path):
    monkeypatch.setattr(help_pages, "SITE", tmp_path)
    answer = ada.get("/help/index.html")
    assert (answer.status_code, "make docs" in answer.text) == (404, True)
    assert "/help/" not in ada.get("/studies/care/panel").text
