"""What a person gave is stored or told: killed, closed, offline, late, refused, signed out, on a shared device."""

import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy import select

from delphi import clock
from delphi.model.identity import Identity

PHONE = {"width": 375, "height": 812}
SAVED = re.compile(r"^Saved( \d\d:\d\d)?$")
KEPT = """async () => [
    ...(await indexedDB.databases()).map(one => one.name),
    ...await caches.keys(),
    ...(await navigator.serviceWorker.getRegistrations()).map(one => new URL(one.scope).pathname),
]"""
UNSENT = "unsent.all().then(records => records.filter(record => !record.sent).map(record => record.field))"


def card(page: Page, n: int):
    return page.locator(f"#s{n}")


def state(page: Page, n: int):
    return card(page, n).locator(".state")


def choose(page: Page, n: int, value: int) -> None:
    page.locator(f"#s{n} label:has(input[value='{value}'])").click()


def write(page: Page, n: int, text: str) -> None:
    """Type a comment; it may stand in a part that is opened first."""
    box = page.locator(f"#comment-{n}")
    box.evaluate(
        "box => { for (let d = box.closest('details'); d; d = d.parentElement.closest('details')) d.open = true }"
    )
    box.fill(text)


def rail(page: Page):
    return page.locator("#save-trouble")


def until(page: Page, true: str) -> None:
    """Wait for a promise of the page to be true; Playwright's own waiting takes any promise for true."""
    page.evaluate(
        f"""async () => {{
            for (let n = 0; n < 150; n += 1) {{
                if (await ({true})) return;
                await new Promise(again => setTimeout(again, 100));
            }}
            throw new Error('never true');
        }}"""
    )


def wait_for_worker(page: Page) -> None:
    """Wait until the device keeps the page."""
    until(page, "caches.match(location.href.split('#')[0]).then(Boolean)")


def kill(profile: str) -> None:
    """Kill the browser of this profile, as `kill -9` does."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().decode().split("\0")
        except OSError:
            continue
        if f"--user-data-dir={profile}" in words and not any(word.startswith("--type=") for word in words):
            os.kill(int(process.name), signal.SIGKILL)


def test_a_browser_killed_offline_sends_what_it_kept_once(site, installed, enter, network):
    played = site.study("killed")
    page = installed()
    page.goto(played.link())
    page.get_by_role("button", name="Continue").click()
    page.goto("/panel/page/1")
    choose(page, 3, 2)
    expect(state(page, 3)).to_have_text(SAVED)
    wait_for_worker(page)
    network(False)
    choose(page, 1, 4)
    write(page, 2, "Half an hour of thought.")
    expect(rail(page)).to_contain_text("kept on this device")
    until(page, f"{UNSENT}.then(fields => fields.length === 2)")
    kill(installed.profile)

    page = installed()
    page.goto("/panel/page/1")  # still no network: the page comes from the device
    expect(page.locator("#s1 input[value='4']")).to_be_checked()
    expect(page.locator("#s3 input[value='2']")).to_be_checked()
    expect(page.locator("#comment-2")).to_have_value("Half an hour of thought.")
    expect(rail(page)).to_contain_text("kept on this device")
    assert set(played.ratings()) == {3}
    network(True)
    enter(played, page=page.context.new_page())  # the newest cookie was not on the disk yet
    page.evaluate("dispatchEvent(new Event('focus'))")
    expect(state(page, 1)).to_have_text(SAVED)
    expect(state(page, 2)).to_have_text(SAVED)
    assert played.ratings() == {1: (4, 1), 3: (2, 1)}
    assert played.comments() == ["Half an hour of thought."]
    page.context.close()


def test_an_answer_that_was_taken_unheard_is_not_doubled_after_a_kill(site, enter):
    played = site.study("unheard-kill")
    page = enter(played, service_workers="block")
    page.goto("/panel/page/1")
    page.route("**/panel/answers", lambda route: (route.fetch(), route.abort()))
    choose(page, 1, 4)
    expect(state(page, 1)).to_have_text("Not saved yet, trying again")
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.goto("/panel/page/1")
    expect(state(again, 1)).to_have_text(SAVED)
    expect(again.get_by_role("alert")).to_have_count(0)
    assert played.ratings() == {1: (4, 1)}


def test_a_text_is_kept_from_each_key_on(site, visit, enter):
    page = visit()
    page.add_init_script(  # the pause after which a text is sent never comes
        "const later = setTimeout; window.setTimeout = (act, pause) => pause === 800 ? 0 : later(act, pause)"
    )
    enter(site.study("each-key"), page=page)
    page.goto("/panel/page/1")
    write(page, 1, "On the tr")
    until(page, f"{UNSENT}.then(fields => fields.includes('comment-1'))")
    again = page.context.new_page()
    page.close(run_before_unload=False)
    again.goto("/panel/page/1")
    expect(again.locator("#comment-1")).to_have_value("On the tr")


def test_a_page_that_was_closed_offline_sends_from_the_start_page(site, enter, network):
    played = site.study("evicted")
    page = enter(played)
    page.goto("/panel/page/1")
    other = page.context.new_page()
    other.goto("/panel")
    network(False)
    write(page, 1, "On the train")
    page.close(run_before_unload=False)
    network(True)
    other.reload()
    expect(other.get_by_role("status")).to_contain_text("saved now")
    assert played.comments() == ["On the train"]
    assert other.evaluate(UNSENT) == []


def test_a_close_is_told_where_one_types_on_a_phone(site, enter):
    played = site.study("close-typing")
    page = enter(played, viewport=PHONE)
    page.goto("/panel/page/1")
    choose(page, 1, 4)
    expect(state(page, 1)).to_have_text(SAVED)
    write(page, 2, "")
    page.locator("#comment-2").scroll_into_view_if_needed()
    played.close()
    page.locator("#comment-2").press_sequentially("Half an hour of thought.")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Round 1 closed on")
    expect(alert).to_be_in_viewport(ratio=1)
    expect(alert.get_by_role("button", name="Copy text")).to_be_in_viewport(ratio=1)
    expect(page.locator("#comment-2")).to_be_in_viewport()
    expect(page.locator("#comment-2")).to_have_value("Half an hour of thought.")


@pytest.mark.parametrize("trouble", ["offline", "conflict", "ended"])
def test_trouble_is_told_where_one_types_on_a_phone(site, enter, network, trouble):
    played = site.study(f"phone-{trouble}")
    page = enter(played, viewport=PHONE)
    page.goto("/panel/page/1")
    wait_for_worker(page)
    if trouble == "offline":
        network(False)
    elif trouble == "conflict":
        other = page.context.new_page()
        other.goto("/panel/page/1")
        write(other, 2, "From there.")
        expect(state(other, 2)).to_have_text(SAVED)
    else:
        page.context.clear_cookies()
    write(page, 2, "From here.")
    page.locator("#comment-2").scroll_into_view_if_needed()
    words = {"offline": "kept on this device", "conflict": "something else was saved", "ended": "signed out"}
    expect(rail(page)).to_contain_text(words[trouble])
    expect(rail(page)).to_be_in_viewport(ratio=1)
    if trouble == "ended":
        expect(rail(page).get_by_role("link", name="Send me my link")).to_have_attribute("href", "/link")


def test_a_refused_comment_says_why_at_its_field_until_it_fits(site, enter):
    played = site.study("refused")
    page = enter(played, viewport=PHONE)
    page.goto("/panel/page/1")
    write(page, 1, "x" * 2140)
    box = page.locator("#comment-1")
    expect(box).to_have_attribute("aria-invalid", "true")
    expect(box).to_have_accessible_description(re.compile("2140 characters; the limit is 2000"))
    expect(rail(page)).to_contain_text("Shorten it by 140 characters")
    choose(page, 2, 4)
    expect(state(page, 2)).to_have_text(SAVED)
    expect(rail(page)).to_contain_text("Shorten it by 140 characters")
    page.get_by_role("button", name=re.compile("Save and")).first.click()
    expect(page).to_have_url(re.compile("/panel/page/1"))
    expect(box).to_be_focused()
    box.fill("x" * 2000)
    expect(state(page, 1)).to_have_text(SAVED)
    expect(box).not_to_have_attribute("aria-invalid", "true")
    expect(rail(page)).to_have_text("Everything on this page is saved.")
    assert played.comments() == ["x" * 2000]


def test_a_refused_comment_is_there_again_after_a_reload(site, enter):
    played = site.study("refused-again")
    page = enter(played)
    page.goto("/panel/page/1")
    page.on("dialog", lambda dialog: dialog.accept())
    write(page, 1, "x" * 2140)
    expect(rail(page)).to_contain_text("Shorten it by 140 characters")
    page.goto("/panel")
    left = page.get_by_role("status").get_by_role("link", name="STMT1")
    left.click()
    expect(page.locator("#comment-1")).to_have_value("x" * 2140)
    expect(rail(page)).to_contain_text("Shorten it by 140 characters")


def test_a_tap_before_the_script_is_sent(site, enter):
    played = site.study("early")
    page = enter(played, service_workers="block")
    held = []

    def hold(route):
        held.append(route)

    page.route("**/autosave.js*", hold)
    page.goto("/panel/page/1", wait_until="commit")
    choose(page, 1, 3)
    write(page, 2, "Quick.")
    assert played.ratings() == {}
    held[0].continue_()
    expect(state(page, 1)).to_have_text(SAVED)
    expect(state(page, 2)).to_have_text(SAVED)
    assert played.ratings() == {1: (3, 1)}
    assert played.comments() == ["Quick."]


def test_an_older_answer_put_back_by_the_browser_is_asked_about(site, enter):
    played = site.study("put-back")
    page = enter(played)
    page.goto("/panel/page/1")
    choose(page, 1, 4)
    expect(state(page, 1)).to_have_text(SAVED)
    put_back = "document.addEventListener('readystatechange', () => { document.querySelector('#s1 input[value=\"1\"]').checked = true })"
    page.add_init_script(put_back)
    page.reload()
    expect(card(page, 1).get_by_role("alert")).to_contain_text("Which one should count?")
    assert played.ratings() == {1: (4, 1)}


def test_an_ended_session_without_javascript_gives_everything_back(site, enter):
    played = site.study("ended-plain")
    page = enter(played, java_script_enabled=False)
    page.goto("/panel/page/1")
    choose(page, 1, 4)
    write_plain = page.locator("#comment-2")
    write_plain.fill("Evenings matter.") if write_plain.is_visible() else open_and_fill(page, 2, "Evenings matter.")
    page.context.clear_cookies()
    page.get_by_role("button", name=re.compile("Save and review")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This browser is signed out of the study")
    expect(page.get_by_role("link", name="Send me my link")).to_be_visible()
    expect(page.get_by_role("textbox")).to_have_value("Evenings matter.")
    enter(played, page=page.context.new_page())
    for _ in range(2):  # the first time its session is new, too
        page.get_by_role("button", name="Send again").click()
    expect(page).to_have_url(re.compile("/panel/review"))
    assert played.ratings() == {1: (4, 1)}
    assert played.comments() == ["Evenings matter."]


def open_and_fill(page: Page, n: int, text: str) -> None:
    card(page, n).locator("summary", has_text=re.compile("comment", re.IGNORECASE)).last.click()
    page.locator(f"#comment-{n}").fill(text)


def test_a_page_changed_and_sent_again_without_javascript_saves_the_change(site, enter):
    played = site.study("back-plain")
    page = enter(played, java_script_enabled=False)
    page.goto("/panel/page/1")
    choose(page, 1, 4)
    page.get_by_role("button", name=re.compile("Save and review")).click()
    page.go_back()
    choose(page, 1, 3)
    page.get_by_role("button", name=re.compile("Save and review")).click()
    expect(page).to_have_url(re.compile("/panel/review"))
    assert played.ratings() == {1: (3, 2)}


def test_signing_out_deletes_all_that_the_device_kept(site, enter):
    played = site.study("signing-out")
    page = enter(played)
    page.goto("/panel/page/1")
    choose(page, 1, 4)
    expect(state(page, 1)).to_have_text(SAVED)
    wait_for_worker(page)
    assert {"delphi", "/panel/page/"} < set(page.evaluate(KEPT))
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
    until(page, f"({KEPT})().then(kept => kept.length === 0)")


def test_a_server_that_deletes_nothing_leaves_it_to_the_script(site, enter):
    played = site.study("signing-out-old")
    page = enter(played)
    page.goto("/panel/page/1")
    wait_for_worker(page)

    def without(route):
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "clear-site-data"}
        route.fulfill(response=answer, headers=headers)

    page.route("**/panel/leave", without)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Signed out")).to_be_visible()
    until(page, f"({KEPT})().then(kept => kept.length === 0)")


def test_a_shared_device_keeps_nothing(site, enter, network):
    played = site.study("shared-device")
    page = enter(played)
    page.goto("/panel/page/1")
    wait_for_worker(page)
    page.goto("/panel")
    page.get_by_text("What is kept on this device").click()
    page.get_by_role("button", name="This is a shared device: keep nothing").click()
    expect(page.get_by_text("Nothing of this study is kept on this device now.")).to_be_visible()
    page.goto("/panel/page/1")
    until(page, f"({KEPT})().then(kept => kept.length === 0)")
    network(False)
    choose(page, 1, 4)
    expect(rail(page)).to_contain_text("Keep the page open")
    assert page.evaluate(KEPT) == []
    network(True)
    rail(page).get_by_role("button", name="Try now").click()
    expect(state(page, 1)).to_have_text(SAVED)
    assert page.evaluate(KEPT) == []
    page.get_by_role("button", name="Sign out").click()
    enter(played, page=page)  # who signs in next on a shared device is asked no second time
    page.goto("/panel/page/1")
    assert page.evaluate(KEPT) == []


def test_a_close_deletes_the_pages_and_gives_back_what_was_late_once(site, enter, network):
    played = site.study("late")
    page = enter(played)
    page.goto("/panel/page/1")
    wait_for_worker(page)
    network(False)
    write(page, 1, "Too late.")
    choose(page, 2, 4)
    until(page, f"{UNSENT}.then(fields => fields.length === 2)")
    other = page.context.new_page()
    page.close(run_before_unload=False)
    played.deadline(clock.now())
    network(True)
    other.goto("/panel/page/1")
    told = other.get_by_role("alert")
    expect(told).to_contain_text("does not count")
    expect(told).to_contain_text("STMT1: Too late.")
    expect(told).to_contain_text("STMT2: agree")
    assert not [name for name in other.evaluate(KEPT) if name.startswith("sheet-")]
    other.goto("/panel")
    expect(other.get_by_role("heading", level=1)).to_be_visible()
    other.wait_for_timeout(300)
    expect(other.get_by_role("alert")).to_have_count(0)
    assert other.evaluate(UNSENT) == []
    assert played.ratings() == {}


def test_the_next_person_of_a_browser_finds_no_page_of_the_one_before(site, enter, network):
    played = site.study("next-person")
    page = enter(played)
    page.goto("/panel/page/1")
    choose(page, 1, 4)
    expect(state(page, 1)).to_have_text(SAVED)
    wait_for_worker(page)
    network(False)
    choose(page, 2, 4)
    until(page, f"{UNSENT}.then(fields => fields.length === 1)")
    other = page.context.new_page()
    page.close(run_before_unload=False)
    network(True)
    other.context.clear_cookies()
    enter(played, 1, page=other)
    until(other, "caches.keys().then(names => !names.some(name => name.startsWith('sheet-')))")
    other.goto("/panel/page/1")
    expect(other.locator("[type=radio]:checked")).to_have_count(0)
    other.wait_for_timeout(300)
    assert played.ratings(1) == {}
    enter(played, 0, page=other)
    expect(other.get_by_role("status")).to_contain_text("saved now")
    assert set(played.ratings(0)) == {1, 2}


def test_an_answer_of_another_page_is_sent_from_this_one(site, enter, network):
    played = site.study("two-pages", statements=12)
    page = enter(played)
    page.goto("/panel/page/1")
    other = page.context.new_page()
    other.goto("/panel")
    network(False)
    choose(page, 1, 4)
    until(page, f"{UNSENT}.then(fields => fields.length === 1)")
    page.close(run_before_unload=False)
    network(True)
    other.goto("/panel/page/2")
    expect(other.locator("#progress")).to_contain_text("1 of 12")
    assert played.ratings() == {1: (4, 1)}


def test_where_nothing_can_be_kept_the_page_works_as_before(site, visit, enter):
    played = site.study("private")
    page = visit()
    page.add_init_script(
        "for (const name of ['indexedDB', 'caches']) Object.defineProperty(window, name, { value: undefined });"
        "Object.defineProperty(Navigator.prototype, 'serviceWorker', { get: () => undefined });"
    )
    enter(played, page=page)
    page.goto("/panel/page/1")
    page.context.set_offline(True)
    choose(page, 1, 4)
    expect(state(page, 1)).to_have_text("Waiting for connection")
    expect(rail(page)).to_contain_text("Keep the page open")
    page.context.set_offline(False)
    expect(state(page, 1)).to_have_text(SAVED)
    assert played.ratings() == {1: (4, 1)}


def test_the_worker_sees_no_page_but_those_of_statements(site, enter):
    page = enter(site.study("scope"))
    page.goto("/panel/page/1")
    wait_for_worker(page)
    scopes = page.evaluate("navigator.serviceWorker.getRegistrations().then(all => all.map(one => one.scope))")
    assert scopes == [f"{site.url}/panel/page/"]
    page.goto("/panel/my-data")
    assert page.evaluate("navigator.serviceWorker.controller") is None
    kept = page.evaluate(
        "caches.keys().then(names => Promise.all(names.map(name => caches.open(name))))"
        ".then(all => Promise.all(all.map(one => one.keys()))).then(all => all.flat().map(one => new URL(one.url).pathname))"
    )
    assert {path.rpartition("/")[0] for path in kept} <= {"/panel/page", "/static"}


def test_what_the_device_keeps_names_nobody(site, enter):
    played = site.study("nobody")
    page = enter(played)
    page.goto("/panel/page/1")
    choose(page, 1, 4)
    expect(state(page, 1)).to_have_text(SAVED)
    wait_for_worker(page)
    kept = str(page.evaluate("unsent.all()"))
    kept += page.evaluate("caches.match(location.href.split('#')[0]).then(page => page.text())")
    assert "answer-1" in kept
    with site.database.transaction(writing=False) as session:
        people = session.execute(select(Identity.name, Identity.email).where(Identity.study_id == played.id)).all()
    assert len(people) == 12
    assert [one for name, email in people for one in (name, email) if one in kept] == []
    assert str(played.panel[0]) not in kept


def test_a_kept_page_opens_no_more_when_its_round_is_over(site, enter, network):
    page = enter(site.study("over"))
    page.goto("/panel/page/1")
    wait_for_worker(page)
    network(False)
    page.reload()
    expect(page.get_by_role("radio").first).to_be_visible()
    page.evaluate(
        """async () => {
            const cache = await caches.open((await caches.keys()).find(name => name.startsWith('sheet-')));
            const answer = await cache.match(location.href), headers = new Headers(answer.headers);
            headers.set('Keep-Until', '2026-01-01T00:00:00+00:00');
            await cache.put(location.href, new Response(await answer.text(), { headers }));
        }"""
    )
    with pytest.raises(Error, match="ERR_"):
        page.reload()
    network(True)
    page = page.context.new_page()
    page.goto("/panel")
    until(page, "caches.match('/panel/page/1').then(found => !found)")
