"""The worker that makes the figures of sealed rounds, which nobody has to wait for."""

import logging
from datetime import datetime

from delphi.worker import Loop
from exports.results import figures

log = logging.getLogger(__name__)


class Figuring(Loop):
    """Makes the figures of sealed rounds, one after the other; the same bytes whoever does it."""

    title = "figures"

    def work(self, *, at: datetime) -> bool:
        """Make the figures of all rounds that wait: one that fails is logged, and keeps none of the others waiting."""
        with self.database.transaction(writing=False) as session:
            due = [(study_id, number) for study_id, number in session.execute(figures.waiting())]
        made = False
        for study_id, number in due:
            try:
                figures.complete_apart(self.database, study_id, number, at=at)
                made = True
            except Exception:
                log.exception("figures not made: study %s, round %s", study_id, number)
        return made
