"""Files that take long: ordered on a page, made by a worker beside it, kept for a few days (REPORTING 1.1).

The worker reads in one transaction and writes in others, so that nobody who saves an answer waits for a file. What it made
appears in the row of the job with the moment it was made; a worker that dies leaves nothing, and the next one begins anew.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, TypeVar
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from delphi import progress
from delphi.errors import Refused
from delphi.model.job import ExportJob
from delphi.model.study import Study
from exports.archive import Tell
from exports.bundle.source import source_of
from exports.bundle.writing import write_bundle
from exports.catalogue import CATALOGUE
from exports.data.levels import check_rows
from exports.data.package import STREAMED, write_stream
from exports.files import orders
from exports.files.orders import Order
from exports.files.paper import write_paper
from exports.formats import FORMATS
from exports.record.in_language import check_language
from exports.record.reader_profile import BUNDLE_PROFILES, Profile

MOST_RATINGS = 50_000  # beyond them a page would wait for more than a second
AT_ONCE = 3  # of one study
KEPT = timedelta(days=7)
ATTEMPTS = 3
TELLING = 0.5  # seconds between two words on how far it is
T = TypeVar("T")


@dataclass(frozen=True)
class Archive:
    """What is made of a whole study and is no report: its formats, its profiles, and how it is written."""

    label: str
    formats: tuple[str, ...]
    profiles: tuple[Profile, ...]
    write: Callable[[Session, Study, Order, BinaryIO, Tell, str], int]


def _bundle(session: Session, study: Study, order: Order, stream: BinaryIO, tell: Tell, secret: str) -> int:
    source = source_of(session, study, order.profile)
    write_bundle(source, stream, order.profile, secret=secret, tell=tell)
    return sum(map(len, source.frozen.values()))


def _ratings(session: Session, study: Study, order: Order, stream: BinaryIO, tell: Tell, _secret: str) -> int:
    check_rows(session, study, order.profile)
    source = source_of(session, study, order.profile)
    assert source.records is not None
    write_stream(source.records, source.definitions, order.format, stream, tell)
    return len(source.records.records)


def _paper(session: Session, study: Study, order: Order, stream: BinaryIO, tell: Tell, _secret: str) -> int:
    return write_paper(session, study, order, stream, tell)


ARCHIVES = {
    "bundle": Archive("Study bundle", ("zip",), BUNDLE_PROFILES, _bundle),
    "paper": Archive("Everything for the paper", ("zip",), (Profile.AUTHOR, Profile.PUBLIC, Profile.ANALYST), _paper),
    "ratings": Archive("Single ratings", STREAMED, (Profile.ANALYST, Profile.PUBLIC, Profile.STATISTICIAN), _ratings),
}


def check(order: Order) -> None:
    """Refuse what cannot be made."""
    archive = ARCHIVES.get(order.report)
    if archive is None:
        order.check()
    elif order.format not in archive.formats or order.profile not in archive.profiles:
        raise Refused(
            "“%(report)s” is made as %(formats)s for %(profiles)s; nothing was written.",
            report=archive.label,
            formats=", ".join(archive.formats),
            profiles=", ".join(archive.profiles),
        )
    elif order.language and order.report != "paper":
        raise Refused(
            "“%(report)s” is made without a choice of language. Leave the language out; nothing was written.",
            report=archive.label,
        )


def bundle_order(profile: str | None) -> Order:
    """Order a bundle for a profile, for analysts unless something else is said.

    Raises
    ------
    Refused
        There is no bundle for this profile.
    """
    chosen = next((known for known in BUNDLE_PROFILES if known == (profile or BUNDLE_PROFILES[0])), None)
    if chosen is None:
        raise Refused("There is no such bundle; nothing was written.")
    return Order("bundle", "zip", chosen)


def label(report: str) -> str:
    """Name a file for a reader."""
    return ARCHIVES[report].label if report in ARCHIVES else CATALOGUE[report].label


def takes_long(session: Session, study: Study, order: Order) -> bool:
    """Whether a page would wait too long for this file."""
    if order.report == "paper" or (order.report in CATALOGUE and CATALOGUE[order.report].long):
        return True
    if (
        order.profile is Profile.MANAGER
    ):  # people and their progress are counted quickly, and names are kept nowhere else
        return False
    return progress.answers(session, study.id) > MOST_RATINGS


def write(session: Session, study: Study, order: Order, stream: BinaryIO, tell: Tell, *, secret: str) -> int:
    """Write what is ordered, and say how many rows it has; a bundle is signed with the key of the secret."""
    check(order)
    if order.report in ARCHIVES:
        return ARCHIVES[order.report].write(session, study, order, stream, tell, secret)

    def watch(items: Iterable[T], label: str, /) -> Iterator[T]:
        del label
        listed: Sequence[T] = list(items)
        for i, item in enumerate(listed):
            tell(f"{100 * i // len(listed)} %")
            yield item

    exhibit = orders.exhibit_of(session, study, order, watch)
    FORMATS[order.format].write(exhibit, stream)
    return orders.rows_in(exhibit)


def ask(session: Session, study: Study, order: Order, *, by: int, at: datetime) -> ExportJob:
    """Order a file from the worker.

    Raises
    ------
    Refused
        The file cannot be made, or the study waits for as many as it may already.
    """
    check(order)
    check_language(study, order.language)
    waiting = select(func.count()).where(ExportJob.study_id == study.id, ExportJob.unfinished)
    if (session.scalar(waiting) or 0) >= AT_ONCE:
        raise Refused(
            "%(n)s files of this study are being made already. Wait until one is done; nothing was ordered.", n=AT_ONCE
        )
    job = ExportJob(
        study_id=study.id,
        account=by,
        report=order.report,
        format=order.format,
        profile=order.profile.value,
        by_group=order.by_group,
        language=order.language,
        asked_at=at,
    )
    session.add(job)
    session.flush()
    return job


def order_of(job: ExportJob) -> Order:
    """The order that a job is to make."""
    return Order(job.report, job.format, Profile(job.profile), job.by_group, language=job.language)


def kept(session: Session, study: Study, *, at: datetime) -> Sequence[ExportJob]:
    """List the orders of a study whose files are kept, the newest first."""
    return session.scalars(
        select(ExportJob)
        .where(ExportJob.study_id == study.id, ExportJob.asked_at > at - KEPT)
        .order_by(ExportJob.asked_at.desc())
    ).all()


def kept_job(session: Session, study: Study, key: UUID, *, at: datetime) -> ExportJob | None:
    """Find an order of a study whose file is kept."""
    job = session.get(ExportJob, (study.id, key))
    return job if job and job.asked_at > at - KEPT else None


def forget(session: Session, *, at: datetime) -> None:
    """Delete the files whose days are over."""
    session.execute(delete(ExportJob).where(ExportJob.asked_at <= at - KEPT))
