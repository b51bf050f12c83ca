"""Every page of a panelist, in every state, seen by axe: light, dark, forced colours; both languages and the made-up one."""

import re
from collections.abc import Callable

import pytest
from axe import violations
from playwright.sync_api import Page, expect

LANGUAGES = ("en", "nl", "ar-XB")
LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}


def speak(page: Page, language: str) -> None:
    """Choose a language in the footer, as a reader does; English is there already."""
    if language != "en":
        page.locator("footer .languages summary").click()
        page.locator(f"footer button[value$='{language}']").click()
        expect(page.locator("html")).to_have_attribute("lang", language)


def landing(page: Page, played) -> None:
    page.goto(played.link())


def unknown(page: Page, played) -> None:
    page.goto("/p/not-a-link")


def started(page: Page, played, path: str = "/panel") -> None:
    landing(page, played)
    page.locator("main form button").first.click()
    page.goto(path)


def at(path: str) -> Callable[..., None]:
    return lambda page, played: started(page, played, path)


def conflict(page: Page, played) -> None:
    started(page, played, "/panel/page/1")
    other = page.context.new_page()
    other.goto("/panel/page/1")
    other.locator("#s1 input[type=radio]:not(:checked)").nth(0).click(force=True)
    expect(other.locator("#s1 .state")).to_have_class(re.compile("ok"))
    page.locator("#s1 input[type=radio]:not(:checked)").nth(1).click(force=True)
    expect(page.locator("#s1 .conflict")).to_be_visible()


def trouble(page: Page, played) -> None:
    started(page, played, "/panel/page/1")
    page.route("**/panel/answers", lambda route: route.fulfill(status=503, body=""))
    page.locator("#s1 input[type=radio]:not(:checked)").nth(3).click(force=True)
    expect(page.locator("#save-trouble:not([data-empty])")).to_be_visible()


def too_long(page: Page, played) -> None:
    started(page, played, "/panel/page/1")
    page.locator("#comment-1").evaluate("e => { e.value = 'x'.repeat(2001); e.form.submit(); }")
    expect(page.locator("#summary")).to_be_visible()


def submitted(page: Page, played) -> None:
    started(page, played, "/panel/review")
    page.locator("main form button").click()


def lost_link(page: Page, played) -> None:
    page.goto("/link")
    page.locator("#email").fill("no address")
    page.locator("main form").evaluate("form => { form.noValidate = true; }")
    page.locator("main form button").click()
    expect(page.locator("#email-error")).to_be_visible()


def leaving(page: Page, played) -> None:
    started(page, played, "/panel/withdraw")
    page.locator("main input[type=radio]").first.check()
    page.locator("main form button").click()
    expect(page.locator("main button[name=confirm]")).to_be_visible()


def wrong_name(page: Page, played) -> None:
    started(page, played, "/panel/acknowledgement")
    page.locator("main input[value=yes]").check()
    page.locator("#name").fill("")
    page.locator("main form button").click()
    expect(page.locator("main [role=alert]")).to_be_visible()


def opened(page: Page, played) -> None:
    """Open everything that can be opened."""
    started(page, played, "/panel/page/1")
    page.evaluate("for (const d of document.querySelectorAll('details')) d.open = true")


PAGES: dict[str, Callable[..., None]] = {
    "landing": landing,
    "unknown-link": unknown,
    "lost-link": lost_link,
    "consent": at("/panel/consent"),
    "information": at("/panel/information"),
    "changes": at("/panel/changes"),
    "past-round": at("/panel/rounds/1"),
    "my-data": at("/panel/my-data"),
    "acknowledgement": at("/panel/acknowledgement"),
    "acknowledgement-error": wrong_name,
    "withdraw": at("/panel/withdraw"),
    "withdraw-confirm": leaving,
    "start": started,
    "page": at("/panel/page/1"),
    "page-all-open": opened,
    "page-conflict": conflict,
    "page-trouble": trouble,
    "page-error": too_long,
    "review": at("/panel/review"),
    "submitted": submitted,
}


@pytest.fixture(scope="session")
def played(site, tmp_path_factory):
    return site.study(f"seen-{tmp_path_factory.getbasetemp().name.replace('popen-', '')}", rounds=2)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(played, visit, name, language):
    page = visit()
    page.goto("/")
    speak(page, language)
    PAGES[name](page, played)
    expect(page.locator("html")).to_have_attribute("lang", language)
    found = {}
    for look, media in LOOKS.items():
        page.emulate_media(**{"color_scheme": "light", "forced_colors": "none"} | media)
        found[look] = violations(page)
    assert found == {look: [] for look in LOOKS}


@pytest.mark.parametrize("name", PAGES)
def test_the_made_up_language_reads_from_right_to_left_and_fits_a_phone(played, visit, name):
    page = visit(viewport={"width": 320, "height": 640})
    page.goto("/")
    speak(page, "ar-XB")
    PAGES[name](page, played)
    assert page.evaluate("getComputedStyle(document.body).direction") == "rtl"
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    left = page.locator("h1").first.evaluate("e => e.getBoundingClientRect().right")
    assert left > 280


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_whole_without_a_script_and_small(played, visit, name):
    """One heading of the first level, a way to skip, a way to the team, and no page above 60 kB when it is packed."""
    import gzip

    page = visit()
    PAGES[name](page, played)
    assert page.locator("h1").count() == 1
    assert page.locator("a.skip").count() == 1
    assert len(gzip.compress(page.content().encode())) < 60_000
