"""Every page of the lead's desk, seen by axe in both looks and at both widths; nothing is wider than the window."""

from datetime import timedelta

import pytest
from axe import violations
from browsing import SECRET
from builders import account, lead_of, select_account, study, vote
from playwright.sync_api import Page, expect

from delphi import clock
from delphi.access import sha256
from delphi.model.account import AccountSession
from delphi.model.round import Round
from delphi.model.study import Study
from exports.files.worker import Exporter
from rounds.lifecycle import lifecycle

PATHS = {
    "plan": "",
    "protocol": "/protocol",
    "write": "/protocol/edit",
    "statements": "/statements",
    "statement": "/statements/1",
    "panel": "/panel",
    "letters": "/letters",
    "a letter": "/letters/invitation",
    "groups": "/groups",
    "texts": "/texts",
    "facts": "/facts",
    "rehearsal": "/rehearsal",
    "team": "/team",
    "trail": "/trail?verify=1",
    "ending": "/ending",
    "asked to delete": "/ending/delete",
    "asked to lock": "/lock",
}


RUNNING = {
    "released": "/rounds/1",
    "comments": "/rounds/1/comments",
    "monitor": "/rounds/2",
    "overview": "",
    "asked to close": "/rounds/2/close",
    "files of authors": "/exports?profile=author",
    "reminders": "/rounds/2/reminders",
    "returned mail": "/panel/returned",
    "mail merge": "/panel/merge",
    "table": "/results",
    "all statements": "/results/statements",
    "one statement": "/results/statements/1",
    "the panel": "/results/panel",
    "finish": "/finish",
    "files": "/exports",
    "tables": "/tables",
    "bundle": "/bundle",
    "names": "/names",
    "panel's side": "/panel-side",
}
DRAFTED = {
    "closed": "/rounds/1",
    "moderation": "/rounds/1/comments",
    "next round": "/rounds/2",
    "a decision": "/rounds/2/statements/1",
    "preview": "/rounds/2/preview",
}


def cookie_of(site, name: str) -> str:
    """Sign somebody of the team in; gives the cookie."""
    grant = f"a grant for looking at the desk as {name}"
    with site.database.transaction() as session:
        lead = session.scalars(select_account(name)).first() or account(session, name)
        expires = clock.now() + timedelta(hours=1)
        session.add(AccountSession(grant_sha256=sha256(grant), account=lead.id, expires_at=expires))
        kept = {"_user_id": lead.fs_uniquifier, "_fresh": True, "grant": grant}
    return site.app.session_interface.get_signing_serializer(site.app).dumps(kept)


@pytest.fixture(scope="session")
def prepared(site) -> str:
    """Give the cookie of a lead who prepares a study."""
    cookie = cookie_of(site, "desk")
    with site.database.transaction() as session:
        study(session, session.scalars(select_account("desk")).one(), "desk-pages", locked=False)
    return cookie


@pytest.fixture(scope="session")
def running(site) -> str:
    """Give the cookie of a lead with a study in round 2, and one whose round 2 is drafted."""
    site.study("desk-running", rounds=2)
    drafted = site.study("desk-drafted")
    with site.database.transaction() as session:
        round_ = session.get_one(Round, (drafted.id, 1))
        for n, who in enumerate(drafted.panel):
            vote(
                session,
                round_,
                who,
                {1: 4, 2: 1 + n % 4, 3: 3},
                comment="Dr Smith of Utrecht says so." if n == 3 else "",
            )
    drafted.close()
    with site.database.transaction() as session:
        made, round_ = session.get_one(Study, drafted.id), session.get_one(Round, (drafted.id, 1))
        lifecycle.prepare_next(session, made, round_, by=lead_of(session, made), at=clock.now())
    return cookie_of(site, "ada")


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


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages_of_running_a_study(site, visit, running, scheme, width):
    page = signed_in(visit(color_scheme=scheme, viewport={"width": width, "height": 900}), running, site.url)
    paths = [f"/studies/desk-running{path}" for path in RUNNING.values()]
    found = {}
    for path in [*paths, *(f"/studies/desk-drafted{path}" for path in DRAFTED.values())]:
        assert page.goto(path).status == 200, path
        wide = page.evaluate("document.documentElement.scrollWidth")
        found[path] = violations(page) + ([f"{wide} px wide"] if wide > width else [])
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_long_file_is_waited_for_and_taken_without_loading_the_page_again(site, visit, running, scheme):
    page = signed_in(visit(color_scheme=scheme, viewport={"width": 320, "height": 640}), running, site.url)
    page.goto("/studies/desk-running/exports?profile=analyst")
    page.get_by_role("button", name="Agreement of the panel over all statements: CSV").click()
    expect(page.get_by_role("status")).to_contain_text("waits for its turn")
    assert violations(page) == []
    assert Exporter(site.database, SECRET).make_next(at=clock.now())
    expect(page.get_by_role("status")).to_contain_text("The file is ready")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download").click()
    assert taken.value.suggested_filename.startswith("desk-running_agreement_all_analyst_")


MESSY = (
    "Panel of March;;\n\nVorname;Nachname;E-Mail;Fach\nJörg;Müller;joerg@x.org;Innere\nZoë;Äß;zoe@x.org;\nJosé;;kein;\n"
)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_messy_panel_is_looked_at_and_its_good_rows_imported(site, visit, prepared, width):
    page = signed_in(visit(viewport={"width": width, "height": 900}), prepared, site.url)
    page.goto("/studies/desk-pages/panel")
    file = MESSY.replace("x.org", f"w{width}.example").encode("mac_roman")
    page.locator("#file").set_input_files({"name": "panel.csv", "mimeType": "text/csv", "buffer": file})
    page.get_by_role("button", name="Show what it would change").click()
    page.wait_for_selector("text=Nothing is saved yet")
    assert page.locator("#encoding").input_value() == "mac_roman"
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator("#column-3").select_option("group")
    page.get_by_role("button", name="Show it with these choices").click()
    page.wait_for_selector("th:text-is('group')")
    with page.expect_download() as rest:
        page.get_by_role("button", name="The rows left out, as a file").click()
    assert rest.value.suggested_filename == "desk-pages_left_out.csv"
    page.get_by_role("button", name="Import the good rows, leave 1 out").click()
    page.wait_for_selector("text=2 were added and 1 were left out")
