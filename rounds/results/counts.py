"""The only way ratings reach NumPy. Knows pseudonyms only, and gives counts before it gives rows."""

import hashlib
from collections.abc import Container, Mapping

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import String, cast, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from delphi.consensus.analysis import Item, RoundData
from delphi.consensus.counts import Counts
from delphi.consensus.shipped_scales import SCALES
from delphi.consensus.vocabulary import Change, Relation
from delphi.model.panel import Panelist
from delphi.model.rating import Rating
from delphi.model.round import Participation, Round
from delphi.model.statement import Lineage
from delphi.model.study import StakeholderGroup, Study
from delphi.statements.questionnaire import asked, versions_asked


def round_data(session: Session, study: Study, number: int) -> RoundData:
    """Everything that is known of one round as numbers: items, counts, transitions from the round before."""
    items = items_of(session, study, number)
    moves = transitions_of(session, study, number, items)
    return RoundData(
        number=number,
        items=tuple(items.values()),
        counts=counts_of(session, study, number),
        paired=None if moves is None else moves.sum(1),
        paired_by_group=moves,
        previous=_round_before(session, study, number),
    )


def _round_before(session: Session, study: Study, number: int) -> RoundData | None:
    """Items and counts of the round before, which differences are taken from."""
    if number == 1:
        return None
    items = tuple(items_of(session, study, number - 1).values())
    return RoundData(number - 1, items, counts_of(session, study, number - 1))


def items_of(session: Session, study: Study, number: int) -> dict[int, Item]:
    """The items of a round by statement number, in the order shown."""
    questionnaire = asked(session, study.id, number)
    relations = relations_of(session, study, number)
    sections: dict[str, int] = {}
    for row in questionnaire.values():
        sections.setdefault(row.section, len(sections) + 1)
    return {
        statement: Item(
            statement=row.code,
            version=row.version,
            kind=row.kind.value,
            section_no=sections[row.section] if row.section else None,
            section=row.section,
            text=row.text,
            relation=relations[statement],
            previous_round=number - 1 if relations[statement] is not Relation.NEW else None,
        )
        for statement, row in questionnaire.items()
    }


def relations_of(session: Session, study: Study, number: int) -> dict[int, Relation]:
    """How each item of a round relates to the round before."""
    now = [statement for statement, _version in versions_asked(session, study.id, number)]
    before = {statement for statement, _version in versions_asked(session, study.id, number - 1)}
    edges = session.scalars(select(Lineage).where(Lineage.study_id == study.id, Lineage.round == number))
    # An edge from what nobody was asked (a draft reworded before its first round) is no relation to a round.
    changes = {
        edge.to_statement: edge for edge in edges if edge.to_version is not None and edge.from_statement in before
    }
    return {statement: relation_of(before, statement, changes.get(statement)) for statement in now}


def relation_of(before: Container[int], statement: int, edge: Lineage | None) -> Relation:
    """What an item is to the round before, from its edge in the lineage if it has one."""
    if edge is not None and edge.change is Change.REWORDED:
        return Relation.REWORDED_SAME_MEANING if edge.same_meaning else Relation.REWORDED
    if edge is not None and edge.change in (Change.MERGED, Change.SPLIT):
        return Relation(edge.change.value)
    return Relation.SAME if statement in before else Relation.NEW


def counts_of(session: Session, study: Study, number: int) -> Counts:
    """Count a round: statements × groups × categories, by one grouped query and not by persons."""
    groups = _groups(session, study)
    g_of: dict[str | None, int] = {key: g for g, key in enumerate(groups)}
    g_of.setdefault(None, 0)
    ratings, not_qualified = _answers(session, study, number, g_of)
    analysed = _people(session, study, number, g_of, answered=True)
    return Counts(
        ratings=ratings,
        not_qualified=not_qualified,
        blank=analysed[None, :] - ratings.sum(-1) - not_qualified,
        invited=_people(session, study, number, g_of, answered=False),
        groups=groups,
    )


def _answers(
    session: Session, study: Study, number: int, g_of: Mapping[str | None, int]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the ratings (statements × groups × categories) and the "not qualified" (statements × groups)."""
    scale, n_groups = SCALES[study.scale], len(set(g_of.values()))
    statements = {s: j for j, (s, _version) in enumerate(versions_asked(session, study.id, number))}
    ratings = np.zeros((len(statements), n_groups, scale.K), dtype=np.int64)
    not_qualified = np.zeros((len(statements), n_groups), dtype=np.int64)
    counted = (
        select(Rating.statement, Panelist.stakeholder_group, Rating.value, func.count())
        .join(Panelist, (Panelist.study_id == Rating.study_id) & (Panelist.id == Rating.panelist))
        .where(Rating.study_id == study.id, Rating.round == number, Rating.given)
        .group_by(Rating.statement, Panelist.stakeholder_group, Rating.value)
    )
    for statement, group, value, n in session.execute(counted):
        j, g = statements[statement], g_of[group]
        if value is not None:
            ratings[j, g, value - scale.lo] = n
        else:
            not_qualified[j, g] = n
    return ratings, not_qualified


def _groups(session: Session, study: Study) -> tuple[str, ...]:
    """Names of the groups in order; one unnamed group when some or all panelists have none."""
    keys = session.scalars(
        select(StakeholderGroup.key).where(StakeholderGroup.study_id == study.id).order_by(StakeholderGroup.position)
    ).all()
    without = session.scalar(
        select(func.count()).where(Panelist.study_id == study.id, Panelist.stakeholder_group.is_(None))
    )
    return ("", *keys) if without or not keys else tuple(keys)


def _people(
    session: Session, study: Study, number: int, g_of: Mapping[str | None, int], *, answered: bool
) -> NDArray[np.int64]:
    """Count the invited of each group, or those of them with at least one answer (the analysis set)."""
    of_panelist = (Participation.study_id == Panelist.study_id) & (Participation.panelist == Panelist.id)
    people = (
        select(Panelist.stakeholder_group, func.count())
        .join(Participation, of_panelist)
        .where(Participation.study_id == study.id, Participation.round == number)
        .group_by(Panelist.stakeholder_group)
    )
    if answered:
        own = (Rating.study_id == Participation.study_id) & (Rating.panelist == Participation.panelist)
        answers = select(Rating.panelist).where(own, Rating.round == Participation.round, Rating.given)
        people = people.where(answers.exists())
    counted = np.zeros(len(set(g_of.values())), dtype=np.int64)
    for group, n in session.execute(people):
        counted[g_of[group]] += n
    return counted


def transitions_of(session: Session, study: Study, number: int, items: Mapping[int, Item]) -> NDArray[np.int64] | None:
    """Count rating before × rating now, by group, of the panelists who rated the same wording in both rounds."""
    if number == 1:
        return None
    scale, groups = SCALES[study.scale], _groups(session, study)
    g_of: dict[str | None, int] = {key: g for g, key in enumerate(groups)} | {None: 0}
    table = np.zeros((len(items), len(groups), scale.K, scale.K), dtype=np.int64)
    before, now = aliased(Rating), aliased(Rating)
    same = [statement for statement, item in items.items() if item.relation.same_meaning]
    pairs = (
        select(now.statement, Panelist.stakeholder_group, before.value, now.value, func.count())
        .join(
            before,
            (now.study_id == before.study_id) & (now.panelist == before.panelist) & (now.statement == before.statement),
        )
        .join(Panelist, (Panelist.study_id == now.study_id) & (Panelist.id == now.panelist))
        .where(now.study_id == study.id, now.round == number, before.round == number - 1)
        .where(now.statement.in_(same), before.value.is_not(None), now.value.is_not(None))
        .group_by(now.statement, Panelist.stakeholder_group, before.value, now.value)
    )
    place = {statement: j for j, statement in enumerate(items)}
    for statement, group, a, b, n in session.execute(pairs):
        if a is not None and b is not None:
            table[place[statement], g_of[group], a - scale.lo, b - scale.lo] += n
    return table


def digest_of(session: Session, round_: Round) -> str:
    """Hash the answers of a round in the order of their keys: the input of the analysis."""
    # The database writes key and kind as text: making objects of a quarter of a million of them costs seconds.
    key = func.replace(cast(Rating.panelist, String), "-", "")
    rows = session.execute(
        select(Rating.statement, key, type_coerce(Rating.kind, String), Rating.value)
        .where(Rating.study_id == round_.study_id, Rating.round == round_.number, Rating.given)
        .order_by(Rating.statement)
    )
    lines = sorted(f"{s} {p} {kind} {value}" for s, p, kind, value in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
