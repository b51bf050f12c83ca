"""What a browser may keep of a panelist's pages: named by its session, told before, and forgotten when it is left."""

import re

import pytest
from browsing import fingerprint

NAME = re.compile(r'name="device"\s+content="([^"]*)"')
FORGET = '"storage"'


def kept_as(page) -> str | None:
    """The name under which a page says that the device may keep things; None where it says nothing."""
    found = NAME.search(page.text)
    return found and found[1]


def test_a_page_of_statements_is_kept_until_its_round_closes(app, opened, one):
    page = one.get("/panel/page/1")
    assert page.headers["Keep-On-Device"] == kept_as(page)
    assert len(kept_as(page)) == 16
    until = re.search(r'data-until="([^"]+)"', page.text)[1]
    assert page.headers["Keep-Until"] == until
    assert until.startswith("20")


@pytest.mark.parametrize("path", ["/panel", "/panel/review", "/panel/my-data", "/panel/information"])
def test_no_other_page_is_kept(one, path):
    assert "Keep-On-Device" not in one.get(path).headers


def test_another_session_has_another_name(app, opened, one):
    again = app.test_client().enter(opened.study.id, opened.panel[0])
    assert kept_as(again.get("/panel")) != kept_as(one.get("/panel"))


def test_a_landing_page_deletes_nothing(app, opened):
    browser = app.test_client()
    assert kept_as(browser.get(browser.link(opened.study.id, opened.panel[0]))) is None


def test_a_shared_device_is_told_to_forget_and_keeps_nothing(one):
    answer = one.send("/panel/device", {"shared": "yes"})
    assert (answer.status_code, answer.headers["Clear-Site-Data"]) == (303, FORGET)
    page = one.get("/panel/page/1")
    assert kept_as(page) == ""
    assert "Keep-On-Device" not in page.headers
    assert "Nothing of this study is kept on this device now." in page.text
    assert "Clear-Site-Data" not in one.send("/panel/device", {"shared": "no"}).headers
    assert kept_as(one.get("/panel")) != ""


def test_a_shared_device_stays_shared_for_whoever_comes_next(app, opened, one):
    one.send("/panel/device", {"shared": "yes"})
    one.send("/panel/leave")
    one.send(one.link(opened.study.id, opened.panel[1]))
    assert kept_as(one.get("/panel")) == ""


def test_calling_a_device_shared_stores_nothing_about_a_person(app, one):
    before = fingerprint(app)
    one.send("/panel/device", {"shared": "yes"})
    assert fingerprint(app) == before


def test_signing_out_deletes_with_and_without_a_script(one):
    answer = one.send("/panel/leave")
    assert answer.headers["Clear-Site-Data"] == FORGET
    assert kept_as(answer) == ""


def test_withdrawing_deletes_too(one):
    choice = re.search(r'name="choice"\s+value="([^"]+)"', one.get("/panel/withdraw").text)[1]
    answer = one.send("/panel/withdraw", {"choice": choice, "confirm": "yes"})
    assert answer.headers["Clear-Site-Data"] == FORGET
    assert kept_as(answer) == ""


def test_the_worker_is_a_script_without_a_cookie(app):
    answer = app.test_client().get("/panel/page/worker.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert "Set-Cookie" not in answer.headers
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]


def test_what_the_device_keeps_is_told_before_consent(one):
    for path in ("/panel/consent", "/panel/information"):
        assert "your browser keeps the pages of statements as you last saw them" in " ".join(one.get(path).text.split())


def test_the_choice_stands_on_the_start_page_and_under_my_data(one):
    for path in ("/panel", "/panel/my-data"):
        assert "This is a shared device: keep nothing" in one.get(path).text
