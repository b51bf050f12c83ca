"""The mailbox to which mail comes back, asked by IMAP now and then."""

import imaplib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from urllib.parse import unquote, urlsplit

from delphi.config import Settings
from delphi.database import Database
from delphi.people import bounces
from delphi.worker import Loop

SECONDS_TO_ANSWER = 30
MOST = 50  # mails a turn
PORTS = {"imap": 143, "imaps": 993}
log = logging.getLogger(__name__)


class BounceBox(Loop):
    """Reads what came back and was not read yet; what was read stays in the mailbox, marked as seen."""

    title = "bounces"
    pause = 300.0

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(database)
        self.settings = settings

    def work(self, *, at: datetime) -> bool:
        """Read a batch; False if there was nothing, or the mailbox cannot be reached."""
        try:
            with opened(self.settings.bounces_url or "") as box:
                return self._read(box, at=at)
        except (OSError, imaplib.IMAP4.error) as error:
            log.warning("mail that came back cannot be read: %s", type(error).__name__)  # a text may quote a password
            return False

    def _read(self, box: imaplib.IMAP4, *, at: datetime) -> bool:
        waiting = box.search(None, "UNSEEN")[1][0].split()[:MOST]
        for number in waiting:
            found = box.fetch(number.decode(), "(BODY.PEEK[])")[1]
            data = next((part[1] for part in found if isinstance(part, tuple)), b"")
            with self.database.transaction() as session:
                bounces.take(session, data, settings=self.settings, at=at)
            box.store(number.decode(), "+FLAGS", r"(\Seen)")
        return len(waiting) == MOST


@contextmanager
def opened(url: str) -> Iterator[imaplib.IMAP4]:
    """Open the folder that an address names."""
    parts = urlsplit(url)
    kind = imaplib.IMAP4_SSL if parts.scheme == "imaps" else imaplib.IMAP4
    box = kind(parts.hostname or "localhost", parts.port or PORTS[parts.scheme], timeout=SECONDS_TO_ANSWER)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        status, _ = box.select(f'"{unquote(parts.path.strip("/")) or "INBOX"}"')
        if status != "OK":
            raise imaplib.IMAP4.error("there is no such folder")
        yield box
    finally:
        try:
            box.logout()
        except (OSError, imaplib.IMAP4.error):
            box.shutdown()
