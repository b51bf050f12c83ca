"""A mail server on loopback that keeps what it is given, and does to letters what real ones do."""

import asyncio
import re
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from aiosmtpd.controller import Controller

MESSAGE_ID = re.compile(r"^Message-ID: (\S+)", re.MULTILINE)


class Mailbox:
    """A relay; ``answers`` says what it does with a recipient, ``verdicts`` with the next texts, one each.

    The verdict "drop" keeps the letter and ends the connection without a word.
    """

    def __init__(self) -> None:
        self.messages: list[tuple[str, str]] = []
        self.answers: dict[str, str] = {}
        self.senders: list[str] = []
        self.verdicts: list[str] = []
        self.seconds = 0.0
        self.connections: list[object] = []

    async def handle_MAIL(self, _server, session, envelope, address, _options):
        if not any(session is known for known in self.connections):
            self.connections.append(session)
        if self.senders:
            return self.senders.pop(0)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, _session, envelope):
        await asyncio.sleep(self.seconds)
        verdict = self.verdicts.pop(0) if self.verdicts else "250 OK"
        if verdict == "drop" or verdict.startswith("250"):
            self.messages += [(to, envelope.content.decode()) for to in envelope.rcpt_tos]
        if verdict == "drop":
            server.transport.abort()
        return verdict

    def copies(self) -> Counter[str]:
        """How many copies of each letter came, told by their Message-ID."""
        return Counter(MESSAGE_ID.search(text).group(1) for _, text in self.messages)


@contextmanager
def listening() -> Iterator[Mailbox]:
    """A mailbox behind a port of its own, which stands in ``url``."""
    box = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    box.url = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()
