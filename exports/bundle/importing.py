"""A study again from its bundle, on another database: to be read and exported, not to be changed."""

from collections import defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from delphi.consensus.shipped_scales import SCALES
from delphi.errors import Refused
from delphi.model.event import Event, EventKind
from delphi.model.origin import StudyImport
from delphi.model.result import Result
from delphi.model.seal import SealedRow
from delphi.model.study import Role, Study
from delphi.protocol import method
from delphi.studies import held_roles
from exports.archive import BadBundle, Bundle
from exports.bundle import seals
from exports.bundle.facts import row_of, tables_of
from exports.bundle.known import refuse_taken, refuse_unknown
from exports.bundle.older import of_any_version
from exports.bundle.reading import events_of
from exports.bundle.results import MARKS, Withheld
from exports.bundle.verifying import SCHEMA, check

NOT_OURS = (KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


def import_bundle(session: Session, bundle: Bundle, *, owner: int | None, at: datetime) -> Study:
    """Make the study of a bundle, all of it or nothing; ``owner`` is the account that may look at it.

    An imported study is its seals: the counts that may be shown, the results, and single rows where the bundle holds
    them. Nobody who took part is made, and no answer.
    """
    bundle = of_any_version(bundle)
    if bundle.manifest.get("schema") == SCHEMA:
        with _our_words():
            _refuse_unknown(bundle)
    if problems := check(bundle).problems:
        raise BadBundle.of(problems)
    if "seals" in bundle.manifest["withheld"]:
        raise Refused(
            "This bundle holds the coarser forms for everybody. It can be verified and analysed, not imported."
        )
    with _our_words():
        facts, statements = bundle.json("protocol/facts.json"), bundle.json("statements/statements.json")
        refuse_taken(session, facts["study"][0]["slug"])
        study = _study(session, facts, bundle.json("protocol/protocol.json"), bundle.json("protocol/lock.json"))
        for kind, rows in tables_of(bundle).items():
            _add(session, study, kind, rows)
        _seals(session, study, bundle)
        _results(session, study, bundle, statements)
        _events(session, study, events_of(bundle))
        session.add(StudyImport(study_id=study.id, at=at, bundle_sha256=bundle.sha256))
        if owner is not None:
            held_roles.give(session, study.id, owner, Role.OWNER)
        session.flush()
    return study


def _refuse_unknown(bundle: Bundle) -> None:
    """Refuse what this server does not know, by its name, before anything is computed with it."""
    facts = bundle.json("protocol/facts.json")
    refuse_unknown(facts, bundle.json("protocol/amendments.json"), events_of(bundle))
    for kind, rows in ({Study: facts["study"]} | tables_of(bundle)).items():
        for row in rows:
            row_of(kind, row)


@contextmanager
def _our_words() -> Iterator[None]:
    """Say in our words that a bundle does not fit, whoever found it out."""
    try:
        yield
    except (IntegrityError, DataError, StatementError):
        raise BadBundle("The bundle contradicts itself, or holds what a study cannot. Nothing was imported.") from None
    except NOT_OURS as error:
        raise BadBundle(
            "The bundle is not built as one (%(error)s). Nothing was imported.", error=type(error).__name__
        ) from None


def _study(session: Session, facts: dict[str, Any], document: dict[str, Any], lock: dict[str, Any]) -> Study:
    study = row_of(Study, facts["study"][0], lead_name="", contact_email="")
    assert isinstance(study, Study)
    session.add(study)
    session.flush()
    session.refresh(study)
    if lock["unchanged"] and method.document(study) != document:
        raise BadBundle("protocol/facts.json is not what protocol/protocol.json says. Nothing was imported.")
    return study


def _add(session: Session, study: Study, kind: Any, rows: list[dict[str, Any]]) -> None:
    session.add_all(row_of(kind, row, study_id=study.id) for row in rows)
    session.flush()


def _seals(session: Session, study: Study, bundle: Bundle) -> None:
    """Keep the seals as they are, and the single rows where the bundle holds them."""
    session.add_all(seals.stored(entry, study.id) for entry in bundle.json(seals.CHAIN))
    session.flush()
    rows = bundle.json(seals.ROWS) if seals.ROWS in bundle.manifest["files"] else []
    asked: dict[int, set[str]] = defaultdict(set)
    for one in bundle.json("statements/statements.json")["questionnaires"]:
        asked[one["round"]].add(str(one["statement"]))
    values = {None, *SCALES[study.scale].values}
    _insert(session, SealedRow, [_row(row, asked[row["round"]], values) | {"study_id": study.id} for row in rows])


def _row(row: dict[str, Any], asked: AbstractSet[str], values: AbstractSet[int | None]) -> dict[str, Any]:
    """A single row as the table takes it."""
    answers, group, code = row["answers"], row["group"], row["code"]
    if not (answers.keys() <= asked and set(answers.values()) <= values):
        raise BadBundle("ratings/rows.json holds an answer that nobody could give. Nothing was imported.")
    if not (isinstance(code, str) and 0 < len(code) <= 20 and isinstance(group, str) and len(group) <= 60):
        raise TypeError("no code or no group")
    return {"round": row["round"], "code": code, "group": group, "submitted": row["submitted"], "answers": answers}


def _insert(session: Session, kind: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(kind), rows)


def _results(session: Session, study: Study, bundle: Bundle, statements: dict[str, Any]) -> None:
    """Keep the results as they were sealed."""
    numbers = {row["code"]: row["number"] for row in statements["statements"]}
    for number in bundle.manifest["rounds"]:
        rows = [_result(entry) for entry in bundle.json(f"results/release-{number}.json")["rows"]]
        _insert(session, Result, [
            {
                "study_id": study.id,
                "round": number,
                "statement": numbers[row["statement"]],
                "group": row["group"],
                "position": position,
                "verdict": row["verdict"],
                "row": row,
            }
            for position, row in enumerate(rows, 1)
        ])  # fmt: skip


def _result(entry: dict[str, Any]) -> dict[str, Any]:
    """A row as it was sealed; one that version 0.1.0 released keeps its marks, since nothing here tells them again."""
    row, marks = entry["row"], entry[MARKS]
    return {**row, MARKS: marks} if Withheld.RELEASED in marks.values() else row


def _events(session: Session, study: Study, events: list[dict[str, Any]]) -> None:
    """Copy the chain as it is: its hashes hold here as they held there."""
    session.add_all(
        Event(
            study_id=study.id,
            sequence=event["seq"],
            at=datetime.fromisoformat(event["at"]),
            actor_elsewhere=event["actor"],
            kind=EventKind(event["kind"]),
            data=event["data"],
            previous_hash=event["previous_hash"],
            hash=event["hash"],
        )
        for event in events
    )
    session.flush()
