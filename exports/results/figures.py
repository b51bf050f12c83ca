"""Figures of the whole matrix, made once after the seal and chained in an entry of their own; pages and files read them.

Nothing waits for them but the pages that show them. They are of the whole panel alone, and rounded.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased

from delphi import audit
from delphi.consensus.analysis import Analysis, Definition, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.firmness.robustness import bootstrap_verdict, fragility, leave_one_out
from delphi.consensus.firmness.sensitivity import ThresholdMap, threshold_map
from delphi.consensus.rules.groups import GroupRule
from delphi.consensus.sealed_counts import SealedRound
from delphi.consensus.vocabulary import EVERYBODY, Verdict
from delphi.database import Database, locked
from delphi.model.event import EventKind
from delphi.model.origin import StudyImport
from delphi.model.round import Round
from delphi.model.seal import Seal, SealKind
from delphi.model.study import Study
from delphi.protocol import amendments
from delphi.statistics.base.result import Reason
from exports.record.material import Material
from exports.record.parts.results import panels_of
from exports.record.sealed_figures import ATTRITION, Firmness, Plain, RoundFigures
from exports.reports import agreement, attrition
from exports.tables.suppression import suppress
from rounds.seal import chain, matrices, reading

JUDGED = (SealKind.ROUND, SealKind.AMENDED)  # entries that hold verdicts


def waiting() -> Select[int, int]:
    """Ask for the rounds without figures under the definition by which they were judged last: study and number."""
    later, figures = aliased(Seal), aliased(Seal)
    same = (later.study_id == Seal.study_id) & (later.round == Seal.round)
    outdated = exists().where(same, later.kind.in_(JUDGED), later.number > Seal.number)
    made = exists().where(
        figures.study_id == Seal.study_id,
        figures.round == Seal.round,
        figures.kind == SealKind.FIGURES,
        figures.definition_sha256 == Seal.definition_sha256,
    )
    elsewhere = exists().where(StudyImport.study_id == Seal.study_id)  # its single ratings are not here
    return (
        select(Seal.study_id, Seal.round)
        .where(Seal.kind.in_(JUDGED), Seal.round >= 1, ~outdated, ~made, ~elsewhere)
        .order_by(Seal.study_id, Seal.round)
    )


def complete(session: Session, study: Study, round_: Round, *, at: datetime) -> Seal | None:
    """Make the figures of a sealed round, in one transaction: for commands and tests. None if they are there."""
    if not _waits(session, study.id, round_.number):
        return None
    definition = _definition(session, study, round_)
    return _write(session, study, round_, figures_of(session, study, round_.number, definition), definition, at=at)


def complete_apart(database: Database, study_id: int, number: int, *, at: datetime) -> None:
    """Compute from a snapshot, without holding up anybody who writes; then write in a short transaction."""
    with database.transaction(writing=False) as session:
        study, round_ = session.get_one(Study, study_id), session.get_one(Round, (study_id, number))
        definition = _definition(session, study, round_)
        made = figures_of(session, study, number, definition)
    with database.transaction() as session:
        held = locked(session, Round, (study_id, number))
        if held is not None and _waits(session, study_id, number):
            _write(session, session.get_one(Study, study_id), held, made, definition, at=at)


def _waits(session: Session, study_id: int, number: int) -> bool:
    return session.execute(waiting().where(Seal.study_id == study_id, Seal.round == number)).first() is not None


def _definition(session: Session, study: Study, round_: Round) -> Definition:
    """The definition under which the round was judged last."""
    judged = select(Seal.definition_sha256).where(
        Seal.study_id == study.id, Seal.round == round_.number, Seal.kind.in_(JUDGED)
    )
    sha256 = session.scalars(judged.order_by(Seal.number.desc()).limit(1)).one()
    stood = (amendments.definition_at(session, study, at) for at in (round_.closed_at, round_.released_at))
    return next(definition for definition in stood if definition.id == sha256)


def _write(
    session: Session, study: Study, round_: Round, made: RoundFigures, definition: Definition, *, at: datetime
) -> Seal:
    entry = chain.append(session, study, round_.number, SealKind.FIGURES, made.as_dict(), definition=definition, at=at)
    facts = {"round": round_.number, "number": entry.number, "sha256": entry.sha256}
    audit.record(session, study.id, EventKind.FIGURES_SEALED, by=None, at=at, **facts)
    session.flush()
    return entry


def figures_of(session: Session, study: Study, number: int, definition: Definition) -> RoundFigures:
    """Compute the figures of a sealed round from its answers and from the cells that it shows."""
    numbers = [n for n in (number - 1, number) if n >= 1]
    answers = matrices.counted_answers(session, study, numbers)
    analysis, sealed = reading.analysis_of(session, study, [number], definition), reading.sealed(session, study, number)
    panels, k = panels_of(answers), study.smallest_cell
    together = suppress(agreement.build(Material(analysis, panels_of(answers.of_last()))), k)
    return RoundFigures(
        [{name: value for name, value in row.items() if name not in ("round", "group")} for row in together.as_dicts()],
        _attrition(Material(analysis, panels), k) if len(panels) > 1 else None,
        {item.statement: _firmness(analysis, sealed, j) for j, item in enumerate(analysis.rounds[0].items)},
    )


def _attrition(material: Material, k: int) -> Plain:
    """One test over all statements, where enough left and enough stayed."""
    rows: Sequence[Plain] = suppress(attrition.build(material), k).as_dicts()
    row = next(row for row in rows if row["statement"] == attrition.EVERY_STATEMENT)
    few = row["n_stayed"] is None or row["n_stayed"] < k
    return {name: None if few else row[name] for name in ATTRITION}


def _firmness(analysis: Analysis, sealed: SealedRound, j: int) -> Firmness:
    """Try the verdict of one statement on the cells that are shown."""
    (round_,), definition = analysis.rounds, analysis.definition
    if reason := _untold(round_, sealed, j, definition):
        return Firmness(reason=reason.value)
    counts: Counts = round_.counts.statement(j)
    variants, drawn = threshold_map(counts, definition), bootstrap_verdict(counts, definition)
    without, few = leave_one_out(counts, definition), fragility(counts, definition)
    own = variants.locked.verdicts[0]
    reasons = {"shares": drawn.reason, "flips": without.reason, "moves": few.reason}
    return Firmness(
        n_rated=int(counts.n_rated.sum()),
        verdict=own.value,
        by_threshold=_by_threshold(variants),
        definitions=len(variants.alternatives),
        other=sum(one.verdicts[0] is not own for one in variants.alternatives),
        sensitive=bool(variants.sensitive()),
        shares={verdict.value: drawn.shares[verdict] for verdict in Verdict} if drawn.shares else {},
        resamples=drawn.resamples,
        seed=drawn.seed,
        flips=without.flips,
        moves=few.moves,
        searched=few.searched,
        why={name: why.value for name, why in reasons.items() if why is not None},
    )


def _untold(round_: RoundData, sealed: SealedRound, j: int, definition: Definition) -> Reason | None:
    """Why nothing is tried: the rule judges a round as a whole, too few rated, or a group that is asked is not shown."""
    code = round_.items[j].statement
    shown = {cell.people for cell in sealed.cells if cell.statement == code}
    rule = definition.rule
    asked = rule.required(("", *sealed.groups)) if isinstance(rule, GroupRule) else []
    if definition.rule.of_the_round:
        return Reason.NOT_APPLICABLE
    hidden = EVERYBODY not in shown or not {name for name in asked if name} <= shown
    return Reason.SUPPRESSED_DISCLOSURE if hidden else None


def _by_threshold(variants: ThresholdMap) -> list[tuple[str, str, bool]]:
    locked_ = variants.locked
    terms = (locked_.strict, locked_.denominator, locked_.quantile_type)
    return [
        (one.threshold, one.verdicts[0].value, one.locked)
        for one in variants.alternatives
        if one.threshold is not None and (one.strict, one.denominator, one.quantile_type) == terms
    ]
