"""The mail server of the operator: one connection for many letters, and what it answers to each."""

import re
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from enum import Enum
from urllib.parse import unquote, urlsplit

from delphi.config_values import MAIL_SCHEMES
from delphi.letters.heads import AS_SENT

STARTTLS = ("smtp+starttls", "smtp+tls")
SECONDS_TO_ANSWER = 30
SECONDS_FOR_TEXT = (
    180  # for each step of DATA: a relay that looks for viruses is slow, and asking again makes a second copy
)
ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
LEAVING = 421  # the relay ends the connection


class Outcome(Enum):
    """How handing over one letter ended."""

    SENT = "sent"
    REFUSED = "refused"  # for good
    LATER = "later"  # this letter; others may go
    TOO_LATE = "too late"  # nothing was handed over: the lease would not have lasted


class RelayDown(Exception):
    """No letter can leave now; ``tried`` if the letter at hand may have arrived all the same."""

    def __init__(self, reason: str, *, tried: bool = False) -> None:
        super().__init__(reason)
        self.tried = tried


class Relay:
    """A connection to the relay that is opened when it is needed, and once more where the relay has ended it."""

    def __init__(self, mail_url: str | None) -> None:
        self.mail_url = mail_url
        self.used = False
        self.refusal = ""  # of the last recipient: the answer's code, since its words may quote the address
        self._smtp: smtplib.SMTP | None = None
        self._in_text = False

    def open(self) -> smtplib.SMTP:
        """Connect, unless that is done.

        Raises
        ------
        RelayDown
            There is no relay, or it cannot be used.
        """
        if self._smtp is not None:
            return self._smtp
        if self.mail_url is None:
            raise RelayDown("MAIL_URL is not set")
        try:
            self._smtp = connect(self.mail_url)
        except OSError as error:
            raise RelayDown(_in_words(error)) from None
        self.used = False
        return self._smtp

    def send(self, mail: EmailMessage, *, in_time: Callable[[], bool] = lambda: True) -> Outcome:
        """Hand a letter over; ``in_time`` is asked just before its text.

        Raises
        ------
        RelayDown
            The relay does not answer, answers that it cannot, or does not accept our sender.
        """
        back = mail["Return-Path"]
        del mail["Return-Path"]  # the last mail server writes it
        text = as_sent(mail)
        sender, to = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        sender = parseaddr(str(back))[1] if back else sender
        to.encode("ascii")  # fails before the relay has heard of the letter
        self._in_text, self.refusal = False, ""
        try:
            return self._talk(sender, to, text, in_time)
        except OSError as error:
            self.abandon()
            raise RelayDown(_in_words(error), tried=self._in_text) from None

    def _talk(self, sender: str, to: str, text: bytes, in_time: Callable[[], bool]) -> Outcome:
        code = self._introduce(sender)
        if code != 250:
            self.abandon()
            raise RelayDown(f"it answers {code} to our sender")
        smtp = self.open()
        self.used = True
        code, said = smtp.rcpt(to)
        outcome = self._verdict(code)
        if outcome is Outcome.REFUSED:
            enhanced = ENHANCED.search(said.decode("latin-1"))
            self.refusal = f"{code} {enhanced[0]}" if enhanced else str(code)
        if outcome is Outcome.SENT:
            outcome = self._verdict(self._text(smtp, text)) if in_time() else Outcome.TOO_LATE
        if outcome is not Outcome.SENT:
            self._reset(smtp)
        return outcome

    def _introduce(self, sender: str) -> int:
        """Begin a letter; a connection that has been ended since the last one is opened anew."""
        try:
            code = self.open().mail(sender)[0]
        except OSError:
            code = LEAVING
        if code == LEAVING and self.used:
            self.abandon()
            code = self.open().mail(sender)[0]
        return code

    def _text(self, smtp: smtplib.SMTP, text: bytes) -> int:
        assert smtp.sock is not None
        smtp.sock.settimeout(SECONDS_FOR_TEXT)
        self._in_text = True
        try:
            code = smtp.data(text)[0]
        except smtplib.SMTPDataError as error:
            code = error.smtp_code
        if smtp.sock is not None:
            smtp.sock.settimeout(SECONDS_TO_ANSWER)
        return code

    def _verdict(self, code: int) -> Outcome:
        if code == LEAVING:
            self.abandon()
            raise RelayDown("it ends the connection (421)", tried=self._in_text)
        if code in (250, 251):
            return Outcome.SENT
        return Outcome.REFUSED if code >= 500 else Outcome.LATER

    def _reset(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except OSError:
            self.abandon()

    def abandon(self) -> None:
        """Drop the connection without a word."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def close(self) -> None:
        """End the connection as the protocol wants it."""
        if self._smtp is not None:
            try:
                self._smtp.quit()
            except OSError:
                self._smtp.close()
            self._smtp = None


def as_sent(mail: EmailMessage) -> bytes:
    """Write a message as it travels."""
    return mail.as_bytes(policy=AS_SENT)


def connect(mail_url: str) -> smtplib.SMTP:
    """Connect to a relay and say who we are; over TLS its certificate must fit.

    Raises `OSError`, of which `smtplib.SMTPException` and `ssl.SSLError` are two.
    """
    relay = urlsplit(mail_url)
    host, port = relay.hostname or "localhost", relay.port or MAIL_SCHEMES[relay.scheme]
    smtp = _opened(host, port, tls=relay.scheme == "smtps")
    try:
        if relay.scheme in STARTTLS:
            smtp.starttls(context=ssl.create_default_context())
        if relay.username:
            smtp.login(unquote(relay.username), unquote(relay.password or ""))
        smtp.ehlo_or_helo_if_needed()
    except OSError:
        smtp.close()
        raise
    return smtp


def _opened(host: str, port: int, *, tls: bool) -> smtplib.SMTP:
    if tls:
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS_TO_ANSWER, context=ssl.create_default_context())
    return smtplib.SMTP(host, port, timeout=SECONDS_TO_ANSWER)


def _in_words(error: OSError) -> str:
    """Name a failure without what the relay said: it may quote an address."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__} {code}" if code else type(error).__name__
