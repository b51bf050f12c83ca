"""Mail that came back: what a delivery status notification says (RFC 3464), and what mail servers without one write.

Out-of-office answers, news of a delay and everything else are no returned mail.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr

from delphi.letters.heads import one_line
from delphi.letters.tokens import TOKEN

LARGEST = 2_000_000  # bytes; a mail that came back holds at most our letter
MESSAGE_ID = re.compile(r"^(?:X-MS-Exchange-Parent-)?Message-I[dD]:\s*<([0-9a-f-]{36})@", re.MULTILINE)
FOR_GOOD = re.compile(r"(?<![\d.])5(?:\.\d{1,3}\.\d{1,3}|\d\d)(?![\d.])")
QMAIL = "This is the qmail-send program at"
OF_QMAIL = re.compile(r"^<([^<>\s]+@[^<>\s]+)>:[ \t]*\n(.+?)(?:\n\n|\Z)", re.MULTILINE | re.DOTALL)
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Returned:
    """A letter that no mail server takes for these addresses, and why.

    ``tokens`` are what the return path may have named, ``letters`` the Message-IDs within the mail.
    """

    tokens: tuple[str, ...]
    letters: tuple[str, ...]
    recipients: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Failure:
    address: str
    reason: str


def read(data: bytes) -> Returned | None:
    """Read a mail; None if it does not say that a letter came back for good."""
    message = message_from_bytes(data[:LARGEST])
    failures = list(_failures(message))
    if not failures:
        return None
    text = "\n".join(_texts(message))
    return Returned(
        tokens=tuple(dict.fromkeys(found[0] for found in TOKEN.finditer(_heads(message) + text))),
        letters=tuple(dict.fromkeys(MESSAGE_ID.findall(text))),
        recipients=tuple(dict.fromkeys(one.address for one in failures if one.address)),
        reason=failures[0].reason[:LONGEST_REASON],
    )


def _failures(message: Message) -> Iterator[_Failure]:
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            yield from _of_status(part)
            return
    if failed := message.get("X-Failed-Recipients"):
        reason = _line_for_good(_first_text(message))
        yield from (_Failure(_address(one), reason) for one in str(failed).split(","))
    elif QMAIL in _first_text(message):
        yield from _of_qmail(_first_text(message))


def _of_status(part: Message) -> Iterator[_Failure]:
    """Read each recipient of a delivery status notification that is given up."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message):
            continue
        action, status = (str(block.get(name, "")).strip().lower() for name in ("Action", "Status"))
        said = str(block.get("Diagnostic-Code", "")).partition(";")[2]
        if action == "failed" and (status.startswith("5") or (not status and FOR_GOOD.search(said))):
            named = block.get("Original-Recipient") or block.get("Final-Recipient") or ""
            yield _Failure(_address(str(named).rpartition(";")[2]), one_line(said or status))


def _of_qmail(text: str) -> Iterator[_Failure]:
    for address, reason in OF_QMAIL.findall(text):
        if FOR_GOOD.search(reason):
            yield _Failure(_address(address), one_line(reason))


def _line_for_good(text: str) -> str:
    """Find the line that says why."""
    return next((one_line(line) for line in text.splitlines() if FOR_GOOD.search(line)), "")


def _address(text: str) -> str:
    return parseaddr(text.strip())[1].lower()


def _first_text(message: Message) -> str:
    return next(_texts(message), "")


def _texts(message: Message) -> Iterator[str]:
    """Read the texts of a mail, with those of the letter within it."""
    for part in message.walk():
        if part.get_content_maintype() == "text":
            yield _decoded(part)
        elif part.get_content_type() == "message/rfc822":
            yield from (_heads(inner) for inner in part.get_payload() if isinstance(inner, Message))


def _decoded(part: Message) -> str:
    data = part.get_payload(decode=True)
    text = data.decode("latin-1") if isinstance(data, bytes) else ""
    return text.replace("\r\n", "\n")


def _heads(message: Message) -> str:
    return "".join(f"{name}: {value}\n" for name, value in message.items())
