"""Bots over real HTTP: the only module with an HTTP client. A bot fails when a page lacks the field it submits."""

import html
import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import uuid4

TAG = re.compile(r"<(/?)(form|input|button|textarea|select|option|article)\b([^>]*)>", re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w-]+)(?:="([^"]*)")?""")
SAVED, SUBMITTED = "saved", "submitted"


class UnexpectedPage(AssertionError):
    """A page was not what a person could have used."""


@dataclass
class Form:
    """A form as a person meets it: what is filled in already, what may be chosen, which buttons there are."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, set[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)
    select: str = ""  # the list whose options are being read

    def fill(self, values: Mapping[str, str]) -> dict[str, str]:
        """Fill in; a field or an option that is not on the page is an error."""
        for name, value in values.items():
            known = name in self.fields or name in self.choices or name in dict(self.buttons)
            if not known or (name in self.choices and value not in self.choices[name]):
                raise UnexpectedPage(f"the form {self.action} offers no {name}={value!r}")
        return self.fields | dict(values)


@dataclass
class Page:
    """An answer of the server."""

    status: int
    path: str
    text: str

    def expect(self, *texts: str) -> "Page":
        """Fail unless the page is fine and says all this."""
        missing = [text for text in texts if html.escape(text, quote=False) not in self.text and text not in self.text]
        if self.status != 200 or missing:
            words = " ".join(re.sub(r"<[^>]+>", " ", self.text.partition("<main")[2]).split())
            raise UnexpectedPage(f"{self.path} answered {self.status}, without {missing}: {words[:300]}")
        return self

    def forms(self) -> list[Form]:
        """Read the forms of the page."""
        found: list[Form] = []
        for match in TAG.finditer(self.text):
            close, tag, inside = match.groups()
            if tag == "form" and not close:
                found.append(Form(_attributes(inside).get("action") or self.path))
            elif found and not close and tag in ("input", "button", "textarea", "option", "select"):
                attributes = _attributes(inside)
                if tag == "textarea":
                    written = self.text[match.end() : self.text.find("</textarea", match.end())]
                    attributes["value"] = html.unescape(written.removeprefix("\n"))
                _take(found[-1], tag, attributes)
        return found

    def form(self, ending: str = "", *, having: str | None = None) -> Form:
        """Find the form whose action ends so, or that has a field."""
        for form in self.forms():
            known = {*form.fields, *form.choices, *dict(form.buttons)}
            if form.action.partition("?")[0].endswith(ending) and (having is None or having in known):
                return form
        raise UnexpectedPage(f"{self.path} has no form for {ending or having}")


def _attributes(text: str) -> dict[str, str]:
    return {name.lower(): html.unescape(value) for name, value in ATTRIBUTE.findall(text)}


def _take(form: Form, tag: str, attributes: Mapping[str, str]) -> None:
    name, value = attributes.get("name", ""), attributes.get("value", "")
    if tag == "select":
        form.select = name
    elif tag == "option":
        if "selected" in attributes or form.select not in form.fields:
            form.fields[form.select] = value  # the first option, unless another one is chosen
    elif tag == "button":
        form.buttons.append((name, value))
    elif attributes.get("type") in ("radio", "checkbox"):
        form.choices.setdefault(name, set()).add(value)
        if "checked" in attributes:
            form.fields[name] = value
    elif name:
        form.fields[name] = value


class Browser:
    """A person's browser, as far as forms need one: cookies, redirects, no JavaScript."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=60)
        self.cookies: dict[str, str] = {}
        self.last_used = 0.0

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def get(self, path: str) -> Page:
        """Open an address, with whatever redirects follow."""
        return self._request("GET", path, None, {})

    def post(
        self, form: Form, values: Mapping[str, str] | None = None, *, files: Mapping[str, bytes] | None = None
    ) -> Page:
        """Send a form."""
        filled = form.fill(values or {})
        if files is None:
            body, kind = urlencode(filled).encode(), "application/x-www-form-urlencoded"
        else:
            body, kind = _multipart({name: v for name, v in filled.items() if name not in files}, files)
        return self._request("POST", form.action, body, {"Content-Type": kind})

    def _request(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Page:
        for _ in range(8):
            path = urlsplit(urljoin(self.base, path))._replace(scheme="", netloc="", fragment="").geturl()
            cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            if time.monotonic() - self.last_used > 1:
                self.connection.close()  # the server may have hung up meanwhile
            self.connection.request(method, path, body, headers | {"Cookie": cookie, "Sec-Fetch-Site": "same-origin"})
            response = self.connection.getresponse()
            text = response.read().decode()
            self.last_used = time.monotonic()
            for header in response.headers.get_all("Set-Cookie") or ():
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
            if response.status not in (302, 303):
                return Page(response.status, path, text)
            method, path, body, headers = "GET", response.headers["Location"], None, {}
        raise UnexpectedPage(f"{path} redirects for ever")


def _multipart(fields: Mapping[str, str], files: Mapping[str, bytes]) -> tuple[bytes, str]:
    boundary = uuid4().hex
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()
    ]
    for name, data in files.items():
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.csv"\r\n'
        parts.append(f"{head}Content-Type: text/csv\r\n\r\n".encode() + data + b"\r\n")
    return b"".join(parts) + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


@dataclass(frozen=True)
class Sheet:
    """What a panelist will give in a round, by statement code: (option, "nq" or None, comment)."""

    answers: Mapping[str, tuple[int | str | None, str]]
    before: Mapping[str, int | str | None]
    submits: bool = True
    pages: int | None = None


class PanelistBot:
    """A panelist with the link of an own mail."""

    def __init__(self, base: str, link: str) -> None:
        self.browser, self.link = Browser(base), link

    def arrive(self) -> Page:
        """Open the link, start, and agree if asked."""
        landing = self.browser.get(urlsplit(self.link).path).expect("Continue")
        page = self.browser.post(landing.form(urlsplit(self.link).path))
        if page.path.endswith("/consent"):
            form = page.expect("I agree").form("/consent")
            ticked = {name: "yes" for name in form.choices if name.startswith("item-")}
            page = self.browser.post(form, {"decision": "agree", **ticked})
        if page.path.endswith("/about"):
            form = page.expect("About you").form("/about")
            page = self.browser.post(form, {name: min(offered) for name, offered in form.choices.items()})
        return page.expect("simulated panel")

    def play(self, sheet: Sheet) -> str:
        """Read, rate, comment page by page, review and submit; or stop after some pages."""
        self.arrive()
        number = 1
        page = self.browser.get("/panel/page/1")
        while "/panel/page/" in page.path:
            if sheet.pages is not None and number > sheet.pages:
                return SAVED
            page = self._rate(page, sheet, last=sheet.pages == number)
            number += 1
        if page.path.startswith("/panel/review"):
            if not sheet.submits:
                return SAVED
            self.browser.post(page.form("/panel/submit")).expect("Thank you")
            return SUBMITTED
        return SAVED

    def _rate(self, page: Page, sheet: Sheet, *, last: bool) -> Page:
        form = page.expect("simulated panel").form(having="request")
        values = {"go": "later" if last else "on"}
        for article in re.split(r"<article\b", page.text)[1:]:
            number, code = _card(article)
            given, comment = sheet.answers[code]
            if given is not None:
                values[f"answer-{number}"] = str(given)
            if comment:
                values[f"comment-{number}"] = comment
            _check_feedback(article, code, sheet)
        return self.browser.post(form, values)


def _card(article: str) -> tuple[str, str]:
    head = _attributes(article.partition(">")[0])
    return head["id"].removeprefix("s"), head["data-code"]


def _check_feedback(article: str, code: str, sheet: Sheet) -> None:
    """Read the feedback as its reader does: the own answer of the round before must be there, and the panel's."""
    if code in sheet.before and ("How the panel answered" not in article and "Fewer than" not in article):
        raise UnexpectedPage(f"{code} shows no feedback of the round before")
    own = sheet.before.get(code)
    if isinstance(own, int) and "you answered" not in article:
        raise UnexpectedPage(f"{code} does not show the own answer of the round before")


class LeadBot:
    """A study lead at the desk."""

    def __init__(self, base: str, slug: str) -> None:
        self.browser, self.slug = Browser(base), slug

    def sign_in(self, link: str, email: str, password: str) -> None:
        """Set a password with the one-time link, and sign in."""
        page = self.browser.get(urlsplit(link).path).expect("Choose a password")
        self.browser.post(page.form(having="password"), {"password": password, "password_confirm": password})
        page = self.browser.get("/account/sign-in")
        self.browser.post(page.form(having="password"), {"email": email, "password": password})
        self.browser.get("/studies").expect("Studies")

    def create(self, facts: Mapping[str, str]) -> None:
        """Create the study from the template library."""
        page = self.browser.get("/studies/new").expect("New study")
        self.browser.post(page.form("/studies/new"), {**facts, "slug": self.slug}).expect("The study is created")

    def upload(self, page: str, data: bytes) -> None:
        """Import a CSV file of statements or panelists, after a look at what it would change."""
        form = self.browser.get(f"/studies/{self.slug}/{page}").form(having="file")
        preview = self.browser.post(form, files={"file": data}).expect("Nothing is saved yet")
        self.browser.post(preview.form("/import")).expect("were")

    def lock(self) -> None:
        """Lock the protocol."""
        self.browser.post(self.browser.get(f"/studies/{self.slug}").form("/lock")).expect("Fingerprint")

    def desk(self, number: int) -> Page:
        """Open the desk of a round."""
        return self.browser.get(f"/studies/{self.slug}/rounds/{number}")

    def press(self, number: int, ending: str, values: Mapping[str, str] | None = None) -> Page:
        """Send one of the desk's forms."""
        page = self.desk(number).expect("simulated panel")
        return self.browser.post(page.form(ending), values).expect("simulated panel")

    def number_of(self, number: int, code: str, *, text: str | None = None) -> str | None:
        """Find a statement of the draft by its code; None if it has the wording already."""
        found = re.search(
            rf'data-code="{re.escape(code)}" data-number="(\d+)">.*?<span class="wording">(.*?)</span>',
            self.desk(number).text,
            re.DOTALL,
        )
        if not found:
            raise UnexpectedPage(f"the draft of round {number} does not list {code}")
        return None if text is not None and html.unescape(found[2]) == text else found[1]

    def reword(self, number: int, statement: str, values: Mapping[str, str]) -> None:
        """Reword a statement of the draft on its own page."""
        page = self.browser.get(f"/studies/{self.slug}/rounds/{number}/statements/{statement}")
        self.browser.post(page.form("/reword"), values).expect("The new wording is in the draft")

    def decide(self, number: int, reason: str) -> None:
        """Follow the rule wherever it can be followed, and ask the rest again."""
        page = self.desk(number)
        if "Follow the rule on all" in page.text:
            page = self.browser.post(page.form("/decide"), {"all": "follow"}).expect("were followed")
        waiting = dict.fromkeys(re.findall(r'name="decide-(\d+)"', page.text))
        values = {f"decide-{n}": "rate_again" for n in waiting} | {f"reason-{n}": reason for n in waiting}
        if waiting:
            self.browser.post(page.form("/decide"), values).expect("decisions were saved")

    def moderate(self, number: int) -> None:
        """Show every comment as it was written, also those that bear a hint: this panel is simulated."""
        queue = f"/studies/{self.slug}/rounds/{number}/comments"
        while tickets := re.findall(r'name="comment-([\w-]+)" value="released"', self._waiting(queue).text):
            values = {f"comment-{ticket}": "released" for ticket in tickets}
            form = self._waiting(queue).form(having=f"comment-{tickets[0]}")
            self.browser.post(form, values).expect("were decided")

    def _waiting(self, queue: str) -> Page:
        return self.browser.get(f"{queue}?show=waiting")

    def merge(self, number: int, parents: list[str], values: Mapping[str, str]) -> None:
        """Merge statements of the draft into a new one."""
        form = self.desk(number).expect("Prepare round").form(having="merge")
        body = urlencode([*form.fill({**values, "merge": parents[0]}).items(), *(("merge", p) for p in parents[1:])])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self.browser._request("POST", form.action, body.encode(), kind).expect("were merged")  # noqa: SLF001 (one name twice)

    def unfinished(self) -> set[str]:
        """Read on the roster who has not finished the open round."""
        roster = self.browser.get(f"/studies/{self.slug}/panel").expect("Names and who has finished")
        return set(re.findall(r"<td>([^<]+@[^<]+)</td><td>not finished</td>", roster.text))
