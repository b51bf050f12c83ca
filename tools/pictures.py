"""Pictures of every page, in both widths, light and dark: `make pictures`. Plays half a study first."""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Page, sync_playwright

from rounds.demo.bots import LeadBot
from rounds.demo.reference import SLUG, Reference
from rounds.demo.script import Script, play
from rounds.demo.server import LEAD, PASSWORD, demo_server
from rounds.demo.simulation import as_csv

ROOT = Path(__file__).parents[1]
OUT, KEPT = ROOT / "pictures", ROOT / "docs" / "img"
TALLEST = 1000  # the kept ones are cut to their top
SET_UP = {
    "protocol": "protocol",
    "protocol-edit": "protocol/edit",
    "groups": "groups",
    "anonymity": "anonymity?harm=yes",
    "texts": "texts",
    "facts": "facts",
    "rehearsal": "rehearsal",
    "team": "team",
    "trail": "trail?verify=1",
    "ending": "ending",
    "panel-side": "panel-side",
    "exports": "exports",
    "bundle": "bundle",
    "finish": "finish",
}
RESULTS = ("statements", "statements/1", "panel")
SIZES = {"320": {"width": 320, "height": 640}, "1280": {"width": 1280, "height": 900}}
FACTS = {
    "template": "reference",
    "lead_name": "Ada Example",
    "contact_email": "ada@example.org",
    "time_zone": "Europe/Amsterdam",
    "simulated": "y",
}


def height(page: Page) -> int:
    """Measure the whole page."""
    return int(page.evaluate("document.documentElement.scrollHeight"))


def shoot(page: Page, name: str) -> None:
    """Take one page at both widths, light and dark."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, size in SIZES.items():
            page.set_viewport_size(size)
            page.screenshot(path=OUT / f"{name}-{width}-{scheme}.png", full_page=True)
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                print(f"{name} at {width}: {wide} px wide", file=sys.stderr)
            if scheme == "dark" and not name.startswith("panelist"):
                continue
            kept = KEPT / f"{name}-{width}{'-dark' if scheme == 'dark' else ''}.png"
            top = {"x": 0, "y": 0, **size, "height": min(TALLEST, height(page))}
            page.screenshot(path=kept, clip=top, full_page=True)


def panelist(page: Page, url: str, link: str) -> None:
    """Follow a panelist through round 2."""
    page.goto(url + urlsplit(link).path)
    shoot(page, "panelist-landing")
    page.click("text=Continue")
    if "consent" in page.url:
        shoot(page, "panelist-consent")
        for box in page.locator("main input[type=checkbox]").all():
            box.check()
        page.click("button[value=agree]")
    if "about" in page.url:
        shoot(page, "panelist-about")
        page.goto(url + "/panel")
    shoot(page, "panelist-start")
    page.goto(url + "/panel/page/1")
    shoot(page, "panelist-page")
    page.goto(url + "/panel/page/2")
    shoot(page, "panelist-page-2")
    page.goto(url + "/panel/review")
    shoot(page, "panelist-review")
    for name in ("information", "protocol", "changes", "rounds/1", "my-data", "acknowledgement", "withdraw"):
        page.goto(f"{url}/panel/{name}")
        shoot(page, f"panelist-{name.replace('/', '-')}")
    page.goto(url + "/p/not-a-link")
    shoot(page, "panelist-unknown-link")
    page.goto(url + "/link")
    shoot(page, "panelist-lost-link")


def lead(page: Page, url: str) -> None:
    """Look at the desk."""
    page.goto(url + "/account/sign-in")
    shoot(page, "lead-sign-in")
    page.fill("#email", LEAD)
    page.fill("#password", PASSWORD)
    page.click("button[name=submit]")
    for name, path in {
        "lead-studies": "/studies",
        "lead-new": "/studies/new",
        "lead-study": f"/studies/{SLUG}",
        "lead-statements": f"/studies/{SLUG}/statements",
        "lead-panel": f"/studies/{SLUG}/panel",
        **{f"lead-{name}": f"/studies/{SLUG}/{path}" for name, path in SET_UP.items()},
        "desk-results": f"/studies/{SLUG}/rounds/1",
        "desk-open": f"/studies/{SLUG}/rounds/2",
        "desk-comments": f"/studies/{SLUG}/rounds/1/comments",
        "desk-preview": f"/studies/{SLUG}/rounds/2/preview",
        "consensus-table": f"/studies/{SLUG}/results",
        **{f"results-{name.replace('/', '-')}": f"/studies/{SLUG}/results/{name}" for name in RESULTS},
    }.items():
        page.goto(url + path)
        shoot(page, name)


def main() -> None:
    """Play, and take the pictures."""
    OUT.mkdir(parents=True, exist_ok=True)
    home = Path(tempfile.mkdtemp())
    plan = Reference(31, 57)
    script = Script(
        SLUG, FACTS, as_csv(plan.people), [p.email for p in plan.people], 1, plan.sheets, revise=plan.revise
    )
    with demo_server(f"sqlite:///{home}/pictures.sqlite3", 8700, home) as running, sync_playwright() as driver:
        bot = LeadBot(running.url, SLUG)
        bot.sign_in(running.one_time_link(), LEAD, PASSWORD)
        play(running, script, bot)
        bot.press(1, "/next")
        plan.revise(bot, 2)
        root = {"args": ["--no-sandbox"]} if os.geteuid() == 0 else {}
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), **root)
        page = browser.new_page()
        page.on("console", lambda message: print(message.text, file=sys.stderr))
        page.goto(running.url + "/account/sign-in")
        page.fill("#email", LEAD)
        page.fill("#password", PASSWORD)
        page.click("button[name=submit]")
        page.goto(f"{running.url}/studies/{SLUG}/rounds/2")
        shoot(page, "desk-draft")
        page.context.clear_cookies()
        had = running.mailbox.counts()
        bot.decide(2, "The panel rates every statement in each round.")
        bot.press(2, "/launch")
        someone = plan.people[2].email
        running.mailbox.wait([someone], had)
        panelist(page, running.url, running.mailbox.links[someone][-1])
        page.context.clear_cookies()
        lead(page, running.url)
        browser.close()
    shutil.rmtree(home)


if __name__ == "__main__":
    main()
