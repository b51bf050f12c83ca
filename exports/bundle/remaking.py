"""Making again what a bundle holds for readers (report, figures, tables, pages), from the facts and results beside it."""

import io
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from delphi.errors import Refused
from delphi.model.base import Base
from delphi.model.study import Study
from exports.archive import Bundle, Writer
from exports.bundle import seals
from exports.bundle.facts import row_of, tables_of
from exports.bundle.results import Release, ReleaseEntry
from exports.bundle.source import record_of, released_rounds
from exports.bundle.writing import software, write_for_readers

UNMADE = (Refused, SQLAlchemyError, KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)
BY_HASH = (  # nothing is computed from these, and nothing else in a bundle says what they must hold
    "ratings/wide.csv",
    "ratings/codebook.csv",
    "ratings/codebook.json",
    "ratings/scale.csv",
    "ratings/settings.csv",
    "comments/released.csv",
    "scripts/import.sps",
    "scripts/import.do",
)


def compare_for_readers(bundle: Bundle) -> tuple[list[str], list[str]]:
    """What readers look at and does not follow from the rest of the bundle; and what of it could not be compared."""
    written_by = bundle.manifest["software"]
    if bundle.manifest.get("older"):
        return [], [f"report, figures and tables: version 0.1.0 ({written_by}) wrote them; not made again"]
    if written_by != software():
        return [], [f"report, figures and tables: {written_by} wrote them and this is {software()}; not made again"]
    try:
        made = _made(bundle)
    except UNMADE as error:
        return [], [f"report, figures and tables: they could not be made again ({type(error).__name__})"]
    listed = bundle.manifest["files"]
    return [
        f"{name} does not follow from the facts and results in the bundle"
        for name, sha256 in made.items()
        if name not in listed or listed[name]["sha256"] != sha256
    ], []


def _made(bundle: Bundle) -> dict[str, str]:
    """Make the files again; the hash of each by its name."""
    release: Release = {
        number: [ReleaseEntry.of(entry) for entry in bundle.json(f"results/release-{number}.json")["rows"]]
        for number in bundle.manifest["rounds"]
    }
    manifest = {name: value for name, value in bundle.manifest.items() if name != "files"}
    with _restored(bundle) as (session, study):
        rounds = released_rounds(session, study)
        writer = Writer(io.BytesIO())
        record = record_of(session, study, [round_.number for round_ in rounds])
        write_for_readers(writer, study, record, release, rounds, manifest, bundle.json("statements/statements.json"))
    return {name: str(facts["sha256"]) for name, facts in writer.files.items()}


@contextmanager
def _restored(bundle: Bundle) -> Iterator[tuple[Session, Study]]:
    """Put the facts of a study into a database that lives in memory for as long as it is read."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        study = row_of(Study, bundle.json("protocol/facts.json")["study"][0], lead_name="", contact_email="")
        assert isinstance(study, Study)
        session.add(study)
        session.flush()
        session.refresh(study)
        for kind, rows in tables_of(bundle).items():
            session.add_all(row_of(kind, row, study_id=study.id) for row in rows)
            session.flush()
        session.add_all(seals.stored(entry, study.id) for entry in bundle.json(seals.CHAIN))
        session.flush()
        yield session, study
    engine.dispose()
