"""What of a questionnaire is the same for everybody: prepared once for an open round, whose questionnaire stays.

It is kept in the memory of the process (`delphi.web.memory`) under a name that no other questionnaire has: ids of studies
are used again after a deletion, so the times of making and launching belong to it. Nothing in it is anybody's own.
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi.dates import minutes_for
from delphi.statements.questionnaire import AskedStatement, asked
from rounds.questionnaire.paging import PAGE, pages, places_of

Remember = Callable[[Hashable, Callable[[], Any]], Any]  # by a name, what was made under it before, or what is made now


def at_once(_name: Hashable, make: Callable[[], Any]) -> Any:
    """Remember nothing: make it each time."""
    return make()


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What a round asks, the words of each statement, and how it is cut into pages."""

    asked: Mapping[int, AskedStatement]
    words: Mapping[int, int]
    cut: tuple[range, ...]

    @classmethod
    def of(cls, asked_now: Mapping[int, AskedStatement]) -> "Questionnaire":
        """Prepare what a round asks."""
        words = {row.statement: len(row.text.split()) for row in asked_now.values()}
        return cls(asked_now, words, tuple(pages([row.section for row in asked_now.values()])))

    def pages(self, most: int = PAGE) -> Sequence[range]:
        """How it is cut into pages of at most so many statements."""
        return self.cut if most == PAGE else pages([row.section for row in self.asked.values()], most=most)

    def page(self, number: int, most: int = PAGE) -> frozenset[int]:
        """The statements of one page.

        Raises
        ------
        NotFound
            There is no such page.
        """
        listed = list(self.asked)
        return frozenset(listed[i] for i in places_of(self.pages(most), number))

    def minutes(self, given: Collection[int]) -> int:
        """Minutes for what is still open, where these statements are answered."""
        left = [words for statement, words in self.words.items() if statement not in given]
        return minutes_for(len(left), sum(left))


def questionnaire_of(
    session: Callable[[], Session],
    study_id: int,
    number: int,
    *,
    made: datetime,
    launched: datetime | None,
    remember: Remember,
) -> Questionnaire:
    """The questionnaire of a round; one that was launched is read once, and the session is opened for that alone."""
    if launched is None:
        return Questionnaire.of(asked(session(), study_id, number))
    name = ("questionnaire", study_id, made, number, launched)
    found: Questionnaire = remember(name, lambda: Questionnaire.of(asked(session(), study_id, number)))
    return found
