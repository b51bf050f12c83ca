"""Mail that came back is noted on whom it went to, by pipe, mailbox or hand; the team is told once a day."""

import socket
import threading
from dataclasses import replace
from datetime import timedelta
from email import message_from_string, policy
from pathlib import Path

import pytest
from builders import NOW
from click.testing import CliRunner
from databases import one_engine
from sqlalchemy import select

import delphi.people
from delphi.letters import tokens
from delphi.model.identity import Identity
from delphi.model.letter import Letter, LetterKind, TeamLetter
from delphi.model.panel import Panelist
from delphi.model.study import Study
from delphi.people import addresses, bounces
from delphi.people.bounce_box import BounceBox
from delphi.people.postman import Postman
from rounds.lifecycle import invitations, lifecycle

MAILS = Path(__file__).parents[1] / "letters" / "returned"
DIALECTS = ("postfix", "exim", "exchange", "gmail", "qmail", "sendmail")
FIRST = "panelist1@panel.example.org"
REACHED = {f"panelist{n}@panel.example.org": False for n in range(1, 7)}


def letter_to(database, cast, address=FIRST):
    with database.transaction(writing=False) as session:
        who = select(Identity.panelist).filter_by(study_id=cast.study.id, email=address)
        letter = select(Letter.id).where(Letter.panelist == who.scalar_subquery(), Letter.kind == LetterKind.INVITATION)
        return cast.study.id, session.scalars(letter).one()


def mail(database, cast, name, address=FIRST):
    key = letter_to(database, cast, address)
    text = (MAILS / f"{name}.eml").read_text()
    token = tokens.make(cast.settings.secret_key, tokens.BOUNCE, *key)
    for mark, value in (("@TOKEN@", token), ("@LETTER@", str(key[1])), ("@ADDRESS@", address)):
        text = text.replace(mark, value)
    return text.encode()


def take(database, cast, data, at=NOW):
    with database.transaction() as session:
        return bounces.take(session, data, settings=cast.settings, at=at)


def bounced(database, cast):
    with database.transaction(writing=False) as session:
        rows = session.execute(select(Identity.email, Identity.bounced_on).filter_by(study_id=cast.study.id))
        return {email: on is not None for email, on in rows}


@pytest.mark.parametrize("name", DIALECTS)
def test_what_came_back_is_noted_on_the_person_it_went_to(database, sending, name):
    assert take(database, sending, mail(database, sending, name))
    assert bounced(database, sending) == REACHED | {FIRST: True}
    with database.transaction(writing=False) as session:
        assert "550" in session.scalars(select(Identity.bounce).where(Identity.bounce.is_not(None))).one()


@pytest.mark.parametrize("name", ["out_of_office", "delayed"])
def test_an_absence_and_a_delay_change_nothing(database, sending, name):
    assert not take(database, sending, mail(database, sending, name))
    assert bounced(database, sending) == REACHED


def test_a_return_path_made_up_by_somebody_changes_nothing(database, sending):
    data = mail(database, sending, "qmail")
    key = letter_to(database, sending)
    signed = tokens.make(sending.settings.secret_key, tokens.BOUNCE, *key).encode()
    forged = data.replace(signed, signed[:-16] + b"0" * 16).replace(str(key[1]).encode(), b"0" * 36)
    assert not take(database, sending, forged)
    stop = tokens.make(sending.settings.secret_key, tokens.STOP, *key).encode()
    assert not take(database, sending, data.replace(signed, stop).replace(str(key[1]).encode(), b"0" * 36))
    assert bounced(database, sending) == REACHED


def test_a_corrected_address_begins_anew(database, sending):
    data = mail(database, sending, "postfix")
    take(database, sending, data)
    with database.transaction() as session:
        study = session.get_one(Study, sending.study.id)
        who = addresses.person_at(session, study, FIRST).panelist
        addresses.change(session, study, who, "right@panel.example.org", by=sending.ada.id, at=NOW)
    assert not any(bounced(database, sending).values())
    assert not take(database, sending, data), "it came back from the address of before"


def test_the_team_is_told_once_a_day(database, sending, mailbox):
    for name, address in (("postfix", FIRST), ("exim", "panelist2@panel.example.org")):
        take(database, sending, mail(database, sending, name, address))
    later = NOW + timedelta(hours=1)
    Postman(database, sending.settings).deliver(at=later)
    told = {to: text for to, text in mailbox.messages if "came back" in text.partition("\r\n\r\n")[0]}
    assert set(told) == {"ada@example.org", "mia@example.org"}
    text = message_from_string(told["mia@example.org"], policy=policy.default).get_body(("plain",)).get_content()
    assert "2 addresses of the panel take no mail" in text
    assert "/studies/care/panel" in text
    assert "@panel" not in text
    with database.transaction(writing=False) as session:
        assert len(session.scalars(select(TeamLetter)).all()) == 2


def test_a_refused_address_is_noted_without_the_words_of_the_server(database, sending, mailbox):
    mailbox.answers[FIRST] = f"550 5.1.1 <{FIRST}> unknown"
    Postman(database, sending.settings).deliver(at=NOW)
    with database.transaction(writing=False) as session:
        assert session.scalars(select(Identity.bounce).where(Identity.bounce.is_not(None))).all() == ["550 5.1.1"]


def test_a_refused_text_says_nothing_of_the_address(database, sending, mailbox):
    mailbox.verdicts.append("554 5.7.1 no spam")
    Postman(database, sending.settings).deliver(at=NOW)
    assert bounced(database, sending) == REACHED


def test_no_reminder_goes_where_mail_came_back_from(database, sending, mailbox):
    Postman(database, sending.settings).deliver(at=NOW)
    take(database, sending, mail(database, sending, "gmail"))
    with database.transaction() as session:
        round_ = session.get_one(lifecycle.Round, (sending.study.id, 1))
        invitations.queue_reminders(session, round_, at=NOW)
    mailbox.messages.clear()
    Postman(database, sending.settings).deliver(at=NOW)
    assert FIRST not in dict(mailbox.messages)
    assert len(mailbox.messages) == 5


def test_a_letter_leaves_with_a_return_path_that_names_it(database, sending, mailbox):
    senders = []
    mailbox.handle_MAIL = watching(mailbox.handle_MAIL, senders)
    settings = replace(sending.settings, mail_return_path="bounces@example.org")
    Postman(database, settings).deliver(at=NOW)
    read = [
        tokens.read(settings.secret_key, tokens.BOUNCE, one[len("bounces+") : -len("@example.org")]) for one in senders
    ]
    assert letter_to(database, sending) in read
    assert len(set(read)) == 6
    assert all(len(one.partition("@")[0]) <= 64 for one in senders)
    assert "Return-Path" not in mailbox.messages[0][1]


def watching(handle, senders):
    async def handled(server, session, envelope, address, options):
        senders.append(address)
        return await handle(server, session, envelope, address, options)

    return handled


def test_a_pipe_takes_one_mail(database, sending, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", str(database.engine.url.render_as_string(hide_password=False)))
    monkeypatch.setenv("SECRET_KEY", sending.settings.secret_key)
    monkeypatch.setenv("SECURITY_PASSWORD_SALT", "s" * 32)
    command = delphi.people.cli.bounce
    for name, said in (("qmail", "Noted."), ("out_of_office", "nothing was changed")):
        done = CliRunner().invoke(command, input=mail(database, sending, name))
        assert (done.exit_code, said in done.output) == (0, True), done.output
    assert bounced(database, sending)[FIRST]


class Folder(threading.Thread):
    """A mailbox that knows as much of IMAP as is asked of it."""

    def __init__(self, mails):
        super().__init__(daemon=True)
        self.mails, self.seen, self.said = mails, set(), []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"imap://box:p%40ss@127.0.0.1:{self.socket.getsockname()[1]}/INBOX"

    def run(self):
        for _ in range(2):
            connection, _ = self.socket.accept()
            with connection, connection.makefile("rwb") as stream:
                self.talk(stream)
        self.socket.close()

    def talk(self, stream):
        stream.write(b"* OK [CAPABILITY IMAP4rev1] ready\r\n")
        stream.flush()
        for line in stream:
            tag, _, command = line.strip().partition(b" ")
            self.said.append(command.decode())
            stream.write(self.answer(command.decode()) + tag + b" OK done\r\n")
            stream.flush()
            if command == b"LOGOUT":
                return

    def answer(self, command):
        word, *rest = command.split()
        if word == "CAPABILITY":
            return b"* CAPABILITY IMAP4rev1\r\n"
        if word == "SELECT":
            return b"* %d EXISTS\r\n" % len(self.mails)
        if word == "SEARCH":
            return b"* SEARCH %s\r\n" % b" ".join(
                b"%d" % n for n in range(1, len(self.mails) + 1) if n not in self.seen
            )
        if word == "FETCH":
            data = self.mails[int(rest[0]) - 1]
            return b"* %s FETCH (BODY[] {%d}\r\n%s)\r\n" % (rest[0].encode(), len(data), data)
        if word == "STORE":
            self.seen.add(int(rest[0]))
        return b"* BYE\r\n" if word == "LOGOUT" else b""


@one_engine
def test_a_mailbox_is_read_once(database, sending):
    folder = Folder([mail(database, sending, name) for name in ("out_of_office", "sendmail")])
    folder.start()
    box = BounceBox(database, replace(sending.settings, bounces_url=folder.url))
    assert [box.work(at=NOW), box.work(at=NOW)] == [False, False]
    assert bounced(database, sending) == REACHED | {FIRST: True}
    assert sum(said.startswith("FETCH") for said in folder.said) == 2
    assert 'LOGIN box "p@ss"' in folder.said


@one_engine
def test_a_mailbox_that_is_away_is_one_line_without_its_password(database, sending, caplog):
    box = BounceBox(database, replace(sending.settings, bounces_url="imap://box:secret@127.0.0.1:1/"))
    assert not box.work(at=NOW)
    assert [record.getMessage() for record in caplog.records] == [
        "mail that came back cannot be read: ConnectionRefusedError"
    ]


def test_who_left_is_noted_nowhere(database, sending):
    data = mail(database, sending, "postfix")
    with database.transaction() as session:
        person = session.scalars(select(Identity).filter_by(study_id=sending.study.id, email=FIRST)).one()
        session.get_one(Panelist, (sending.study.id, person.panelist)).withdrawn_on = NOW.date()
        session.delete(person)
    assert not take(database, sending, data)
