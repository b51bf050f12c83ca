"""The team gets hold of a personal link, by whichever way a page offers, opens it, and reads what the person answered.

The study is a small one in its second round. One person answered the first, and began the second, by a link of their own;
then the lead changes the address to one of their own, mails a new link there, and has one printed: each by its page.
"""

import json
import re
from dataclasses import dataclass, field

from attacks import Got
from browsing import Browser
from harvest import FAILED, Form, Page, crawl, steady
from sqlalchemy import select
from study import MINE, STATEMENTS, Play
from uploads import upload

from delphi.model.identity import Identity
from delphi.model.panel import Panelist

ROBBED, OTHER, FIRST = "Panelist 11", "Panelist 7", "Panelist 3"  # before the last of them, the team answers
LINK = re.compile(r"/p/([A-Za-z0-9_-]{30,})")
OFFERED = re.compile(r"link|print|merge|letter|mail|preview|person|people", re.IGNORECASE)
LEFT_ALONE = re.compile(
    r"/(bundle|exports|launch|close|release|finish|ending|lock|remove|names|language|sign-out|end|hand|leave)"
)
SECOND = "ada-second@example.org"
ANSWERED = "answers before the person does"
HIDDEN = ("/panel/my-data", "/panel/my-data.json", "/panel/my-data.csv", "/panel/review", "/panel/answers")


@dataclass
class Robbed:
    """Links by the way they were got, what each shows, and what was read through each."""

    play: Play
    own: Browser
    tokens: dict[str, set[str]] = field(default_factory=dict)
    shown: dict[str, dict[str, str]] = field(default_factory=dict)
    got: dict[str, Got] = field(default_factory=dict)


def rob(play: Play) -> Robbed:
    """Play until one person has answered and begun again; then try every way to their link."""
    play.rounds, play.leavers, play.withdrawn = 2, {}, {}
    assert play.launch(1)
    play.answer(1, list(play.groups))
    assert play.press("rounds/1/close")
    play.post()
    for ticket in set(
        re.findall(r'name="(comment-[0-9a-f-]{36})"', play.lead.get(f"{play.at}/rounds/1/comments").text)
    ):
        play.press("rounds/1/comments", {ticket: "released"})
    assert play.press("rounds/1/release")
    assert play.launch(2)
    own = play.panelist(ROBBED)
    begun = {f"answer-{n}": str(value) for n, value in play.truth[1][play.played_by(ROBBED)].items()}
    own.send("/panel/page/1", begun)
    robbed = Robbed(play, own, tokens(play))
    for way, found in robbed.tokens.items():
        robbed.got[way], robbed.shown[way] = Got(f"link in the team's hands: {way}"), {}
        for token in found:
            read(play, token, robbed.got[way], robbed.shown[way])
    robbed.got[ANSWERED], robbed.shown[ANSWERED] = Got(f"link in the team's hands: {ANSWERED}"), {}
    answered_before(play, robbed.got[ANSWERED], robbed.shown[ANSWERED])
    return robbed


def answered_before(play: Play, got: Got, shown: dict[str, str]) -> None:
    """Answer before the person does, and look at what they make of it."""
    thief = play.app.test_client()
    thief.send(f"/p/{handed(play, FIRST)}")
    sent = thief.send("/panel/page/1", {f"answer-{n}": "1" for n in range(1, STATEMENTS + 1)})
    assert sent.status_code == 303
    own = play.panelist(FIRST)
    own.send("/panel/page/1", {f"answer-{n}": str(value) for n, value in play.truth[1][FIRST].items()})
    look(play, thief, got, shown)


def tokens(play: Play) -> dict[str, set[str]]:
    """Links that the team gets to see, by the way they were got."""
    found: dict[str, set[str]] = {}
    before = len(play.letters)
    assert play.correct(ROBBED)
    play.app.test_client().send("/link", {"email": MINE})
    play.post()
    found["address corrected, link asked for"] = mailed(play, before)
    before = len(play.letters)
    play.press("rounds/2/remind")
    play.post()
    found["address corrected, reminder"] = mailed(play, before)
    before = len(play.letters)
    assert play.lead.send(f"{page_of(play, ROBBED)}/link").status_code == 303
    play.post()
    found["address corrected, link mailed again"] = mailed(play, before)
    found["handed out"] = {handed(play, ROBBED)}
    found["printed for those ticked"] = printed(play, ROBBED)
    before = len(play.letters)
    merged(play, ROBBED)
    found["merged with an entry of the lead's own"] = mailed(play, before, SECOND)
    found["shown on a page, or in a letter to the lead"] = on_pages(play)
    return found


def mailed(play: Play, since: int, address: str = MINE) -> set[str]:
    """Links in letters that came to an address of the lead's own."""
    return {token for to, _, text in play.letters[since:] if address in to for token in LINK.findall(text)}


def printed(play: Play, name: str) -> set[str]:
    """Have links made to print for those who are ticked on the roster."""
    sent = {"act": "print", "who": page_of(play, name).rpartition("/")[2], "confirm": "yes"}
    return set(LINK.findall(play.lead.send(f"{play.at}/panel/chosen", sent).text))


def merged(play: Play, name: str) -> None:
    """Say that somebody is the same person as an entry of the lead's own, whose address is the right one."""
    own = {"name": "Somebody Else", "email": SECOND, "group": play.groups[name]}
    play.press("panel/new", own)
    play.press("panel/invite")
    play.post()
    sent = play.lead.send(f"{page_of(play, name)}/merge", {"email": SECOND, "address": "other"})
    assert sent.status_code == 303, sent.text[-600:]
    play.post()


def handed(play: Play, name: str) -> str:
    """Have a link made to print or copy."""
    return LINK.findall(play.lead.send(f"{page_of(play, name)}/links/hand").text)[0]


def page_of(play: Play, name: str) -> str:
    """The address of somebody's page."""
    with play.database.transaction(writing=False) as session:
        member = (Panelist.study_id == Identity.study_id) & (Panelist.id == Identity.panelist)
        known = select(Panelist.page_code).join(Identity, member).where(Identity.name == name)
        return f"{play.at}/panel/{session.scalars(known.where(Identity.study_id == play.study_id)).one()}"


def on_pages(play: Play) -> set[str]:
    """Links on any page of the team, behind any of its buttons, and in letters to the lead.

    The button that makes a link to print is pressed for one person only: each answers in the name of whoever it belongs to.
    """
    again = f"name,email,group\n{ROBBED},ada-again@example.org,{play.groups[ROBBED]}\n"
    found = [upload(play.lead, f"{play.at}/panel", again).text]
    pages = crawl(play.lead, play.at, play.at)
    found += pages.values()
    for text in pages.values():
        for form in Page(text).forms:
            if OFFERED.search(form.action) and not LEFT_ALONE.search(form.action):
                found.append(press(play, form))
    play.post()
    found += [text for to, _, text in play.letters if "ada@example.org" in to]
    return {token for text in found for token in LINK.findall(text)}


def press(play: Play, form: Form) -> str:
    """Send a form as it stands, with an address of one's own where one is asked for."""
    fields = form.fields | form.boxes | {name: values[0] for name, values in form.buttons.items() if values}
    fields |= {name: "ada@example.org" for name in fields if "mail" in name or "address" in name}
    sent = play.lead.send(form.action, fields) if form.method == "post" else play.lead.get(form.action)
    return sent.text if sent.status_code < 400 else ""


def read(play: Play, token: str, got: Got, shown: dict[str, str]) -> None:
    """Open a link, follow everything it leads to, try to answer, and look again."""
    thief = play.app.test_client()
    if thief.send(f"/p/{token}").status_code != 303:
        return
    look(play, thief, got, shown)
    everything = {f"answer-{n}": "1" for n in range(1, STATEMENTS + 1)}
    for path, data in (("/panel/page/1", everything), ("/panel/submit", {}), ("/panel/my-data/address", {})):
        answer = thief.send(path, data)
        FAILED.extend([path] if answer.status_code >= 500 else [])
        shown[f"POST {path}"] = steady(answer.text)
    look(play, thief, got, shown)


def look(play: Play, browser: Browser, got: Got, shown: dict[str, str]) -> None:
    """Read answers on every page of the panel, and in every file of one's own."""
    shown |= {path: steady(text) for path, text in crawl(browser, "/panel", "/panel").items()}
    for path in (
        *HIDDEN,
        *(f"/panel/rounds/{n}/{name}" for n in range(1, play.rounds + 1) for name in ("answers.csv", "feedback.html")),
    ):
        answer = browser.get(path)
        FAILED.extend([path] if answer.status_code >= 500 else [])
        shown[path] = steady(answer.text)
    told = browser.get("/panel/my-data.json")
    for one in json.loads(told.text).get("answers", []) if told.status_code == 200 else ():
        if one.get("round") and one.get("value") is not None:
            got.exact[ROBBED, int(one["round"]), str(one["statement"])] = str(one["value"])
    for number in range(1, play.rounds + 1):
        for line in browser.get(f"/panel/rounds/{number}/answers.csv").text.splitlines()[1:]:
            cells = [cell.strip('"') for cell in line.split(",")]
            got.exact |= {(ROBBED, number, cell): line for cell in cells[:1] if cell.startswith("S")}
    if marks := sum(text.count(" checked") for path, text in shown.items() if "/page/" in path):
        got.exact[ROBBED, 2, "marks"] = str(marks)
    got.narrowed, got.right = set(got.exact), len(got.exact)
