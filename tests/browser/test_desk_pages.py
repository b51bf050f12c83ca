"""Every page of setting up, seen by axe in both looks and at both widths; nothing is wider than the window."""

from datetime import timedelta

import pytest
from builders import account, study
from conftest import select_account
from playwright.sync_api import Page
from test_pages import violations

from delphi import clock
from delphi.access import sha256
from delphi.model.account import AccountSession

PATHS = {
    "plan": "",
    "protocol": "/protocol",
    "write": "/protocol/edit",
    "statements": "/statements",
    "statement": "/statements/1",
    "panel": "/panel",
    "groups": "/groups",
    "texts": "/texts",
    "facts": "/facts",
    "rehearsal": "/rehearsal",
    "team": "/team",
    "trail": "/trail?verify=1",
    "ending": "/ending",
}


@pytest.fixture(scope="session")
def prepared(site) -> str:
    """Give the cookie of a lead who prepares a study."""
    grant = "a grant for looking at the desk"
    with site.database.transaction() as session:
        lead = session.scalars(select_account("desk")).first() or account(session, "desk")
        study(session, lead, "desk-pages", locked=False)
        expires = clock.now() + timedelta(hours=1)
        session.add(AccountSession(grant_sha256=sha256(grant), account=lead.id, expires_at=expires))
        kept = {"_user_id": lead.fs_uniquifier, "_fresh": True, "grant": grant}
    return site.app.session_interface.get_signing_serializer(site.app).dumps(kept)


def signed_in(page: Page, cookie: str, url: str) -> Page:
    page.context.add_cookies([{"name": "session", "value": cookie, "url": url}])
    return page


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_setting_up(site, visit, prepared, scheme, width):
    page = signed_in(visit(color_scheme=scheme, viewport={"width": width, "height": 900}), prepared, site.url)
    found = {}
    for name, path in {**{n: f"/studies/desk-pages{p}" for n, p in PATHS.items()}, "new": "/studies/new"}.items():
        assert page.goto(path).status == 200, path
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[name] = violations(page) + ([f"{wide} px wide"] if wide > width else [])
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_a_file_is_imported_by_keyboard_alone(site, visit, prepared):
    page = signed_in(visit(), prepared, site.url)
    page.goto("/studies/desk-pages/statements")
    page.locator("#pasted").focus()
    page.keyboard.type("Nurses are needed in every region.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Nothing is saved yet")
    page.locator("text=Import all of it").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1 were imported")
