"""What changed between the round before and this one, in the panel's terms: settled, removed, reworded, merged, new."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from delphi.consensus.vocabulary import Change, Verdict
from delphi.contents.asked import reason_in
from delphi.contents.reading import Contents
from delphi.model.result import Result
from delphi.model.statement import Lineage
from delphi.model.study import Study
from delphi.statements.questionnaire import asked_in

CROSSING = (Change.MERGED, Change.SPLIT)


@dataclass(frozen=True, slots=True)
class ChangedStatement:
    """One statement of the summary: as it is now, why, and where it comes from."""

    code: str
    text: str
    reason: str = ""
    sources: tuple["ChangedStatement", ...] = ()


class Edge(NamedTuple):
    """The way of a statement into a round, with its reason in the language of a reader."""

    from_statement: int
    to_statement: int
    change: Change
    reason: str


Wordings = Mapping[int, ChangedStatement]  # by statement number, in the order shown


@dataclass(frozen=True, slots=True)
class Changes:
    """The summary of changes at the start of a round; ``before`` counts the statements of the round before."""

    before: int
    settled: tuple[ChangedStatement, ...]
    removed: tuple[ChangedStatement, ...]
    reworded: tuple[ChangedStatement, ...]
    merged: tuple[ChangedStatement, ...]
    split: tuple[ChangedStatement, ...]
    reopened: tuple[ChangedStatement, ...]
    new: tuple[ChangedStatement, ...]

    @property
    def kinds(self) -> dict[str, tuple[ChangedStatement, ...]]:
        """The lists by name, in the order in which they are read; empty ones are left out."""
        names = ("settled", "removed", "reworded", "merged", "split", "reopened", "new")
        return {name: lines for name in names if (lines := getattr(self, name))}


def changes_into(session: Session, study: Study, number: int, contents: Contents | None = None) -> Changes | None:
    """Summarise the way into a round, for readers of a language; there is none into the first."""
    if number <= 1:
        return None
    said = contents or Contents.of_source(study)
    lines: dict[int, dict[int, ChangedStatement]] = {number - 1: {}, number: {}}
    for row in asked_in(session, study.id, [number - 1, number]):
        lines[row.round][row.statement] = ChangedStatement(row.code, said.statement(row.statement, "text", row.text))
    rows = session.scalars(select(Lineage).where(Lineage.study_id == study.id, Lineage.round == number))
    edges = [Edge(one.from_statement, one.to_statement, one.change, reason_in(said, one)) for one in rows]
    results = select(Result.statement, Result.verdict).where(
        Result.study_id == study.id, Result.round == number - 1, Result.group == "all"
    )
    verdicts = {row.statement: row.verdict for row in session.execute(results)}
    return summarise(lines[number - 1], lines[number], edges, verdicts)


def summarise(before: Wordings, now: Wordings, edges: Sequence[Edge], verdicts: Mapping[int, str]) -> Changes:
    """Sort every statement of the two rounds into what became of it."""
    arrived = _arrivals(before, now, edges)
    replaced = {edge.from_statement for edge in edges if edge.change in CROSSING and edge.to_statement in now}
    reasons = {edge.from_statement: edge.reason for edge in edges if edge.change is Change.DROPPED}
    left = {n: line for n, line in before.items() if n not in now and n not in replaced}
    settled = {n: line for n, line in left.items() if n not in reasons and verdicts.get(n) in (Verdict.IN, Verdict.OUT)}
    crossed = {n for change in (*CROSSING, Change.REOPENED) for n in arrived[change]}
    removed = [replace(line, reason=reasons.get(n, "")) for n, line in left.items() if n not in settled]
    return Changes(
        before=len(before),
        settled=tuple(settled.values()),
        removed=tuple(removed),
        reworded=tuple(arrived[Change.REWORDED].values()),
        merged=tuple(arrived[Change.MERGED].values()),
        split=tuple(arrived[Change.SPLIT].values()),
        reopened=tuple(arrived[Change.REOPENED].values()),
        new=tuple(line for n, line in now.items() if n not in before and n not in crossed),
    )


def _arrivals(before: Wordings, now: Wordings, edges: Iterable[Edge]) -> dict[Change, dict[int, ChangedStatement]]:
    """What is asked now and comes from an edge, by kind of change; a merged statement has several sources."""
    arrived: dict[Change, dict[int, ChangedStatement]] = {change: {} for change in Change}
    for edge in edges:
        source, target = before.get(edge.from_statement), now.get(edge.to_statement)
        if target is None or edge.change is Change.DROPPED:
            continue
        if edge.change is Change.REOPENED:
            arrived[edge.change][edge.to_statement] = replace(target, reason=edge.reason)
        elif source is not None:
            known = arrived[edge.change].get(edge.to_statement, target)
            sources = (*known.sources, source)
            arrived[edge.change][edge.to_statement] = replace(target, reason=edge.reason, sources=sources)
    return arrived
