"""An order: which report, in which format, for which profile. Made, written whole or not at all, and logged."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from delphi import audit
from delphi.errors import Refused
from delphi.model.event import EventKind
from delphi.model.study import Study
from exports.catalogue import CATALOGUE, make
from exports.formats import FORMATS
from exports.record.in_language import record_in
from exports.record.reader_profile import Profile, Watch, unwatched
from exports.tables.document import Document, Exhibit, table_of
from exports.whole import whole

LONGEST_NAME = 100


@dataclass(frozen=True)
class Order:
    """What somebody wants to have."""

    report: str
    format: str
    profile: Profile
    by_group: bool = False
    round: int | None = None
    language: str | None = None

    def check(self) -> None:
        """Refuse what cannot be made, saying what can.

        Raises
        ------
        Refused
            There is no such report, not for this profile, or not in this format.
        """
        entry = CATALOGUE.get(self.report)
        if entry is None:
            raise Refused(
                "There is no report “%(report)s”; there are %(reports)s.",
                report=self.report,
                reports=", ".join(CATALOGUE),
            )
        if self.profile not in entry.profiles:
            raise Refused(
                "“%(report)s” is made for %(profiles)s, not for %(profile)s.",
                report=self.report,
                profiles=", ".join(entry.profiles),
                profile=self.profile,
            )
        if self.format not in entry.formats:
            raise Refused(
                "“%(report)s” goes into %(formats)s, not into %(format)s.",
                report=self.report,
                formats=", ".join(entry.formats),
                format=self.format,
            )

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return FORMATS[self.format].suffix if self.format in FORMATS else self.format

    def file_name(self, study: Study, on: date) -> str:
        """Name the file: no person, ASCII, at most 100 characters; TEST stands before what is simulated."""
        test = "TEST_" if study.simulated else ""
        rounds = f"round-{self.round}" if self.round is not None else "all"
        language = f"_{self.language}" if self.language else ""
        tail = f"_{self.report}_{rounds}_{self.profile}{language}_{on:%Y-%m-%d}.{self.suffix}"
        plain = unicodedata.normalize("NFKD", study.slug).encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9-]+", "-", plain)
        return f"{test}{slug[: LONGEST_NAME - len(tail) - len(test)]}{tail}"


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written: its rows and its hash."""

    rows: int
    sha256: str

    @classmethod
    def of(cls, rows: int, content: bytes) -> "WrittenFile":
        """Say of a file how many rows it has, and what its hash is."""
        return cls(rows, hashlib.sha256(content).hexdigest())


def exhibit_of(
    session: Session,
    study: Study,
    order: Order,
    watch: Watch = unwatched,
    *,
    paper: Mapping[str, Any] | None = None,
) -> Exhibit:
    """Make what is ordered, in another house style or with other tables of a paper than the study keeps."""
    order.check()
    asked = {"profile": order.profile, "by_group": order.by_group, "round": order.round, "watch": watch}
    record = record_in(session, study, order.language, **asked)
    if paper is not None:
        record.study = replace(record.study, paper=paper)
    return make(record, order.report, order.format)


def write(exhibit: Exhibit, format_: str, path: Path) -> WrittenFile:
    """Write a file: it appears when it is whole."""
    with whole(path) as half, half.open("wb") as stream:
        FORMATS[format_].write(exhibit, stream)
    return WrittenFile.of(rows_in(exhibit), path.read_bytes())


def rows_in(exhibit: Exhibit) -> int:
    """Count the rows of all tables."""
    tables = exhibit.tables if isinstance(exhibit, Document) else (table_of(exhibit),)
    return sum(len(table.rows) for table in tables)


def log(session: Session, study: Study, order: Order, file: WrittenFile, *, by: int | None, at: datetime) -> None:
    """Write down who took what, by which filter, and what it was."""
    facts = {name: fact for name, fact in asdict(order).items() if name != "language" or fact}
    audit.record(session, study.id, EventKind.EXPORTED, by=by, at=at, **facts, rows=file.rows, sha256=file.sha256)
