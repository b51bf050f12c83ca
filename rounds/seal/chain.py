"""The chain of a study's seals: every entry carries the hash of the one before, and its own is told by letter."""

from datetime import datetime
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Definition
from delphi.database import remembered
from delphi.model.origin import StudyImport
from delphi.model.result import Result
from delphi.model.seal import Seal, SealKind, SealLetter
from delphi.model.study import Membership, Role, Study

FIRST = "0" * 64
# Rows of a round that version 0.1.0 has released tell every small group, until the round is sealed.
OF_A_SEAL = exists().where(Seal.study_id == Result.study_id, Seal.round == Result.round)


def append(
    session: Session,
    study: Study,
    number: int,
    kind: SealKind,
    content: dict[str, Any],
    *,
    definition: Definition,
    at: datetime,
) -> Seal:
    """Add an entry at the end of the chain, and queue the letters that tell its hash."""
    last = session.scalars(
        select(Seal).where(Seal.study_id == study.id).order_by(Seal.number.desc()).limit(1)
    ).one_or_none()
    seal = Seal(
        study_id=study.id,
        number=last.number + 1 if last else 1,
        round=number,
        kind=kind,
        smallest_cell=study.smallest_cell,
        level=study.level,
        caution=study.caution,
        definition_sha256=definition.id,
        content=content,
        previous_sha256=last.sha256 if last else FIRST,
    )
    seal.sha256 = seal.expected_hash(study.slug)
    session.add(seal)
    session.flush()
    _tell(session, study, seal, at=at)
    return seal


def seals_of(session: Session, study_id: int) -> dict[int, Seal]:
    """The seal of every sealed round, by number."""
    known = remembered(session, "seals")
    if study_id not in known:
        kept = select(Seal).where(Seal.study_id == study_id, Seal.kind == SealKind.ROUND).order_by(Seal.round)
        known[study_id] = {seal.round: seal for seal in session.scalars(kept)}
    seals: dict[int, Seal] = known[study_id]
    return seals


def sealed_numbers(session: Session, study_id: int) -> frozenset[int]:
    """Numbers of the rounds that are sealed."""
    known = remembered(session, "sealed_numbers")
    if study_id not in known:
        numbers = select(Seal.round).filter_by(study_id=study_id, kind=SealKind.ROUND)
        known[study_id] = frozenset(session.scalars(numbers))
    found: frozenset[int] = known[study_id]
    return found


def seal_of(session: Session, study_id: int, number: int) -> Seal | None:
    """The seal of a round; None while it is not counted."""
    known = remembered(session, "seal")
    if (study_id, number) not in known:
        kept = select(Seal).where(Seal.study_id == study_id, Seal.round == number, Seal.kind == SealKind.ROUND)
        known[study_id, number] = session.scalars(kept).one_or_none()
    seal: Seal | None = known[study_id, number]
    return seal


def entries(session: Session, study_id: int) -> list[Seal]:
    """The whole chain in order."""
    return list(session.scalars(select(Seal).where(Seal.study_id == study_id).order_by(Seal.number)))


def entries_of(session: Session, study_id: int, kind: SealKind) -> list[Seal]:
    """The entries of one kind in order."""
    return list(session.scalars(select(Seal).filter_by(study_id=study_id, kind=kind).order_by(Seal.number)))


def _tell(session: Session, study: Study, seal: Seal, *, at: datetime) -> None:
    """Queue the hash for the owners and, where one is named, for the data protection contact."""
    if study.rehearsal_of is not None or session.get(StudyImport, study.id) is not None:
        return
    owners = select(Membership.account).where(Membership.study_id == study.id, Membership.role == Role.OWNER)
    told: list[int | None] = [*session.scalars(owners.order_by(Membership.account))]
    told += [None] if study.data_protection_email else []
    session.add_all(SealLetter(study_id=study.id, seal=seal.number, account=who, run_after=at) for who in told)


def count(session: Session, study_id: int) -> int:
    """How many entries the chain has."""
    return session.scalar(select(func.count()).select_from(Seal).where(Seal.study_id == study_id)) or 0
