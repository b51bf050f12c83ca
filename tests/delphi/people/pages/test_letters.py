"""The letters of a study: listed, written, looked at without any answer of anybody, tried out and sent."""

import re
from dataclasses import replace
from email import message_from_string, policy
from mailbox import listening

import pytest
from browsing import fingerprint
from builders import NOW, vote
from sqlalchemy import select, update

from delphi import clock
from delphi.letters.kinds.shipped import KINDS
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind, TeamLetter
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Round
from delphi.people.postman import Postman
from rounds.lifecycle import lifecycle

STRANGE = "{{7*7}} {% raw %} %s %(study)s {0.__class__} ${x} <b>bold</b>"


def test_every_kind_is_listed_and_shown_with_nothing_changed(app, opened, ada):
    before = fingerprint(app)
    listed = ada.get("/studies/care/letters").text
    for name in KINDS:
        assert f"/studies/care/letters/{name}" in listed
        for query in ("", "?missing=y&who=panelist3@panel"):
            page = ada.get(f"/studies/care/letters/{name}{query}")
            assert page.status_code == 200, name
            written = re.search(r'<pre class="letter" lang="en">(.*?)</pre>', page.text, re.DOTALL)[1]
            assert not re.search(r"(?<!\{)\{[a-z_]+\}", written), name
            assert ada.get(f"/studies/care/letters/{name}/html{query}").status_code == 200
    assert fingerprint(app) == before
    assert ada.get("/studies/care/letters/nothing").status_code == 404
    assert ada.get("/studies/care/letters/invitation?language=fr").status_code == 404


def test_a_preview_is_of_the_person_and_of_no_answer(app, opened, ada):
    with app.extensions["database"].transaction() as session:
        round_ = session.get_one(Round, (opened.study.id, 1))
        before = ada.get("/studies/care/letters/unfinished?who=panelist2@").text
        for who in opened.panel:
            vote(session, round_, who, {1: 4, 2: 3})
    page = ada.get("/studies/care/letters/unfinished?who=panelist2@").text
    assert "Dear Panelist 2," in page
    shown = re.compile(r'<section class="stack" id="looks">.*?</section>', re.DOTALL)
    without_token = [re.sub(r'value="[^"]{40,}"', "", shown.search(text)[0]) for text in (before, page)]
    assert without_token[0] == without_token[1]
    assert "/p/preview" in page
    with app.extensions["database"].transaction(writing=False) as session:
        assert session.scalars(select(AccessLink)).all() == []


def test_the_html_part_runs_nothing_and_fetches_nothing(app, opened, ada):
    policies = ada.get("/studies/care/letters/invitation/html").headers.getlist("Content-Security-Policy")
    assert policies == ["default-src 'none'; style-src 'unsafe-inline'; sandbox"]


def test_what_is_typed_is_kept_and_leaves_as_text(app, opened, ada):
    body = f"{{greeting}}\n\n{STRANGE}\n\n{{link}}"
    assert (
        ada.send("/studies/care/letters/invitation", {"subject": f"{STRANGE}\nBcc: x@y", "body": body}).status_code
        == 303
    )
    assert (
        STRANGE.replace("<b>", "&lt;b&gt;").replace("</b>", "&lt;/b&gt;")
        in ada.get("/studies/care/letters/invitation").text
    )
    settings = app.extensions["settings"]
    with listening() as box:
        Postman(app.extensions["database"], replace(settings, mail_url=box.url)).deliver(at=NOW)
    mail = next(
        message_from_string(text, policy=policy.default) for to, text in box.messages if to.startswith("panelist")
    )
    assert mail["Subject"] == f"{STRANGE} Bcc: x@y"
    assert mail["Bcc"] is None
    assert STRANGE in mail.get_body(("plain",)).get_content()
    assert "<b>" not in mail.get_body(("html",)).get_content()


def test_an_unknown_placeholder_is_named_and_nothing_typed_is_lost(app, opened, ada):
    before = fingerprint(app)
    answer = ada.send("/studies/care/letters/not_started", {"subject": "Ours", "body": "My words {adress}\n{link}"})
    assert answer.status_code == 422
    assert "no value for {adress}" in answer.text
    assert "My words {adress}\n{link}" in answer.text
    assert 'value="Ours"' in answer.text
    assert fingerprint(app) == before


def test_the_usual_text_comes_back(app, opened, ada):
    ada.send("/studies/care/letters/news", {"subject": "Ours", "body": "{link}"})
    assert "your own text: English" in ada.get("/studies/care/letters").text
    ada.send("/studies/care/letters/news", {"subject": "Ours", "body": "{link}", "default": "y"})
    assert "your own text" not in ada.get("/studies/care/letters").text


def test_a_test_comes_to_who_asked_once(app, opened, ada):
    for _ in range(2):
        assert ada.send("/studies/care/letters/unfinished/test").status_code == 303
    with listening() as box:
        settings = replace(app.extensions["settings"], mail_url=box.url)
        Postman(app.extensions["database"], settings).deliver(at=clock.now())
    mails = [message_from_string(text, policy=policy.default) for to, text in box.messages if to == "ada@example.org"]
    assert [mail["Subject"].startswith("[Test] Study care: ") for mail in mails] == [True]
    assert "/p/preview" in mails[0].get_body(("plain",)).get_content()


def test_news_is_sent_once_after_the_close(app, opened, ada):
    assert ada.send("/studies/care/letters/news/send").status_code == 409
    with app.extensions["database"].transaction() as session:
        lifecycle.close(session, session.get_one(Round, (opened.study.id, 1)), by=opened.ada.id, at=NOW)
    assert "Send “News between rounds” to 6 people" in ada.get("/studies/care/letters").text
    for _ in range(2):
        assert ada.send("/studies/care/letters/news/send").status_code == 303
    assert "everybody has it" in ada.get("/studies/care/letters").text
    with app.extensions["database"].transaction(writing=False) as session:
        assert len(session.scalars(select(Letter).filter_by(kind=LetterKind.NEWS)).all()) == 6
        assert session.scalars(select(TeamLetter)).all() == []


@pytest.mark.parametrize(("language", "said"), [(None, "Dear "), ("nl", "Beste "), ("nl-own", "Hallo ")])
def test_a_letter_is_in_the_language_of_its_reader(app, opened, ada, language, said):
    code = language and language.partition("-")[0]
    with app.extensions["database"].transaction() as session:
        session.execute(update(Panelist).where(Panelist.id == opened.panel[0]).values(language=code))
        address = select(Identity.email).where(Identity.panelist == opened.panel[0])
        first = session.scalars(address).one()
    if language == "nl-own":
        path = "/studies/care/letters/invitation?language=nl"
        assert ada.send(path, {"subject": "Kom", "body": "Hallo {name}\n\n{link}"}).status_code == 303
    with listening() as box:
        settings = replace(app.extensions["settings"], mail_url=box.url)
        Postman(app.extensions["database"], settings).deliver(at=NOW)
    mails = {to: message_from_string(text, policy=policy.default) for to, text in box.messages}
    others = {mail["Content-Language"] for to, mail in mails.items() if to != first and to.startswith("panelist")}
    assert mails[first].get_body(("plain",)).get_content().startswith(said)
    assert (mails[first]["Content-Language"], others) == (code or "en", {"en"})
