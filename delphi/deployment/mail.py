"""What the mail server and the names of the sender's domain say."""

from collections.abc import Iterator
from datetime import datetime
from email.utils import parseaddr

from delphi.config import Settings
from delphi.deployment.findings import Finding, advice, ok, wrong
from delphi.letters.message import Recipient, envelope
from delphi.letters.relay import Outcome, Relay, RelayDown

SECONDS_FOR_NAMES = 5.0
RESERVED = ("localhost", "example.org", "example.com")


def relay(settings: Settings) -> Iterator[Finding]:
    """Connect to the mail server, and sign in there."""
    if settings.mail_url is None:
        yield wrong("MAIL_URL is not set, so no letter is sent: write smtps://user:password@host.")
        return
    connection = Relay(settings.mail_url)
    try:
        connection.open()
    except RelayDown as error:
        yield wrong(f"The mail server cannot be used ({error}): look at MAIL_URL.")
    else:
        yield ok("The mail server answers.")
    finally:
        connection.close()


def domain_of(sender: str) -> str:
    """The domain of a sender's address."""
    return parseaddr(sender)[1].rpartition("@")[2].lower()


def sender_names(settings: Settings, selector: str | None) -> Iterator[Finding]:
    """Look up what receivers ask of the sender's domain: SPF, DMARC, and DKIM under a selector."""
    domain = domain_of(settings.mail_from)
    if domain in RESERVED:
        yield wrong(f"MAIL_FROM is an address at {domain}, from which nobody takes letters: write one of yours.")
        return
    yield _record("SPF", domain, "v=spf1", "names the hosts that may send")
    yield _record("DMARC", f"_dmarc.{domain}", "v=dmarc1", "says what becomes of forged letters")
    if selector is None:
        yield advice("DKIM was not looked up: name the selector of your mail server with --dkim-selector.")
    else:
        yield _record("DKIM", f"{selector}._domainkey.{domain}", "p=", "holds the key that letters are signed with")


def _record(kind: str, name: str, mark: str, purpose: str) -> Finding:
    texts = texts_of(name)
    if texts is None:
        return advice(f"{kind} could not be looked up: no name server answers.")
    if any(mark in text.lower() for text in texts):
        return ok(f"{kind} of {name} is there.")
    return wrong(f"{name} has no {kind} record, which {purpose}: many receivers will take letters for spam.")


def texts_of(name: str) -> list[str] | None:
    """Look up the texts of a name; None where no name server answers."""
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN, NoAnswer, resolve

    try:
        answer = resolve(name, "TXT", lifetime=SECONDS_FOR_NAMES)
    except (NXDOMAIN, NoAnswer):
        return []
    except (DNSException, OSError):
        return None
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def send_test(settings: Settings, address: str, message_id: str, *, at: datetime) -> Iterator[Finding]:
    """Send a letter that says that letters arrive."""
    letter = envelope(
        subject="Delphi: a test letter",
        text=f"{settings.public_url} sends letters, and this one has arrived.\n",
        to=Recipient("", address),
        sender=settings.mail_from,
        reply_to=settings.mail_from,
        message_id=f"<{message_id}@{settings.host}>",
        date=at,
    )
    connection = Relay(settings.mail_url)
    try:
        outcome = connection.send(letter)
    except RelayDown as error:
        yield wrong(f"The test letter did not leave ({error}).")
    else:
        sent = outcome is Outcome.SENT
        yield (
            ok(f"A test letter left for {address}.")
            if sent
            else wrong(f"The mail server does not take a letter for {address}.")
        )
    finally:
        connection.close()
