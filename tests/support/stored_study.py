"""What a database holds of a study, to be compared with a plain one (plain_study.py)."""

from itertools import pairwise
from typing import Any

from plain_study import PlainRound, PlainStudy
from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi import audit
from delphi.consensus.scale import Scale
from delphi.consensus.vocabulary import EVERYBODY
from delphi.model.event import Event
from delphi.model.letter import Letter, LetterKind
from delphi.model.rating import AnswerKind, Comment, Rating
from delphi.model.result import Result
from delphi.model.round import Participation, QuestionnaireItem, Round
from delphi.model.seal import Seal, SealKind
from delphi.model.study import Study
from rounds.lifecycle.monitor import CLASSES, monitor


def given(kind: AnswerKind, value: int | None) -> int | str | None:
    return {AnswerKind.NOT_QUALIFIED: "nq", AnswerKind.CLEARED: None}.get(kind, value)


def entries(session: Session, study: int) -> dict[Any, Any]:
    """Everything that panelists gave: round and entry, with the version."""
    ratings = session.execute(
        select(Rating.round, Rating.panelist, Rating.statement, Rating.kind, Rating.value, Rating.version).filter_by(
            study_id=study
        )
    )
    stored = {(n, "answer", who, s): (given(kind, value), version) for n, who, s, kind, value, version in ratings}
    comments = session.execute(
        select(Comment.round, Comment.panelist, Comment.statement, Comment.text, Comment.version).filter_by(
            study_id=study
        )
    )
    return stored | {(n, "comment", who, s): (text, version) for n, who, s, text, version in comments}


def check_answers(session: Session, study: int, plain: PlainStudy) -> None:
    """What was acknowledged is stored, and nothing else."""
    kept = {(n, *entry): one for n, round_ in plain.rounds.items() for entry, one in round_.entries.items()}
    assert entries(session, study) == kept


def check_rounds(session: Session, study: int, plain: PlainStudy) -> None:
    """Rounds stand where they should, ask what they should, and were sealed where they should be."""
    sealed = set(session.scalars(select(Seal.round).filter_by(study_id=study, kind=SealKind.ROUND)))
    stored = {one.number: one.state.value for one in session.scalars(select(Round).filter_by(study_id=study))}
    states = {n: "sealed" if word == "closed" and n in sealed else word for n, word in stored.items()}
    assert states == {n: round_.state for n, round_ in plain.rounds.items()}
    asked = session.execute(select(QuestionnaireItem.round, QuestionnaireItem.statement).filter_by(study_id=study))
    assert {tuple(row) for row in asked} == {(n, s) for n, round_ in plain.rounds.items() for s in round_.asked}


def check_people(session: Session, study: int, plain: PlainStudy) -> None:
    """One participation a person and round, one invitation each; submitted and counted are whoever should be."""
    rows = session.scalars(select(Participation).filter_by(study_id=study)).all()
    stored = {(p.round, p.panelist): (bool(p.submitted_on), p.counted, p.counted_group) for p in rows}
    assert len(stored) == len(rows)
    assert stored == {
        (n, who): (who in one.submitted, *_marked(one, who, plain))
        for n, one in plain.rounds.items()
        for who in one.invited
    }
    invitations = select(Letter.round, Letter.panelist).filter_by(study_id=study, kind=LetterKind.INVITATION)
    assert sorted(map(str, session.execute(invitations))) == sorted(map(str, stored))


def _marked(round_: PlainRound, who: Any, plain: PlainStudy) -> tuple[bool | None, str | None]:
    if round_.state in ("draft", "open"):
        return None, None
    return who in round_.counted, plain.groups[who]


def check_progress(session: Session, study: Study, plain: PlainStudy, *, at: Any) -> None:
    """The monitor shows the right numbers of people, or none."""
    if plain.round.state != "open":
        return
    seen = monitor(session, study, session.get_one(Round, (study.id, plain.number)), at=at)
    right = plain.stages()
    assert seen.invited == len(plain.round.invited)
    for stage in CLASSES:
        assert seen.classes[stage].n in (None, right[stage]), stage
        assert seen.classes[stage].n is None or seen.classes[stage].n not in range(1, plain.k), stage


def check_seals(session: Session, study: Study, plain: PlainStudy, scale: Scale) -> list[tuple[Any, ...]]:
    """Seals hold the counts of the answers, none of fewer than k people; the chain is whole. Returns what was published."""
    seals = session.scalars(select(Seal).filter_by(study_id=study.id).order_by(Seal.number)).all()
    assert all(seal.sha256 == seal.expected_hash(study.slug) for seal in seals)
    assert all(after.previous_sha256 == before.sha256 for before, after in pairwise(seals))
    for seal in seals:
        if seal.kind is SealKind.ROUND:
            _check_content(seal.content, plain, seal.round, scale)
    rows = session.execute(
        select(Result.round, Result.statement, Result.group, Result.row).filter_by(study_id=study.id)
    )
    listed = sorted(rows, key=lambda row: row[:3])
    for n, statement, group, row in listed:
        rated = plain.rounds[n].rated(statement, None if group == EVERYBODY else group)
        assert row["n_rated"] == (rated if rated >= plain.k else None)
    return [(seal.number, seal.sha256, str(seal.content)) for seal in seals] + [(str(row),) for row in listed]


def _check_content(content: dict[str, Any], plain: PlainStudy, number: int, scale: Scale) -> None:
    """The cells of one seal: the panel's wherever k rated, and of groups none that tells of fewer."""
    round_, panel = plain.rounds[number], {}
    numbers = {code: statement for statement, code in round_.asked.items()}
    rest = {statement: round_.rated(statement) for statement in numbers.values()}
    for cell in content["cells"]:
        statement, group = numbers[cell["statement"]], None if cell["people"] == EVERYBODY else cell["people"]
        counts = round_.counts(statement, group)
        assert cell["options"] == [counts[value] for value in scale.values]
        assert (cell["opt_out"], cell["blank"]) == (counts["nq"], counts[None])
        assert sum(cell["options"]) >= plain.k
        if group is None:
            panel[statement] = cell
        else:
            rest[statement] -= sum(cell["options"])
    assert set(panel) == {statement for statement in numbers.values() if round_.rated(statement) >= plain.k}
    assert not [statement for statement, n in rest.items() if statement in panel and 0 < n < plain.k]
    _check_composition(next(one for one in content["composition"] if one["people"] == EVERYBODY), plain, number)
    _check_changes(content["changes"], plain, number, numbers)


def _check_composition(everybody: dict[str, Any], plain: PlainStudy, number: int) -> None:
    """How many were invited and counted, came again, left and joined."""
    round_ = plain.rounds[number]
    sizes = (len(round_.invited), len(round_.counted), len(round_.counted.keys() & round_.submitted))
    assert tuple(everybody[name] for name in ("invited", "counted", "submitted")) == sizes
    if number > 1:
        before, now = plain.rounds[number - 1].counted.keys(), round_.counted.keys()
        sizes = (len(before & now), len(before - now), len(now - before))
        assert tuple(everybody[name] for name in ("stayed", "left", "joined")) == sizes


def _check_changes(changes: list[dict[str, Any]], plain: PlainStudy, number: int, numbers: dict[str, int]) -> None:
    """How many rated a statement in both rounds."""
    for change in changes:
        statement = numbers[change["statement"]]
        before, now = plain.rounds[number - 1], plain.rounds[number]
        both = [who for who in now.counted if isinstance(now.answers_of(who).get(statement), int)]
        assert change["stayed"] == sum(isinstance(before.answers_of(who).get(statement), int) for who in both)
        assert before.rated(statement) >= plain.k <= now.rated(statement)


def check_trail(session: Session, study: int) -> None:
    """The audit trail is whole."""
    events = session.scalars(select(Event).filter_by(study_id=study).order_by(Event.sequence)).all()
    assert audit.first_broken(events) is None
