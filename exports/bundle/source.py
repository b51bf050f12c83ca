"""What a bundle is made of, read from the database in a bounded number of queries."""

import json
import re
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis, Definition
from delphi.consensus.counts import Counts
from delphi.consensus.table.result_row import EVERYBODY
from delphi.errors import Refused
from delphi.model.event import WITHHELD, Event, data_hash
from delphi.model.origin import StudyImport
from delphi.model.panel import Panelist
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Decision, Lineage, Statement, StatementVersion
from delphi.model.study import Amendment, Document, StakeholderGroup, Study
from delphi.protocol import amendments, method
from exports.bundle.facts import Fact, fact, facts
from exports.bundle.results import MARKS, Withheld
from exports.data.records import Records, records_of
from exports.record.facts import RoundFacts
from exports.record.reader_profile import Profile
from exports.record.record import GivenRecord
from exports.record.study_record import StudyRecord
from rounds.results.matrices import answers_of
from rounds.results.rows import analyse, results
from rounds.seal import texts

ADDRESS = re.compile(r"[^\s\"]@[^\s\"]+\.")


@dataclass(frozen=True)
class Source:
    """A study with its released rounds."""

    study: Study
    record: GivenRecord
    definition: Definition
    definitions: dict[int, Definition]
    rounds: list[Round]
    counts: dict[int, Counts]
    records: Records
    frozen: dict[int, list[dict[str, Any]]]
    imported: bool
    removed_later: frozenset[int]
    tables: dict[str, list[Fact]]
    events: list[Fact]
    comments: list[Fact]


def study_called(session: Session, slug: str) -> Study:
    """Find a study by its short name."""
    study = session.scalars(select(Study).where(Study.slug == slug)).first()
    if study is None:
        raise Refused("There is no study with the short name “%(slug)s”.", slug=slug)
    return study


def source_of(session: Session, study: Study, draw: Random) -> Source:
    """Read a study; only what was released leaves."""
    rounds = released_rounds(session, study)
    if not rounds:
        raise Refused("No round of this study is released yet, so there is nothing to export. Nothing was written.")
    order = Random(draw.getrandbits(256))  # noqa: S311 (an order of comments is no secret)
    numbers = [round_.number for round_ in rounds]
    counts = {one.number: one.counts for one in analyse(session, study, numbers).rounds}
    answers = answers_of(session, study, numbers)
    frozen = {r.number: results(session, study, r, by_group=True) for r in rounds}
    imported = session.get(StudyImport, study.id) is not None
    released = _groups_in(frozen) if imported else None
    return Source(
        study=study,
        record=record_of(session, study, numbers),
        definition=method.definition_of(study),
        definitions={r.number: amendments.definition_at(session, study, r.released_at) for r in rounds},
        rounds=rounds,
        counts=counts,
        records=records_of(answers, counts[numbers[0]].groups, study.smallest_cell, draw, released),
        frozen=frozen,
        imported=imported,
        removed_later=frozenset(_said_removed(frozen)),
        tables=_tables(session, study, rounds),
        events=_events(session, study),
        comments=_comments(session, study, numbers, order),
    )


def _groups_in(frozen: dict[int, list[dict[str, Any]]]) -> list[str]:
    """Groups that have results."""
    return list(dict.fromkeys(row["group"] for rows in frozen.values() for row in rows if row["group"] != EVERYBODY))


def _by_name(content: Any) -> Any:
    """The same content with its names in their order, however deep."""
    return json.loads(json.dumps(content, sort_keys=True))


def record_of(session: Session, study: Study, numbers: list[int]) -> GivenRecord:
    """What reports may know of the study: nobody's name, and its rows come from the release."""
    known = StudyRecord(session, study, Profile.PUBLIC)
    # In the order of their names, as JSON has them: what is made of a bundle's facts must be the same bytes.
    protocol = dict(known.study.protocol) | {"stopping_rule": _by_name(study.stopping_rule)}
    return GivenRecord(
        replace(known.study, lead_name="", protocol=protocol),
        known.definition,
        Analysis(known.definition, ()),
        (),
        [RoundFacts(number) for number in numbers],
        Profile.PUBLIC,
        consent_versions=known.consent_versions,
        panel=known.panel,
        edges=known.edges,
        asked=known.asked,
        amendments=[replace(one, changes=_by_name(one.changes)) for one in known.amendments],
    )


def released_rounds(session: Session, study: Study) -> list[Round]:
    """List the released rounds of rating in order."""
    rounds = session.scalars(select(Round).where(Round.study_id == study.id, Round.number > 0).order_by(Round.number))
    return [round_ for round_ in rounds if round_.state is State.RELEASED]


def _said_removed(frozen: dict[int, list[dict[str, Any]]]) -> list[int]:
    """Find the rounds of which an imported study says that answers were removed after their release."""
    return [number for number, rows in frozen.items() if any(Withheld.REMOVED in row[MARKS].values() for row in rows)]


def _tables(session: Session, study: Study, rounds: list[Round]) -> dict[str, list[Fact]]:
    """Facts on released rounds, by table; what is still a draft stays here."""
    last = rounds[-1].number
    asked = [row for row in facts(session, QuestionnaireItem, study.id) if row["round"] <= last]
    edges = [row for row in facts(session, Lineage, study.id) if row["round"] <= last]
    used = {(row["statement"], row["version"]) for row in asked}
    used |= {(edge[f"{end}_statement"], edge[f"{end}_version"]) for edge in edges for end in ("from", "to")}
    known = {statement for statement, _ in used}
    return {
        "study": [fact(study)],
        "groups": facts(session, StakeholderGroup, study.id),
        "documents": facts(session, Document, study.id),
        "rounds": [fact(round_) for round_ in rounds],
        "statements": [row for row in facts(session, Statement, study.id) if row["number"] in known],
        "versions": [
            row for row in facts(session, StatementVersion, study.id) if (row["statement"], row["version"]) in used
        ],
        "questionnaires": asked,
        "lineage": edges,
        "decisions": [row for row in facts(session, Decision, study.id) if row["round"] <= last],
        "amendments": facts(session, Amendment, study.id),
    }


def _events(session: Session, study: Study) -> list[Fact]:
    """The whole chain; data that name somebody are replaced by their hash, which is what the chain covers."""
    people = select(Panelist.id, Panelist.code).where(Panelist.study_id == study.id)
    secret = {text for who, code in session.execute(people) for text in (str(who), who.hex, code)}
    events = session.scalars(select(Event).where(Event.study_id == study.id).order_by(Event.sequence))
    return [
        {
            "seq": event.sequence,
            "at": event.at.isoformat(),
            "actor": event.actor if event.actor_elsewhere is None else event.actor_elsewhere,
            "kind": event.kind.value,
            "data": {WITHHELD: data_hash(event.data)} if _tells_of_people(event.data, secret) else event.data,
            "previous_hash": event.previous_hash,
            "hash": event.hash,
        }
        for event in events
    ]


def _tells_of_people(data: dict[str, Any], secret: set[str]) -> bool:
    text = json.dumps(data, ensure_ascii=False)
    return bool(ADDRESS.search(text)) or not secret.isdisjoint(re.findall(r"[0-9A-Za-z-]+", text))


def _comments(session: Session, study: Study, numbers: list[int], draw: Random) -> list[Fact]:
    """Texts that the panel was shown, those of one statement in a random order; nobody's code beside them."""
    listed = session.execute(select(Statement.number, Statement.code).where(Statement.study_id == study.id))
    codes = {number: code for number, code in listed}  # noqa: C416 (rows are no pairs to the type checker)
    shown = sorted((one.round, codes[one.statement], one.text) for one in texts.released(session, study, numbers))
    draw.shuffle(shown)
    return [
        {"comment": number, "round": r, "statement": code, "text_released": text}
        for number, (r, code, text) in enumerate(sorted(shown, key=lambda row: row[:2]), 1)
    ]
