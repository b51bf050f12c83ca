"""Faults around the postman: none lost, none twice but for a copy that is recognisable (TRUST 9)."""

import os
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import timedelta
from email import message_from_string, policy
from functools import partial

import pytest
from builders import NOW, Cast, launched, study
from sqlalchemy import delete, func, select

from delphi.letters import relay
from delphi.model.identity import Identity
from delphi.model.letter import Letter
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Round
from delphi.model.study import Study, Withdrawal
from delphi.people import claims, leaving, postman
from delphi.people.claims import IN_HAND
from delphi.people.postman import Postman
from rounds.lifecycle import invitations
from rounds.participation import withdrawal
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving

LETTERS, KILLS = int(os.environ.get("FAULT_LETTERS", "200")), int(os.environ.get("FAULT_LETTER_KILLS", "3"))


@pytest.fixture
def crowd(database, settings, mailbox):
    """A function that launches a round of so many panelists; the settings with the mailbox."""

    def launch(panelists):
        with database.transaction() as session:
            cast = Cast.enter(session)
            launched(session, study(session, cast.ada, "crowd", panelists=panelists))
        return replace(settings, mail_url=mailbox.url)

    return launch


def count(database, *which):
    with database.transaction(writing=False) as session:
        return session.scalar(select(func.count()).select_from(Letter).where(*which))


def said(caplog):
    return [record.getMessage() for record in caplog.records]


def test_an_outage_is_one_line_until_letters_leave_again(database, sending, mailbox, caplog):
    waiting = Postman(database, replace(sending.settings, mail_url="smtp://127.0.0.1:1"))
    for _ in range(5):
        waiting.deliver(at=NOW)
    assert said(caplog) == ["letters wait: ConnectionRefusedError"]
    waiting.settings = sending.settings
    waiting.deliver(at=NOW)
    assert said(caplog)[1:] == ["letters leave again"]
    assert len(mailbox.messages) == 6


def test_a_paused_postman_asks_again_after_growing_pauses(database, sending, mailbox, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(postman.time, "monotonic", lambda: now[0])
    waiting = Postman(database, replace(sending.settings, mail_url=None))
    pauses = []
    for _ in range(8):
        assert waiting.work(at=NOW)
        assert not waiting.work(at=NOW)
        pauses.append(waiting.outage.pause)
        now[0] += waiting.outage.pause
    assert pauses == [5, 10, 20, 40, 80, 160, 300, 300]


def test_no_link_is_made_for_a_letter_that_cannot_leave(database, sending):
    Postman(database, replace(sending.settings, mail_url="smtp://127.0.0.1:1")).deliver(at=NOW)
    with database.transaction(writing=False) as session:
        assert session.scalars(select(AccessLink)).all() == []


def test_a_relay_that_drops_after_the_text_gets_the_same_message_again(database, sending, mailbox):
    mailbox.verdicts.append("drop")
    sender = Postman(database, sending.settings)
    sender.deliver(at=NOW)
    assert (len(mailbox.messages), count(database, Letter.attempts > 0)) == (1, 1)
    for hours in (1, 2):
        sender.deliver(at=NOW + timedelta(hours=hours))
    assert sorted(mailbox.copies().values()) == [1] * 5 + [2]
    assert count(database, Letter.sent_at.is_not(None)) == 6


def test_a_relay_that_hangs_holds_letters_up_and_loses_none(database, sending, mailbox, monkeypatch, caplog):
    monkeypatch.setattr(relay, "SECONDS_FOR_TEXT", 0.2)
    mailbox.seconds = 0.6
    sender = Postman(database, sending.settings)
    sender.deliver(at=NOW)
    assert said(caplog) == ["letters wait: SMTPServerDisconnected"]
    assert count(database, Letter.claimed_by.is_not(None)) == 0
    mailbox.seconds = 0
    sender.deliver(at=NOW + timedelta(hours=1))
    assert len({to for to, _ in mailbox.messages}) == 6


def test_a_letter_refused_for_its_text_fails_at_once(database, sending, mailbox):
    mailbox.verdicts.append("554 no spam")
    Postman(database, sending.settings).deliver(at=NOW)
    assert count(database, Letter.failed_at.is_not(None)) == 1
    assert len(mailbox.messages) == 5


def test_a_full_domain_puts_its_letters_off(database, sending, mailbox):
    sender = Postman(database, replace(sending.settings, mail_per_domain=4))
    assert [sender.deliver(at=NOW), sender.deliver(at=NOW)] == [6, 0]
    assert len(mailbox.messages) == 4
    assert count(database, Letter.run_after > NOW, Letter.attempts == 0) == 2
    with database.transaction(writing=False) as session:
        assert session.scalar(select(func.count()).select_from(AccessLink)) == 4


def test_a_postman_told_to_stop_lets_go_of_the_rest(database, sending, mailbox):
    sender = Postman(database, sending.settings)
    sender.stop.set()
    sender.deliver(at=NOW)
    assert (len(mailbox.messages), count(database, Letter.claimed_by.is_not(None))) == (0, 0)


def test_two_postmen_and_a_slow_relay_send_no_letter_twice(database, crowd, mailbox, monkeypatch):
    settings = crowd(20)
    monkeypatch.setattr(claims, "LEASE", timedelta(seconds=0.4))
    mailbox.seconds = 0.1
    postmen = [Postman(database, settings) for _ in range(2)]
    threads = [threading.Thread(target=one.run) for one in postmen]
    for one, thread in zip(postmen, threads, strict=True):
        one.pause = 0.1
        thread.start()
    until(lambda: count(database, Letter.unsent) == 0)
    for one, thread in zip(postmen, threads, strict=True):
        one.stop.set()
        thread.join(10)
    assert sorted(mailbox.copies().values()) == [1] * 20
    assert len(mailbox.connections) > 1  # the lease of the first was over, and the second took letters over


def until(true, seconds=100):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


SENDING = """
import sys
from datetime import datetime
from delphi.config import Settings
from delphi.database import Database
from delphi.people.postman import Postman
from rounds.lifecycle import invitations
from rounds.participation import withdrawal
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving
url, mail, at = sys.argv[1:]
settings = Settings(url, "https://delphi.example.org", "k" * 32, "s" * 32, mail)
postman = Postman(Database(url), settings)
while postman.deliver(at=datetime.fromisoformat(at)):
    pass
"""


def start(database, mailbox, at):
    url = database.engine.url.render_as_string(hide_password=False)
    return subprocess.Popen([sys.executable, "-c", SENDING, url, mailbox.url, at.isoformat()])


@pytest.mark.timeout(900)
def test_killed_postmen_lose_no_letter_and_copies_are_recognisable(database, crowd, mailbox):
    crowd(LETTERS)
    at = NOW
    for kill in range(1, KILLS + 1):
        process = start(database, mailbox, at)
        until(lambda kill=kill: len(mailbox.messages) >= kill * LETTERS // (KILLS + 1))
        process.kill()
        process.wait()
        at += IN_HAND * 2
    assert start(database, mailbox, at).wait(600) == 0
    copies = mailbox.copies()
    assert (
        count(database, Letter.sent_at.is_not(None))
        == len(copies)
        == len({to for to, _ in mailbox.messages})
        == LETTERS
    )
    assert copies.total() - LETTERS <= KILLS
    print(f"{LETTERS} letters, {KILLS} kills, {copies.total() - LETTERS} extra copies")  # noqa: T201 (figures of `make faults`)


FAULTS = ("451 4.3.0 try later", "drop", "421 4.3.2 too busy", "452 4.2.2 full")


@pytest.mark.timeout(900)
def test_reminders_through_faults_reach_who_still_wants_one(database, crowd, mailbox):
    """Between queueing and sending a tenth stops reminders, a tenth submits and a tenth leaves; the relay fails now and then."""
    settings = crowd(LETTERS)
    addresses, (stopped, submitted, gone) = decide_in_between(database, settings)
    sender = Postman(database, settings)
    mailbox.verdicts = [FAULTS[n % len(FAULTS)] if n % 25 == 0 else "250 OK" for n in range(2 * LETTERS)]
    hours = 0
    while count(database, Letter.unsent) and hours < 48:
        while sender.deliver(at=NOW + timedelta(hours=hours)):
            pass
        hours += 1
    reached = mailbox.copies()
    wanted = set(addresses.values()) - stopped - submitted - gone
    subjects = [(to, message_from_string(text, policy=policy.default)["Subject"]) for to, text in mailbox.messages]
    got = {to for to, subject in subjects if "closes on" in subject}
    receipts = {to for to, subject in subjects if "left the panel" in subject}
    assert (got, receipts) == (wanted, gone)
    assert count(database, Letter.failed_at.is_not(None)) == 0
    assert count(database, Letter.dropped_at.is_not(None)) == len(stopped | submitted | gone)
    dropped = mailbox.copies().total() - len(reached)
    assert dropped <= LETTERS // 25, "a copy has the Message-ID of its letter"
    print(f"{len(reached)} letters, {dropped} extra copies")  # noqa: T201 (figures of `make faults`)


def decide_in_between(database, settings):
    """Queue a reminder to everybody, then let three tenths decide otherwise; all addresses, and those of the three."""
    with database.transaction() as session:
        made = session.scalars(select(Study).filter_by(slug="crowd")).one()
        session.execute(delete(Letter))
        round_ = session.get_one(Round, (made.id, 1))
        invitations.queue_reminders(session, round_, at=NOW)
        rows = select(Identity.panelist, Identity.email).where(Identity.study_id == made.id)
        addresses = {panelist: email for panelist, email in session.execute(rows)}  # noqa: C416 (rows are no pairs)
        people = sorted(addresses, key=str)
        tenths = [people[n::10] for n in range(3)]
        for who in tenths[0]:
            session.get_one(Panelist, (made.id, who)).reminders_stopped = True
        for who in tenths[1]:
            saving.submit(session, TakingPart(made.id, 1, who), on=NOW.date())
        forget = partial(leaving.forget, secret=settings.secret_key)
        for who in tenths[2]:
            panelist = session.get_one(Panelist, (made.id, who))
            withdrawal.withdraw(session, made, panelist, Withdrawal.KEEP, forget=forget, at=NOW)
    return addresses, [{addresses[who] for who in tenth} for tenth in tenths]
