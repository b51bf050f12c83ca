"""Every piece of content of a study that its panel reads, under a stable id, as the source says it today."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.shipped_scales import SCALES
from delphi.contents.piece import ContentItem
from delphi.contents.scale_words import worded, words_of
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Amendment, Document, StakeholderGroup, Study
from delphi.statements import statements

FACTS = ("title", "notice", "open_question")
FIELDS = ("text", "help", "evidence")


def items_of(session: Session, study: Study) -> list[ContentItem]:
    """List the pieces of a study in the order in which a panelist meets them; what is empty is no piece."""
    newest = statements.newest(session, study)
    listed = [
        *_facts(study),
        *_document(session, study),
        *_groups(session, study),
        *questions(study.asked_characteristics),
        *scale(study),
        *_sections(statement for statement, _version in newest),
        *(one for statement, version in newest for one in of_statement(statement, version)),
        *_changes(session, study),
        *_amendments(session, study),
    ]
    return [one for one in listed if one.source.strip()]


def _facts(study: Study) -> Iterator[ContentItem]:
    for name in FACTS:
        yield ContentItem(f"study.{name}", getattr(study, name) or "")
    for name, text in sorted(study.texts.items()):
        yield ContentItem(f"protocol.{name}", text)


def _document(session: Session, study: Study) -> Iterator[ContentItem]:
    newest = select(Document).filter_by(study_id=study.id).order_by(Document.version.desc()).limit(1)
    for document in session.scalars(newest):
        yield from of_document(document)


def of_document(document: Document) -> Iterator[ContentItem]:
    """List the pieces of one version of information and consent."""
    own = f"document.{document.version}"
    yield ContentItem(f"{own}.text", document.text)
    for n, line in enumerate(document.items):
        yield ContentItem(f"{own}.consent.{n}", line)
    yield ContentItem(f"{own}.reason", document.reason)


def _groups(session: Session, study: Study) -> Iterator[ContentItem]:
    declared = select(StakeholderGroup.key).filter_by(study_id=study.id).order_by(StakeholderGroup.position)
    for key in session.scalars(declared):
        yield ContentItem(f"group.{key}", key)


def questions(asked: Iterable[Mapping[str, Any]]) -> Iterator[ContentItem]:
    """List the pieces of what panelists are asked about themselves."""
    for one in asked:
        own = f"question.{one['key']}"
        yield ContentItem(f"{own}.label", one.get("label") or one["key"])
        yield ContentItem(f"{own}.purpose", one.get("purpose") or "")
        for n, option in enumerate(one.get("options") or ()):
            yield ContentItem(f"{own}.option.{n}", option)


def scale(study: Study) -> Iterator[ContentItem]:
    """List the words of the scale, of its bands and of the opt-out."""
    for item, word in words_of(worded(SCALES[study.scale], study.scale_words)).items():
        yield ContentItem(item, word)


def _sections(listed: Iterable[Statement]) -> Iterator[ContentItem]:
    """List the sections, each under the number of its first statement."""
    first: dict[str, int] = {}
    for statement in listed:
        first[statement.section] = min(first.get(statement.section, statement.number), statement.number)
    for name, number in first.items():
        yield ContentItem(f"section.{number}", name)


def of_statement(statement: Statement, version: StatementVersion) -> Iterator[ContentItem]:
    """List the pieces of one wording of a statement."""
    for field in FIELDS:
        item = f"statement.{statement.number}.{version.version}.{field}"
        yield ContentItem(item, getattr(version, field), about=statement.code)


def _changes(session: Session, study: Study) -> Iterator[ContentItem]:
    """List the reasons with which statements were changed on the way into a round."""
    for edge in session.scalars(select(Lineage).filter_by(study_id=study.id).order_by(Lineage.round)):
        yield ContentItem(f"change.{edge.round}.{edge.from_statement}.{edge.to_statement}.reason", edge.reason)


def _amendments(session: Session, study: Study) -> Iterator[ContentItem]:
    """List the reasons with which the protocol was changed after its lock."""
    for one in session.scalars(select(Amendment).filter_by(study_id=study.id).order_by(Amendment.number)):
        yield ContentItem(f"amendment.{one.number}.reason", one.reason)
