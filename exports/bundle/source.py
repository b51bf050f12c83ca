"""What a bundle is made of, read from the database in a bounded number of queries."""

import json
import re
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Analysis, Definition, Item
from delphi.consensus.sealed_counts import SealedRound
from delphi.errors import Refused
from delphi.model.event import WITHHELD, Event, EventKind, data_hash
from delphi.model.panel import Panelist
from delphi.model.round import QuestionnaireItem, Round, State
from delphi.model.statement import Decision, Lineage, Statement, StatementVersion
from delphi.model.study import Amendment, Document, StakeholderGroup, Study
from delphi.model.translation import Translation
from delphi.protocol import amendments, method
from exports.bundle import seals
from exports.bundle.facts import Fact, fact, facts
from exports.data.levels import may_hold_rows
from exports.data.records import Records, records_of
from exports.record.facts import RoundFacts
from exports.record.reader_profile import Profile
from exports.record.record import GivenRecord
from exports.record.study_record import StudyRecord
from rounds.results.rows import results
from rounds.seal import row_keeping, texts
from rounds.seal.items import items_of
from rounds.seal.reading import sealed_of

WHOLE = frozenset({"study", "protocol", "document", "group", "question", "scale", "language"})  # pieces of no round
ADDRESS = re.compile(r"[^\s\"]@[^\s\"]+\.")
# What is told later (downloads, departures, letters, the team) changes nothing in a bundle.
TOLD = (
    EventKind.PROTOCOL_LOCKED,
    EventKind.PROTOCOL_AMENDED,
    EventKind.STUDY_CHANGED,
    EventKind.TEXTS_TRANSLATED,
    EventKind.DOCUMENT_PUBLISHED,
    EventKind.ROUND_RELEASED,
    EventKind.STUDY_FINISHED,
    EventKind.ROWS_PUBLISHED,
    EventKind.PANEL_DESCRIBED,
)


@dataclass(frozen=True)
class Source:
    """A study with its released rounds.

    Attributes
    ----------
    seals
        The chain of seals, as the table has it.
    sealed, items
        What the seals of the rounds up to the last released one hold, and what was asked in them.
    records, rows
        Single ratings, where the panel agreed to them and the profile may have them; None elsewhere.
    """

    study: Study
    record: GivenRecord
    definition: Definition
    definitions: dict[int, Definition]
    rounds: list[Round]
    seals: list[Fact]
    sealed: dict[int, SealedRound]
    items: dict[int, list[Item]]
    records: Records | None
    rows: list[Fact] | None
    frozen: dict[int, list[dict[str, Any]]]
    tables: dict[str, list[Fact]]
    events: list[Fact]
    comments: list[Fact]


def study_called(session: Session, slug: str) -> Study:
    """Find a study by its short name."""
    study = session.scalars(select(Study).where(Study.slug == slug)).first()
    if study is None:
        raise Refused("There is no study with the short name “%(slug)s”.", slug=slug)
    return study


def source_of(session: Session, study: Study, profile: Profile = Profile.ANALYST) -> Source:
    """Read a study as a profile may have it; only what was released leaves."""
    rounds = released_rounds(session, study)
    if not rounds:
        raise Refused("No round of this study is released yet, so there is nothing to export. Nothing was written.")
    numbers = [round_.number for round_ in rounds]
    sealed = {n: one for n in range(1, numbers[-1] + 1) if (one := sealed_of(session, study, n))}
    chain, has_rows = seals.entries_of(session, study.id, numbers[-1]), may_hold_rows(session, study, profile)
    return Source(
        study=study,
        record=record_of(session, study, numbers),
        definition=method.definition_of(study),
        definitions={r.number: amendments.definition_at(session, study, r.released_at) for r in rounds},
        rounds=rounds,
        seals=chain,
        sealed=sealed,
        items={number: list(items_of(session, study, number).values()) for number in sealed},
        records=records_of(session, study, numbers) if has_rows else None,
        rows=_rows(session, study, numbers[-1]) if has_rows else None,
        frozen={r.number: results(session, study, r, by_group=True) for r in rounds},
        tables=_tables(session, study, rounds, {entry["round"] for entry in chain}),
        events=_events(session, study),
        comments=_comments(session, study, numbers),
    )


def _rows(session: Session, study: Study, last: int) -> list[Fact]:
    """The single rows up to the last released round, as they are hashed."""
    return [row for row in row_keeping.plain_rows(session, study.id) if row["round"] <= last]


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
        wordings=known.wordings,
        amendments=[replace(one, changes=_by_name(one.changes)) for one in known.amendments],
    )


def released_rounds(session: Session, study: Study) -> list[Round]:
    """List the released rounds of rating in order."""
    rounds = session.scalars(select(Round).where(Round.study_id == study.id, Round.number > 0).order_by(Round.number))
    return [round_ for round_ in rounds if round_.state is State.RELEASED]


def _tables(session: Session, study: Study, rounds: list[Round], sealed: set[int]) -> dict[str, list[Fact]]:
    """Facts on released and sealed rounds, by table; what is still a draft stays here."""
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
        "translations": [row for row in facts(session, Translation, study.id) if _is_known(row["item"], used, last)],
        "rounds": [row for row in facts(session, Round, study.id) if row["number"] in sealed],
        "statements": [row for row in facts(session, Statement, study.id) if row["number"] in known],
        "versions": [
            row for row in facts(session, StatementVersion, study.id) if (row["statement"], row["version"]) in used
        ],
        "questionnaires": asked,
        "lineage": edges,
        "decisions": [row for row in facts(session, Decision, study.id) if row["round"] <= last],
        "amendments": facts(session, Amendment, study.id),
    }


def _is_known(item: str, used: set[tuple[int, int]], last: int) -> bool:
    """Whether a piece is of what the bundle holds: of its wordings and rounds, and of no comment."""
    kind, _dot, rest = item.partition(".")
    numbers = [int(part) for part in rest.split(".")[:2] if part.isdecimal()]
    match kind:
        case "statement":
            return tuple(numbers) in used
        case "section":
            return numbers[0] in {statement for statement, _version in used}
        case "change":
            return numbers[0] <= last
    return kind in WHOLE


def _events(session: Session, study: Study) -> list[Fact]:
    """The trail until the last event that something in a bundle follows from, so that a later bundle is the same.

    Data that name somebody are replaced by their hash, which is what the chain covers.
    """
    people = select(Panelist.id, Panelist.code).where(Panelist.study_id == study.id)
    secret = {text for who, code in session.execute(people) for text in (str(who), who.hex, code)}
    events = list(session.scalars(select(Event).where(Event.study_id == study.id).order_by(Event.sequence)))
    last = max((event.sequence for event in events if event.kind in TOLD), default=0)
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
        if event.sequence <= last
    ]


def _tells_of_people(data: dict[str, Any], secret: set[str]) -> bool:
    text = json.dumps(data, ensure_ascii=False)
    return bool(ADDRESS.search(text)) or not secret.isdisjoint(re.findall(r"[0-9A-Za-z-]+", text))


def _comments(session: Session, study: Study, numbers: list[int]) -> list[Fact]:
    """Texts that the panel was shown, those of one statement in the order of their random tickets, which are not told."""
    codes = dict(list(session.execute(select(Statement.number, Statement.code).where(Statement.study_id == study.id))))
    shown = [
        (one.round, codes[one.statement], str(one.ticket), one.text) for one in texts.released(session, study, numbers)
    ]
    return [
        {"comment": number, "round": r, "statement": code, "text_released": text}
        for number, (r, code, _, text) in enumerate(sorted(shown), 1)
    ]
