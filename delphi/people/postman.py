"""The postman: claims due letters, has them written, hands them to the relay (TRUST 9)."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage

from delphi.config import Settings
from delphi.database import Database, database_now
from delphi.letters.pace import DomainFull, Pace
from delphi.letters.relay import Outcome, Relay, RelayDown
from delphi.letters.reminders import NotYet
from delphi.model.identity import Identity
from delphi.model.letter import Letter
from delphi.people import bounces, claims, lost_links
from delphi.people.claims import LetterKey, Table
from delphi.people.writing import WRITERS
from delphi.worker import Loop

SECONDS_BEFORE_TEXT = 60  # what is left of the lease is then longer than the relay may take for the text
FIRST_PAUSE, LONGEST_PAUSE = 5.0, 300.0
log = logging.getLogger(__name__)

Claimed = tuple[Table, LetterKey]
Now = Callable[[], datetime]


class Outage:
    """The time in which no letter can leave: asked again after growing pauses, with one line in the log."""

    def __init__(self) -> None:
        self.pause = 0.0
        self._until = 0.0

    def lasts(self) -> bool:
        """Whether it is too early to ask again."""
        return time.monotonic() < self._until

    def goes_on(self, reason: str) -> None:
        """Begin, or go on after asking in vain."""
        if not self.pause:
            log.warning("letters wait: %s", reason)
        self.pause = min(2 * self.pause or FIRST_PAUSE, LONGEST_PAUSE)
        self._until = time.monotonic() + self.pause

    def ends(self) -> None:
        """Go on with the letters."""
        if self.pause:
            log.warning("letters leave again")
        self.pause = self._until = 0.0


class Postman(Loop):
    """Sends what is due, until told to stop."""

    title = "postman"

    def __init__(self, database: Database, settings: Settings) -> None:
        super().__init__(database)
        self.settings = settings
        self.outage = Outage()
        self.pace = Pace(settings.mail_per_domain)
        self.last_study: dict[Table, int] = {}

    def work(self, *, at: datetime) -> bool:  # noqa: ARG002 (interface)
        """Send a batch of letters; False if none is due or none can leave."""
        if self.outage.lasts():
            return False
        with self.database.transaction(writing=False) as session:
            moment = database_now(
                session
            )  # not this host's clock: one that is a day ahead would take over every letter
        return self.deliver(at=moment) > 0

    def deliver(self, *, at: datetime) -> int:
        """Claim a batch of due letters and send each over one connection; the answer is how many were claimed."""
        began = time.monotonic()
        claimed = self._claim(at)
        relay = Relay(self.settings.mail_url)
        try:
            self._deliver_all(relay, claimed, lambda: at + timedelta(seconds=time.monotonic() - began))
        finally:
            relay.close()
        return len(claimed)

    def _claim(self, at: datetime) -> list[Claimed]:
        claimed: list[Claimed] = []
        with self.database.transaction() as session:
            lost_links.answer(session, at=at)
            for table in WRITERS:
                keys = claims.claim(session, by=self.name, at=at, table=table, after=self.last_study.get(table, 0))
                claimed += [(table, key) for key in keys]
                self.last_study[table] = keys[-1].study_id if keys else 0
        return claimed

    def _deliver_all(self, relay: Relay, claimed: Sequence[Claimed], now: Now) -> None:
        """Send each letter; when none can leave any more, the rest goes back as it was."""
        for place, (table, key) in enumerate(claimed):
            if self.stop.is_set():
                return self._put_back(claimed[place:])
            try:
                self._deliver_one(relay, table, key, now)
            except RelayDown as down:
                self.outage.goes_on(str(down))
                if down.tried:
                    self._finish(table, key, Outcome.LATER, now())
                self._put_back(claimed[place:])
                return self._give_up_receipts(now())
            except Exception as error:  # noqa: BLE001 (whatever it is, it must not hold back the letters behind it)
                log.error("letter not written: %s", type(error).__name__)  # noqa: TRY400 (a traceback may quote a name)
                self._finish(table, key, Outcome.LATER, now())
        return None

    def _deliver_one(self, relay: Relay, table: Table, key: LetterKey, now: Now) -> None:
        relay.open()
        begun = time.monotonic()
        try:
            mail = self._write(table, key, now())
        except DomainFull as full:
            self._put_back([(table, key)], after=now() + timedelta(seconds=full.wait))
            return
        except NotYet as early:
            self._put_back([(table, key)], after=early.until)
            return
        if mail is not None:
            outcome = relay.send(mail, in_time=lambda: time.monotonic() - begun < SECONDS_BEFORE_TEXT)
            self.outage.ends()
            self._end(table, key, outcome, now())
            if outcome is Outcome.REFUSED and table is Letter and relay.refusal:
                self._note_refusal(key, relay.refusal, now())

    def _write(self, table: Table, key: LetterKey, at: datetime) -> EmailMessage | None:
        """Write a letter that is still ours, with its link; what comes to nothing, the link too, is undone."""
        with self.database.transaction() as session:
            if not claims.hold(session, table, key, by=self.name, at=at):
                return None
            mail = WRITERS[table](session, key, at=at, settings=self.settings)
            if mail is not None:
                self.pace.take(mail["To"].addresses[0].addr_spec)
            return mail

    def _end(self, table: Table, key: LetterKey, outcome: Outcome, at: datetime) -> None:
        if outcome is Outcome.TOO_LATE:
            self._put_back([(table, key)])
        else:
            self._finish(table, key, outcome, at)

    def _finish(self, table: Table, key: LetterKey, outcome: Outcome, at: datetime) -> None:
        with self.database.transaction() as session:
            claims.finish(session, key, outcome, by=self.name, at=at, table=table)

    def _note_refusal(self, key: LetterKey, reason: str, at: datetime) -> None:
        """Note on the person that the mail server refused the address itself."""
        with self.database.transaction() as session:
            letter = session.get(Letter, key)
            person = session.get(Identity, (key.study_id, letter.panelist)) if letter else None
            if person is not None:
                bounces.note(session, person, reason, at=at)

    def _put_back(self, letters: Sequence[Claimed], *, after: datetime | None = None) -> None:
        with self.database.transaction() as session:
            for table, key in letters:
                claims.put_back(session, table, key, by=self.name, after=after)

    def _give_up_receipts(self, at: datetime) -> None:
        with self.database.transaction() as session:
            claims.give_up_receipts(session, at=at)
