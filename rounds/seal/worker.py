"""The worker that counts closed rounds which the closing request left to it, and those that a crash left half closed."""

import logging
from datetime import datetime

from delphi.worker import Loop
from rounds.seal import sealing

log = logging.getLogger(__name__)


class Sealing(Loop):
    """Counts and seals closed rounds, one after the other; the same bytes whoever does it."""

    title = "sealing"

    def work(self, *, at: datetime) -> bool:
        """Seal one round that waits."""
        with self.database.transaction(writing=False) as session:
            waiting = session.execute(sealing.unsealed().limit(1)).first()
        if waiting is None:
            return False
        sealing.complete_apart(self.database, *waiting, at=at)
        return True
