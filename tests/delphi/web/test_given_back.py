"""What is answered where a panelist's session has ended: what was sent comes back, but never to another site."""

import pytest
from browsing import HOST

PAGE = "/panel/page/1"
SENT = {"answer-1": "4", "comment-2": "Evenings matter."}
OURS = {"Sec-Fetch-Site": "same-origin"}
SIGNED_OUT = "This browser is signed out of the study"


def test_a_form_without_a_session_is_given_back(app, opened):
    answer = app.test_client().post(PAGE, data=SENT, headers=OURS)
    assert answer.status_code == 400
    assert SIGNED_OUT in answer.text
    assert "Send me my link" in answer.text
    assert f'action="{PAGE}"' in answer.text
    assert "Evenings matter." in answer.text
    assert 'name="answer-1" value="4"' in answer.text


def test_a_session_that_another_device_ended_gives_back_too(app, opened):
    browser = app.test_client().enter(opened.study.id, opened.panel[0])
    with browser.session_transaction(base_url=HOST) as kept:
        kept["panelist_grant"] = "gone"
    answer = browser.send(PAGE, SENT, headers=OURS)
    assert answer.status_code == 404
    assert SIGNED_OUT in answer.text
    assert "Evenings matter." in answer.text


def test_a_form_with_an_old_token_is_sent_again_from_its_answer(one):
    answer = one.post(PAGE, data=SENT | {"csrf_token": "old"}, headers=OURS)
    assert answer.status_code == 400
    assert "This page was open for too long" in answer.text
    assert "Send me my link" not in answer.text
    assert "Evenings matter." in answer.text


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_nothing_of_another_site_is_given_back(one, site):
    headers = {"Sec-Fetch-Site": site} if site else {}
    answer = one.post(PAGE, data=SENT, headers=headers)
    assert answer.status_code == 400
    assert "Evenings matter." not in answer.text


def test_a_page_without_a_session_leads_to_the_link(app, opened):
    answer = app.test_client().get(PAGE)
    assert answer.status_code == 404
    assert SIGNED_OUT in answer.text
    assert 'href="/link"' in answer.text
    assert "Send again" not in answer.text
