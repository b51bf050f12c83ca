"""How long a round takes a panelist: the words to read on its cards, and the time to answer and to write.

Words a minute are those of silent reading of non-fiction (Brysbaert 2019, J. Mem. Lang. 109:104047: 238 in English), for other
languages in the ratio of the International Reading Speed Texts (Trauzettel-Klosinski & Dietz 2012, IOVS 53:5452: English
228, Dutch 202, mean of 17 languages 184). An answer takes the ten seconds that the Pew Research Center plans for a question;
a minute for a comment, and a comment on every sixth statement, are estimates of ours.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from delphi.consensus.shipped_scales import SCALES
from delphi.handed_links import OF_EVERYBODY
from delphi.model.rating import Comment
from delphi.model.round import QuestionnaireItem
from delphi.model.statement import Lineage, StatementVersion
from delphi.model.study import StakeholderGroup, Study
from delphi.statements.questionnaire import ASKED

WORDS_A_MINUTE = {"en": 238, "nl": 211}
ELSEWHERE = 192
SECONDS_AN_ANSWER, SECONDS_A_COMMENT, ONE_COMMENT_IN = 10, 60, 6
HEAD = 10  # words of the head of a card: its place, section, code and state
SENTENCES = {"own_rating": 14, "distribution": 22, "quartiles": 8, "comments": 7}  # words that a form of feedback says
FIRST_COMMENTS = 3  # of each statement, as many as open at once
MANY, SLOW = 60, 20  # statements and minutes


def minutes_for(words: Collection[int], language: str) -> int:
    """Estimate the minutes of cards, each with so many words to read, an answer, and sometimes a comment to write.

    Examples
    --------
    >>> minutes_for([25] * 24, "en"), minutes_for([25] * 24, "nl"), minutes_for([100] * 24, "en")
    (11, 11, 19)
    """
    reading = sum(words) / WORDS_A_MINUTE.get(language, ELSEWHERE)
    writing = len(words) * (SECONDS_AN_ANSWER + SECONDS_A_COMMENT / ONE_COMMENT_IN) / 60
    return max(1, ceil(reading + writing))


def is_long(listed: int, minutes: int) -> bool:
    """Whether a questionnaire is one that panels answer less often (EXPERIENCE 2)."""
    return listed > MANY or minutes > SLOW


def words_in(version: StatementVersion) -> int:
    """The words of a statement on its card, with help and evidence."""
    return HEAD + sum(len(text.split()) for text in (version.text, version.help, version.evidence))


@dataclass(frozen=True, slots=True)
class Reading:
    """The words on each card of a round, by statement in the order shown, and the language they are in."""

    words: Mapping[int, int]
    language: str

    def minutes(self, given: Collection[int] = ()) -> int:
        """Minutes for the round; where statements are answered, for the others."""
        return minutes_for([words for statement, words in self.words.items() if statement not in given], self.language)


def reading_of(session: Session, study: Study, number: int) -> Reading:
    """What there is to read in a round; the database counts words, no text is read."""
    now, past, edges = _counted(session, study, number)
    words = {statement: HEAD + count.text + count.beside for statement, count in now.items()}
    if past and study.feedback_plan:
        for statement in words:
            words[statement] += _feedback(study, statement, past, edges.get(statement, {}))
    return Reading(words, study.language)


@dataclass(frozen=True, slots=True)
class _Count:
    """Of a statement in a round: words of its text, words beside it, its released comments, and the groups of the study."""

    text: int
    beside: int
    comments: int
    comment_words: int
    groups: int


Edges = dict[int, dict[int, int]]  # by statement what it was made of, with the words of the reason


def _counted(session: Session, study: Study, number: int) -> tuple[dict[int, _Count], dict[int, _Count], Edges]:
    """Count a round and the one before, by statement, and what became of what on the way; in one statement."""
    item, version, way = QuestionnaireItem, StatementVersion, Lineage
    said = _comments(study.id, number - 1).subquery()
    groups = select(func.count()).select_from(StakeholderGroup).where(StakeholderGroup.study_id == study.id)
    counts = (
        _words(version.text),
        _words(version.help) + _words(version.evidence),
        *_of(said),
        groups.scalar_subquery(),
    )
    made_of = (way.study_id == study.id) & (way.round == number) & (way.to_statement == item.statement)
    rows = select(item.round, item.statement, way.from_statement, _words(way.reason), *counts)
    rows = rows.select_from(
        ASKED.outerjoin(said, said.c.statement == item.statement).outerjoin(
            way, made_of & (item.round == number) & way.to_version.is_not(None)
        )
    )
    rows = rows.where(item.study_id == study.id, item.round.in_([number - 1, number])).order_by(
        item.round, item.position
    )
    found: dict[int, dict[int, _Count]] = {number - 1: {}, number: {}}
    edges: Edges = {}
    for round_, statement, source, reason, *row in session.execute(rows, execution_options=OF_EVERYBODY):
        found[round_][statement] = _Count(*row)
        if source is not None:
            edges.setdefault(statement, {})[source] = reason
    return found[number], found[number - 1], edges


def _words(text: Any) -> ColumnElement[int]:
    """The words of a text, as a database counts them."""
    return case((text == "", 0), else_=func.length(text) - func.length(func.replace(text, " ", "")) + 1)


def _comments(study_id: int, number: int) -> Select[int, int, int]:
    """Ask for the released comments of a round and their words, by statement."""
    text: Any = Comment.released_text
    rows = select(Comment.statement, func.count().label("n"), func.sum(_words(text)).label("words"))
    return rows.where(Comment.study_id == study_id, Comment.round == number, text.is_not(None)).group_by(
        Comment.statement
    )


def _of(said: Subquery) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return func.coalesce(said.c.n, 0), func.coalesce(said.c.words, 0)


def _feedback(study: Study, statement: int, past: Mapping[int, _Count], edges: Mapping[int, int]) -> int:
    """The words that a card tells of the round before: of each statement that this one comes from."""
    plan = study.feedback_plan
    words = 0
    for source in (source for source in edges or (statement,) if source in past):
        count = past[source]
        words += sum(SENTENCES.get(form, 0) for form in plan) + _figures(study, count.groups)
        if "comments" in plan and count.comments:
            words += count.comment_words * min(count.comments, FIRST_COMMENTS) // count.comments
        if "wording" in plan and source in edges:
            words += count.text + edges[source]
    return words


def _figures(study: Study, groups: int) -> int:
    """A count and a share for each option, and for each zone of each group."""
    scale, plan = SCALES[study.scale], study.feedback_plan
    options = 2 * min(scale.K, 11) if "distribution" in plan else 0
    return options + (2 * groups * len(scale.bands) if "groups" in plan else 0)
