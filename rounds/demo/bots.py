"""Bots over real HTTP: the only module with an HTTP client. A bot fails when a page lacks the field it submits."""

import html
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from rounds.demo.browser import Browser, Page, UnexpectedPage, _attributes

SAVED, SUBMITTED = "saved", "submitted"


@dataclass(frozen=True)
class PlannedAnswers:
    """What a panelist will give in a round, by statement code: (option, "nq" or None, comment)."""

    answers: Mapping[str, tuple[int | str | None, str]]
    before: Mapping[str, int | str | None]
    submits: bool = True
    pages: int | None = None


UNFINISHED = {"started", "opened", "delivered", "invited", "not_finished"}  # as the roster calls it


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

    def play(self, sheet: PlannedAnswers) -> str:
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

    def _rate(self, page: Page, sheet: PlannedAnswers, *, last: bool) -> Page:
        form = page.expect("simulated panel").form(having="request")
        values = {"go": "later" if last else "on"}
        for article in re.split(r"<article\b", page.text)[1:]:
            number, code = _card(article)
            option, comment = sheet.answers[code]
            if option is not None:
                values[f"answer-{number}"] = str(option)
            if comment:
                values[f"comment-{number}"] = comment
            _check_feedback(article, code, sheet)
        return self.browser.post(form, values)


def _card(article: str) -> tuple[str, str]:
    head = _attributes(article.partition(">")[0])
    return head["id"].removeprefix("s"), head["data-code"]


def _check_feedback(article: str, code: str, sheet: PlannedAnswers) -> None:
    """Read the feedback as its reader does: the own answer of the round before must be there, and the panel's."""
    sentence = article.partition('<p class="says"')[2].partition("</p>")[0]
    if code in sheet.before and "<b>" not in sentence and "Fewer than" not in sentence:
        raise UnexpectedPage(f"{code} shows no feedback of the round before")
    if isinstance(sheet.before.get(code), int) and "You: " not in sentence:
        raise UnexpectedPage(f"{code} does not show the own answer of the round before")


ASKED = ("/launch", "/close", "/release")


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

    def choose_anonymity(self, harm: str) -> None:
        """Say whether it could harm to be known, and save what is proposed then."""
        page = self.browser.get(f"/studies/{self.slug}/anonymity?harm={harm}").expect("The panel reads these words")
        self.browser.post(page.form(having="level")).expect("The level of anonymity is saved")

    def lock(self) -> None:
        """Lock the protocol."""
        page = self.browser.get(f"/studies/{self.slug}/lock").expect("What this does")
        self.browser.post(page.form("/lock")).expect("Fingerprint")

    def desk(self, number: int) -> Page:
        """Open the desk of a round."""
        return self.browser.get(f"/studies/{self.slug}/rounds/{number}")

    def press(self, number: int, ending: str, values: Mapping[str, str] | None = None) -> Page:
        """Send one of the desk's forms; what cannot be undone is asked once more on a page of its own."""
        page = self.desk(number).expect("simulated panel")
        if ending in ASKED:
            typed = urlencode(page.form(ending).fill(values or {}) if ending == "/launch" else {})
            path = f"/studies/{self.slug}/rounds/{number}{ending}?{typed}"
            page, values = self.browser.get(path).expect("What this does"), None
        return self.browser.post(page.form(ending), values).expect("simulated panel")

    def number_of(self, number: int, code: str, *, text: str | None = None) -> str | None:
        """Find a statement of the draft by its code; None if it has the wording already."""
        match = re.search(
            rf'data-code="{re.escape(code)}" data-number="(\d+)">.*?<span class="wording">(.*?)</span>',
            self.desk(number).text,
            re.DOTALL,
        )
        if not match:
            raise UnexpectedPage(f"the draft of round {number} does not list {code}")
        return None if text is not None and html.unescape(match[2]) == text else match[1]

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

    def finish(self, reason: str) -> None:
        """End the study, unless it is finished: what its panel agreed to publish is published then."""
        page = self.browser.get(f"/studies/{self.slug}/finish").expect("Finish the study")
        if 'name="reason"' in page.text:
            agreed = {"publish": "y"} if 'name="publish"' in page.text else {}
            self.browser.post(page.form(having="reason"), {"reason": reason} | agreed).expect("The study is finished")

    def _waiting(self, queue: str) -> Page:
        return self.browser.get(f"{queue}?show=waiting")

    def merge(self, number: int, parents: list[str], values: Mapping[str, str]) -> None:
        """Merge statements of the draft into a new one."""
        form = self.desk(number).expect("Prepare round").form(having="merge")
        body = urlencode([*form.fill({**values, "merge": parents[0]}).items(), *(("merge", p) for p in parents[1:])])
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        self.browser._request("POST", form.action, body.encode(), kind).expect("were merged")  # noqa: SLF001 (one name twice)

    def unfinished(self) -> set[str]:
        """Read on the roster, page by page, who has not finished the open round."""
        path, unfinished = f"/studies/{self.slug}/panel", set()
        for number in itertools.count(1):
            roster = self.browser.get(f"{path}?page={number}").expect("Names and who has finished").text
            rows = re.findall(r'data-standing="(\w+)".*?<bdi class="mail">([^<]*)</bdi>', roster, re.DOTALL)
            unfinished |= {email for standing, email in rows if standing in UNFINISHED}
            if "Next page" not in roster:
                break
        return unfinished
