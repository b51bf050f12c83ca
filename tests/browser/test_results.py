"""Results of a round as a panelist reads them: one line a statement, measured in both scales, widths and directions."""

import pytest
from axe import violations
from playwright.sync_api import Page, expect

from delphi.statements.statements import NewStatement
from rounds.demo.reference import Reference

TALLEST = {320: 7500, 1280: 3700}  # px, with one statement opened
WIDTHS = (320, 640, 768, 1280)
LOOKS = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "forced": {"forced_colors": "active"}}
NINE = (9, 8, 8, 7, 7, 7, 6, 5, 3, 7)
COS = {
    "scale": "grade9",
    "rule": "comet_by_group",
    "panelists": 40,
    "ratings": NINE,
}


@pytest.fixture(scope="session")
def four(site):
    """The reference study after two rounds: 35 statements on four points, graded."""
    asked = [NewStatement(row["code"], row["text"], section=row["section"]) for row in Reference(31, 12).asked(3)]
    return site.study("results-four", asked=asked, rounds=3)


@pytest.fixture(scope="session")
def nine(site):
    """35 outcomes on nine points, judged by two groups."""
    asked = [NewStatement(f"OUT{n}", f"Outcome {n} of care", section=f"Domain {n // 9}") for n in range(1, 36)]
    return site.study("results-nine", asked=asked, rounds=3, **COS)


@pytest.fixture(params=["four", "nine"])
def played(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def results(visit, played):
    """Open the results of round 2 as one of the panel."""

    def show(person: int = 0, language: str = "en", *, path: str = "/panel/rounds/2", **options) -> Page:
        page = visit(**options)
        page.goto("/")
        if language != "en":
            page.locator("footer .languages summary").click()
            page.locator(f"footer button[value$='{language}']").click()
        page.goto(played.link(person))
        page.locator("main form button").first.click()
        page.goto(path)
        return page

    return show


def lines(page: Page):
    return page.locator("details.line")


def open_all(page: Page) -> None:
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true; })")


@pytest.mark.parametrize("width", TALLEST)
@pytest.mark.parametrize("language", ["en", "nl"])
def test_thirty_five_statements_stay_short_with_one_open(results, width, language):
    page = results(language=language, viewport={"width": width, "height": 900})
    expect(lines(page)).to_have_count(35)
    lines(page).nth(8).locator("summary").first.click()
    assert page.evaluate("document.documentElement.scrollHeight") <= TALLEST[width]


@pytest.mark.parametrize("path", ["/panel/rounds/2", "/panel/my-data", "/panel"])
@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_nothing_scrolls_sideways_at_any_width(results, path, language):
    page = results(language=language, path=path)
    open_all(page)
    wide = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        wide[width] = page.evaluate("document.documentElement.scrollWidth")
    assert wide == {width: width for width in WIDTHS}


def test_text_of_twice_the_size_fits_the_smallest_phone(results):
    page = results(viewport={"width": 320, "height": 640})
    open_all(page)
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_wider_spacing_of_the_text_fits_the_smallest_phone(results):
    page = results(viewport={"width": 320, "height": 640})
    open_all(page)
    page.evaluate(
        "document.querySelectorAll('body *').forEach(one => Object.assign(one.style, "
        "{lineHeight: 1.5, letterSpacing: '.12em', wordSpacing: '.16em'}))"
    )
    assert page.evaluate("document.documentElement.scrollWidth") == 320


BARS = """() => [...document.querySelectorAll('details.line')].map(line => {
    const bar = line.querySelector('.mini svg').getBoundingClientRect();
    const parts = [...line.querySelectorAll('.mini > svg > rect')].map(one => one.getBoundingClientRect());
    const own = line.querySelector('.mini path');
    const told = [...line.querySelectorAll('.inside .numbers tbody tr')].map(row => row.innerText);
    return {left: bar.left, right: bar.right, width: bar.width,
            parts: parts.map(one => ({left: one.left, right: one.right, share: 100 * one.width / bar.width})),
            own: own && (own.getBoundingClientRect().left + own.getBoundingClientRect().right) / 2, told};
})"""


def people(row: str) -> int:
    return int(row.split("\t")[1])


def banded(counts: list[int]) -> list[int]:
    """Nine points as the three bands of the line."""
    return counts if len(counts) == 4 else [sum(counts[i : i + 3]) for i in (0, 3, 6)]


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_parts_of_a_bar_are_as_long_as_their_shares(results, language):
    page = results(language=language, viewport={"width": 1280, "height": 900})
    open_all(page)
    drawn = page.evaluate(BARS)
    assert len(drawn) == 35
    for bar in drawn:
        counts = banded([people(row) for row in bar["told"]][:-1])  # the last row is the opt-out
        shares = [100 * n / sum(counts) for n in counts if n]
        assert [part["share"] for part in bar["parts"]] == pytest.approx(shares, abs=0.5)
        first, edge = bar["parts"][0], "left" if language == "en" else "right"
        assert first[edge] == pytest.approx(bar[edge], abs=1)


@pytest.mark.parametrize("language", ["en", "ar-XB"])
def test_the_own_mark_stands_over_the_own_part(results, language):
    page = results(language=language, viewport={"width": 1280, "height": 900})
    open_all(page)
    for bar in page.evaluate(BARS):
        counts = [people(row) for row in bar["told"]][:-1]
        mine = next(i for i, row in enumerate(bar["told"]) if "▲" in row)
        part = mine if len(counts) == 4 else mine // 3
        shown = [i for i, n in enumerate(banded(counts)) if n]
        over = bar["parts"][shown.index(part)]
        assert over["left"] - 1 <= bar["own"] <= over["right"] + 1
        assert bar["own"] == pytest.approx((over["left"] + over["right"]) / 2, abs=1)


def test_who_chose_the_opt_out_has_no_mark_but_words(results):
    page = results(11)
    assert page.locator(".mini path").count() == 0
    lines(page).first.locator("summary").first.click()
    assert page.locator(".path .you").first.is_visible()


@pytest.mark.parametrize("state", ["closed", "open"])
def test_axe_finds_nothing_in_results(results, state):
    page = results()
    if state == "open":
        open_all(page)
    found = {}
    for look, media in LOOKS.items():
        page.emulate_media(**{"color_scheme": "light", "forced_colors": "none"} | media)
        found[look] = violations(page)
    assert found == {look: [] for look in LOOKS}


def test_a_link_of_the_list_opens_its_statement_without_a_script(results):
    page = results(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page.locator(".ways summary").click()
    page.locator(".firstwords a").nth(20).click()
    expect(lines(page).nth(20)).to_have_attribute("open", "")
    expect(lines(page).nth(20).locator(".t")).to_be_in_viewport()
    lines(page).nth(20).locator("summary").first.click()
    expect(lines(page).nth(20)).not_to_have_attribute("open", "")


def test_print_holds_what_is_folded_and_no_controls(results):
    page = results()
    page.emulate_media(media="print")
    assert page.locator("details.line").first.locator(".path").first.bounding_box()["height"] > 20
    for name in (".menu", ".ways", ".foot"):
        expect(page.locator(name).first).to_be_hidden()


def test_bars_stay_apart_in_forced_colours(results):
    page = results(forced_colors="active")
    fills = page.evaluate(
        "[...document.querySelectorAll('.mini > svg > rect')].map(one => "
        "[one.getAttribute('class'), getComputedStyle(one).fill, getComputedStyle(one).stroke])"
    )
    by_kind = {kind: (fill, stroke) for kind, fill, stroke in fills}
    assert all(stroke != "none" for fill, stroke in by_kind.values() if fill == by_kind.get("z", ("",))[0])
    marks = page.evaluate("getComputedStyle(document.querySelector('.mini path')).fill")
    assert marks not in {fill for fill, _ in by_kind.values()}
