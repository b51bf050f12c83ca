"""One connection for many letters; what a relay says of one letter, and what it says of all (TRUST 9)."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from mailbox import Mailbox, listening

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from delphi.letters import message, relay
from delphi.letters.relay import Outcome, Relay, RelayDown
from rounds.demo.server import free_port


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with listening() as box:
        yield box


@pytest.fixture
def to(mailbox) -> Iterator[Relay]:
    """A connection to the mailbox."""
    connection = Relay(mailbox.url)
    yield connection
    connection.close()


def letter(n=1):
    return message.envelope(
        subject="Round 1",
        text=".\nA line.\n",
        to=message.Recipient("Zoë", f"p{n}@panel.example.org"),
        sender="Delphi <delphi@example.org>",
        reply_to="ada@example.org",
        message_id=f"<{n}@delphi.example.org>",
        date=datetime(2026, 11, 28, tzinfo=UTC),
    )


def test_letters_of_a_batch_share_a_connection(to, mailbox):
    assert [to.send(letter(n)) for n in range(5)] == [Outcome.SENT] * 5
    assert (len(mailbox.connections), len(mailbox.messages)) == (1, 5)


@pytest.mark.parametrize(
    ("answer", "outcome"), [("550 no such user", Outcome.REFUSED), ("451 greylisted", Outcome.LATER)]
)
def test_a_refused_recipient_holds_back_nobody_else(to, mailbox, answer, outcome):
    mailbox.answers["p1@panel.example.org"] = answer
    assert [to.send(letter(n)) for n in (1, 2)] == [outcome, Outcome.SENT]
    assert len(mailbox.connections) == 1


@pytest.mark.parametrize(("verdict", "outcome"), [("554 no spam", Outcome.REFUSED), ("452 disk full", Outcome.LATER)])
def test_a_refused_text_is_refused_for_its_letter_alone(to, mailbox, verdict, outcome):
    mailbox.verdicts.append(verdict)
    assert [to.send(letter(n)) for n in (1, 2)] == [outcome, Outcome.SENT]


def test_nothing_is_handed_over_when_the_lease_is_nearly_over(to, mailbox):
    assert to.send(letter(1), in_time=lambda: False) is Outcome.TOO_LATE
    assert to.send(letter(2)) is Outcome.SENT
    assert [who for who, _ in mailbox.messages] == ["p2@panel.example.org"]


def test_a_connection_that_the_relay_ended_is_opened_again(to, mailbox):
    to.send(letter(1))
    mailbox.senders.append("421 enough letters on this connection")
    assert to.send(letter(2)) is Outcome.SENT
    assert len(mailbox.connections) == 2


@pytest.mark.parametrize("answer", ["421 closing", "451 busy", "550 who are you"])
def test_a_relay_that_refuses_our_sender_takes_no_letter(to, mailbox, answer):
    mailbox.senders += [answer]
    with pytest.raises(RelayDown) as down:
        to.send(letter())
    assert (down.value.tried, mailbox.messages) == (False, [])


def test_a_connection_dropped_after_the_text_counts_as_a_try(to, mailbox):
    mailbox.verdicts.append("drop")
    with pytest.raises(RelayDown) as down:
        to.send(letter())
    assert down.value.tried
    assert to.send(letter()) is Outcome.SENT
    assert mailbox.copies() == {"<1@delphi.example.org>": 2}


def test_a_relay_that_never_answers_is_left_in_time(monkeypatch):
    monkeypatch.setattr(relay, "SECONDS_TO_ANSWER", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(RelayDown, match="SMTPServerDisconnected"):
        Relay(f"smtp://127.0.0.1:{deaf.getsockname()[1]}").send(letter())


def test_a_relay_that_is_slow_with_the_text_is_left_in_time(to, mailbox, monkeypatch):
    monkeypatch.setattr(relay, "SECONDS_FOR_TEXT", 0.1)
    mailbox.seconds = 1
    with pytest.raises(RelayDown) as down:
        to.send(letter())
    assert down.value.tried


def test_an_address_that_no_relay_understands_spoils_no_connection(to, mailbox):
    odd = letter()
    odd.replace_header("To", "zoë@panel.example.org")
    with pytest.raises(UnicodeEncodeError):
        to.send(odd)
    assert to.send(letter()) is Outcome.SENT


@pytest.mark.parametrize(
    ("url", "reason"), [(None, "MAIL_URL is not set"), ("smtp://127.0.0.1:1", "ConnectionRefused")]
)
def test_no_relay_is_told_with_its_reason(url, reason):
    with pytest.raises(RelayDown, match=reason):
        Relay(url).open()


def test_a_refused_password_is_told_without_its_words(monkeypatch):
    monkeypatch.setattr(smtplib.SMTP, "login", refuse)
    with listening() as box, pytest.raises(RelayDown, match=r"^SMTPAuthenticationError 535$"):
        Relay(box.url.replace("//", "//user:p%40ss@")).open()


def refuse(_smtp, user, password):
    assert (user, password) == ("user", "p@ss")
    raise smtplib.SMTPAuthenticationError(535, b"user p@ss")


def test_encryption_is_asked_for_where_the_address_says_so(mailbox):
    with pytest.raises(RelayDown, match="SMTPNotSupportedError"):
        Relay(mailbox.url.replace("smtp:", "smtp+tls:")).open()


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls", "smtp+tls"])
def test_a_letter_leaves_where_the_certificate_fits(scheme, certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_suffix(".pem")))
    with encrypted(scheme, certificate) as url, closing(Relay(url)) as connection:
        assert connection.open().noop()[0] == 250


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls", "smtp+tls"])
def test_a_certificate_of_nobody_is_refused(scheme, certificate):
    with encrypted(scheme, certificate) as url, pytest.raises(RelayDown, match="SSLCertVerificationError"):
        Relay(url).open()


@pytest.mark.parametrize(
    ("url", "port"),
    [("smtp://relay", 25), ("smtps://relay", 465), ("smtp+starttls://relay", 587), ("smtp://relay:26", 26)],
)
def test_each_way_has_its_port(url, port, monkeypatch):
    asked = []

    def opened(host, port, **_how):
        asked.append((host, port))
        raise ConnectionRefusedError

    for kind in ("SMTP", "SMTP_SSL"):
        monkeypatch.setattr(smtplib, kind, opened)
    with pytest.raises(RelayDown):
        Relay(url).open()
    assert asked == [("relay", port)]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A key and a certificate of localhost that no authority has signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = tmp_path_factory.mktemp("tls") / "relay.pem"
    pem.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem.with_suffix(".key").write_bytes(plain)
    return pem


@contextmanager
def encrypted(scheme, certificate):
    """A mail server that speaks TLS at once (smtps) or when asked."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, certificate.with_suffix(".key"))
    how = {"ssl_context": context} if scheme == "smtps" else {"tls_context": context, "require_starttls": True}
    controller = Controller(Sink(), hostname="localhost", port=free_port(0), **how)
    controller.start()
    try:
        yield f"{scheme}://localhost:{controller.port}"
    finally:
        controller.stop()
