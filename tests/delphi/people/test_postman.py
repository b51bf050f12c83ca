"""Letters: one each, with a link that works; refused, delayed and needless ones end as they should (TRUST 9)."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from email import message_from_string, policy
from functools import partial
from types import SimpleNamespace

import pytest
from builders import LATER, NOW, vote
from sqlalchemy import delete, select, update

from delphi import access
from delphi.errors import Refused
from delphi.letters import message as mail
from delphi.letters import outbox
from delphi.letters.relay import Outcome
from delphi.model.identity import Identity, Receipt
from delphi.model.letter import Letter, LetterKind
from delphi.model.panel import AccessLink, Panelist
from delphi.model.round import Participation, Round
from delphi.model.seal import Seal, SealLetter
from delphi.model.study import Membership, Role, Study, Withdrawal
from delphi.people import addresses, leaving, links, lost_links
from delphi.people.claims import ATTEMPTS, claim, finish
from delphi.people.postman import Postman
from delphi.protocol import information
from delphi.signing import public_key_of
from delphi.worker import LEASE
from rounds.lifecycle import invitations, lifecycle
from rounds.participation import consent, withdrawal
from rounds.participation.taking_part import TakingPart
from rounds.questionnaire import saving

DAY = timedelta(days=1)


def letters(database, column=Letter.sent_at) -> list:
    with database.transaction(writing=False) as session:
        return list(session.scalars(select(column).order_by(Letter.dedupe_key)))


def test_everybody_gets_one_letter_with_a_link_that_works(database, sending, mailbox):
    assert Postman(database, sending.settings).deliver(at=NOW) == 6
    assert sorted(to for to, _ in mailbox.messages) == [f"panelist{i}@panel.example.org" for i in range(1, 7)]
    tokens = {re.search(r"/p/([\w-]{43})", text).group(1) for _, text in mailbox.messages}
    with database.transaction(writing=False) as session:
        holders = {access.link_holder(session, token)[1].id for token in tokens}
        assert holders == set(sending.panel)
    assert Postman(database, sending.settings).deliver(at=NOW) == 0


def test_no_letter_no_row_holds_a_link_or_an_address(database, sending, mailbox):
    Postman(database, sending.settings).deliver(at=NOW)
    tokens = [re.search(r"/p/([\w-]{43})", text).group(1) for _, text in mailbox.messages]
    with database.transaction(writing=False) as session:
        stored = str([vars(row) for table in (Letter, AccessLink) for row in session.scalars(select(table))])
    assert not [token for token in tokens if token in stored]
    assert "@panel" not in stored


def test_a_letter_names_its_sender_and_says_it_is_automatic(database, sending, mailbox):
    Postman(database, sending.settings).deliver(at=NOW)
    text = mailbox.messages[0][1]
    assert "Auto-Submitted: auto-generated" in text
    assert "Reply-To: ada@example.org" in text
    assert text.count("\nTo: ") == 1


def test_two_postmen_send_each_letter_once(database, sending, mailbox):
    postmen = [Postman(database, sending.settings) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(lambda postman: postman.deliver(at=NOW), postmen)) == 6
    assert len(mailbox.messages) == len(dict(mailbox.messages)) == 6


@pytest.mark.parametrize("template", ["postgresql"], indirect=True, scope="session")  # SQLite has one writer at a time
def test_letters_that_another_postman_is_claiming_are_passed_over(database, sending):
    with database.transaction() as first, database.transaction() as second:
        assert len(claim(first, by="first", at=NOW)) == 6
        assert claim(second, by="second", at=NOW) == []


def test_who_declined_meanwhile_gets_no_letter(database, sending, mailbox):
    with database.transaction() as session:
        session.execute(update(Panelist).where(Panelist.id == sending.panel[0]).values(declined_on=NOW.date()))
    Postman(database, sending.settings).deliver(at=NOW)
    assert len(mailbox.messages) == 5
    assert sum(moment is not None for moment in letters(database, Letter.dropped_at)) == 1


def test_a_closed_round_invites_nobody(database, sending, mailbox):
    with database.transaction() as session:
        lifecycle.close(session, session.get_one(lifecycle.Round, (sending.study.id, 1)), by=sending.ada.id, at=NOW)
    Postman(database, sending.settings).deliver(at=NOW)
    told = {text.partition("round 1 ")[2].partition("\r\n")[0] for _to, text in mailbox.messages}
    assert told == {"was closed before its deadline", "is counted, entry 1"}
    assert sum(moment is not None for moment in letters(database, Letter.dropped_at)) == 6


def test_a_refused_address_is_not_tried_again(database, sending, mailbox):
    mailbox.answers["panelist1@panel.example.org"] = "550 no such mailbox"
    Postman(database, sending.settings).deliver(at=NOW)
    assert sum(moment is not None for moment in letters(database, Letter.failed_at)) == 1
    mailbox.answers.clear()
    Postman(database, sending.settings).deliver(at=NOW + timedelta(days=3))
    assert "panelist1@panel.example.org" not in dict(mailbox.messages)


def test_a_busy_relay_is_tried_again_later(database, sending, mailbox):
    mailbox.answers["panelist1@panel.example.org"] = "451 try later"
    Postman(database, sending.settings).deliver(at=NOW)
    assert Postman(database, sending.settings).deliver(at=NOW) == 0
    mailbox.answers.clear()
    assert Postman(database, sending.settings).deliver(at=NOW + timedelta(hours=1)) == 1
    assert len(dict(mailbox.messages)) == 6


def test_a_letter_that_cannot_be_written_holds_back_no_other(database, sending, mailbox):
    facts = {"email": "zoë@panel.example.org"}
    with database.transaction() as session:
        session.execute(update(Identity).where(Identity.panelist == sending.panel[0]).values(**facts))
        session.execute(update(Letter).where(Letter.panelist == sending.panel[0]).values(run_after=NOW - LEASE))
    for attempt in range(ATTEMPTS):
        Postman(database, sending.settings).deliver(at=NOW + timedelta(days=30 * attempt))
    assert len(mailbox.messages) == 5
    assert sum(moment is not None for moment in letters(database, Letter.failed_at)) == 1


@pytest.mark.parametrize("url", [None, "smtp://127.0.0.1:1"])
def test_without_a_relay_letters_wait_and_use_up_no_attempt(database, sending, url):
    postman = Postman(database, replace(sending.settings, mail_url=url))
    for _ in range(ATTEMPTS + 1):
        postman.deliver(at=NOW)
    assert (
        letters(database) == letters(database, Letter.failed_at) == letters(database, Letter.claimed_by) == [None] * 6
    )
    assert letters(database, Letter.attempts) == [0] * 6


def test_after_eight_attempts_a_letter_has_failed(database, sending, mailbox):
    with database.transaction() as session:
        session.execute(update(Letter).values(attempts=ATTEMPTS - 1))
    mailbox.answers["panelist1@panel.example.org"] = "451 try later"
    Postman(database, sending.settings).deliver(at=NOW)
    assert sum(moment is not None for moment in letters(database, Letter.failed_at)) == 1


def test_a_dead_postmans_letters_are_taken_over_after_the_lease(database, sending, mailbox):
    with database.transaction() as session:
        assert len(claim(session, by="dead", at=NOW)) == 6
    assert Postman(database, sending.settings).deliver(at=NOW) == 0
    assert Postman(database, sending.settings).deliver(at=NOW + LEASE + timedelta(seconds=1)) == 6
    assert len(mailbox.messages) == 6


def test_a_postman_whose_lease_was_taken_over_writes_no_ending(database, sending):
    with database.transaction() as session:
        key = claim(session, by="other", at=NOW)[0]
        finish(session, key, Outcome.SENT, by="late", at=NOW)
        assert session.get_one(Letter, key).sent_at is None


def test_only_who_has_not_finished_is_reminded(database, sending, mailbox):
    Postman(database, sending.settings).deliver(at=NOW)
    with database.transaction() as session:
        saving.submit(session, TakingPart(sending.study.id, 1, sending.panel[0]), on=NOW.date())
        round_ = session.get_one(lifecycle.Round, (sending.study.id, 1))
        assert invitations.queue_reminders(session, round_, at=NOW) == 5
    with database.transaction() as session:
        saving.submit(session, TakingPart(sending.study.id, 1, sending.panel[1]), on=NOW.date())
    mailbox.messages.clear()
    Postman(database, sending.settings).deliver(at=NOW)
    assert len(mailbox.messages) == 4


def test_every_reminder_has_its_own_turn(database, sending):
    for days in range(3):
        with database.transaction() as session:
            round_ = session.get_one(lifecycle.Round, (sending.study.id, 1))
            invitations.queue_reminders(session, round_, at=NOW + timedelta(days=days))
    keys = [key for key in letters(database, Letter.dedupe_key) if key.startswith("reminder")]
    assert {key.split(":")[2] for key in keys} == {"1", "2", "3"}


def test_the_postman_stops_when_told_and_outlives_a_failure(database, sending, mailbox, monkeypatch):
    postman = Postman(database, sending.settings)
    turns = iter([RuntimeError("relay on fire"), None])

    def deliver(*, at):
        if error := next(turns):
            raise error
        postman.stop.set()
        return 0

    monkeypatch.setattr(postman, "deliver", deliver)
    postman.pause = 0.01
    postman.run()
    assert postman.stop.is_set()


def test_a_letter_without_a_fact_is_not_written():
    with pytest.raises(KeyError, match="round"):
        mail.write(LetterKind.INVITATION, {"study": SimpleNamespace(language="en", title="Care")})


def test_an_invitation_is_kept_with_its_participation(database, sending):
    with database.transaction(writing=False) as session:
        invited = session.scalars(select(Participation.panelist).order_by(Participation.panelist)).all()
        assert session.scalars(select(Letter.panelist).order_by(Letter.panelist)).all() == invited


def ask_for_link(database, address):
    with database.transaction() as session:
        lost_links.ask(session, address)


def test_who_asks_for_the_link_gets_one_that_works_beside_the_older_ones(database, sending, mailbox):
    postman = Postman(database, sending.settings)
    postman.deliver(at=NOW)
    old = {re.search(r"/p/([\w-]{43})", text).group(1) for to, text in mailbox.messages if to.startswith("panelist1@")}
    ask_for_link(database, "panelist1@panel.example.org")
    ask_for_link(database, "nobody@panel.example.org")
    mailbox.messages.clear()
    postman.deliver(at=NOW)
    assert {to for to, _ in mailbox.messages} == {"panelist1@panel.example.org"}
    new = {re.search(r"/p/([\w-]{43})", text).group(1) for _, text in mailbox.messages}
    with database.transaction(writing=False) as session:
        assert all(access.link_holder(session, token) for token in old | new)
    assert len(new) == 2  # one for each of the two panels that the address belongs to


def test_the_copy_of_a_consent_holds_what_was_agreed_to(database, sending, mailbox):
    with database.transaction() as session:
        who = session.get_one(Panelist, (sending.study.id, sending.panel[0]))
        document = information.newest(session, sending.study.id)
        document.consent = "I am an adult\n(optional) Send me the report"
        consent.agree(session, who, document, [0], at=NOW)
    Postman(database, sending.settings).deliver(at=NOW)
    [copy] = [text for _, text in mailbox.messages if "copy of your consent" in text]
    assert "I am an adult" in copy
    assert "Send me the report" not in copy
    assert "Can you stop?" in copy
    assert "/p/" not in copy


@pytest.fixture
def left(database, sending):
    """Panelist 1 of the panel's codes has withdrawn; the address that the receipt keeps."""
    with database.transaction() as session:
        study, who = (
            session.get_one(Study, sending.study.id),
            session.get_one(Panelist, (sending.study.id, sending.panel[0])),
        )
        address = session.get_one(Identity, (study.id, who.id)).email
        forget = partial(leaving.forget, secret=sending.settings.secret_key)
        withdrawal.withdraw(session, study, who, Withdrawal.KEEP, forget=forget, at=NOW)
    return address


def kept_of(database, sending):
    """What is kept of panelist 1's name: identities, and addresses of receipts."""
    with database.transaction(writing=False) as session:
        person = session.get(Identity, (sending.study.id, sending.panel[0]))
        return person, list(session.scalars(select(Receipt.email)))


def test_the_name_goes_at_once_and_the_receipts_address_when_it_left(database, sending, mailbox, left):
    assert kept_of(database, sending) == (None, [left])
    postman = Postman(database, sending.settings)
    postman.deliver(at=NOW)
    postman.deliver(at=NOW)
    assert [to for to, text in mailbox.messages if "you have left the panel" in text] == [left]
    assert len(mailbox.messages) == 6  # the receipt, and the invitations of the five others
    assert kept_of(database, sending) == (None, [])


def test_a_receipt_that_is_refused_keeps_no_address(database, sending, mailbox, left):
    mailbox.answers[left] = "550 no such user"
    Postman(database, sending.settings).deliver(at=NOW)
    assert kept_of(database, sending) == (None, [])


@pytest.mark.parametrize("url", [None, "smtp://127.0.0.1:1"])
def test_a_receipt_waits_for_the_mail_and_is_given_up_after_days(database, sending, left, url):
    postman = Postman(database, replace(sending.settings, mail_url=url))
    for days in range(4):
        postman.deliver(at=NOW + timedelta(days=days))
        assert kept_of(database, sending) == (None, [left])
    postman.deliver(at=NOW + timedelta(days=4))
    assert kept_of(database, sending) == (None, [])


def test_a_receipt_that_had_waited_for_days_still_arrives(database, sending, mailbox, left):
    Postman(database, replace(sending.settings, mail_url=None)).deliver(at=NOW)
    Postman(database, sending.settings).deliver(at=NOW + timedelta(days=3))
    assert left in [to for to, text in mailbox.messages if "you have left the panel" in text]
    assert kept_of(database, sending) == (None, [])


def test_an_invitation_brings_the_close_of_the_round_as_a_calendar_file(database, sending, mailbox):
    Postman(database, sending.settings).deliver(at=NOW)
    message = message_from_string(mailbox.messages[0][1], policy=policy.default)
    [attached] = message.iter_attachments()
    assert attached.get_content_type() == "text/calendar"
    text = attached.get_content()
    assert "UID:care-round-1-closes@delphi.example.org" in text
    assert "/p/" not in text
    assert "/p/" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("language", "told"), [("en", "This server signs the results"), ("nl", "Deze server ondertekent de resultaten")]
)
def test_an_invitation_tells_the_key_that_signs_the_results(database, sending, mailbox, language, told):
    with database.transaction() as session:
        session.get_one(Study, sending.study.id).language = language
    Postman(database, sending.settings).deliver(at=NOW)
    text = message_from_string(mailbox.messages[0][1], policy=policy.default).get_body(("plain",)).get_content()
    assert told in text
    assert public_key_of(sending.settings.secret_key) in text


def said(mail_) -> str:
    """The plain text of a letter."""
    return mail_.get_body(("plain",)).get_content().replace("\r\n", "\n")


def seal_letters(database, column) -> list:
    with database.transaction(writing=False) as session:
        return list(session.scalars(select(column)))


def owners_mail(database, sending, mailbox, **contact):
    """Close the round, and deliver what tells its seal."""
    with database.transaction() as session:
        study = session.get_one(Study, sending.study.id)
        for name, value in contact.items():
            setattr(study, name, value)
        lifecycle.close(session, session.get_one(lifecycle.Round, (study.id, 1)), by=sending.ada.id, at=NOW)
    Postman(database, sending.settings).deliver(at=NOW)
    mails = [(to, message_from_string(text, policy=policy.default)) for to, text in mailbox.messages]
    return {to: mail_ for to, mail_ in mails if "counted" in mail_["Subject"]}


def test_the_hash_of_a_seal_goes_to_owners_and_the_data_protection_contact(database, sending, mailbox):
    contact = {"data_protection_name": "Dora", "data_protection_email": "dora@example.org"}
    mails = owners_mail(database, sending, mailbox, **contact)
    assert set(mails) == {"ada@example.org", "dora@example.org"}
    (hashed,) = seal_letters(database, Seal.sha256)
    for mail_ in mails.values():
        assert hashed in said(mail_)
        assert "round 1 is counted, entry 1" in mail_["Subject"]
    assert "contact for data protection" in said(mails["dora@example.org"])
    assert "contact for data protection" not in said(mails["ada@example.org"])
    assert None not in seal_letters(database, SealLetter.sent_at)


def test_whoever_is_no_owner_any_more_is_not_told_of_a_seal(database, sending, mailbox):
    with database.transaction() as session:
        lifecycle.close(session, session.get_one(lifecycle.Round, (sending.study.id, 1)), by=sending.ada.id, at=NOW)
        session.get_one(Membership, (sending.study.id, sending.ada.id)).role = Role.VIEWER
    Postman(database, sending.settings).deliver(at=NOW)
    assert "ada@example.org" not in dict(mailbox.messages)
    assert None not in seal_letters(database, SealLetter.dropped_at)


def correct(database, cast, old, new):
    with database.transaction() as session:
        study = session.get_one(Study, cast.study.id)
        person = addresses.person_at(session, study, old)
        addresses.change(session, study, person.panelist, new, by=cast.ada.id, at=NOW)
        return person.panelist


def test_a_changed_address_is_told_to_the_old_one(database, sending, mailbox):
    postman = Postman(database, sending.settings)
    postman.deliver(at=NOW)
    mailbox.messages.clear()
    who = correct(database, sending, "panelist1@panel.example.org", "New@example.org")
    leave(database, sending, who)  # whoever holds the new link may leave: the news goes out all the same
    postman.deliver(at=NOW)
    told = {to: said(message_from_string(text, policy=policy.default)) for to, text in mailbox.messages}
    assert set(told) == {"panelist1@panel.example.org", "new@example.org"}
    assert "changed your mail address" in told["panelist1@panel.example.org"]
    assert "/p/" not in told["panelist1@panel.example.org"]
    assert "new@example.org" not in told["panelist1@panel.example.org"]
    with database.transaction(writing=False) as session:
        assert session.scalars(select(Receipt)).all() == []


@pytest.mark.parametrize("invited", [True, False])
def test_links_to_an_address_that_was_changed_are_handed(database, sending, mailbox, invited):
    Postman(database, sending.settings).deliver(at=NOW)
    if not invited:
        with database.transaction() as session:
            session.execute(delete(Letter))
            session.execute(delete(Participation))
    correct(database, sending, "panelist1@panel.example.org", "new@example.org")
    with database.transaction() as session:
        for address in ("new@example.org", "panelist2@panel.example.org"):
            lost_links.ask(session, address)
    mailbox.messages.clear()
    Postman(database, sending.settings).deliver(at=NOW)
    tokens = {to: re.search(r"/p/([\w-]{43})", text) for to, text in mailbox.messages}
    with database.transaction(writing=False) as session:
        handed = {to: bool(access.handed(session, token.group(1))) for to, token in tokens.items() if token}
    assert handed == {"new@example.org": invited, "panelist2@panel.example.org": False}


def test_two_people_cannot_have_one_address(database, sending):
    with pytest.raises(Refused, match="belongs to another person"):
        correct(database, sending, "panelist1@panel.example.org", "panelist2@panel.example.org")


def test_a_link_that_the_team_hands_out_is_an_event(cast):
    own = links.mint(cast.session, cast.study, cast.panel[0], at=NOW)
    handed = links.mint(cast.session, cast.study, cast.panel[0], at=NOW, handed_by=cast.ada.id)
    cast.session.flush()
    assert access.handed(cast.session, handed) == access.sha256(handed)
    assert access.handed(cast.session, own) is None
    assert cast.events().count("link:handed") == 1


def test_no_mail_tells_a_changed_address_what_was_answered(database, sending, mailbox):
    postman = Postman(database, sending.settings)
    postman.deliver(at=NOW)
    who = correct(database, sending, "panelist1@panel.example.org", "new@example.org")
    with database.transaction() as session:
        round_ = session.get_one(Round, (sending.study.id, 1))
        vote(session, round_, who, {1: 4, 2: 3})
        for kind in (LetterKind.UNFINISHED, LetterKind.REMINDER, LetterKind.EXTENSION):
            outbox.queue(session, kind, sending.study.id, 1, [who], at=LATER - 2 * DAY)
    mailbox.messages.clear()
    postman.deliver(at=LATER - 2 * DAY)
    with database.transaction() as session:
        round_ = session.get_one(Round, (sending.study.id, 1))
        lifecycle.close(session, round_, by=sending.ada.id, at=LATER - DAY)
    postman.deliver(at=LATER - DAY)
    leave(database, sending, who)
    postman.deliver(at=LATER)
    texts = [
        message_from_string(text, policy=policy.default) for to, text in mailbox.messages if to == "new@example.org"
    ]
    told = [f"{one['Subject']} {one.get_body().get_content()}" for one in texts]
    assert len(told) >= 4
    assert "What was counted in closed rounds stays" in told[-1]
    assert not [text for text in told if re.search("2 (of|answers)|had not answered|No answer of yours", text)]


def leave(database, cast, who):
    with database.transaction() as session:
        study, panelist = session.get_one(Study, cast.study.id), session.get_one(Panelist, (cast.study.id, who))
        forget = partial(leaving.forget, secret=cast.settings.secret_key)
        withdrawal.withdraw(session, study, panelist, Withdrawal.KEEP, forget=forget, at=NOW)


def test_a_letter_has_two_parts_and_the_heads_of_mail_that_people_want(database, sending, mailbox):
    with database.transaction() as session:
        study = session.get_one(Study, sending.study.id)
        study.language, study.lead_name = "nl", "Ada\r\nBcc: evil@example.org, Łukasz"
    Postman(database, sending.settings).deliver(at=NOW)
    text = mailbox.messages[0][1]
    message = message_from_string(text, policy=policy.default)
    assert message.get_body(("html",)).get_content_type() == "text/html"
    assert message["Content-Language"] == "nl"
    assert message["From"].addresses[0].display_name == "Ada Bcc: evil@example.org, Łukasz"
    assert message["From"].addresses[0].addr_spec == "delphi@localhost"
    assert (message["Bcc"], len(message["To"].addresses)) == (None, 1)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [stop] = re.findall(r"<(http://delphi\.example\.org/stop/\S+)>", message["List-Unsubscribe"])
    assert stop in said(message)
    assert said(message).startswith("Beste Panelist ")


def test_both_parts_of_a_letter_bring_the_same_link(database, sending, mailbox):
    Postman(database, sending.settings).deliver(at=NOW)
    message = message_from_string(mailbox.messages[0][1], policy=policy.default)
    html = message.get_body(("html",)).get_content()
    [link] = re.findall(r"^http\S+/p/\S+$", said(message), re.MULTILINE)
    assert f'href="{link}"' in html
    assert str(sending.panel[0]) not in mailbox.messages[0][1]
    assert [part.get_content_type() for part in message.iter_attachments()] == ["text/calendar"]
    assert "BEGIN:VALARM" in next(message.iter_attachments()).get_content()


def test_a_reminder_is_not_sent_to_who_stopped_them_meanwhile(database, sending, mailbox):
    Postman(database, sending.settings).deliver(at=NOW)
    with database.transaction() as session:
        round_ = session.get_one(Round, (sending.study.id, 1))
        assert invitations.queue_reminders(session, round_, at=NOW) == 6
        session.get_one(Panelist, (sending.study.id, sending.panel[0])).reminders_stopped = True
    mailbox.messages.clear()
    Postman(database, sending.settings).deliver(at=NOW)
    assert len(mailbox.messages) == 5


def planned_at(database, sending, zone, *, due, characteristics):
    """A reminder of the plan to the first of the panel, who is where the panel's file says."""
    with database.transaction() as session:
        study = session.get_one(Study, sending.study.id)
        study.time_zone = zone
        session.get_one(Identity, (study.id, sending.panel[0])).characteristics = characteristics
        session.execute(delete(Letter))
        key = (LetterKind.NOT_STARTED, study.id, 1, [sending.panel[0]])
        outbox.queue(session, *key, at=due, not_before=due - timedelta(hours=14), turn="plan-1")


@pytest.mark.parametrize(
    ("column", "value", "hours"),
    [
        ("Time zone", "America/New_York", 6),
        ("time_zone", " Asia/Tokyo", -8),
        ("timezone", "Europe/Amsterdam", 0),
        ("time zone", "Nowhere/Town", 0),
        ("country", "Asia/Tokyo", 0),
    ],
)
def test_a_planned_reminder_leaves_at_the_hour_of_the_person(database, sending, mailbox, column, value, hours):
    due = (NOW + timedelta(days=3)).replace(hour=8, minute=0, second=0, microsecond=0)
    planned_at(database, sending, "Europe/Amsterdam", due=due, characteristics={column: value})
    postman = Postman(database, sending.settings)
    for moment in (due - timedelta(hours=13), due + timedelta(hours=hours, minutes=-1)):
        postman.deliver(at=moment)
        assert mailbox.messages == []
    postman.deliver(at=due + timedelta(hours=hours))
    assert len(mailbox.messages) == 1
    assert letters(database, Letter.attempts) == [1]


def test_an_hour_that_comes_after_the_deadline_is_that_of_the_study(database, sending, mailbox):
    due = LATER - timedelta(hours=2)
    planned_at(database, sending, "UTC", due=due, characteristics={"time zone": "Pacific/Honolulu"})
    Postman(database, sending.settings).deliver(at=due)
    assert len(mailbox.messages) == 1


def test_a_close_by_the_server_is_mailed_to_the_owner(database, sending, mailbox):
    with database.transaction() as session:
        study = session.get_one(Study, sending.study.id)
        study.language = "nl"
        lifecycle.close(session, session.get_one(Round, (study.id, 1)), by=None, at=LATER)
    Postman(database, sending.settings).deliver(at=LATER)
    [text] = [
        text for to, text in mailbox.messages if to == "ada@example.org" and "gesloten" in text.partition("\r\n\r\n")[0]
    ]
    words = said(message_from_string(text, policy=policy.default))
    assert words.startswith("Goedendag,\n\nDe server heeft ronde 1")
    assert "http://delphi.example.org/studies/care/rounds/1\n" in words
    assert "/stop/" not in text
