"""A study again from its bundle, on another database: to be read and exported, not to be changed."""

import csv
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlalchemy.exc import DataError, IntegrityError, StatementError
from sqlalchemy.orm import Session

from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.table.result_row import EVERYBODY
from delphi.errors import Refused
from delphi.model.event import Event, EventKind
from delphi.model.origin import StudyImport
from delphi.model.panel import Panelist
from delphi.model.rating import AnswerKind, Rating
from delphi.model.result import Result
from delphi.model.round import Participation
from delphi.model.study import Role, Study
from delphi.protocol import method
from delphi.sheets.writing import guarded
from delphi.studies import held_roles
from exports.archive import BadBundle, Bundle
from exports.bundle.facts import row_of, tables_of
from exports.bundle.known import refuse_taken, refuse_unknown
from exports.bundle.results import MARKS
from exports.bundle.verifying import SCHEMA, check, events_of

KINDS = {"rated": AnswerKind.RATED, "nq": AnswerKind.NOT_QUALIFIED}
NOT_OURS = (KeyError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError)


def import_bundle(session: Session, bundle: Bundle, *, owner: int | None, at: datetime) -> Study:
    """Make the study of a bundle, all of it or nothing; ``owner`` is the account that may look at it.

    Panelists have new keys; those whose rounds were cut apart are several, and who was invited and did not answer is
    one of the round alone. Names and comments are not in a bundle's ratings, so they are not there.
    """
    if bundle.manifest.get("schema") == SCHEMA:
        with _our_words():
            _refuse_unknown(bundle)
    if problems := check(bundle).problems:
        raise BadBundle.of(problems)
    if bundle.manifest["profile"] != "analyst":
        raise Refused("This bundle holds no ratings. It can be verified and analysed, not imported.")
    with _our_words():
        facts, statements = bundle.json("protocol/facts.json"), bundle.json("statements/statements.json")
        refuse_taken(session, facts["study"][0]["slug"])
        study = _study(session, facts, bundle.json("protocol/protocol.json"), bundle.json("protocol/lock.json"))
        for kind, rows in tables_of(bundle).items():
            _add(session, study, kind, rows)
        _answers(session, study, bundle, statements)
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


@dataclass
class RowsRead:
    """What the long file holds: panelists under new keys, the group of each in each round, and their answers."""

    people: dict[str, UUID] = field(default_factory=dict)
    there: dict[tuple[int, UUID], str | None] = field(default_factory=dict)
    ratings: list[dict[str, Any]] = field(default_factory=list)


def _answers(session: Session, study: Study, bundle: Bundle, statements: dict[str, Any]) -> None:
    """Add panelists under new keys, who took part in which round, and what they answered."""
    groups = {guarded(row["key"]): row["key"] for row in bundle.json("protocol/facts.json")["groups"]}
    read = _rows_read(bundle, groups, statements)
    if not {rating["value"] for rating in read.ratings} <= {None, *SCALES[study.scale].values}:
        raise BadBundle("ratings/long.csv holds a rating that is not on the scale. Nothing was imported.")
    silent = _silent(bundle, read.there, groups)
    group_of = {who: group for (_, who), group in read.there.items()}
    panel = [(who, code, group_of[who]) for code, who in read.people.items()]
    panel += [(who, f"X{who.hex[:11].upper()}", group) for _, who, group in silent]
    invited = [*read.there, *((number, who) for number, who, _ in silent)]
    own = {"study_id": study.id}
    _insert(session, Panelist, [own | {"id": who, "code": code, "stakeholder_group": g} for who, code, g in panel])
    _insert(session, Participation, [own | {"round": number, "panelist": who} for number, who in invited])
    _insert(session, Rating, [own | rating for rating in read.ratings])


def _rows_read(bundle: Bundle, groups: dict[str, str], statements: dict[str, Any]) -> RowsRead:
    """Read the long file."""
    asked = {(row["round"], row["position"]): row["statement"] for row in statements["questionnaires"]}
    read = RowsRead()
    with bundle.text("ratings/long.csv") as stream:
        for row in csv.DictReader(stream):
            who, number = read.people.setdefault(row["panelist"], uuid4()), int(row["round"])
            read.there[number, who] = groups.get(row["group"])
            if row["status"] in KINDS:
                value = int(row["rating"]) if row["status"] == "rated" else None
                key = {"round": number, "statement": asked[number, int(row["position"])], "panelist": who}
                read.ratings.append(key | {"kind": KINDS[row["status"]], "value": value, "version": 1})
    return read


def _silent(
    bundle: Bundle, there: dict[tuple[int, UUID], str | None], groups: dict[str, str]
) -> list[tuple[int, UUID, str | None]]:
    """Stand in for those who were invited and did not answer, so that the denominators stay."""
    answered = Counter((number, group) for (number, _), group in there.items())
    everyone: Counter[int] = Counter(number for number, _ in there)
    silent_in_groups: Counter[int] = Counter()
    silent = []
    grouped = bundle.manifest["records"]["groups_in_rows"]
    with bundle.text("panel/flow.csv") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: row["group"] == EVERYBODY)
    rows = [row for row in rows if grouped or row["group"] == EVERYBODY]
    for row in rows:
        number, group = int(row["round"]), groups.get(row["group"])
        missing = int(row["invited"]) - answered[number, group]
        if row["group"] == EVERYBODY:
            missing = int(row["invited"]) - everyone[number] - silent_in_groups[number]
        else:
            silent_in_groups[number] += missing
        if not 0 <= missing <= MOST:
            raise BadBundle("panel/flow.csv contradicts ratings/long.csv. Nothing was imported.")
        silent += [(number, uuid4(), group) for _ in range(missing)]
    return silent


MOST = 100_000


def _insert(session: Session, kind: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(kind), rows)


def _results(session: Session, study: Study, bundle: Bundle, statements: dict[str, Any]) -> None:
    """Freeze the results as they were frozen."""
    numbers = {row["code"]: row["number"] for row in statements["statements"]}
    for number in bundle.manifest["rounds"]:
        entries = bundle.json(f"results/release-{number}.json")["rows"]
        rows = [entry["row"] | {MARKS: entry[MARKS]} for entry in entries]
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
