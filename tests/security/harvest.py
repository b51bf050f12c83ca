"""All that somebody gets to see: pages by following links, files by pressing every button, letters, lines of the log."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urlsplit

from browsing import Browser

MOST_PAGES = 250
TABLES = ("csv", "json", "zip", "xlsx", "html", "txt")  # one of them a table; the others hold the same, by test
ENDLESS = re.compile(
    r"[?&](sort|order|page|language)=|/rehearsal|/destroy|/original|/exports/[0-9a-f]{8}-|/panel/[^/]+/(leave|remove)$"
)
CHANGING = re.compile(r"[0-9a-f]{8,}(-[0-9a-f]{4,})*|(?<!\d)\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?|csrf_token[^>]*")

FAILED: list[str] = []  # what answered with an error: nobody can say that it tells nothing


@dataclass
class Form:
    """A form of a page: where it is sent, its fields, its buttons."""

    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, list[str]] = field(default_factory=dict)


class Page(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[Form] = []
        self.chosen = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in at:
            self.links.append(at["href"])
        elif tag == "form":
            self.forms.append(Form(at.get("action", ""), at.get("method", "get").lower()))
        elif self.forms and "name" in at:
            self._field(tag, at)
        elif self.forms and tag == "option" and self.chosen:
            self.forms[-1].buttons.setdefault(self.chosen, []).append(at.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.chosen = ""

    def _field(self, tag: str, at: dict[str, str]) -> None:
        form, kind = self.forms[-1], at.get("type", "")
        if tag == "button" or kind in ("radio", "submit"):
            form.buttons.setdefault(at["name"], []).append(at.get("value", ""))
        elif kind == "checkbox":
            form.boxes[at["name"]] = at.get("value", "on")
        elif tag == "select":
            self.chosen = at["name"]
        elif at["name"] != "csrf_token":
            form.fields[at["name"]] = at.get("value", "")


def crawl(browser: Browser, start: str, within: str) -> dict[str, str]:
    """Follow every link that stays within a study; a page that is refused is not there."""
    seen: dict[str, str] = {}
    waiting = [start]
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        answer = browser.get(path, follow_redirects=True)
        FAILED.extend([path] if answer.status_code >= 500 else [])
        seen[path] = answer.text if answer.status_code == 200 and answer.mimetype == "text/html" else ""
        for link in Page(seen[path]).links:
            found = urldefrag(urlsplit(link)._replace(scheme="", netloc="").geturl())[0]
            if found.startswith(within) and not ENDLESS.search(found) and found not in seen:
                waiting.append(found)
    return {path: text for path, text in seen.items() if text}


def downloads(browser: Browser, pages: dict[str, str], make: Callable[[], None]) -> dict[str, bytes]:
    """Press every button that answers with a file; what takes long is made, and then taken."""
    taken: dict[str, bytes] = {}
    for text in pages.values():
        for form in Page(text).forms:
            if form.method != "post" or not re.search(
                r"/exports$|/bundle$|/(results|panel|trail)\.(csv|json)$", form.action
            ):
                continue
            for sent in _orders(form):
                name = " ".join([form.action.rpartition("/")[2], *(f"{k}={v}" for k, v in sorted(sent.items()))])
                if name not in taken:
                    taken[name] = _take(browser, form.action, sent, make)
    return {name: content for name, content in taken.items() if content}


def _orders(form: Form) -> Iterator[dict[str, str]]:
    """The ways to send a form: one format a table, with a row for each group."""
    sent = form.fields | form.boxes
    for name, offered in form.buttons.items():
        values = offered
        if name == "format":
            best = ("zip",) if sent.get("report") == "ratings" else TABLES
            values = [next((one for one in best if one in offered), offered[0])]
        yield from (sent | {name: value} for value in values)
        return
    yield sent


def _take(browser: Browser, action: str, sent: dict[str, str], make: Callable[[], None]) -> bytes:
    answer = browser.send(action, sent)
    if answer.status_code == 303 and "/exports/" in (answer.location or ""):
        make()
        answer = browser.send(answer.location or "")
    if answer.status_code >= 500 or answer.status_code == 303:
        FAILED.append(f"{action} {sent}")
    is_file = answer.status_code == 200 and "attachment" in answer.headers.get("Content-Disposition", "")
    return answer.data if is_file else b""


def steady(text: str) -> str:
    """Take out what differs from one look to the next by itself: tokens, hashes, times of day."""
    return CHANGING.sub("#", unescape(text))


def members(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """A file, or all files within it."""
    if content[:2] == b"PK" and not name.endswith("xlsx"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for inner in archive.namelist():
                yield f"{name}!{inner}", archive.read(inner)
    else:
        yield name, content


@dataclass
class View:
    """What one role saw at one moment."""

    event: str
    role: str
    pages: dict[str, str]
    files: dict[str, bytes]


def view(browser: Browser, event: str, role: str, at: str, make: Callable[[], None], *, again: bool = False) -> View:
    """Take every page and every file of a study; where all pages were taken before, those of files alone."""
    pages = {} if again else crawl(browser, at, at)
    pages[f"{at}/bundle"] = browser.get(f"{at}/bundle").text
    for profile in ("public", "analyst", "manager", "author"):
        text = browser.get(f"{at}/exports?profile={profile}").text
        pages.setdefault(f"{at}/exports?profile={profile}", text)
    return View(event, role, pages, downloads(browser, pages, make))
