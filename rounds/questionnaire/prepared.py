"""What of a questionnaire is the same for everybody: prepared once for an open round, whose questionnaire stays.

It is kept in the memory of the process (`delphi.web.memory`) under a name that no other questionnaire has: ids of studies
are used again after a deletion, so the times of making and launching belong to it. Nothing in it is anybody's own.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from delphi.statements.duration import Reading
from delphi.statements.questionnaire import AskedStatement, asked
from rounds.participation.reading import Remember, reading_once
from rounds.questionnaire.paging import PAGE, pages, places_of


def at_once(_name: Hashable, make: Callable[[], Any]) -> Any:
    """Remember nothing: make it each time."""
    return make()


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What a round asks, what there is to read, and how it is cut into pages."""

    asked: Mapping[int, AskedStatement]
    reading: Reading
    cut: tuple[range, ...]

    @classmethod
    def of(cls, asked_now: Mapping[int, AskedStatement], reading: Reading) -> "Questionnaire":
        """Prepare what a round asks."""
        return cls(asked_now, reading, tuple(pages([row.section for row in asked_now.values()])))

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

    def make() -> Questionnaire:
        reading = reading_once(session(), study_id, number, made=made, launched=launched, remember=remember)
        return Questionnaire.of(asked(session(), study_id, number), reading)

    if launched is None:
        return make()
    found: Questionnaire = remember(("questionnaire", study_id, made, number, launched), make)
    return found
