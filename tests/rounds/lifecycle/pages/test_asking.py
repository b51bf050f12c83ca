"""What cannot be undone is asked once more: on a page that names the object, says the effect in numbers, and leads back."""

import re
from datetime import timedelta

import pytest
from browsing import fingerprint
from builders import NEW_STUDY, NOW, SEALED
from uploads import stored

from delphi.model.round import Round

SOON = f"{NOW + timedelta(hours=2):%Y-%m-%dT%H:%M}"
LATE = f"{NOW + timedelta(days=9):%Y-%m-%dT%H:%M}"
ROUND = "/studies/care/rounds/1"


def filled(page):
    return re.findall(r'class="button"[^>]*>\s*([^<]*?)\s*<', page)


def numbers(page):
    return dict(re.findall(r"<dt>([^<]*)</dt>\s*<dd>([^<]*)</dd>", page))


def test_a_launch_is_asked_with_its_mails_and_then_done(app, pages, ada):
    page = ada.get(f"{ROUND}/launch?closes_at={LATE}&remind=y").text
    assert "Launch round 1?" in page
    assert numbers(page)["Mails"] == "6"
    assert numbers(page)["Statements"] == "3"
    assert filled(page) == ["Back, and change nothing"]
    assert stored(app, Round.opened_at, number=1, study_id=pages.study.id) == [None]
    assert ada.send(f"{ROUND}/launch", {"closes_at": LATE, "remind": "y"}).status_code == 303


@pytest.mark.parametrize("way", ["asked", "sent"])
def test_a_deadline_that_is_too_near_is_mended_on_the_same_page(app, pages, ada, way):
    before = fingerprint(app)
    answer = (
        ada.get(f"{ROUND}/launch?closes_at={SOON}")
        if way == "asked"
        else ada.send(f"{ROUND}/launch", {"closes_at": SOON})
    )
    assert answer.status_code == 409
    assert "at least 20 hours" in answer.text
    assert f'value="{SOON}"' in answer.text
    assert fingerprint(app) == before


def test_a_close_is_asked_and_says_that_the_deadline_has_not_come(app, opened, ada):
    page = ada.get(f"{ROUND}/close").text
    assert "Close round 1?" in page
    assert numbers(page) == {"Invited": "6", "Submitted": "not shown"}
    assert "The deadline has not come yet." in page
    assert filled(page) == ["Back, and change nothing"]
    assert ada.send(f"{ROUND}/close").status_code == 303
    assert ada.get(f"{ROUND}/close").status_code == 409


def test_a_release_is_asked_and_names_what_waits(app, opened, ada):
    assert ada.get(f"{ROUND}/release").status_code == 409
    ada.send(f"{ROUND}/close")
    page = ada.get(f"{ROUND}/release").text
    assert "Release the results of round 1?" in page
    assert numbers(page)["Comments undecided"] == "0"
    assert filled(page) == ["Back, and change nothing"]


def test_the_lock_is_asked_and_done_once(app, pages, ada):
    ada.send("/studies/new", NEW_STUDY)
    assert ada.get("/studies/fresh/lock").status_code == 409
    ada.send("/studies/fresh/anonymity", SEALED)
    page = ada.get("/studies/fresh/lock").text
    assert "Lock the protocol of “Fresh”?" in page
    assert numbers(page)["Rounds"] == "3"
    assert filled(page) == ["Back, and change nothing"]
    assert ada.send("/studies/fresh/lock").status_code == 303
    assert ada.get("/studies/fresh/lock").status_code == 409


def test_a_deletion_asks_for_the_title_and_keeps_what_was_typed(app, pages, ada):
    page = ada.get("/studies/care/ending/delete").text
    assert "Delete “Study care”?" in page
    assert numbers(page)["People"] == "6"
    refused = ada.send("/studies/care/ending/delete", {"title": "Study cure"})
    assert refused.status_code == 409
    assert 'value="Study cure"' in refused.text
    assert ada.send("/studies/care/ending/delete", {"title": "Study care"}).status_code == 303


def test_a_later_deadline_that_is_refused_comes_back_as_typed(app, opened, ada):
    answer = ada.send(f"{ROUND}/extend", {"closes_at": SOON, "reason": "Holidays, and <rain>", "tell": "all"})
    assert answer.status_code == 409
    assert "Holidays, and &lt;rain&gt;" in answer.text
    assert f'value="{SOON}"' in answer.text
