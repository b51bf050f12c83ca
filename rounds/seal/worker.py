"""The worker that counts closed rounds which the closing request left to it, and those that a crash left half closed."""

import logging
from datetime import datetime

from delphi.worker import Loop
from rounds.seal import existing, sealing

log = logging.getLogger(__name__)


class Sealing(Loop):
    """Counts and seals closed rounds, one after the other; the same bytes whoever does it.

    First what version 0.1.0 has closed, where the tables were upgraded by another way than `delphi db upgrade`.
    """

    title = "sealing"

    def work(self, *, at: datetime) -> bool:
        """Seal one round that waits."""
        with self.database.transaction(writing=False) as session:
            left, waiting = existing.is_left(session), session.execute(sealing.unsealed().limit(1)).first()
        if left:
            return existing.take_next(self.database, at=at)
        if waiting is None:
            return False
        sealing.complete_apart(self.database, *waiting, at=at)
        return True
