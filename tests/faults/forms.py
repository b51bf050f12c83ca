"""A page of statements sent as a form: by a panelist of its own, who gets back what was typed."""

import re
from dataclasses import dataclass, field
from html import unescape

from served import Door, Site, send

TEXTS = {f"comment-{n}": f"Remark {n},\n\n“quoted” & <marked>. " + "word " * 100 for n in (1, 2, 3)}
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
AREA = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>', re.DOTALL)


@dataclass(frozen=True)
class Kept:
    """How a form was answered, and the form that came back with it."""

    status: int
    retry_after: str | None = None
    door: Door | None = None
    form: dict[str, str] = field(default_factory=dict)


def send_texts(site: Site, port: int) -> Kept:
    """Send a form with three texts; what comes back holds them all."""
    door = site.writer
    status, head, page = send(port, door, "/panel/page/1", {"answer-1": "4", "go": "on", **TEXTS})
    shown = page.decode()
    if status == 303:
        return Kept(status, door=door)
    shown = shown[shown.index('class="stack">') :]
    form = {name: unescape(value) for name, value in [*HIDDEN.findall(shown), *AREA.findall(shown)]}
    assert {name: form[name].split() for name in TEXTS} == {name: one.split() for name, one in TEXTS.items()}
    return Kept(status, head.get("Retry-After"), door, form)


def sent_again(site: Site, port: int, kept: Kept) -> int:
    """Send what came back; the status."""
    assert kept.door is not None
    return send(port, kept.door, "/panel/page/1", kept.form)[0]


def page_opens(site: Site, port: int) -> bool:
    """Whether a page of statements is shown."""
    return send(port, site.writer, "/panel/page/1", seconds=30)[0] == 200
