"""What changed between the round before and this one, in the panel's terms: settled, removed, reworded, merged, new."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.vocabulary import Change
from delphi.model.result import Result
from delphi.model.round import QuestionnaireItem
from delphi.model.statement import Lineage, Statement, StatementVersion
from delphi.model.study import Study

Asked = dict[int, "Line"]


@dataclass(frozen=True, slots=True)
class Line:
    """One statement of the summary: as it is now, why, and where it comes from."""

    code: str
    text: str
    reason: str = ""
    sources: tuple["Line", ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """The summary of changes at the start of a round; ``before`` counts the statements of the round before."""

    before: int
    settled: tuple[Line, ...]
    removed: tuple[Line, ...]
    reworded: tuple[Line, ...]
    merged: tuple[Line, ...]
    split: tuple[Line, ...]
    reopened: tuple[Line, ...]
    new: tuple[Line, ...]

    @property
    def kinds(self) -> dict[str, tuple[Line, ...]]:
        """The lists by name, in the order in which they are read; empty ones are left out."""
        names = ("settled", "removed", "reworded", "merged", "split", "reopened", "new")
        return {name: lines for name in names if (lines := getattr(self, name))}


def changes_into(session: Session, study: Study, number: int) -> Changes | None:
    """Summarise the way into a round; there is none into the first."""
    if number <= 1:
        return None
    before, now = _asked(session, study, number)
    edges = list(session.scalars(select(Lineage).where(Lineage.study_id == study.id, Lineage.round == number)))
    found = select(Result.statement, Result.verdict).where(
        Result.study_id == study.id, Result.round == number - 1, Result.group == "all"
    )
    verdicts = {row.statement: row.verdict for row in session.execute(found)}
    return summarise(before, now, edges, verdicts)


def summarise(before: Asked, now: Asked, edges: Iterable[Lineage], verdicts: Mapping[int, str]) -> Changes:
    """Sort every statement of the two rounds into what became of it."""
    arrived: dict[Change, dict[int, Line]] = {change: {} for change in Change}
    reasons, gone = {}, set()
    for edge in edges:
        source, target = before.get(edge.from_statement), now.get(edge.to_statement)
        if edge.change is Change.DROPPED:
            reasons[edge.from_statement] = edge.reason
        elif edge.change is Change.REOPENED and target is not None:
            arrived[edge.change][edge.to_statement] = Line(target.code, target.text, edge.reason)
        elif source is not None and target is not None:
            known = arrived[edge.change].get(edge.to_statement, target)
            arrived[edge.change][edge.to_statement] = Line(
                target.code, target.text, edge.reason, (*known.sources, source)
            )
            if edge.change in (Change.MERGED, Change.SPLIT):
                gone.add(edge.from_statement)
    left = [n for n in before if n not in now and n not in gone]
    settled = [n for n in left if n not in reasons and verdicts.get(n) in ("in", "out")]
    crossed = {n for change in (Change.MERGED, Change.SPLIT, Change.REOPENED) for n in arrived[change]}
    return Changes(
        before=len(before),
        settled=tuple(before[n] for n in settled),
        removed=tuple(Line(before[n].code, before[n].text, reasons.get(n, "")) for n in left if n not in settled),
        reworded=tuple(arrived[Change.REWORDED].values()),
        merged=tuple(arrived[Change.MERGED].values()),
        split=tuple(arrived[Change.SPLIT].values()),
        reopened=tuple(arrived[Change.REOPENED].values()),
        new=tuple(line for n, line in now.items() if n not in before and n not in crossed),
    )


def _asked(session: Session, study: Study, number: int) -> tuple[Asked, Asked]:
    """Give the statements of the round before and of this one."""
    rows = session.execute(
        select(QuestionnaireItem.round, Statement.number, Statement.code, StatementVersion.text)
        .join(
            Statement,
            (Statement.study_id == QuestionnaireItem.study_id) & (Statement.number == QuestionnaireItem.statement),
        )
        .join(
            StatementVersion,
            (StatementVersion.study_id == QuestionnaireItem.study_id)
            & (StatementVersion.statement == QuestionnaireItem.statement)
            & (StatementVersion.version == QuestionnaireItem.version),
        )
        .where(QuestionnaireItem.study_id == study.id, QuestionnaireItem.round.in_((number - 1, number)))
        .order_by(QuestionnaireItem.position)
    )
    asked: dict[int, Asked] = {number - 1: {}, number: {}}
    for round_, statement, code, text in rows:
        asked[round_][statement] = Line(code, text)
    return asked[number - 1], asked[number]
