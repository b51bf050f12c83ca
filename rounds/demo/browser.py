"""A person's browser, as far as forms need one: reading pages, filling in forms."""

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
        forms: list[Form] = []
        for match in TAG.finditer(self.text):
            close, tag, inside = match.groups()
            if tag == "form" and not close:
                forms.append(Form(_attributes(inside).get("action") or self.path))
            elif forms and not close and tag in ("input", "button", "textarea", "option", "select"):
                attributes = _attributes(inside)
                if tag == "textarea":
                    written = self.text[match.end() : self.text.find("</textarea", match.end())]
                    attributes["value"] = html.unescape(written.removeprefix("\n"))
                _take(forms[-1], tag, attributes)
        return forms

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
