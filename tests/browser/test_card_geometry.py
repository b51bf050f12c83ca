"""A card measured as it is drawn: every scale, both languages, both widths, light and dark, in both directions of reading."""

from dataclasses import dataclass
from itertools import product

import pytest
from axe import violations
from playwright.sync_api import Page, expect

from delphi.consensus.shipped_scales import SCALES

SIZES = {320: {"width": 320, "height": 640}, 1280: {"width": 1280, "height": 900}}
LANGUAGES = ("en", "nl", "ar-XB")
GEOMETRY = """() => {
  const box = (e) => e.getBoundingClientRect(), all = (s, e = document) => [...e.querySelectorAll(s)];
  const seen = (e) => e.checkVisibility() && box(e).width > 1;
  const wrong = [], root = document.documentElement, rtl = getComputedStyle(document.body).direction === 'rtl';
  const say = (what, e) => wrong.push(`${what}: ${e.closest('.card')?.id} ${e.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60)}`);
  if (root.scrollWidth > root.clientWidth) wrong.push(`${root.scrollWidth} px wide`);
  for (const e of all('.opt, .cell .box, .quiet summary, .button, .quietbutton, .bandname, .axis, .says, .statement, .rail, .grid'))
    if (seen(e) && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)) say('clipped', e);
  for (const e of all('label.opt, label.cell, .slide input')) if (seen(e) && box(e).height < 44) say('low', e);
  for (const row of all('.opt:has(.fill)')) {
    const bar = row.querySelector(row.matches('.side') ? '.base' : 'rect'), track = box(row.querySelector('.fill'));
    const printed = parseInt(row.querySelector('b').textContent.replace(/[<>]/, ''));
    if (!bar) {
      if (printed) say('no bar', row);
      continue;
    }
    if (Math.abs(100 * box(bar).width / track.width - printed) > 0.5) say('length', row);
    if (Math.abs(rtl ? track.right - box(bar).right : box(bar).left - track.left) > 1) say('does not begin at the edge', row);
  }
  for (const card of all('.card')) {
    const mine = all('.mine', card), said = card.querySelector('.says .you');
    if (mine.length !== (said ? 1 : 0)) say(`${mine.length} own marks`, card);
    for (const row of mine) {
      const inside = box(row), word = box(row.querySelector('.you'));
      const beside = Math.max(inside.left - word.left, word.right - inside.right) > 17;
      if (beside || word.bottom > inside.bottom + 1) say('own words outside', row);
    }
    const cells = all('.cell', card);
    if (innerWidth >= 960 && cells.length) {
      const boxes = cells.map((cell) => box(cell.querySelector('.d')).top);
      if (new Set(boxes.map(Math.round)).size > 1) say('boxes out of line', card);
      for (const cell of cells) {
        const bar = cell.querySelector('rect');
        if (bar && Math.abs(box(bar).left + box(bar).right - box(cell).left - box(cell).right) > 2) say('bar beside its box', cell);
      }
    }
    for (const line of all('.between', card)) {
      const above = box(line.previousElementSibling), below = box(line.nextElementSibling);
      if (box(line).top < above.bottom - 3 || box(line).bottom > below.top + 3) say('between what', line);
    }
    const rows = all('label.opt', card).map((row) => [Math.round(box(row).left), Math.round(box(row).right)].join());
    if (new Set(rows).size > 1) say('rows out of line', card);
  }
  return wrong;
}"""
EQUAL = """() => {
  const lengths = {};
  for (const row of document.querySelectorAll('label.opt:has(rect)'))
    (lengths[row.querySelector('b').textContent] ??= new Set()).add(Math.round(row.querySelector('rect').getBoundingClientRect().width));
  return Object.values(lengths).filter((some) => some.size > 1).length;
}"""
BROWN = """() => {
  const probe = document.body.appendChild(Object.assign(document.createElement('i'), { className: 'you' }));
  const brown = getComputedStyle(probe).color, wrong = [];
  probe.remove();
  for (const e of document.querySelectorAll('main *')) {
    const { color, backgroundColor, borderTopColor, fill, stroke } = getComputedStyle(e);
    const looks = [color, backgroundColor, borderTopColor, fill, stroke];
    if (!e.closest('.you, .mine') && looks.includes(brown)) wrong.push(e.outerHTML.slice(0, 80));
  }
  return wrong;
}"""
SPACED = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
HEIGHTS = "[...document.querySelectorAll('.card')].map((card) => card.getBoundingClientRect().height)"


@dataclass
class Reader:
    """A page at a width, in a language, of a study whose second round is open."""

    page: Page
    width: int
    language: str

    def look(self, scheme: str) -> list[str]:
        self.page.emulate_media(color_scheme=scheme)
        assert self.page.locator("article.card").count() > 1
        return self.page.evaluate(GEOMETRY)


@pytest.fixture(scope="module")
def studies(site) -> dict[str, object]:
    """Give a study of each scale whose second round is open, as a link for its reader."""
    return {scale: site.second_round(scale) for scale in SCALES}


@pytest.fixture
def read(visit, studies):
    """Open the cards of a scale."""

    def opened(scale: str, width: int = 320, language: str = "en", **options) -> Reader:
        page = visit(viewport=SIZES[width], **options)
        if language != "en":
            page.goto("/")
            page.locator("footer .languages summary").click()
            page.locator(f"footer button[value$='{language}']").click()
            expect(page.locator("html")).to_have_attribute("lang", language)
        page.goto(studies[scale].link())
        page.locator("main form button").first.click()
        page.goto("/panel/page/1")
        return Reader(page, width, language)

    return opened


@pytest.mark.parametrize("scale", SCALES)
def test_a_card_holds_together_on_every_scale(read, scale):
    found = {}
    for language in LANGUAGES:
        reader = read(scale, language=language)
        for width, scheme in product(SIZES, ("light", "dark")):
            reader.page.set_viewport_size(SIZES[width])
            found[f"{width} {language} {scheme}"] = reader.look(scheme)
    assert {where: wrong for where, wrong in found.items() if wrong} == {}


HIGHEST = {
    ("agree4_nq", 320): (576, 694, 696, 640),
    ("agree4_nq", 1280): (384, 390, 459, 420),
    ("grade9", 320): (675, 647),
    ("grade9", 1280): (413, 413),
}


@pytest.mark.parametrize(("scale", "width"), HIGHEST)
def test_cards_are_as_high_as_they_were_drawn(read, scale, width):
    page = read(scale, width).page
    bounds = [1.05 * high for high in HIGHEST[scale, width]]
    for _answered in range(2):
        heights = page.evaluate(HEIGHTS)
        assert [round(high) for high, most in zip(heights, bounds, strict=True) if high > most] == []
        for card in page.locator("article.card").all():
            own = card.locator("label.mine")
            (own if own.count() else card.locator("label").first).click()
            expect(card.locator(".state")).to_contain_text("Saved")


@pytest.mark.parametrize("scale", SCALES)
def test_the_first_option_is_on_the_first_screen_of_a_phone(read, scale):
    page = read(scale).page
    first = page.locator("label.opt, label.cell, .slide input").first.bounding_box()
    rail = page.locator(".rail").bounding_box()
    assert first["y"] + first["height"] <= rail["y"]


def test_equal_shares_are_equally_long_on_all_cards(read):
    assert [read("agree4_nq", width).page.evaluate(EQUAL) for width in SIZES] == [0, 0]


@pytest.mark.parametrize("scale", ["agree4_nq", "grade9", "slider100"])
def test_brown_is_nothing_but_the_reader(read, scale):
    assert [read(scale, width).page.evaluate(BROWN) for width in SIZES] == [[], []]


@pytest.mark.parametrize("width", SIZES)
def test_what_opens_stands_below_its_row_across_the_card(read, width):
    page = read("agree4_nq", width).page
    card = page.locator("#s1")
    row, inside = card.locator(".quiet"), card.bounding_box()["width"] * 0.85
    for n in range(card.locator(".quiet > details").count()):
        details = card.locator(".quiet > details").nth(n)
        details.locator("> summary").click()
        pane, summary = details.locator(".pane").bounding_box(), details.locator("> summary").bounding_box()
        assert pane["y"] >= summary["y"] + summary["height"] - 1
        assert pane["width"] >= inside
        assert card.locator(".quiet > details[open]").count() == 1
    assert row.is_visible()


def test_spaced_and_enlarged_text_clips_nothing(read):
    for scale, width in product(("agree4_nq", "grade9"), SIZES):
        reader = read(scale, width)
        reader.page.evaluate(SPACED)
        assert reader.look("light") == []
        reader.page.evaluate("document.adoptedStyleSheets = []")
        reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert reader.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_statement_stays_in_view_while_its_card_scrolls(read):
    page = read("agree4_nq").page
    page.locator("#s1 .apart input").scroll_into_view_if_needed()
    page.evaluate("scrollTo(0, document.querySelector('#s1 .apart').getBoundingClientRect().top + scrollY - 300)")
    top = page.locator("#t1").bounding_box()
    assert 0 <= top["y"] < 5
    page.locator("#s1 .opt input").first.focus()
    page.keyboard.press("ArrowDown")
    focused = page.evaluate("document.activeElement.closest('label').getBoundingClientRect().top")
    assert focused >= page.locator("#t1").bounding_box()["y"] + page.locator("#t1").bounding_box()["height"] - 4


@pytest.mark.parametrize("scale", ["agree4_nq", "grade9"])
def test_forced_colours_and_print_keep_bar_mark_and_choice(read, scale):
    page = read(scale).page
    card = page.locator("#s1")
    card.locator("label:not(.mine)").first.click()
    for media in ({"forced_colors": "active"}, {"forced_colors": "none", "media": "print"}):
        page.emulate_media(**media)
        shown = card.evaluate(
            """card => {
              const look = (e, part) => getComputedStyle(e, part);
              const bar = card.querySelector('.fill rect'), chosen = card.querySelector('label:has(:checked)');
              const mark = look(card.querySelector('.mine'), '::before'), frame = chosen.querySelector('.box') ?? chosen;
              return [look(bar).fill !== 'none' || look(bar).stroke !== 'none', mark.backgroundColor !== look(card).backgroundColor,
                look(frame, '::after').borderTopWidth === '3px', [...card.querySelectorAll('.n')].every((e) => e.checkVisibility())];
            }"""
        )
        assert shown == [True] * 4, media


@pytest.mark.parametrize("scale", ["agree4_nq", "grade9", "slider100"])
def test_axe_finds_nothing_on_any_kind_of_card(read, scale):
    page = read(scale).page
    page.evaluate("for (const d of document.querySelectorAll('details')) { d.removeAttribute('name'); d.open = true; }")
    assert violations(page) == []


def test_a_slider_saves_its_number_once_it_is_moved(read, studies):
    page = read("slider100").page
    slider = page.locator("#s1 input[type=range]")
    assert page.locator("#answer-1").input_value() == ""
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#s1 .state")).to_contain_text("Saved")
    number = int(page.locator("#answer-1").input_value())
    assert studies["slider100"].ratings() == {1: (number, 1)}


def cards_on(page: Page) -> int:
    return page.locator("article.card").count()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_reader_chooses_one_statement_at_a_time_and_it_stays(read, scripts):
    page = read("yesno", java_script_enabled=scripts).page
    assert cards_on(page) == 3
    page.get_by_role("button", name="One at a time").click()
    expect(page.get_by_role("heading", name="Statement 1 of 3")).to_be_visible()
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", name="Statement 2 of 3")).to_be_visible()
    page.goto("/panel/page/3")
    assert cards_on(page) == 1
    page.get_by_role("button", name="Several on a page").click()
    expect(page.get_by_role("heading", name="Statements 1 to 3 of 3")).to_be_visible()
    assert cards_on(page) == 3
