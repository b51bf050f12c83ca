"""The statements of a round as an analysis knows them, and what each is to the round before."""

from collections.abc import Container

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.analysis import Item
from delphi.consensus.vocabulary import Change, Relation
from delphi.database import remembered
from delphi.model.statement import Lineage
from delphi.model.study import Study
from delphi.statements.questionnaire import asked, asked_in, versions_asked


def items_of(session: Session, study: Study, number: int) -> dict[int, Item]:
    """The items of a round by statement number, in the order shown."""
    asked_in(session, study.id, (number - 1, number))  # both in one statement of SQL, for those who ask below
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
    edges = edges_into(session, study.id, number)
    # An edge from what nobody was asked (a draft reworded before its first round) is no relation to a round.
    changes = {
        edge.to_statement: edge for edge in edges if edge.to_version is not None and edge.from_statement in before
    }
    return {statement: relation_of(before, statement, changes.get(statement)) for statement in now}


def edges_into(session: Session, study_id: int, number: int) -> list[Lineage]:
    """The lineage on the way into a round."""
    known = remembered(session, "lineage")
    if study_id not in known:
        edges = select(Lineage).filter_by(study_id=study_id)
        known[study_id] = list(session.scalars(edges.order_by(Lineage.from_statement, Lineage.to_statement)))
    return [edge for edge in known[study_id] if edge.round == number]


def relation_of(before: Container[int], statement: int, edge: Lineage | None) -> Relation:
    """What an item is to the round before, from its edge in the lineage if it has one."""
    if edge is not None and edge.change is Change.REWORDED:
        return Relation.REWORDED_SAME_MEANING if edge.same_meaning else Relation.REWORDED
    if edge is not None and edge.change in (Change.MERGED, Change.SPLIT):
        return Relation(edge.change.value)
    return Relation.SAME if statement in before else Relation.NEW
