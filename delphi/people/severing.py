"""Severing: after the end of a study its names are destroyed, on the day that was told before consent.

Answers stay under codes. From then on nothing in the database leads from a code to a person: the names are gone, and so
are the links, and the keys by which the server's secret leads from a code to somebody who asked to be named.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from delphi import audit, progress
from delphi.database import locked
from delphi.errors import Refused
from delphi.letters import outbox
from delphi.model.acknowledgement import Acknowledgement
from delphi.model.event import EventKind
from delphi.model.identity import Declaration, Identity, KeptCharacteristics, Receipt
from delphi.model.letter import Letter
from delphi.model.origin import StudyImport
from delphi.model.panel import AccessLink, Panelist, PanelistSession
from delphi.model.study import Study
from delphi.people import acknowledgements
from delphi.worker import Loop

DESTROYED: tuple[Any, ...] = (Receipt, KeptCharacteristics, Declaration, Identity, AccessLink, PanelistSession)
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SeveringEffect:
    """What severing does to a study, in numbers."""

    names: int
    declarations: int
    links: int
    devices: int
    letters: int
    answering: int  # panelists whose answers stay under codes
    acknowledged: int  # people who stay on the list of those who asked to be named


def effect(session: Session, study: Study) -> SeveringEffect:
    """Count what severing would destroy now, and what would stay."""
    counts = {
        "names": _count(study, Identity) + _count(study, Receipt),
        "declarations": _count(study, Declaration),
        "links": _count(study, AccessLink),
        "devices": _count(study, PanelistSession),
        "letters": _count(study, Letter, Letter.unsent),
        "acknowledged": _count(study, Acknowledgement),
    }
    row = session.execute(select(*(count.label(name) for name, count in counts.items()))).mappings().one()
    return SeveringEffect(answering=progress.people_who_answered(session, study.id), **row)


def _count(study: Study, table: Any, *which: Any) -> ColumnElement[int]:
    return select(func.count()).select_from(table).where(table.study_id == study.id, *which).scalar_subquery()


def guard(study: Study) -> None:
    """Refuse the severing of a study that goes on, and of one that is severed."""
    if study.names_destroyed_at is not None:
        raise Refused("The names of this study were destroyed already; nothing was changed.")
    if study.finished_at is None:
        raise Refused(
            "The study is not finished, and its panel can still be asked. Finish it first; nothing was changed."
        )


def sever_as_owner(session: Session, study: Study, *, title: str, by: int, at: datetime) -> SeveringEffect:
    """Destroy the names of the study whose title an owner typed."""
    if title.strip() != study.title:
        raise Refused("The title is not that of this study; nothing was changed. Type it as it stands above.")
    return sever(session, study, by=by, at=at)


def sever(session: Session, study: Study, *, by: int | None, at: datetime) -> SeveringEffect:
    """Destroy names, addresses, declarations, links and sessions. One transaction; it cannot be taken back."""
    locked(session, Study, (study.id,))
    guard(study)
    done = effect(session, study)
    outbox.drop(session, study.id, at=at)
    for table in DESTROYED:
        session.execute(delete(table).where(table.study_id == study.id))
    # A browser may remember the address of a person's page beside the name; and in a small panel a language tells of few.
    session.execute(update(Panelist).where(Panelist.study_id == study.id).values(page_code=None, language=None))
    acknowledgements.detach(session, study)
    study.names_destroyed_at = at
    audit.record(session, study.id, EventKind.NAMES_DESTROYED, by=by, at=at, **asdict(done))
    return done


def _is_due(study: Study, at: datetime) -> bool:
    return study.names_destroyed_at is None and study.names_due_at is not None and study.names_due_at <= at


def due(session: Session, *, at: datetime) -> Sequence[int]:
    """List the studies whose day has come; one that was imported from a bundle holds no names."""
    finished = select(Study).where(Study.finished_at.is_not(None), Study.names_destroyed_at.is_(None))
    here = finished.where(Study.id.not_in(select(StudyImport.study_id))).order_by(Study.id)
    return [study.id for study in session.scalars(here) if _is_due(study, at)]


class Severing(Loop):
    """Destroys the names of studies whose day has come, until told to stop."""

    title = "severing"
    pause = 3600.0

    def work(self, *, at: datetime) -> bool:
        """Sever what is due, each study by itself: one that fails is logged, and keeps none of the others waiting."""
        with self.database.transaction(writing=False) as session:
            studies = due(session, at=at)
        for study_id in studies:
            try:
                self._sever(study_id, at=at)
            except Exception:
                log.exception("names not destroyed: study %s", study_id)
        return False

    def _sever(self, study_id: int, *, at: datetime) -> None:
        with self.database.transaction() as session:
            study = locked(session, Study, (study_id,))
            if study is not None and _is_due(study, at):
                sever(session, study, by=None, at=at)
                log.warning("names destroyed on their day: %s", study.slug)
