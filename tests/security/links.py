"""The team gets hold of a personal link, by whichever way a page offers, opens it, and reads what the person answered."""

import json
import re

from attacks import Got
from harvest import Form, Page, crawl
from study import CORRECTED, Play
from uploads import upload

MINE = "ada-herself@example.org"
LINK = re.compile(r"/p/([A-Za-z0-9_-]{30,})")
OFFERED = re.compile(r"link|address|print|merge|letter|mail|preview|person|people", re.IGNORECASE)
LEFT_ALONE = re.compile(r"/(bundle|exports|launch|close|release|finish|ending|lock|remove|names|language|sign-out)")


def open_all(play: Play) -> Got:
    """Try every way, and read through every link that was got."""
    got = Got("link in the team's hands")
    for token in sorted(tokens(play)):
        read(play, token, got)
    got.narrowed = set(got.exact)
    return got


def tokens(play: Play) -> set[str]:
    """Links that the team gets to see: in answers of pages, in files, and in letters to an address of its own."""
    number = CORRECTED.split()[1]
    found = []
    corrected = f"name,email,group\n{CORRECTED},{MINE},{play.groups[CORRECTED]}\n"
    found.append(upload(play.lead, f"{play.at}/panel", corrected).text)
    pages = crawl(play.lead, play.at, play.at)
    found += pages.values()
    for text in pages.values():
        for form in Page(text).forms:
            if OFFERED.search(form.action) and not LEFT_ALONE.search(form.action):
                found += [press(play, form, number)]
    play.app.test_client().send("/link", {"email": MINE})
    play.post()
    found += [text for to, _, text in play.letters if MINE in to or "ada@example.org" in to]
    return {token for text in found for token in LINK.findall(text)}


def press(play: Play, form: Form, number: str) -> str:
    """Send a form as it stands, with an address of one's own where one is asked for."""
    fields = form.fields | form.boxes | {name: values[0] for name, values in form.buttons.items() if values}
    fields |= {name: MINE for name in fields if "mail" in name or "address" in name}
    fields |= {name: f"panelist{number}@panel.example.org" for name in fields if name in ("person", "who")}
    sent = play.lead.send(form.action, fields) if form.method == "post" else play.lead.get(form.action)
    return sent.text if sent.status_code < 400 else ""


def read(play: Play, token: str, got: Got) -> None:
    """Open a link, and read the answers that its pages show."""
    thief = play.app.test_client()
    if thief.send(f"/p/{token}").status_code != 303:
        return
    data = thief.get("/panel/my-data.json")
    told = json.loads(data.text) if data.status_code == 200 else {}
    name = next((one.get("name", "") for one in told.get("person", [])), CORRECTED)
    answers = {(one.get("round"), str(one.get("statement"))): one.get("value") for one in told.get("answers", [])}
    for (number, statement), value in answers.items():
        if number and value is not None:
            got.exact[name, int(number), statement] = str(value)
    for number in range(1, play.rounds + 1):
        for line in thief.get(f"/panel/rounds/{number}/answers.csv").text.splitlines()[1:]:
            cells = [cell.strip('"') for cell in line.split(",")]
            got.exact |= {(name, number, cell): line for cell in cells[:1] if cell.startswith("S")}
    marks = [text for text in (thief.get(f"/panel/page/{n}").text for n in range(1, 4)) if " checked" in text]
    if marks:
        got.exact[name, 0, "marks"] = str(sum(text.count(" checked") for text in marks))
    got.right = len(got.exact)
