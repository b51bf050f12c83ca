"""Results of released rounds for the pages of a panelist: what everybody sees may be remembered, the own is read anew."""

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from delphi import handed_links
from delphi.consensus.vocabulary import EVERYBODY, Change
from delphi.contents.asked import groups_in, row_in
from delphi.contents.reading import Contents
from delphi.model.panel import Panelist
from delphi.model.result import Result
from delphi.model.round import Round
from delphi.model.statement import Lineage
from delphi.model.study import Study
from delphi.protocol.groups import groups_of
from rounds.feedback import comments
from rounds.feedback.comments import Comments
from rounds.feedback.result_lines import OwnAnswers, Reading, ResultLine, SealedRow, lines_of
from rounds.participation.reading import Remember
from rounds.questionnaire.outcomes import own_answers
from rounds.questionnaire.past import ResultRow
from rounds.questionnaire.prepared import at_once
from rounds.questionnaire.voices import released_comments
from rounds.seal import chain


@dataclass(frozen=True, slots=True)
class ReleasedRounds:
    """The sealed rows of some rounds, how many groups the study has, and which statements became others."""

    rows: tuple[SealedRow, ...]
    groups: Mapping[tuple[int, int], Mapping[str, ResultRow]]
    declared: int
    replaced: frozenset[int]

    @classmethod
    def of(
        cls, session: Session, study: Study, numbers: Collection[int], contents: Contents, *, final: bool
    ) -> "ReleasedRounds":
        """Read them: of groups only what is sealed and only where the panel is shown groups; for the end what became others."""
        by_group = "groups" in study.feedback_plan
        panel = Result.group == EVERYBODY
        shown = select(Result.round, Result.statement, Result.verdict, Result.row, Result.group)
        out = select(Round.number).where(Round.study_id == study.id, Round.released_at.is_not(None))
        shown = shown.where(Result.study_id == study.id, Result.round.in_(out.where(Round.number.in_(numbers))))
        shown = shown.where(or_(panel, chain.OF_A_SEAL) if by_group else panel)
        rows, groups = [], dict[tuple[int, int], dict[str, ResultRow]]()
        for number, statement, verdict, row, group in session.execute(shown.order_by(Result.round, Result.position)):
            if group == EVERYBODY:
                rows.append(SealedRow(number, statement, verdict, row_in(contents, statement, row)))
            else:
                groups.setdefault((number, statement), {})[group] = row
        declared = len(groups_of(session, study)) if by_group else 0
        replaced = _replaced(session, study, numbers) if final else frozenset[int]()
        named = {place: groups_in(contents, told) for place, told in groups.items()}
        return cls(tuple(rows), named, declared, replaced)


@dataclass(frozen=True, slots=True)
class PanelResults:
    """The lines of a page, and the name under which what is drawn of them may be kept."""

    lines: list[ResultLine]
    comments: Mapping[int, Comments]  # by statement: those of its last round
    shared: Hashable


def results_until(
    session: Session,
    study: Study,
    who: Panelist,
    round_: Round,
    *,
    own: OwnAnswers | None = None,
    final: bool = False,
    contents: Contents | None = None,
    remember: Remember = at_once,
) -> PanelResults:
    """The results of a released round with the way there; those of the study where they are final.

    The final results leave out what was dropped, merged or split, and hold what was settled in earlier rounds.
    ``own`` is what the panelist answered until then, where that is known already.
    """
    numbers = range(1, round_.number + 1)
    kept = (study.id, study.created_at, round_.number, round_.released_at, study.protocol_sha256, *study.feedback_plan)
    said = contents or Contents.of_source(study)
    spoken = (said.language, study.translated)
    name = ("released", final, *spoken, *kept)
    released: ReleasedRounds = remember(name, lambda: ReleasedRounds.of(session, study, numbers, said, final=final))
    mine = own_answers(session, study, who, numbers) if own is None else own
    lines = [
        line
        for line in _lines(session, study, said, released, mine)
        if (line.statement not in released.replaced if final else line.last.round == round_.number)
    ]
    heard = _comments(session, study, said, who, lines, remember)
    return PanelResults(lines, heard, ("lines", *spoken, *kept, study.smallest_cell))


def _lines(
    session: Session, study: Study, contents: Contents, released: ReleasedRounds, own: OwnAnswers
) -> list[ResultLine]:
    reading = Reading(contents.scale(study), study.smallest_cell, released.declared)
    return lines_of(reading, released.rows, released.groups, own, handed_links.withheld_rounds(session))


def _comments(
    session: Session, study: Study, contents: Contents, who: Panelist, lines: list[ResultLine], remember: Remember
) -> dict[int, Comments]:
    """What was written about each statement in its last round, where the panel is shown comments."""
    if "comments" not in study.feedback_plan:
        return {}
    numbers = {line.last.round for line in lines}
    said = released_comments(session, study, numbers, who.id, contents=contents, remember=remember)
    texts = {line.statement: said.get((line.last.round, line.statement)) for line in lines}
    return {statement: comments.cut(found) for statement, found in texts.items() if found}


def _replaced(session: Session, study: Study, numbers: Collection[int]) -> frozenset[int]:
    """Statements that were dropped, merged or split on the way."""
    crossing = (Change.DROPPED, Change.MERGED, Change.SPLIT)
    edges = select(Lineage.from_statement).where(Lineage.study_id == study.id, Lineage.change.in_(crossing))
    return frozenset(session.scalars(edges.where(Lineage.round.in_(numbers))))
