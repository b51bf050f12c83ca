"""A round as a person plays it: with keys only, on a small phone, without a script, without a connection, in two windows."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from delphi import clock

PHONE = {"width": 320, "height": 640}
SAVED = re.compile(r"^Saved \d\d:\d\d$")


def card(page: Page, n: int):
    return page.locator(f"#s{n}")


def choose(page: Page, n: int, words: str) -> None:
    option(card(page, n), words).click()


def option(article, words: str):
    return article.locator("fieldset .cap", has_text=re.compile(f"^{words}$", re.IGNORECASE))


def comment(page: Page, n: int):
    """The own comment on a statement, opened."""
    card(page, n).locator("details:has(textarea)").evaluate("details => { details.open = true; }")
    return page.locator(f"#comment-{n}")


def state(page: Page, n: int):
    return card(page, n).locator(".state")


def wide(page: Page) -> int:
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def test_a_link_looked_at_by_a_scanner_still_starts(site, visit, enter):
    played = site.study("scanned")
    page, link = visit(), played.link()
    for _ in range(20):
        assert page.request.get(link).ok
        assert page.request.head(link).ok
    page.goto(link)
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url(re.compile("/panel$"))
    expect(page.get_by_role("link", name="Start")).to_be_visible()


def test_a_whole_round_with_keys_only(site, enter):
    played = site.study("keys", statements=12)
    page = enter(played)
    page.get_by_role("link", name="Start").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/panel/page/1")
    while "/panel/page/" in page.url:
        asked = [int(article.get_attribute("data-statement")) for article in page.locator("article.card").all()]
        page.locator(f"#s{asked[0]} input[type=radio]").first.focus()
        for n in asked:
            page.keyboard.press("x" if n == 3 else str(1 + n % 4))
            expect(state(page, n)).to_have_text(SAVED)
            page.keyboard.press("n")
        page.get_by_role("button", name=re.compile("Save and")).first.focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    expect(page.get_by_text("Every statement has an answer")).to_be_visible()
    page.get_by_role("button", name="Submit").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    stored = played.ratings()
    assert len(stored) == 12
    assert stored[3] == (None, 1)
    assert {n: value for n, (value, _) in stored.items() if n != 3} == {n: 4 - n % 4 for n in range(1, 13) if n != 3}


def test_keys_write_text_in_a_text_and_can_be_switched_off(site, enter):
    played = site.study("keys-off")
    page = enter(played)
    page.goto("/panel/page/1")
    comment(page, 1).fill("")
    comment(page, 1).press_sequentially("1 x n 4")
    expect(page.locator("#comment-1")).to_have_value("1 x n 4")
    expect(state(page, 1)).to_have_text(SAVED)
    assert played.ratings() == {}
    page.get_by_text("Keys", exact=True).click()
    page.get_by_label("Use these keys").uncheck()
    page.reload()
    page.locator("#s1 input[type=radio]").first.focus()
    page.keyboard.press("2")
    page.wait_for_timeout(300)
    assert played.ratings() == {}


def test_a_round_of_35_statements_on_a_small_phone(site, enter):
    played = site.study("phone", statements=35, rounds=2)
    page = enter(played, viewport=PHONE, has_touch=True)
    loads = []
    page.on("request", lambda request: loads.append(request.url) if request.is_navigation_request() else None)
    page.get_by_role("link", name="Start").click()
    page.wait_for_url("**/panel/page/1")
    n = 1
    while "/panel/page/" in page.url:
        assert wide(page) == 0
        for article in page.locator("article.card").all():
            option(article, "Somewhat agree").tap()
            expect(article.locator(".state")).to_have_text(SAVED)
            n += 1
        with page.expect_navigation():
            page.get_by_role("button", name=re.compile("Save and (continue|review)")).tap()
    assert n == 36
    assert "review" in page.url
    assert len([url for url in loads if "/panel/page/" in url]) <= 2 * 4  # each of four pages is opened, and sent once
    assert wide(page) == 0
    page.get_by_role("button", name="Submit").tap()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert {value for value, _ in played.ratings().values()} == {3}


@pytest.mark.parametrize("scale", ["agree4_nq", "grade9", "agree7", "slider100"])
def test_targets_are_large_enough_for_a_thumb(site, enter, scale):
    rule = "percent_agreement" if scale != "slider100" else "iqr_rule"
    played = site.study(f"targets-{scale}".replace("_", "-"), scale=scale, rule=rule)
    page = enter(played, viewport=PHONE)
    page.goto("/panel/page/1")
    small = page.evaluate(
        """() => [...document.querySelectorAll(`label.opt, label.cell, a, button, summary, textarea,
        input:not([type=hidden]):not([type=radio])`)]
        .filter(e => e.checkVisibility() && !e.matches('.skip'))
        .map(e => [e.className, e.textContent.trim().slice(0, 30), e.getBoundingClientRect()])
        .filter(([c, , b]) => b.height < (/opt|cell/.test(c) ? 44 : 24) - .01 || b.width < (/opt|cell/.test(c) ? 44 : 24) - .01)
        .map(([c, t, b]) => `${c} ${t} ${b.width} x ${b.height}`)"""
    )
    assert small == []
    assert wide(page) == 0


def test_large_text_and_zoom_clip_nothing(site, enter):
    played = site.study("zoom", rounds=2)
    page = enter(played, viewport={"width": 640, "height": 450})  # 1280 px at 200 %
    page.goto("/panel/page/1")
    assert wide(page) == 0
    page.evaluate("document.documentElement.style.fontSize = '36px'")
    assert wide(page) == 0
    clipped = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(e => e.clientWidth && e.scrollWidth > e.clientWidth + 1
        && getComputedStyle(e).overflowX !== 'visible' && !e.closest('.scroll')
        && !e.matches('.vh, .vh *, .long, .long *, .state.idle, [data-empty]')).map(e => e.className || e.tagName)"""
    )
    assert clipped == []


def test_a_whole_round_without_javascript(site, enter):
    played = site.study("plain", rounds=2)
    page = enter(played, java_script_enabled=False)
    page.get_by_role("link", name="Start").click()
    expect(page.locator("#reason-1")).to_be_hidden()
    choose(page, 1, "Disagree")
    for n in range(2, 7):
        choose(page, n, "Somewhat agree")
    comment(page, 2).fill("Evenings matter.")
    page.locator("#reason-1").fill("I read the others.")
    page.get_by_role("button", name="Save and review").click()
    expect(page.get_by_text("Every statement has an answer")).to_be_visible()
    page.get_by_role("link", name="STMT4").click()
    page.get_by_role("button", name="Clear my answer on statement 4").click()
    expect(page).to_have_url(re.compile("/panel/page/1#s4$"))
    page.get_by_role("button", name="Clear my answer on statement 5").click()
    page.get_by_role("button", name=re.compile("^Keep “.*on statement 5$")).click()
    page.goto("/panel/review")
    expect(page.get_by_text("1 statement has no answer")).to_be_visible()
    page.get_by_role("button", name="Submit with 1 blank").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    assert played.comments() == ["Evenings matter."]
    assert played.ratings()[4] == (None, 2)


def test_ten_answers_without_a_connection_are_saved_once_when_it_returns(site, enter):
    played = site.study("offline", statements=10)
    page = enter(played)
    page.goto("/panel/page/1")
    page.context.set_offline(True)
    for n in range(1, 11):
        choose(page, n, "Agree")
    expect(state(page, 10)).to_have_text("Kept on this device, not sent yet")
    expect(page.get_by_role("status").first).to_contain_text("are kept on this device and not saved yet")
    page.get_by_role("button", name="Save and review").click()
    expect(page).to_have_url(re.compile("/panel/page/1"))
    assert played.ratings() == {}
    page.context.set_offline(False)
    expect(page).to_have_url(re.compile("/panel/review"))
    assert played.ratings() == dict.fromkeys(range(1, 11), (4, 1))


def test_an_answer_that_was_taken_but_never_acknowledged_is_not_doubled(site, enter):
    played = site.study("unheard")
    page = enter(played)
    page.goto("/panel/page/1")
    swallowed = []

    def swallow(route):
        if not swallowed:
            swallowed.append(route.fetch())  # the server has it, the page never hears of it
            route.abort()
        else:
            route.continue_()

    page.route("**/panel/answers", swallow)
    choose(page, 1, "Agree")
    expect(state(page, 1)).to_have_text("Not saved yet, trying again")
    expect(state(page, 1)).to_have_text(SAVED)
    assert played.ratings() == {1: (4, 1)}


def test_a_server_in_trouble_is_waited_for(site, enter):
    played = site.study("trouble")
    page = enter(played)
    page.goto("/panel/page/1")
    answers = iter([503, 507, 429])

    def fail(route):
        status = next(answers, None)
        route.continue_() if status is None else route.fulfill(status=status, headers={"Retry-After": "1"}, body="")

    page.route("**/panel/answers", fail)
    choose(page, 2, "Disagree")
    expect(state(page, 2)).to_have_text("Not saved yet, trying again")
    expect(state(page, 2)).to_have_text(SAVED)
    expect(page.locator("#save-trouble")).to_have_text("Everything on this page is saved.")
    assert played.ratings() == {2: (1, 1)}


def test_two_windows_are_asked_which_answer_counts(site, enter):
    played = site.study("windows")
    one = enter(played)
    one.goto("/panel/page/1")
    other = one.context.new_page()
    other.goto("/panel/page/1")
    choose(one, 1, "Agree")
    expect(state(one, 1)).to_have_text(SAVED)
    choose(other, 1, "Somewhat agree")
    expect(state(other, 1)).to_have_text("Changed elsewhere")
    box = card(other, 1).get_by_role("alert")
    expect(box).to_contain_text("In another window you chose “agree”. Here you chose “somewhat agree”.")
    assert played.ratings() == {1: (4, 1)}
    box.get_by_role("button", name="somewhat agree").click()
    expect(state(other, 1)).to_have_text(SAVED)
    assert played.ratings() == {1: (3, 2)}
    choose(one, 1, "Disagree")
    card(one, 1).get_by_role("alert").get_by_role("button", name="somewhat agree").click()
    expect(card(one, 1).get_by_role("radio", name="somewhat agree")).to_be_checked()
    assert played.ratings() == {1: (3, 2)}


def test_two_windows_with_two_comments_lose_neither(site, enter):
    played = site.study("texts")
    one = enter(played)
    one.goto("/panel/page/1")
    other = one.context.new_page()
    other.goto("/panel/page/1")
    comment(one, 1).fill("From here.")
    expect(state(one, 1)).to_have_text(SAVED)
    comment(other, 1).fill("From there.")
    box = card(other, 1).get_by_role("alert")
    expect(box).to_contain_text("this text was saved: “From here.”")
    expect(other.locator("#comment-1")).to_have_value("From there.")
    box.get_by_role("button", name="The one from here").click()
    expect(state(other, 1)).to_have_text(SAVED)
    assert played.comments() == ["From there."]


def test_a_round_that_closes_while_somebody_types_keeps_what_was_typed(site, enter):
    played = site.study("closing")
    page = enter(played)
    page.goto("/panel/page/1")
    choose(page, 1, "Agree")
    expect(state(page, 1)).to_have_text(SAVED)
    played.close()
    comment(page, 1).fill("Half an hour of thought.")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Round 1 closed on")
    expect(alert).to_contain_text("Your 1 saved answer counts.")
    expect(alert.get_by_role("button", name="Copy text")).to_be_visible()
    expect(state(page, 1)).to_have_text("Round closed")
    expect(page.locator("#comment-1")).to_have_value("Half an hour of thought.")
    assert played.comments() == []


def test_an_extension_lets_the_same_page_save_again(site, enter):
    played = site.study("extended")
    page = enter(played)
    page.goto("/panel/page/1")
    played.deadline(clock.now() - timedelta(seconds=1))
    choose(page, 1, "Agree")
    expect(page.get_by_role("alert")).to_contain_text("Round 1 closed on")
    played.deadline(clock.now() + timedelta(days=2))
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(state(page, 1)).to_have_text(SAVED)
    expect(page.get_by_role("alert")).to_have_count(0)
    assert played.ratings() == {1: (4, 1)}


def test_a_session_that_ended_goes_on_with_the_link(site, enter):
    played = site.study("ended")
    page = enter(played)
    page.goto("/panel/page/1")
    page.wait_for_load_state("networkidle")  # no answer under way brings the cookie back
    page.context.clear_cookies()
    choose(page, 1, "Agree")
    expect(page.locator("#save-trouble")).to_contain_text("open your link from the mail in another tab")
    enter(played, page=page.context.new_page())
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(state(page, 1)).to_have_text(SAVED)
    assert played.ratings() == {1: (4, 1)}


def test_the_link_of_another_person_in_the_same_browser_answers_for_nobody(site, enter):
    played = site.study("shared")
    page = enter(played)
    page.goto("/panel/page/1")
    enter(played, 1, page=page.context.new_page())
    choose(page, 1, "Agree")
    expect(state(page, 1)).not_to_have_text(SAVED)
    page.wait_for_timeout(1500)
    assert played.ratings(0) == played.ratings(1) == {}


def test_leaving_with_something_unsaved_asks_first(site, enter):
    played = site.study("leaving")
    page = enter(played)
    page.goto("/panel/page/1")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    choose(page, 1, "Agree")
    expect(state(page, 1)).to_have_text(SAVED)
    page.goto("/panel")
    assert asked == []
    page.goto("/panel/page/1")
    page.context.set_offline(True)
    choose(page, 2, "Agree")
    expect(state(page, 2)).to_have_text("Kept on this device, not sent yet")
    page.evaluate("document.querySelector('footer a[href*=information]').click()")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]


def test_a_page_that_is_left_in_the_middle_of_a_word_still_saves_it(site, enter):
    played = site.study("hurry")
    page = enter(played)
    page.goto("/panel/page/1")
    page.on("dialog", lambda dialog: dialog.accept())
    comment(page, 1).press_sequentially("On the train")
    page.goto("/panel")  # sends what the page before it had no time for
    for _ in range(50):
        if played.comments() == ["On the train"]:
            break
        page.wait_for_timeout(100)
    assert played.comments() == ["On the train"]


def test_a_reason_is_asked_when_an_answer_moves_to_another_zone(site, enter):
    played = site.study("reason", rounds=2)
    page = enter(played)  # this person answered agree (4) or somewhat agree (3) to 1, somewhat agree or lower to others
    page.goto("/panel/page/1")
    reason = card(page, 1).locator(".reason")
    expect(reason).to_be_hidden()
    choose(page, 1, "Somewhat agree")
    expect(reason).to_be_hidden()
    choose(page, 1, "Disagree")
    expect(reason).to_contain_text("You moved from “agree” to “disagree”. What made you change? (optional)")
    expect(card(page, 1).get_by_role("radio", name=re.compile("^disagree"))).to_be_focused()
    expect(state(page, 1)).to_have_text(SAVED)
    page.locator("#reason-1").fill("The others' reasons.")
    expect(state(page, 1)).to_have_text(SAVED)
    choose(page, 1, "Agree")
    expect(state(page, 1)).to_have_text(SAVED)
    assert played.ratings()[1][0] == 4


def test_a_card_says_names_and_states_as_a_screen_reader_hears_them(site, enter):
    played = site.study("names", rounds=2)
    page = enter(played)
    page.goto("/panel/page/1")
    group = card(page, 1).get_by_role("group", name=re.compile("^Statement 1: services"))
    radios = group.get_by_role("radio")
    names = (
        "agree 5 people, 45% you, round 1",
        "somewhat agree 4 people, 36% middle answer",
        "somewhat disagree 1 person, 9%",
        "disagree 1 person, 9%",
        "not qualified to respond 1 person not counted in the shares",
    )
    for radio, name in zip(radios.all(), names, strict=True):
        expect(radio).to_have_accessible_name(name)
    said = "In round 1, 11 people rated this: 9 agreed (82%), 2 disagreed (18%). You: agree."
    expect(group).to_have_accessible_description(said)
    expect(radios.nth(0)).not_to_be_checked()
    group.get_by_role("radio", name="not qualified to respond").check()
    expect(radios.nth(4)).to_be_checked()
    expect(radios.nth(0)).not_to_be_checked()
    for name in ("Keep “agree” on statement 1", "Clear my answer on statement 1"):
        expect(card(page, 1).get_by_role("button", name=name, include_hidden=True)).to_have_count(1)
    comment(page, 1)
    expect(page.get_by_role("textbox", name="My comment on statement 1")).to_be_visible()
    expect(page.get_by_role("article", name=re.compile("^Statement 1: services"))).to_be_visible()


def test_nine_points_say_their_band(site, enter):
    played = site.study("nine", scale="grade9", rule="comet_70_15", groups=())
    page = enter(played)
    page.goto("/panel/page/1")
    expect(card(page, 1).get_by_role("group", name="Limited importance, 1 to 3").get_by_role("radio")).to_have_count(3)
    card(page, 1).get_by_role("group", name="Critical, 7 to 9").get_by_role("radio", name="9").check()
    expect(state(page, 1)).to_have_text(SAVED)
    assert played.ratings() == {1: (9, 1)}
    tops = "options => new Set(options.slice(0, 9).map(e => e.getBoundingClientRect().top)).size"
    options = card(page, 1).locator(".cell")
    assert options.evaluate_all(tops) == 1
    page.set_viewport_size(PHONE)
    assert options.evaluate_all(tops) == 3
    assert wide(page) == 0


def test_a_number_is_checked_where_it_is_written(site, enter):
    played = site.study("number", scale="slider100", rule="iqr_rule", groups=())
    page = enter(played)
    page.goto("/panel/page/1")
    page.locator("#answer-1").fill("140")
    page.locator("#answer-1").blur()
    expect(state(page, 1)).to_have_text("Not saved")
    expect(page.locator("#save-trouble")).to_contain_text("“140” is no whole number from 0 to 100")
    page.locator("#answer-1").fill("40")
    page.locator("#answer-1").blur()
    expect(state(page, 1)).to_have_text(SAVED)
    assert played.ratings() == {1: (40, 1)}


def test_focus_is_seen_wherever_it_goes(site, enter):
    played = site.study("focus", rounds=2)
    page = enter(played, viewport=PHONE)
    page.goto("/panel/page/1")
    hidden = []
    last = ""
    for _ in range(120):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => { const e = document.activeElement, b = e.getBoundingClientRect();
            if (e === document.body) return 'end';
            const box = e.type === 'radio' ? e.closest('label').getBoundingClientRect() : b;
            const x = box.x + Math.min(box.width / 2, 20), y = box.y + Math.min(box.height / 2, 12);
            const top = document.elementFromPoint(x, y), whole = e.type === 'radio' ? e.closest('label') : e;
            const seen = top && (whole.contains(top) || top.contains(e));
            return (seen ? 'seen ' : 'hidden ') + (e.name || e.textContent.trim().slice(0, 20)); }"""
        )
        if seen == "end":
            break
        if seen.startswith("hidden"):
            hidden.append(seen)
        last = seen
    assert hidden == []
    assert "Sign out" in last


def test_tabbing_visits_each_scale_once_and_in_the_order_of_the_page(site, enter):
    played = site.study("order")
    page = enter(played)
    page.goto("/panel/page/1")
    page.locator("#s1 input[type=radio]").first.focus()
    order = []
    for _ in range(6):
        order.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
        page.keyboard.press("Tab")
    assert order[:4] == ["answer-1", "SUMMARY", "answer-2", "SUMMARY"]
